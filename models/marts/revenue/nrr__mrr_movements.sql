-- One row per account, month and movement: why its MRR changed in the month, and by how much.
with account_movements as (
    select * from {{ ref('int_nrr__account_movements') }}
),

parts as (
    select 'movement' as part
    union all
    select 'fx' as part
),

movements as (
    select
        account_movements.account_id,
        account_movements.month,
        case when parts.part = 'fx' then 'fx' else account_movements.movement end as movement,
        account_movements.opening_mrr,
        account_movements.closing_mrr,
        case
            when parts.part = 'fx' then account_movements.fx_mrr else account_movements.movement_mrr
        end as movement_mrr
    from account_movements
    cross join parts
)

select
    account_id,
    month,
    movement,
    opening_mrr,
    closing_mrr,
    movement_mrr
from movements
where movement_mrr <> 0
