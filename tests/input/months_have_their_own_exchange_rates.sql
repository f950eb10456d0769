{{ config(severity='warn', fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- The input has a hole: there is MRR in a currency in months of which exchange_rates has no rate of it. Their MRR is
-- converted at the newest older rate, or the first. Warns with the number of months. To resolve: give the rates, if
-- those that nrr__input_problems names are not near enough.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where reason = 'month_without_rate'
