{{ config(
    enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_invoice') and nrr.setting('nrr_usage_counts'),
    materialized='table',
) }}
{%- set months = nrr.months_between('date_from', 'date_to') -%}
-- One row per metered item of a state of a subscription and instant from which it means something else: the usage
-- of the period that was billed last.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
),

periods as (
    select
        subscription_id,
        item_price_id,
        date_from,
        date_to,
        sum(amount) as amount,
        sum(discount_amount) as discount_amount
    from {{ ref('stg_chargebee__invoice_lines') }}
    where is_metered
    group by subscription_id, item_price_id, date_from, date_to
),

usages as (
    select
        periods.*,
        -- a period has whole months, or is one of those of the subscription
        case
            when {{ months }} > 1 then {{ months }}
            else 1
        end as months,
        lead(date_to) over (partition by subscription_id, item_price_id order by date_to, date_from) as next_date_to
    from periods
)

select
    states.event_id,
    coalesce(states.account_id, states.some_account_id) as account_id,
    states.subscription_id,
    {{ nrr.chargebee_item_id('items.item_price_id', 'items.item_number', 'states.account_id') }}
        as subscription_item_id,
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
    cast(usages.amount as decimal(18, 6)) as unit_amount,
    cast(usages.months as decimal(18, 6)) as billing_interval_count,
    cast(usages.discount_amount as decimal(18, 6)) as discount_amount
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
        and points.starts_at >= usages.date_to
        and (usages.next_date_to is null or points.starts_at < usages.next_date_to)
where points.status <> 'unknown' and states.state_reason is null
