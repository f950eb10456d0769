{{ config(fail_calc='coalesce(sum(number_of_rows), 0)') }}
-- The input is wrong: rows of account_links or subscription_links cannot be used, so that accounts or subscriptions are
-- counted apart that are one. Fails with their number. To resolve: mend the rows that nrr__input_problems shows as
-- `value`.
select distinct
    input,
    reason,
    rows_of_reason as number_of_rows,
    remedy
from {{ ref('nrr__input_problems') }}
where input in ('account_links', 'subscription_links') and is_failure
