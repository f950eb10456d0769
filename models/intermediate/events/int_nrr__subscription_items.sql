-- One row per subscription and item, of subscriptions that also have rows without an item, where some item has an id
-- of its own: when the item begins.
with items as (
    select
        events.subscription_id,
        events.subscription_item_id,
        min(events.effective_at) as begins_at
    from {{ ref('int_nrr__judged_events') }} as events
    inner join {{ ref('int_nrr__mixed_subscriptions') }} as mixed on events.subscription_id = mixed.subscription_id
    where events.own_reason is null and not events.is_without_item
    group by events.subscription_id, events.subscription_item_id
),

with_items as (
    select distinct subscription_id from items
    where subscription_item_id <> subscription_id
)

select items.*
from items
inner join with_items on items.subscription_id = with_items.subscription_id
