{{ config(fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- A signal of one's own cannot be used: rows of the input signals lack what their rule needs, or say something unknown.
-- They are not looked for. Fails with their number. To resolve: do what `remedy` says to the rows that
-- nrr__input_problems shows as `value`.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where input = 'signals' and is_failure
