-- One row: by which share of their MRR accounts expand that do, in the newest twelve months; null where none did.
with newest as (
    select max(month) as month from {{ ref('int_nrr__months') }}
)

select {{ nrr.divide('sum(movements.movement_mrr)', 'sum(movements.opening_mrr)') }} as share
from {{ ref('int_nrr__account_movements') }} as movements
cross join newest
where
    movements.movement = 'expansion'
    and {{ nrr.months_between('movements.month', 'newest.month') }} < 12
