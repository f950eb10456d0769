-- One row per subscription that has rows of items with an id of their own, and rows without an item. An item named
-- like its subscription is what a row without item means.
with without_item as (
    select distinct subscription_id from {{ ref('int_nrr__united_events') }}
    where subscription_item_id is null
)

select distinct without_item.subscription_id
from without_item
inner join {{ ref('int_nrr__united_events') }} as events on without_item.subscription_id = events.subscription_id
where events.subscription_item_id <> events.subscription_id
