{%- set segments = nrr.segment_columns() -%}
-- One row per account and month with MRR at its beginning or end: what happened to it in the month.
with account_months as (
    select * from {{ ref('int_nrr__account_months') }}
),

month_pairs as (
    select
        closings.*,
        closings.mrr as closing_mrr,
        coalesce(openings.mrr, 0) as opening_mrr
        {%- for segment in segments %},
        openings.{{ segment }} as opening_{{ segment }}
        {%- endfor %}
    from account_months as closings
    left join account_months as openings
        on closings.account_id = openings.account_id and closings.month = {{ nrr.add_months('openings.month', 1) }}
),

classified as (
    select
        month_pairs.*,
        case
            when opening_mrr = 0 and month = first_month then 'new'
            when opening_mrr = 0 then 'reactivation'
            when closing_mrr = 0 then 'churn'
            when mrr_at_previous_rates > opening_mrr then 'expansion'
            when mrr_at_previous_rates < opening_mrr then 'contraction'
        end as movement,
        case
            when opening_mrr = 0 then closing_mrr
            when closing_mrr = 0 then -opening_mrr
            else mrr_at_previous_rates - opening_mrr
        end as movement_mrr
    from month_pairs
    where opening_mrr > 0 or closing_mrr > 0
)

select
    account_id,
    month,
    opening_mrr,
    closing_mrr,
    movement,
    cast(movement_mrr as numeric(18, 4)) as movement_mrr,
    -- whatever the movement does not explain came from exchange rates alone
    cast(closing_mrr - opening_mrr - movement_mrr as numeric(18, 4)) as fx_mrr
    {%- for segment in segments %},
    {{ segment }} as closing_{{ segment }},
    opening_{{ segment }}
    {%- endfor %}
from classified
