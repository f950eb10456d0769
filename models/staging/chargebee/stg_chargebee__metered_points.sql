{{ config(
    enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_invoice') and nrr.setting('nrr_usage_counts'),
    materialized='table',
) }}
-- One row per metered item of a state of a subscription and instant from which it means something else: the usage
-- of the period that was billed last, or nothing, where the next one brought none.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
),

usages as (
    select * from {{ ref('stg_chargebee__usage') }}
)

select
    states.event_id,
    coalesce(states.account_id, states.some_account_id) as account_id,
    states.subscription_id,
    {{ nrr.chargebee_item_id('items.item_price_id', 'items.item_number') }} as subscription_item_id,
    states.state_number,
    items.item_price_id,
    items.item_id,
    points.starts_at,
    states.resource_version,
    states.recorded_at,
    states.told_by,
    points.is_told,
    points.status,
    items.currency,
    cast(case when points.starts_at < usages.next_is_due_by then usages.amount else 0 end as decimal(18, 6))
        as unit_amount,
    cast(usages.months as decimal(18, 6)) as billing_interval_count,
    cast(case when points.starts_at < usages.next_is_due_by then usages.discount_amount else 0 end as decimal(18, 6))
        as discount_amount
from states
inner join {{ ref('stg_chargebee__state_items') }} as items
    on
        states.subscription_id = items.subscription_id
        and states.state_number_of_items = items.state_number
        and items.is_metered
inner join {{ ref('stg_chargebee__points') }} as points
    on states.subscription_id = points.subscription_id and states.state_number = points.state_number
inner join usages
    on
        items.subscription_id = usages.subscription_id
        and items.item_price_id = usages.item_price_id
        and points.starts_at >= usages.holds_from
        and (usages.next_ends_at is null or points.starts_at < usages.next_ends_at)
where points.status <> 'unknown' and states.state_reason is null
