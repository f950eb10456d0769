-- One row per month that is observed, and the day: its last or, of the month that is not over, that of the as-of
-- instant.
select
    month,
    {{ nrr.add_days(nrr.add_months('month', 1), -1) }} as observed_on,
    false as is_open
from {{ ref('int_nrr__months') }}

union all

select
    {{ nrr.add_months('newest_month', 1) }} as month,
    {{ nrr.truncate_to_day(nrr.local_time('as_of_at')) }} as observed_on,
    true as is_open
from {{ ref('int_nrr__as_of') }}
where as_of_at is not null
