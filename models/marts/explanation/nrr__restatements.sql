{{ config(enabled=nrr.setting('nrr_restatements')) }}
{%- set has_attributes = nrr.setting('nrr_segments') | length > 0 -%}
-- One row per month, segment dimension and segment whose figures are or were others than those published first: both,
-- and what changed them.
with figures as (
    select * from {{ ref('int_nrr__restated_figures') }}
),

ranked_accounts as (
    select
        accounts.*,
        row_number() over (
            partition by month, first_recorded_at, restated_recorded_at
            order by late_events + corrected_events desc, account_id
        ) as account_number
    from {{ ref('int_nrr__restating_accounts') }} as accounts
),

events as (
    select
        month,
        first_recorded_at,
        restated_recorded_at,
        sum(late_events) as late_events,
        sum(corrected_events) as corrected_events,
        count(*) as accounts_with_events,
        max(case when account_number = 1 then account_id end) as account_1,
        max(case when account_number = 2 then account_id end) as account_2,
        max(case when account_number = 3 then account_id end) as account_3
    from ranked_accounts
    group by month, first_recorded_at, restated_recorded_at
),

counted as (
    select
        figures.*,
        coalesce(events.late_events, 0) as late_events,
        coalesce(events.corrected_events, 0) as corrected_events,
        coalesce(events.accounts_with_events, 0) as accounts_with_events,
        {{ dbt.concat([
            'events.account_1', "coalesce(" ~ dbt.concat(["', '", 'events.account_2']) ~ ", '')",
            "coalesce(" ~ dbt.concat(["', '", 'events.account_3']) ~ ", '')",
        ]) }} as first_account_ids,
        {{ 'coalesce(attributes.accounts, 0)' if has_attributes else '0' }} as accounts_with_other_attribute
    from figures
    left join events
        on
            figures.month = events.month
            and figures.first_recorded_at = events.first_recorded_at
            and figures.restated_recorded_at = events.restated_recorded_at
    {%- if has_attributes %}
    left join {{ ref('int_nrr__restating_attributes') }} as attributes
        on
            figures.month = attributes.month
            and figures.segment_dimension = attributes.segment_dimension
            and figures.first_published_at = attributes.first_published_at
            and figures.restated_at = attributes.restated_at
    {%- endif %}
),

{%- set causes = [
    ('settings', 'has_other_settings'), ('version', 'has_other_version'), ('rates', 'has_other_rates'),
    ('attributes', 'accounts_with_other_attribute > 0'), ('late events', 'late_events > 0'),
    ('corrected events', 'corrected_events > 0'),
] %}

caused as (
    select
        counted.*,
        {%- set parts = [] %}
        {%- for cause, condition in causes %}
        {%- do parts.append("case when " ~ condition ~ " then ', " ~ cause ~ "' else '' end") %}
        {%- endfor %}
        {{ dbt.concat(parts) }} as listed_causes
    from counted
)

select
    month,
    cast(segment_dimension as {{ nrr.type_text() }}) as segment_dimension,
    cast(segment as {{ nrr.type_text() }}) as segment,
    cast(first_published_at as {{ nrr.type_instant() }}) as first_published_at,
    cast(restated_at as {{ nrr.type_instant() }}) as restated_at,
    cast(restatements as integer) as restatements,
    cast(case when listed_causes = '' then 'other input' else substr(listed_causes, 3) end as {{ nrr.type_text() }})
        as causes,
    {%- for figure in ['starting_mrr', 'ending_mrr'] %}
    cast(first_{{ figure }} as decimal(28, 4)) as first_{{ figure }},
    cast({{ figure }} as decimal(28, 4)) as {{ figure }},
    {%- endfor %}
    {%- for rate in ['nrr', 'grr', 'logo_retention'] %}
    {{ nrr.as_ratio('first_' ~ rate) }} as first_{{ rate }},
    {{ nrr.as_ratio(rate) }} as {{ rate }},
    {{ nrr.as_ratio(rate ~ ' - first_' ~ rate) }} as {{ rate }}_change,
    {%- endfor %}
    cast(late_events as integer) as late_events,
    cast(corrected_events as integer) as corrected_events,
    cast(accounts_with_events as integer) as accounts_with_events,
    cast(first_account_ids as {{ nrr.type_text() }}) as first_account_ids,
    cast(accounts_with_other_attribute as integer) as accounts_with_other_attribute,
    cast(first_method_settings as {{ nrr.type_text() }}) as first_method_settings,
    cast(method_settings as {{ nrr.type_text() }}) as method_settings,
    cast(first_package_version as {{ nrr.type_text() }}) as first_package_version,
    cast(package_version as {{ nrr.type_text() }}) as package_version
from caused
