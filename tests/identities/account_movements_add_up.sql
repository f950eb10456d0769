{{ config(tags=['nrr_weekly']) }}
-- The package is wrong: an account's movements of a month do not lead from its MRR at the end of the
-- month before to its MRR at the end of the month. Report it.
with account_months as (
    select
        account_id,
        month,
        mrr,
        coalesce(lag(mrr) over (partition by account_id order by month), 0) as previous_mrr
    from {{ ref('nrr__account_months') }}
),

movements as (
    select
        account_id,
        month,
        min(opening_mrr) as opening_mrr,
        max(closing_mrr) as closing_mrr,
        sum(movement_mrr) as movement_mrr
    from {{ ref('nrr__mrr_movements') }}
    group by account_id, month
)

select
    coalesce(account_months.account_id, movements.account_id) as account_id,
    coalesce(account_months.month, movements.month) as month,
    account_months.previous_mrr,
    movements.opening_mrr,
    movements.movement_mrr,
    movements.closing_mrr,
    account_months.mrr
from account_months
full outer join movements on account_months.account_id = movements.account_id and account_months.month = movements.month
where
    account_months.mrr is null
    or account_months.previous_mrr + coalesce(movements.movement_mrr, 0) <> account_months.mrr
    or movements.opening_mrr <> account_months.previous_mrr
    or movements.closing_mrr <> account_months.mrr
