{{ config(fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- The input is wrong: rows of accounts have no account_id, or a valid_from that cannot be read. They are not used, and
-- what they say of their accounts is not known. Fails with their number. To resolve: mend the rows that
-- nrr__input_problems shows as `value`.
select distinct
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where input = 'accounts' and reason <> 'unmatched_account' and is_failure
