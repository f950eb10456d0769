-- One row per account, month and movement: why its MRR changed in the month, and by how much.
with account_movements as (
    select * from {{ ref('int_nrr__account_movements') }}
)

select
    account_id,
    month,
    movement,
    opening_mrr,
    closing_mrr,
    movement_mrr
from account_movements
where movement_mrr <> 0

union all

select
    account_id,
    month,
    'fx' as movement,
    opening_mrr,
    closing_mrr,
    fx_mrr as movement_mrr
from account_movements
where fx_mrr <> 0
