{{ config(tags=['nrr_weekly']) }}
-- The package is wrong: what drove an account's MRR in a month does not add up to its movements. Report it.
with drivers as (
    select
        account_id,
        month,
        sum(driver_mrr) as driver_mrr
    from {{ ref('nrr__mrr_drivers') }}
    group by account_id, month
),

movements as (
    select
        account_id,
        month,
        sum(movement_mrr) as movement_mrr
    from {{ ref('nrr__mrr_movements') }}
    group by account_id, month
)

select
    coalesce(drivers.account_id, movements.account_id) as account_id,
    coalesce(drivers.month, movements.month) as month,
    drivers.driver_mrr,
    movements.movement_mrr
from drivers
full outer join movements on drivers.account_id = movements.account_id and drivers.month = movements.month
where coalesce(drivers.driver_mrr, 0) <> coalesce(movements.movement_mrr, 0)
