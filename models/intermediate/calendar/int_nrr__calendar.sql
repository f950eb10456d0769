-- One row per month in which an item can have MRR, up to the newest month that is over.
with bounds as (
    select
        as_of.newest_month,
        min(items.first_month) as first_month
    from {{ ref('int_nrr__item_mrr') }} as items
    cross join {{ ref('int_nrr__as_of') }} as as_of
    where items.mrr > 0
    group by as_of.newest_month
),

digits as (
    {%- for digit in range(10) %}
    select {{ digit }} as digit {{ 'union all' if not loop.last }}
    {%- endfor %}
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit as number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
)

select
    {{ nrr.add_months('bounds.first_month', 'numbers.number') }} as month,
    numbers.number as month_number
from bounds
cross join numbers
where numbers.number <= {{ nrr.months_between('bounds.first_month', 'bounds.newest_month') }}
