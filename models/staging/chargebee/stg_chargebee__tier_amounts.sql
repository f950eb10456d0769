{{ config(enabled=nrr.has_source('chargebee')) }}
{%- set has_prices = nrr.is_given('chargebee_item_price') -%}
{%- set values = [
    'starting_unit', 'starting_unit_in_decimal', 'ending_unit', 'ending_unit_in_decimal', 'price', 'price_in_decimal',
    'pricing_type', 'package_size',
] -%}
-- One row per item of a state whose price has tiers: what its quantity costs in them for a billing period, major
-- units. The subscription's own tiers go before those that the catalogue has now.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
    where has_items
),

items as (
    select
        items.*,
        case when quantity > free_quantity then quantity - free_quantity else 0 end as charged_quantity,
        {{ nrr.chargebee_exponent() }} as exponent
    from {{ ref('stg_chargebee__state_items') }} as items
    left join {{ ref('nrr_currency_exponents') }} as exponents on items.currency = exponents.currency
    where items.pricing_model in ('tiered', 'volume', 'stairstep', 'package')
),

own as (
    select * from {{ nrr.json_elements('states', ['subscription_id', 'state_number'], 'item_tiers') }} as elements
),

own_tiers as (
    select
        subscription_id,
        state_number,
        {{ nrr.json_value('element', 'item_price_id') }} as item_price_id,
        {%- for value in values %}
        {{ nrr.json_value('element', value) }} as {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from own
),

{%- if has_prices %}

item_prices as (
    select * from {{ ref('stg_chargebee__item_price') }}
),

catalogue as (
    select * from {{ nrr.json_elements('item_prices', ['item_price_id'], 'tiers') }} as elements
),

catalogue_tiers as (
    select
        item_price_id,
        {%- for value in values %}
        {{ nrr.json_value('element', value) }} as {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from catalogue
),

{%- endif %}

tiers as (
    select
        items.subscription_id,
        items.state_number,
        items.place,
        items.pricing_model,
        items.charged_quantity,
        items.exponent,
        true as is_own,
        {%- for value in values %}
        own_tiers.{{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from items
    inner join own_tiers
        on
            items.subscription_id = own_tiers.subscription_id
            and items.state_number = own_tiers.state_number
            and items.item_price_id = own_tiers.item_price_id
    {%- if has_prices %}

    union all

    select
        items.subscription_id,
        items.state_number,
        items.place,
        items.pricing_model,
        items.charged_quantity,
        items.exponent,
        false as is_own,
        {%- for value in values %}
        catalogue_tiers.{{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from items
    inner join catalogue_tiers on items.item_price_id = catalogue_tiers.item_price_id
    {%- endif %}
),

typed as (
    select
        subscription_id,
        state_number,
        place,
        pricing_model,
        charged_quantity,
        is_own,
        coalesce({{ nrr.read_decimal('starting_unit_in_decimal') }}, {{ nrr.read_decimal('starting_unit') }}, 0)
            as starts_with,
        -- of whole units the first, else how many are before it
        {{ nrr.read_decimal('starting_unit_in_decimal') }} as units_before,
        coalesce({{ nrr.read_decimal('ending_unit_in_decimal') }}, {{ nrr.read_decimal('ending_unit') }}) as up_to,
        {{ nrr.chargebee_amount('price', 'price_in_decimal', 'exponent') }} as price,
        {{ nrr.read_word('pricing_type') }} as pricing_type,
        {{ nrr.read_decimal('package_size') }} as package_size
    from tiers
),

bounded as (
    select
        typed.*,
        coalesce(
            units_before,
            lag(up_to) over (partition by subscription_id, state_number, place, is_own order by starts_with),
            case when starts_with >= 1 then starts_with - 1 else 0 end
        ) as from_quantity
    from typed
),

-- how many of the units each tier is for, and whether the quantity ends in it
counted as (
    select
        bounded.*,
        {{ nrr.tier_amount(
            "case when pricing_model in ('tiered', 'package') then 'graduated' else 'volume' end",
            'charged_quantity', 'from_quantity', 'up_to', '1', '0'
        ) }} as units,
        charged_quantity > from_quantity and (up_to is null or charged_quantity <= up_to) as is_last
    from bounded
),

amounts as (
    select
        counted.*,
        case
            when pricing_model = 'stairstep' then case when is_last then price else 0 end
            when pricing_type = 'flat_fee' then case when units > 0 then price else 0 end
            when pricing_type = 'package' and package_size > 0
                then {{ nrr.times(nrr.packages('units', 'package_size', "'up'"), 'price') }}
            else {{ nrr.times('units', 'price') }}
        end as amount
    from counted
)

select
    subscription_id,
    state_number,
    place,
    is_own,
    cast(sum(amount) as decimal(18, 6)) as amount
from amounts
group by subscription_id, state_number, place, is_own
