-- One row per account whose input rows are not in the tables yet as they are now.
select account_id from {{ ref('stg_nrr__account_fingerprints') }}
where not is_built
