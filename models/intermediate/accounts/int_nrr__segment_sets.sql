{%- set columns = nrr.item_dimensions() + ['currency', 'attributes'] -%}
-- One row per set of segments that an account with MRR has at a month's end: its key and the segments, attributes as
-- one JSON object.
with accounts as (
    select
        segment_key,
        acquisition_month,
        {{ columns | join(',\n        ') }}
    from {{ ref('int_nrr__account_spans') }}
    where mrr > 0

    union all

    select
        segment_key,
        acquisition_month,
        {{ columns | join(',\n        ') }}
    from {{ ref('int_nrr__several_currency_months') }}
    where mrr > 0
)

select
    segment_key,
    {{ nrr.quarter_name('min(acquisition_month)') }} as acquisition_quarter
    {%- for column in columns %},
    min({{ column }}) as {{ column }}
    {%- endfor %}
from accounts
group by segment_key
