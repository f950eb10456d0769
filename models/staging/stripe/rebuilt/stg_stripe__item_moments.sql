{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per item and instant at which its status, its price or a discount of it changes, with what it costs then.
with statuses as (
    select * from {{ ref('stg_stripe__status_changes') }}
),

amounts as (
    select * from {{ ref('stg_stripe__item_amounts') }}
),

items as (
    select
        subscription_item_id,
        subscription_id,
        min(changes_at) as first_at
    from amounts
    group by subscription_item_id, subscription_id
),

discounts as (
    select * from {{ ref('stg_stripe__discount_spans') }}
    where source_reason is null or source_reason <> 'discount_in_other_currency'
),

-- an amount off a subscription is split anew whenever any of its items changes
with_amount_off as (
    select distinct subscription_id from discounts
    where amount_off is not null and discount_level <> 'item'
),

all_moments as (
    select
        subscription_item_id,
        changes_at
    from amounts

    union all

    select
        items.subscription_item_id,
        statuses.changes_at
    from items
    inner join statuses on items.subscription_id = statuses.subscription_id
    where statuses.changes_at > items.first_at
    {%- for at in ['counts_from', 'counts_to'] %}

    union all

    select
        items.subscription_item_id,
        discounts.{{ at }} as changes_at
    from items
    inner join discounts on items.subscription_id = discounts.subscription_id
    where
        discounts.{{ at }} > items.first_at
        and (discounts.subscription_item_id is null or discounts.subscription_item_id = items.subscription_item_id)
    {%- endfor %}

    union all

    select
        items.subscription_item_id,
        amounts.changes_at
    from with_amount_off
    inner join items on with_amount_off.subscription_id = items.subscription_id
    inner join amounts on with_amount_off.subscription_id = amounts.subscription_id
    where amounts.changes_at > items.first_at
),

moments as (
    select distinct
        subscription_item_id,
        changes_at
    from all_moments
)

select
    moments.subscription_item_id,
    items.subscription_id,
    statuses.account_id,
    moments.changes_at,
    case when amounts.is_gone then 'cancelled' else statuses.status end as status,
    amounts.is_gone,
    amounts.price_id,
    amounts.product_id,
    amounts.pricing_model,
    amounts.quantity,
    amounts.unit_amount,
    amounts.period_minor,
    amounts.net_share,
    amounts.net_whole,
    amounts.currency,
    amounts.exponent,
    amounts.billing_interval,
    amounts.billing_interval_count,
    statuses.is_reconstructed or amounts.is_reconstructed as is_reconstructed,
    {{ nrr.later_of('statuses.recorded_at', 'amounts.recorded_at') }} as recorded_at,
    amounts.source_reason
from moments
inner join items on moments.subscription_item_id = items.subscription_item_id
inner join amounts
    on
        moments.subscription_item_id = amounts.subscription_item_id
        and moments.changes_at >= amounts.changes_at
        and (moments.changes_at < amounts.next_change_at or amounts.next_change_at is null)
inner join statuses
    on
        items.subscription_id = statuses.subscription_id
        and moments.changes_at >= statuses.changes_at
        and (moments.changes_at < statuses.next_change_at or statuses.next_change_at is null)
