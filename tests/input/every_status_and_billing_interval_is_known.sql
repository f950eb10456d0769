{{ config(fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- A mapping is missing: a status or a billing interval of subscription_events is in neither of the seeds
-- nrr_status_values and nrr_interval_values. Its rows are rejected, all cancellations perhaps, so that the build fails
-- however few they are. Fails with their number. To resolve: add a row to the seed that says what the value means.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where reason in ('unknown_status', 'unknown_billing_interval') and is_failure
