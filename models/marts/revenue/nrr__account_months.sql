-- One row per account and month, from its first month with MRR to the newest month.
select
    account_id,
    month,
    mrr
from {{ ref('int_nrr__account_months') }}
