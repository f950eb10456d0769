{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_invoice'), materialized='table') }}
-- One row per bill of an item before anything else tells of its subscription: from when and up to when (not
-- included) it was billed, and what it cost. Bills of a part of a period (a change in between) are left out: their
-- price is no price.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
    where state_number = 1
),

listed as (
    select distinct
        items.subscription_id,
        items.item_price_id
    from {{ ref('stg_chargebee__state_items') }} as items
    inner join states
        on items.subscription_id = states.subscription_id and items.state_number = states.state_number_of_items
),

lines as (
    select
        lines.*,
        states.effective_at as told_from,
        states.live_from,
        {{ nrr.months_between('lines.date_from', 'lines.date_to') }} as months,
        {{ nrr.days_between('lines.date_from', 'lines.date_to') }} as number_of_days,
        {{ nrr.day_of_month('lines.date_from') }} >= 28 and {{ nrr.day_of_month('lines.date_to') }} >= 28 as ends_late
    from {{ ref('stg_chargebee__invoice_lines') }} as lines
    inner join states on lines.subscription_id = states.subscription_id
    where not lines.is_metered and lines.date_from < states.effective_at
),

whole as (
    select
        lines.*,
        case
            when
                months >= 1
                and {{ nrr.moved('date_from', 'month', 'months') }} between {{ nrr.moved('date_to', 'day', -1) }}
                and {{ nrr.moved('date_to', 'day', 1) }}
                then months
            -- a month that began on a day that the next does not have
            when months >= 1 and ends_late then months
            {%- for weeks in range(1, 5) %}
            when number_of_days = {{ weeks * 7 }} then {{ weeks }}
            {%- endfor %}
        end as billing_interval_count,
        case
            when months >= 1 and (
                {{ nrr.moved('date_from', 'month', 'months') }} between {{ nrr.moved('date_to', 'day', -1) }}
                and {{ nrr.moved('date_to', 'day', 1) }}
                or ends_late
            ) then 'month'
            else 'week'
        end as billing_interval
    from lines
),

priced as (
    select
        whole.*,
        -- what has tiers has an amount, and no price of a unit
        case
            when unit_amount is null or {{ nrr.times('unit_amount', 'quantity') }} <> amount then 1
            else quantity
        end as billed_quantity,
        case
            when unit_amount is null or {{ nrr.times('unit_amount', 'quantity') }} <> amount then amount
            else unit_amount
        end as billed_amount,
        row_number() over (
            partition by subscription_id, item_price_id, date_from order by invoice_id desc, element_index desc
        ) as newest_first
    from whole
    where billing_interval_count is not null and amount is not null
),

in_order as (
    select
        priced.*,
        min(date_from) over (partition by subscription_id) as first_billed_at,
        lead(date_from) over (partition by subscription_id, item_price_id order by date_from) as next_from
    from priced
    where newest_first = 1
),

finished as (
    select
        in_order.subscription_id,
        in_order.account_id,
        in_order.currency,
        in_order.item_price_id,
        in_order.item_type,
        -- what was billed first was there from the beginning
        case when live_from < date_from and date_from = first_billed_at then live_from else date_from end as starts_at,
        case
            when next_from <= {{ nrr.moved('date_to', 'day', 1) }} then next_from
            when next_from is not null and date_to >= live_from then next_from
            when next_from is not null then date_to
            -- the last bill of an item that is there later, too
            when listed.item_price_id is not null and date_to >= live_from then told_from
            else {{ nrr.earliest('date_to', 'told_from') }}
        end as ends_at,
        -- whether nothing of it follows when it ends
        case
            when next_from is not null then next_from > {{ nrr.moved('date_to', 'day', 1) }} and date_to < live_from
            when listed.item_price_id is not null then date_to < live_from and date_to < told_from
            else true
        end as is_over,
        told_from,
        cast(billed_quantity as decimal(18, 6)) as quantity,
        billed_amount as unit_amount,
        billing_interval,
        cast(billing_interval_count as decimal(18, 6)) as billing_interval_count,
        discount_amount
    from in_order
    left join listed
        on in_order.subscription_id = listed.subscription_id and in_order.item_price_id = listed.item_price_id
)

select
    cast(subscription_id as {{ nrr.type_text() }}) as subscription_id,
    cast(account_id as {{ nrr.type_text() }}) as account_id,
    cast(currency as {{ nrr.type_text() }}) as currency,
    cast(item_price_id as {{ nrr.type_text() }}) as item_price_id,
    cast(item_type as {{ nrr.type_text() }}) as item_type,
    cast(starts_at as {{ nrr.type_instant() }}) as starts_at,
    cast(ends_at as {{ nrr.type_instant() }}) as ends_at,
    cast(is_over as boolean) as is_over,
    cast(told_from as {{ nrr.type_instant() }}) as told_from,
    cast(quantity as decimal(18, 6)) as quantity,
    cast(unit_amount as decimal(18, 6)) as unit_amount,
    cast(billing_interval as {{ nrr.type_text() }}) as billing_interval,
    cast(billing_interval_count as decimal(18, 6)) as billing_interval_count,
    cast(discount_amount as decimal(18, 6)) as discount_amount
from finished
