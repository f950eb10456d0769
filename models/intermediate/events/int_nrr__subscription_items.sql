-- One row per subscription and item, of subscriptions that also have rows without an item, where some item has an id
-- of its own: when the item begins.
with
-- Few subscriptions have rows of both kinds: only those are judged. An item named like its subscription is what a row
-- without item means.
with_both as (
    select subscription_id from {{ ref('int_nrr__united_events') }}
    group by subscription_id
    having
        max(case when subscription_item_id is null then 1 end) = 1
        and max(case when subscription_item_id <> subscription_id then 1 end) = 1
),

items as (
    select
        events.subscription_id,
        events.subscription_item_id,
        min(events.effective_at) as begins_at
    from {{ ref('int_nrr__judged_events') }} as events
    inner join with_both on events.subscription_id = with_both.subscription_id
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
