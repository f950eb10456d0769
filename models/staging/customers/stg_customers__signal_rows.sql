{{ config(enabled=nrr.is_given('signals')) }}
{%- set words = ['signal', 'kind', 'rule', 'fact', 'label', 'other_fact', 'component'] -%}
{%- set days = ['days', 'from_days'] -%}
{%- set is_whole = {} -%}
{%- for column in days -%}
    {%- do is_whole.update({column: column ~ ' between 0 and 100000 and ' ~ column ~ ' = floor(' ~ column ~ ')'}) -%}
{%- endfor -%}
{%- set numbers = ['threshold', 'minimum'] -%}
{%- set columns = words + days + numbers + ['response'] -%}
-- One row per row of the input signals: its values as their types (null where missing or unreadable), the row as it was
-- given, and the reason for which it cannot be used.
with typed as (
    select
        {%- for column in words %}
        {{ nrr.read_word(column) }} as {{ column }},
        {%- endfor %}
        {{- nrr.read_values(days + numbers, nrr.read_decimal) }}
        {{ nrr.read_text('response') }} as response,
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('signals', columns) }} as input
),

counted as (
    select
        typed.*,
        count(*) over (partition by signal) as rows_of_signal
    from typed
)

select
    {%- for column in words %}
    {{ column }},
    {%- endfor %}
    {%- for column in days %}
    cast(case when {{ is_whole[column] }} then {{ column }} end as integer) as {{ column }},
    {%- endfor %}
    {%- for column in numbers %}
    cast({{ column }} as decimal(18, 4)) as {{ column }},
    {%- endfor %}
    response,
    given_row,
    case
        when signal is null then 'missing_signal'
        when rows_of_signal > 1 then 'repeated_signal'
        when kind is null or kind not in ('risk', 'expansion', 'activation') then 'unknown_kind'
        when
            rule is null
            or rule not in (
                'drop', 'rise', 'at_least', 'at_most', 'silence', 'missed', 'due_within', 'happened'
            )
            then 'unknown_rule'
        when fact is null then 'missing_fact'
        {{- nrr.given_but_unread(days + numbers) }}
        {%- for column in days %}
        when not ({{ is_whole[column] }}) then 'invalid_{{ column }}'
        {%- endfor %}
        when rule in ('at_most', 'silence', 'missed', 'due_within') and days is null then 'missing_days'
        when rule = 'missed' and from_days is null then 'missing_from_days'
        when rule = 'missed' and other_fact is null then 'missing_other_fact'
        when rule in ('drop', 'rise', 'at_least', 'at_most') and threshold is null then 'missing_threshold'
        when
            component not in ('usage', 'adoption', 'support', 'sentiment', 'relationship', 'billing')
            then 'unknown_component'
        when response is null then 'missing_response'
    end as reason
from counted
