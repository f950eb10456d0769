{{ config(enabled=nrr.is_given('subscription_links')) }}
-- One row per subscription that another replaces: from when on, or null for when the other begins.
select
    source_system,
    old_subscription_id,
    max(new_subscription_id) as new_subscription_id,
    min(replaced_at) as replaced_at
from {{ ref('stg_nrr__subscription_link_rows') }}
where reason is null
group by source_system, old_subscription_id
