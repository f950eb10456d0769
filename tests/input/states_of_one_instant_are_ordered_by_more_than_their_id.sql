{{ config(severity='warn', fail_calc='coalesce(sum(number_of_states), 0)') }}
-- Definitions 1.3. States of one item that take effect at the same instant and differ in MRR, although neither
-- recorded_at nor sequence says which of them is the last: their ids, or their content, decided. Warns with their
-- number. To resolve: give subscription_events a column `sequence`, a whole number that grows with the order of such
-- states.
with events as (
    select
        events.subscription_id,
        coalesce(items.subscription_item_id, events.subscription_item_id) as subscription_item_id,
        events.effective_at,
        events.recorded_at,
        events.sequence,
        case when events.carries_mrr then {{ nrr.state_mrr(
            'events.quantity', 'events.unit_amount', 'events.discount_percent', 'events.discount_amount',
            'events.billing_interval', 'events.billing_interval_count'
        ) }} else 0 end as mrr
    from {{ ref('int_nrr__checked_events') }} as events
    left join {{ ref('int_nrr__subscription_items') }} as items
        on
            events.is_of_whole_subscription
            and events.subscription_id = items.subscription_id
            and events.effective_at >= items.begins_at
    where events.reason is null
)

select
    subscription_id,
    subscription_item_id,
    effective_at,
    count(*) as number_of_states
from events
group by subscription_id, subscription_item_id, effective_at, recorded_at, sequence
having min(mrr) <> max(mrr)
