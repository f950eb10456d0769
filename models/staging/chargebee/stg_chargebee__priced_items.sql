{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set has_invoices = nrr.is_given('chargebee_invoice') -%}
-- One row per item of a state that is paid for again and again and is not metered: what it costs for how long, before
-- discounts, in major units; or why that cannot be said.
with items as (
    select
        items.*,
        case when items.quantity > items.free_quantity then items.quantity - items.free_quantity else 0 end
            as charged_quantity,
        {{ nrr.chargebee_amount('items.unit_price', 'items.unit_price_in_decimal', nrr.chargebee_exponent()) }}
            as own_unit_amount,
        {{ nrr.chargebee_amount('items.amount', 'items.amount_in_decimal', nrr.chargebee_exponent()) }}
            as own_amount,
        {{ nrr.chargebee_amount('items.price', 'items.price_in_decimal', nrr.chargebee_exponent()) }}
            as catalogue_amount,
        coalesce(items.pricing_model in ('tiered', 'volume', 'stairstep', 'package'), false) as has_tiers
    from {{ ref('stg_chargebee__state_items') }} as items
    left join {{ ref('nrr_currency_exponents') }} as exponents on items.currency = exponents.currency
    where not items.is_metered
),

-- what the tiers say where the subscription has its own; else the amount that Chargebee computed, from tiers that the
-- catalogue may not have any more
priced as (
    select
        items.*,
        case
            when items.has_tiers then coalesce(own_tiers.amount, items.own_amount, catalogue_tiers.amount)
            when items.pricing_model = 'flat_fee'
                then coalesce(items.own_unit_amount, items.own_amount)
            -- how it is priced is not known: the amount tells, where it is not that of the quantity
            when
                items.pricing_model is null and items.own_amount is not null
                and (
                    items.own_unit_amount is null
                    or items.own_amount <> {{ nrr.times('items.charged_quantity', 'items.own_unit_amount') }}
                )
                then items.own_amount
            when items.own_unit_amount is null and items.own_amount is not null then items.own_amount
        end as whole_amount
    from items
    left join {{ ref('stg_chargebee__tier_amounts') }} as own_tiers
        on
            items.subscription_id = own_tiers.subscription_id
            and items.state_number = own_tiers.state_number
            and items.place = own_tiers.place
            and own_tiers.is_own
    left join {{ ref('stg_chargebee__tier_amounts') }} as catalogue_tiers
        on
            items.subscription_id = catalogue_tiers.subscription_id
            and items.state_number = catalogue_tiers.state_number
            and items.place = catalogue_tiers.place
            and not catalogue_tiers.is_own
),

costed as (
    select
        priced.*,
        own_unit_amount is null and whole_amount is null and catalogue_amount is not null and not has_tiers
            as is_of_catalogue,
        case when whole_amount is not null then 1 else charged_quantity end as billed_quantity,
        coalesce(whole_amount, own_unit_amount, case when not has_tiers then catalogue_amount end) as unit_amount
    from priced
),

taxed as (
    select
        costed.*,
        -- what is only in the catalogue is for its own period
        case when is_of_catalogue and price_period_unit is not null then price_period else billing_period end
            as known_period,
        case when is_of_catalogue and price_period_unit is not null then price_period_unit else billing_period_unit end
            as known_period_unit,
        {{ nrr.times('billed_quantity', 'unit_amount') }} as gross_amount,
        {{ 'coalesce(taxes.inclusive_tax_rate, 0)' if has_invoices else '0' }} as inclusive_tax_rate
    from costed
    {%- if has_invoices %}
    left join {{ ref('stg_chargebee__inclusive_taxes') }} as taxes
        on costed.subscription_id = taxes.subscription_id and costed.item_price_id = taxes.item_price_id
    {%- endif %}
),

net as (
    select
        taxed.*,
        -- without tax a unit may have more decimals than there are: then the whole is one unit
        {%- for amount, net in [('gross_amount', 'net_amount'), ('unit_amount', 'net_unit_amount')] %}
        case
            when inclusive_tax_rate > 0 then {{ nrr.amount_without_tax(amount, 'inclusive_tax_rate') }}
            else {{ amount }}
        end as {{ net }}{{ ',' if not loop.last }}
        {%- endfor %}
    from taxed
),

finished as (
    select
        subscription_id,
        state_number,
        place,
        item_price_id,
        item_number,
        item_type,
        item_id,
        item_family_id,
        currency,
        trial_end,
        case when {{ nrr.times('billed_quantity', 'net_unit_amount') }} = net_amount then billed_quantity else 1 end
            as quantity,
        case
            when {{ nrr.times('billed_quantity', 'net_unit_amount') }} = net_amount then net_unit_amount
            else net_amount
        end as unit_amount,
        net_amount as amount,
        inclusive_tax_rate,
        case
            when has_tiers then 'tiered'
            when pricing_model = 'flat_fee' then 'flat'
            when pricing_model = 'per_unit' then 'seat'
            else pricing_model
        end as pricing_model,
        lower(known_period_unit) as billing_interval,
        coalesce({{ nrr.read_decimal('known_period') }}, 1) as billing_interval_count,
        case
            when is_unreadable then 'unreadable_subscription_items'
            when unit_amount is null then 'missing_unit_price'
            when known_period_unit is null then 'missing_billing_period_unit'
        end as source_reason
    from net
)

select
    cast(subscription_id as {{ nrr.type_text() }}) as subscription_id,
    cast(state_number as bigint) as state_number,
    cast(place as bigint) as place,
    cast(item_price_id as {{ nrr.type_text() }}) as item_price_id,
    cast(item_number as bigint) as item_number,
    cast(item_type as {{ nrr.type_text() }}) as item_type,
    cast(item_id as {{ nrr.type_text() }}) as item_id,
    cast(item_family_id as {{ nrr.type_text() }}) as item_family_id,
    cast(currency as {{ nrr.type_text() }}) as currency,
    cast(trial_end as {{ nrr.type_instant() }}) as trial_end,
    cast(quantity as decimal(18, 6)) as quantity,
    cast(unit_amount as decimal(18, 6)) as unit_amount,
    cast(amount as decimal(28, 6)) as amount,
    cast(inclusive_tax_rate as decimal(18, 6)) as inclusive_tax_rate,
    cast(pricing_model as {{ nrr.type_text() }}) as pricing_model,
    cast(billing_interval as {{ nrr.type_text() }}) as billing_interval,
    cast(billing_interval_count as decimal(18, 6)) as billing_interval_count,
    cast(source_reason as {{ nrr.type_text() }}) as source_reason
from finished
