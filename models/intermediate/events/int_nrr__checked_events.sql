-- One row per input row of any source: its values, and the one reason for which it cannot be used, if there is one.
-- Redeliveries are not looked for: they change no figure.
with events as (
    select * from {{ ref('int_nrr__judged_events') }}
),

subscriptions as (
    select distinct subscription_id from {{ ref('int_nrr__subscription_items') }}
)

select
    events.*,  -- noqa: AM04
    -- a row without item in a subscription that has items: it speaks of all of them
    subscriptions.subscription_id is not null as is_of_whole_subscription,
    case
        when
            subscriptions.subscription_id is not null
            and events.carries_mrr
            and coalesce(events.own_reason, 'no_exchange_rate') = 'no_exchange_rate'
            then 'missing_subscription_item_id'
        else events.own_reason
    end as reason
from events
left join subscriptions on events.is_without_item and events.subscription_id = subscriptions.subscription_id
