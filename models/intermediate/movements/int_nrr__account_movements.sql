{%- set segments = nrr.segment_columns() -%}
-- One row per account, version and month in which its MRR changed: what happened, and the segments that it is booked
-- in: those in which the account began the month or, where it began with nothing, those in which it ended.
with changes as (
    select
        account_id,
        version,
        full_run_id,
        month,
        opening_mrr,
        closing_mrr,
        case
            when closing_mrr = 0 then 'churn'
            when closing_mrr_at_opening_rates > opening_mrr then 'expansion'
            when closing_mrr_at_opening_rates < opening_mrr then 'contraction'
        end as movement,
        case
            when closing_mrr = 0 then -opening_mrr
            else closing_mrr_at_opening_rates - opening_mrr
        end as movement_mrr
        {%- for segment in segments %},
        {{ segment }}
        {%- endfor %}
    from {{ ref('int_nrr__account_openings') }}
    where closing_mrr <> opening_mrr or closing_mrr_at_opening_rates <> opening_mrr
),

beginnings as (
    select
        account_id,
        version,
        full_run_id,
        first_month as month,
        0 as opening_mrr,
        first_month_mrr as closing_mrr,
        case when first_month = acquisition_month then 'new' else 'reactivation' end as movement,
        first_month_mrr as movement_mrr
        {%- for segment in segments %},
        {{ segment }}
        {%- endfor %}
    from {{ ref('int_nrr__account_periods') }}
    where mrr > 0 and previous_mrr = 0
),

movements as (
    select * from changes
    union all
    select * from beginnings
)

select
    account_id,
    version,
    full_run_id,
    month,
    cast(opening_mrr as decimal(18, 4)) as opening_mrr,
    cast(closing_mrr as decimal(18, 4)) as closing_mrr,
    movement,
    cast(movement_mrr as decimal(18, 4)) as movement_mrr,
    -- whatever the movement does not explain came from exchange rates alone
    cast(closing_mrr - opening_mrr - movement_mrr as decimal(18, 4)) as fx_mrr
    {%- for segment in segments %},
    {{ segment }}
    {%- endfor %}
from movements
