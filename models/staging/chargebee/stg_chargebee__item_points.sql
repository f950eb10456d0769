{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set has_invoices = nrr.is_given('chargebee_invoice') -%}
{%- set has_prices = nrr.is_given('chargebee_item_price') -%}
-- One row per item of a state of a subscription and instant from which it means something else: what it costs from
-- then on.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
    where state_reason is null
),

{%- if has_invoices %}

billed_subscriptions as (
    select distinct subscription_id from {{ ref('stg_chargebee__billed_items') }}
),

{%- endif %}

items as (
    select
        states.subscription_id,
        states.state_number,
        states.next_effective_at,
        coalesce(states.account_id, states.some_account_id) as account_id,
        states.event_id,
        states.resource_version,
        states.recorded_at,
        states.told_by,
        states.source_row,
        states.trial_from is not null as has_trial,
        {{ nrr.chargebee_item_id('items.item_price_id', 'items.item_number') }} as subscription_item_id,
        items.state_number as state_number_of_items,
        items.place,
        items.item_price_id,
        items.item_type,
        items.item_id,
        items.pricing_model,
        items.currency,
        items.quantity,
        items.unit_amount,
        items.billing_interval,
        items.billing_interval_count,
        items.trial_end,
        items.source_reason
    from states
    inner join {{ ref('stg_chargebee__priced_items') }} as items
        on states.subscription_id = items.subscription_id and states.state_number_of_items = items.state_number
),

item_points as (
    select
        items.*,
        points.starts_at,
        points.is_told,
        case
            when
                points.status = 'active' and points.starts_at < items.trial_end
                and not (items.item_type = 'plan' and items.has_trial)
                then 'trialing'
            else points.status
        end as status
    from items
    inner join {{ ref('stg_chargebee__points') }} as points
        on items.subscription_id = points.subscription_id and items.state_number = points.state_number
    {%- if has_invoices %}
    -- what was billed goes before what was told later
    left join billed_subscriptions on items.subscription_id = billed_subscriptions.subscription_id
    {%- endif %}
    where
        points.status <> 'unknown'
        {%- if has_invoices %}
        and (points.is_told or billed_subscriptions.subscription_id is null)
        {%- endif %}
),

discounts_in_force as (
    select
        item_points.subscription_id,
        item_points.state_number,
        item_points.place,
        item_points.starts_at,
        discounts.discount_percent,
        discounts.discount_amount,
        discounts.is_unknown,
        row_number() over (
            partition by
                item_points.subscription_id, item_points.state_number, item_points.place, item_points.starts_at
            order by discounts.discount_number
        ) as place_in_force
    from item_points
    inner join {{ ref('stg_chargebee__item_discounts') }} as discounts
        on
            item_points.subscription_id = discounts.subscription_id
            and item_points.state_number_of_items = discounts.state_number
            and item_points.place = discounts.place
            and (discounts.ends_at is null or item_points.starts_at < discounts.ends_at)
            and (item_points.is_told or discounts.begins_at is null or item_points.starts_at >= discounts.begins_at)
),

discounts as (
    select
        subscription_id,
        state_number,
        place,
        starts_at,
        count(*) as number_of_discounts,
        max(case when is_unknown then 1 else 0 end) as number_of_unknown,
        {{ nrr.discounts_in_order('place_in_force', 'discount_percent', 'discount_amount') }}
    from discounts_in_force
    group by subscription_id, state_number, place, starts_at
),

folded as (
    select
        subscription_id,
        state_number,
        place,
        starts_at,
        number_of_discounts,
        number_of_unknown,
        {{ nrr.folded_discounts() }}
    from discounts
),

discounted as (
    select
        item_points.*,
        coalesce(folded.discount_percent, 0) as discount_percent,
        coalesce(folded.discount_amount, 0) as discount_amount,
        case
            -- what is not paid for needs no price
            when item_points.status in ('cancelled', 'trialing') then null
            when item_points.source_reason is not null then item_points.source_reason
            when folded.number_of_unknown > 0 then 'unknown_coupon'
            when folded.number_of_discounts > {{ nrr.most_discounts() }} then 'too_many_discounts'
        end as point_reason
    from item_points
    left join folded
        on
            item_points.subscription_id = folded.subscription_id
            and item_points.state_number = folded.state_number
            and item_points.place = folded.place
            and item_points.starts_at = folded.starts_at
)

select
    cast(subscription_id as {{ nrr.type_text() }}) as subscription_id,
    cast(state_number as bigint) as state_number,
    cast(place as bigint) as place,
    cast(starts_at as {{ nrr.type_instant() }}) as starts_at,
    cast(is_told as boolean) as is_told,
    cast(status as {{ nrr.type_text() }}) as status,
    cast(event_id as {{ nrr.type_text() }}) as event_id,
    cast(account_id as {{ nrr.type_text() }}) as account_id,
    cast(subscription_item_id as {{ nrr.type_text() }}) as subscription_item_id,
    cast(item_price_id as {{ nrr.type_text() }}) as item_price_id,
    cast(item_id as {{ nrr.type_text() }}) as item_id,
    cast(pricing_model as {{ nrr.type_text() }}) as pricing_model,
    cast(currency as {{ nrr.type_text() }}) as currency,
    cast(quantity as decimal(18, 6)) as quantity,
    cast(unit_amount as decimal(18, 6)) as unit_amount,
    cast(billing_interval as {{ nrr.type_text() }}) as billing_interval,
    cast(billing_interval_count as decimal(18, 6)) as billing_interval_count,
    cast(discount_percent as decimal(18, 6)) as discount_percent,
    cast(discount_amount as decimal(18, 6)) as discount_amount,
    cast(point_reason as {{ nrr.type_text() }}) as point_reason,
    cast(told_by as {{ nrr.type_text() }}) as told_by,
    cast(resource_version as bigint) as resource_version,
    cast(recorded_at as {{ nrr.type_instant() }}) as recorded_at,
    cast(source_row as {{ nrr.type_text() }}) as source_row
from discounted
