-- One row per month from the first in which an account had MRR to the newest that is over.
with bounds as (
    select
        as_of.newest_month,
        min(spans.acquisition_month) as first_month
    from {{ ref('int_nrr__account_spans') }} as spans
    cross join {{ ref('int_nrr__as_of') }} as as_of
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

select {{ nrr.add_months('bounds.first_month', 'numbers.number') }} as month
from bounds
cross join numbers
where numbers.number <= {{ nrr.months_between('bounds.first_month', 'bounds.newest_month') }}
