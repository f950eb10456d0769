{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set has_prices, has_items = nrr.is_given('chargebee_item_price'), nrr.is_given('chargebee_item') -%}
{%- set keys = ['subscription_id', 'state_number'] -%}
{%- set values = [
    'quantity', 'quantity_in_decimal', 'free_quantity', 'free_quantity_in_decimal', 'unit_price',
    'unit_price_in_decimal', 'amount', 'amount_in_decimal', 'billing_period', 'billing_period_unit', 'trial_end',
] -%}
-- One row per item that a state of a subscription lists and that is paid for again and again: how much of it, and
-- all that says what it costs.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
    where has_items
),

listed as (
    select * from {{ nrr.json_elements('states', keys, 'subscription_items') }} as elements
),

add_ons as (
    select * from {{ nrr.json_elements('states', keys, 'addons') }} as elements
),

-- a site has items (Product Catalog 2.0), or a plan and add-ons (1.0)
items as (
    select
        subscription_id,
        state_number,
        element_index as place,
        {{ nrr.json_value('element', 'item_price_id') }} as item_price_id,
        {{ nrr.json_value('element', 'item_type') }} as item_type,
        {{ nrr.json_value('element', 'metered_quantity') }} as metered_quantity,
        {{ nrr.json_value('element', 'pricing_model') }} as pricing_model,
        {%- for value in values %}
        {{ nrr.json_value('element', value) }} as {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from listed

    union all

    select
        subscription_id,
        state_number,
        -1 as place,
        plan_id as item_price_id,
        'plan' as item_type,
        null as metered_quantity,
        null as pricing_model,
        {%- for value in values %}
        {%- set is_of_plan = value not in ['billing_period', 'billing_period_unit', 'trial_end'] %}
        {{ 'plan_' ~ value if is_of_plan else 'null' }} as {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from states
    where plan_id is not null and coalesce(subscription_items not like '%item_price_id%', true)

    union all

    select
        add_ons.subscription_id,
        add_ons.state_number,
        add_ons.element_index as place,
        {{ nrr.json_value('element', 'id') }} as item_price_id,
        'addon' as item_type,
        null as metered_quantity,
        null as pricing_model,
        {%- for value in values %}
        {{ nrr.json_value('element', value) }} as {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from add_ons
    inner join states
        on
            add_ons.subscription_id = states.subscription_id
            and add_ons.state_number = states.state_number
            and states.plan_id is not null
            and coalesce(states.subscription_items not like '%item_price_id%', true)
),

described as (
    select
        items.subscription_id,
        items.state_number,
        items.place,
        items.item_price_id,
        lower(coalesce(
            items.item_type,
            {%- if has_prices %}
            prices.item_type,
            {%- if has_items %}
            catalogue.item_type,
            {%- endif %}
            {%- endif %}
            'plan'
        )) as item_type,
        {%- if has_prices %}
        prices.item_id,
        coalesce(prices.item_family_id{% if has_items %}, catalogue.item_family_id{% endif %}) as item_family_id,
        coalesce(items.pricing_model, prices.pricing_model) as pricing_model,
        prices.price,
        prices.price_in_decimal,
        prices.period as price_period,
        prices.period_unit as price_period_unit,
        prices.currency as price_currency,
        prices.free_quantity as price_free_quantity,
        prices.free_quantity_in_decimal as price_free_quantity_in_decimal,
        {%- else %}
        {%- for column in [
            'item_id', 'item_family_id', 'price', 'price_in_decimal', 'price_period', 'price_period_unit',
            'price_currency', 'price_free_quantity', 'price_free_quantity_in_decimal',
        ] %}
        cast(null as {{ nrr.type_text() }}) as {{ column }},
        {%- endfor %}
        items.pricing_model,
        {%- endif %}
        items.metered_quantity is not null
        {%- if has_prices and has_items %}
        or coalesce(catalogue.is_metered, false)
        {%- endif %} as is_metered,
        {%- for value in values %}
        items.{{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from items
    {%- if has_prices %}
    left join {{ ref('stg_chargebee__item_price') }} as prices on items.item_price_id = prices.item_price_id
    {%- if has_items %}
    left join {{ ref('stg_chargebee__item') }} as catalogue on prices.item_id = catalogue.item_id
    {%- endif %}
    {%- endif %}
    where items.item_price_id is not null
)

select
    described.subscription_id,
    described.state_number,
    described.place,
    described.item_price_id,
    -- an item that is listed twice is two
    row_number() over (
        partition by described.subscription_id, described.state_number, described.item_price_id order by described.place
    ) as item_number,
    described.item_type,
    described.item_id,
    described.item_family_id,
    described.pricing_model,
    described.is_metered,
    coalesce(states.currency, described.price_currency, states.some_currency) as currency,
    coalesce(
        {{ nrr.read_decimal('described.quantity_in_decimal') }}, {{ nrr.read_decimal('described.quantity') }}, 1
    ) as quantity,
    coalesce(
        {{ nrr.read_decimal('described.free_quantity_in_decimal') }},
        {{ nrr.read_decimal('described.free_quantity') }},
        {{ nrr.read_decimal('described.price_free_quantity_in_decimal') }},
        {{ nrr.read_decimal('described.price_free_quantity') }},
        0
    ) as free_quantity,
    {%- set numbers = values[:8] + ['billing_period'] %}
    -- what is there and no number must not be replaced by anything
    {% for number in numbers -%}
    (described.{{ number }} <> '' and {{ nrr.read_decimal('described.' ~ number) }} is null)
    {{ 'or ' if not loop.last }}
    {%- endfor %}
    as is_unreadable,
    described.unit_price,
    described.unit_price_in_decimal,
    described.amount,
    described.amount_in_decimal,
    described.price,
    described.price_in_decimal,
    {{ nrr.read_epoch('described.trial_end') }} as trial_end,
    -- its own, or the subscription's, or that of the plan in the catalogue
    coalesce(described.billing_period, states.billing_period, max(
        case when described.item_type = 'plan' then described.price_period end
    ) over (partition by described.subscription_id, described.state_number)) as billing_period,
    coalesce(described.billing_period_unit, states.billing_period_unit, max(
        case when described.item_type = 'plan' then described.price_period_unit end
    ) over (partition by described.subscription_id, described.state_number)) as billing_period_unit,
    described.price_period,
    described.price_period_unit
from described
inner join states
    on described.subscription_id = states.subscription_id and described.state_number = states.state_number
where described.item_type not in ('charge', 'charge_item_price')
