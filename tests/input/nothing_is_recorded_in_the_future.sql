{{ config(severity='warn', fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- A slip: rows of subscription_events were recorded after the time of the run, or nrr_as_of lies there. Such a
-- recorded_at does not say up to when the data is complete; such an nrr_as_of makes months count that are not over.
-- Warns with the number of rows. To resolve: mend the values that nrr__input_problems shows.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where reason in ('recorded_in_the_future', 'as_of_in_the_future')
