{{ config(enabled=nrr.has_source('chargebee'), severity='warn') }}
-- What it is: subscriptions for which Chargebee says another MRR than this package. When it matters: where the two
-- are compared. Chargebee's own follows its settings and is computed from list prices in some of them; ours is what
-- bills say (docs/sources/chargebee.md). Nothing is corrected by it. What to do: look at some of them; a difference
-- that none of the reasons on that page explains is worth a report.
select
    subscription_id,
    mrr,
    chargebee_mrr,
    difference
from {{ ref('stg_chargebee__mrr_check') }}
where abs(difference) > 0.01
