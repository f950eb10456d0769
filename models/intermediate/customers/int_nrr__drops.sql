-- One row per account, observation and signal of the rule drop, whether it holds or not, where there was enough before
-- to compare the last 28 days with.
select
    account_id,
    month,
    signal,
    threshold,
    last_28_days,
    previous_91_days
from {{ ref('int_nrr__measured_windows') }}
where
    rule = 'drop'
    and previous_91_days > 0
    and previous_91_days >= 91 * coalesce(minimum, 0)
