-- One row per subscription and item, of subscriptions that also have rows without an item, where some item has an id
-- of its own: when the item begins.
with events as (
    select
        subscription_id,
        subscription_item_id,
        effective_at
    from {{ ref('int_nrr__judged_events') }}
    where own_reason is null and not is_without_item
),

with_rows_without_item as (
    select distinct subscription_id from {{ ref('int_nrr__judged_events') }}
    where is_without_item
),

items as (
    select
        events.subscription_id,
        events.subscription_item_id,
        min(events.effective_at) as begins_at
    from events
    inner join with_rows_without_item on events.subscription_id = with_rows_without_item.subscription_id
    group by events.subscription_id, events.subscription_item_id
),

-- an item named like its subscription is what a row without item means
with_items as (
    select distinct subscription_id from items
    where subscription_item_id <> subscription_id
)

select items.*
from items
inner join with_items on items.subscription_id = with_items.subscription_id
