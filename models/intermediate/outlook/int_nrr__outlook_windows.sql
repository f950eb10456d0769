-- One row per month in which an outlook is made, of the newest 84, and month that it is made of, up to twelve months
-- later: the month in which that month's accounts began, and how far ahead it lies.
with months as (
    select
        months.month,
        as_of.newest_month
    from {{ ref('int_nrr__months') }} as months
    cross join {{ ref('int_nrr__as_of') }} as as_of
)

select
    made.month as made_month,
    base.month as base_month,
    {{ nrr.add_months('base.month', 12) }} as month,
    12 - {{ nrr.months_between('base.month', 'made.month') }} as horizon
from months as made
inner join months as base
    on base.month <= made.month and made.month < {{ nrr.add_months('base.month', 12) }}
where {{ nrr.months_between('made.month', 'made.newest_month') }} < 84
