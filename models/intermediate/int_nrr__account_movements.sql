{%- set segments = nrr.segment_columns() -%}
-- One row per account and month in which its MRR changed: what happened, and the segments that it is booked
-- in: those in which the account began the month or, where it began with nothing, those in which it ended.
with changes as (
    select
        account_id,
        version,
        full_run_id,
        {{ nrr.add_months('month', 1) }} as month,
        mrr as opening_mrr,
        next_month_mrr as closing_mrr,
        case
            when next_month_mrr = 0 then 'churn'
            when next_month_mrr_at_these_rates > mrr then 'expansion'
            when next_month_mrr_at_these_rates < mrr then 'contraction'
        end as movement,
        case
            when next_month_mrr = 0 then -mrr
            else next_month_mrr_at_these_rates - mrr
        end as movement_mrr
        {%- for segment in segments %},
        {{ segment }}
        {%- endfor %}
    from {{ ref('int_nrr__account_edge_months') }}
    where
        -- elsewhere nothing moves, and nothing needs to be compared
        (is_before_change or mrr_currency <> '{{ nrr.setting('nrr_reporting_currency') }}')
        and mrr > 0
        and (next_month_mrr <> mrr or next_month_mrr_at_these_rates <> mrr)
),

beginnings as (
    select
        account_id,
        version,
        full_run_id,
        month,
        0 as opening_mrr,
        mrr as closing_mrr,
        case when month = acquisition_month then 'new' else 'reactivation' end as movement,
        mrr as movement_mrr
        {%- for segment in segments %},
        {{ segment }}
        {%- endfor %}
    from {{ ref('int_nrr__account_edge_months') }}
    where mrr > 0 and is_after_gap
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
    cast(opening_mrr as numeric(18, 4)) as opening_mrr,
    cast(closing_mrr as numeric(18, 4)) as closing_mrr,
    movement,
    cast(movement_mrr as numeric(18, 4)) as movement_mrr,
    -- whatever the movement does not explain came from exchange rates alone
    cast(closing_mrr - opening_mrr - movement_mrr as numeric(18, 4)) as fx_mrr
    {%- for segment in segments %},
    {{ segment }}
    {%- endfor %}
from movements
