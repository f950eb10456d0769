-- One row per month in which an outlook is made, and month that it is made of, up to twelve months later: the month in
-- which that month's accounts began, and how far ahead it lies.
select
    made.month as made_month,
    base.month as base_month,
    {{ nrr.add_months('base.month', 12) }} as month,
    12 - {{ nrr.months_between('base.month', 'made.month') }} as horizon
from {{ ref('int_nrr__months') }} as made
inner join {{ ref('int_nrr__months') }} as base
    on base.month <= made.month and made.month < {{ nrr.add_months('base.month', 12) }}
