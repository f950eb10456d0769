{{ config(enabled=nrr.has_source('mrr_movements')) }}
-- One row per account, subscription, currency and instant of a movement: what its movements up to then, with all of
-- that instant, add up to.
with movements as (
    select * from {{ ref('stg_mrr_movements__rows') }}
    where source_reason is null
),

numbered as (
    select
        movements.*,
        row_number() over (
            partition by account_id, subscription_id, currency
            order by occurred_at, sequence, plan_id nulls first, mrr_change, source_row
        ) as movement_number
    from movements
),

in_order as (
    select
        numbered.*,
        sum(mrr_change) over (
            partition by account_id, subscription_id, currency
            order by movement_number
            rows between unbounded preceding and current row
        ) as mrr,
        -- counts up with each movement that names a plan
        count(plan_id) over (
            partition by account_id, subscription_id, currency
            order by movement_number
            rows between unbounded preceding and current row
        ) as plan_number,
        lead(occurred_at) over (
            partition by account_id, subscription_id, currency order by movement_number
        ) as next_occurred_at
    from numbered
),

with_plans as (
    select
        in_order.*,
        max(plan_id) over (partition by account_id, subscription_id, currency, plan_number) as newest_plan_id
    from in_order
)

select
    account_id,
    subscription_id,
    currency,
    occurred_at,
    newest_plan_id as plan_id,
    mrr,
    source_row
from with_plans
-- the last movement of an instant
where next_occurred_at is null or next_occurred_at <> occurred_at
