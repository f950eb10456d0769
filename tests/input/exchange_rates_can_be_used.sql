{{ config(fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- The input is wrong: rows of exchange_rates lack a value, have one that cannot be read, or a rate that is not more
-- than 0. They are not used, and their months are converted at an older rate. Fails with their number. To resolve: mend
-- the rows that nrr__input_problems shows as `value`.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where input = 'exchange_rates' and is_failure
