{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set has_coupons = nrr.is_given('chargebee_coupon') -%}
-- One row per item of a state and discount that is taken off it: percent or amount, in the order in which they are
-- taken off, from when and until when. A discount is for whole bills: it lasts for the billing periods that begin
-- before it is over.
with items as (
    select * from {{ ref('stg_chargebee__priced_items') }}
    where source_reason is null
),

discounts as (
    select * from {{ ref('stg_chargebee__state_discounts') }}
),

{%- if has_coupons %}

coupons as (
    select * from {{ ref('stg_chargebee__coupon') }}
    where apply_on <> 'invoice_amount'
),

constraint_elements as (
    select * from {{ nrr.json_elements('coupons', ['coupon_id'], 'item_constraints') }} as elements
),

criteria_elements as (
    select * from {{ nrr.json_elements('coupons', ['coupon_id'], 'item_constraint_criteria') }} as elements
),

-- what a coupon is for, by type of item
constraints as (
    select
        coupon_id,
        {{ nrr.json_value('element', 'item_type') }} as item_type,
        {{ nrr.json_value('element', 'constraint') }} as constraint_type,
        {{ nrr.json_value('element', 'item_price_ids') }} as item_price_ids
    from constraint_elements
),

criteria as (
    select
        coupon_id,
        {{ nrr.json_value('element', 'item_type') }} as item_type,
        {{ nrr.json_value('element', 'item_family_ids') }} as item_family_ids,
        {{ nrr.json_value('element', 'item_price_periods') }} as item_price_periods,
        {{ nrr.json_value('element', 'currencies') }} as currencies
    from criteria_elements
),

constrained as (
    select distinct coupon_id from constraints
),

{%- endif %}

applied as (
    select
        items.subscription_id,
        items.state_number,
        items.place,
        items.item_price_id,
        items.quantity,
        items.unit_amount,
        items.amount as item_amount,
        items.inclusive_tax_rate,
        items.billing_interval,
        items.billing_interval_count,
        discounts.discount_id,
        discounts.place_of_discount,
        discounts.is_unknown,
        discounts.discount_type,
        discounts.percentage,
        discounts.amount,
        discounts.quantity as free_quantity,
        discounts.apply_on,
        discounts.anchor_at,
        discounts.bills_until,
        discounts.begins_at,
        discounts.apply_on in ('invoice_amount', 'specified_items_total') as is_shared
    from items
    inner join discounts
        on
            items.subscription_id = discounts.subscription_id
            and items.state_number = discounts.state_number
            and (discounts.apply_on <> 'specific_item_price' or items.item_price_id = discounts.item_price_id)
    {%- if has_coupons %}
    left join constrained
        on discounts.coupon_id = constrained.coupon_id and discounts.is_coupon
    left join constraints
        on constrained.coupon_id = constraints.coupon_id and items.item_type = constraints.item_type
    left join criteria
        on constrained.coupon_id = criteria.coupon_id and items.item_type = criteria.item_type
    where
        constrained.coupon_id is null
        or constraints.constraint_type = 'all'
        or (
            constraints.constraint_type = 'specific'
            and {{ nrr.json_list_has('constraints.item_price_ids', 'items.item_price_id') }}
        )
        or (
            constraints.constraint_type = 'criteria'
            and (
                criteria.item_family_ids is null
                or {{ nrr.json_list_has('criteria.item_family_ids', 'items.item_family_id') }}
            )
            and (
                criteria.item_price_periods is null
                or {{ nrr.json_list_has('criteria.item_price_periods', 'items.billing_interval') }}
            )
            and (
                criteria.currencies is null
                or {{ nrr.json_list_has('criteria.currencies', 'items.currency') }}
            )
        )
    {%- endif %}
),

-- an amount off the bill is off each of its items by what they cost
shared as (
    select
        applied.*,
        sum(item_amount) over (partition by subscription_id, state_number, discount_id) as total_amount,
        sum(item_amount) over (
            partition by subscription_id, state_number, discount_id
            order by place, item_price_id rows between unbounded preceding and current row
        ) as amount_so_far
    from applied
),

amounts as (
    select
        shared.*,
        case when discount_type = 'percentage' then percentage end as discount_percent,
        case
            when discount_type = 'percentage' then null
            when discount_type = 'offer_quantity'
                then cast({{ nrr.times(
                    'unit_amount', 'case when free_quantity < quantity then free_quantity else quantity end'
                ) }} as decimal(18, 6))
            when apply_on = 'each_unit_of_specified_items'
                then cast({{ nrr.times('amount', 'quantity') }} as decimal(18, 6))
            when is_shared and total_amount > 0
                then {{ nrr.part_of_amount('amount', 'amount_so_far', 'total_amount') }}
                - {{ nrr.part_of_amount('amount', 'amount_so_far - item_amount', 'total_amount') }}
            when is_shared then 0
            else amount
        end as discount_amount,
        {{ nrr.next_period_start('anchor_at', 'bills_until', 'billing_interval_count', 'billing_interval') }} as ends_at
    from shared
),

numbered as (
    select
        subscription_id,
        state_number,
        place,
        discount_id,
        is_unknown
        or (discount_percent is null and discount_amount is null)
        or discount_percent < 0
        or discount_percent > 100 as is_unknown,
        discount_percent,
        case
            when inclusive_tax_rate > 0 and discount_type <> 'offer_quantity' and discount_amount > 0
                then {{ nrr.amount_without_tax('discount_amount', 'inclusive_tax_rate') }}
            else discount_amount
        end as discount_amount,
        begins_at,
        ends_at,
        row_number() over (
            partition by subscription_id, state_number, place
            order by case when apply_on = 'invoice_amount' then 2 else 1 end, place_of_discount
        ) as discount_number
    from amounts
    {%- if nrr.setting('nrr_discounts') == 'forever_only' %}
    where bills_until is null
    {%- endif %}
)

select
    cast(subscription_id as {{ nrr.type_text() }}) as subscription_id,
    cast(state_number as bigint) as state_number,
    cast(place as bigint) as place,
    cast(discount_id as {{ nrr.type_text() }}) as discount_id,
    cast(is_unknown as boolean) as is_unknown,
    cast(discount_percent as decimal(18, 6)) as discount_percent,
    cast(discount_amount as decimal(18, 6)) as discount_amount,
    cast(begins_at as {{ nrr.type_instant() }}) as begins_at,
    cast(ends_at as {{ nrr.type_instant() }}) as ends_at,
    cast(discount_number as bigint) as discount_number
from numbered
