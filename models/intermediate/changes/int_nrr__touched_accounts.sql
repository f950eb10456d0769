-- One row per account to work out in this run: those whose own input rows are not in the tables yet as they are
-- now and, where something changed that all have in common, every account.
select accounts.account_id
from {{ ref('stg_nrr__account_fingerprints') }} as accounts
cross join {{ ref('int_nrr__common_fingerprint') }} as common
where not accounts.is_built or not common.is_built
