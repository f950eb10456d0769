-- The package is wrong: gross retention is above 1 or above net retention, or a rate is missing where
-- there is a base. Report it.
select
    month,
    segment_dimension,
    segment,
    nrr,
    grr,
    starting_mrr
from {{ ref('nrr__retention') }}
where
    grr > 1
    or grr > nrr
    or logo_retention > 1
    or (starting_accounts > 0 and (nrr is null or grr is null or logo_retention is null))
    or not nrr between coalesce(nrr_low, nrr) and coalesce(nrr_high, nrr)
    or not grr between coalesce(grr_low, grr) and coalesce(grr_high, grr)
