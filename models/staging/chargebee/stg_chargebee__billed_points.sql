{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_invoice')) }}
{%- set has_prices = nrr.is_given('chargebee_item_price') -%}
-- One row per billed item, before anything else tells of its subscription, and instant from which it means
-- something else.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
    where state_number = 1
),

billed as (
    select
        states.event_id,
        states.resource_version,
        states.recorded_at,
        states.told_by,
        coalesce(items.account_id, states.account_id, states.some_account_id) as account_id,
        items.subscription_id,
        {{ nrr.chargebee_item_id('items.item_price_id', '1') }} as subscription_item_id,
        items.item_price_id,
        {{ 'prices.item_id' if has_prices else 'cast(null as ' ~ nrr.type_text() ~ ')' }} as item_id,
        items.currency,
        items.starts_at,
        items.ends_at,
        items.is_over,
        items.quantity,
        items.unit_amount,
        items.billing_interval,
        items.billing_interval_count,
        items.discount_amount
    from {{ ref('stg_chargebee__billed_items') }} as items
    inner join states on items.subscription_id = states.subscription_id
    {%- if has_prices %}
    left join {{ ref('stg_chargebee__item_price') }} as prices on items.item_price_id = prices.item_price_id
    {%- endif %}
)

select
    billed.event_id,
    billed.account_id,
    billed.subscription_id,
    billed.subscription_item_id,
    billed.item_price_id,
    billed.item_id,
    points.starts_at,
    billed.resource_version,
    billed.recorded_at,
    billed.told_by,
    case when points.status = 'unknown' then 'active' else points.status end as status,
    billed.currency,
    billed.quantity,
    billed.unit_amount,
    billed.billing_interval,
    billed.billing_interval_count,
    billed.discount_amount
from billed
inner join {{ ref('stg_chargebee__points') }} as points
    on
        billed.subscription_id = points.subscription_id
        and points.state_number = 1
        and not points.is_told
        and points.starts_at >= billed.starts_at
        and points.starts_at < billed.ends_at

union all

select
    event_id,
    account_id,
    subscription_id,
    subscription_item_id,
    item_price_id,
    item_id,
    ends_at as starts_at,
    resource_version,
    recorded_at,
    told_by,
    'cancelled' as status,
    currency,
    quantity,
    unit_amount,
    billing_interval,
    billing_interval_count,
    0 as discount_amount
from billed
where is_over
