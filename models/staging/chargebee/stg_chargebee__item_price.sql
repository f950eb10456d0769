{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_item_price')) }}
{%- set columns = [
    'id', 'item_id', 'item_family_id', 'item_type', 'pricing_model', 'price', 'price_in_decimal', 'period',
    'period_unit', 'currency_code', 'free_quantity', 'free_quantity_in_decimal', 'updated_at', 'resource_version',
] -%}
-- One row per item price: how an item is sold, as the catalogue has it now.
with input as (
    select * from {{ nrr.input_rows('chargebee_item_price', columns + ['tiers']) }} as input
),

item_prices as (
    select
        {%- for column in columns[:-2] %}
        {{ nrr.read_text(column) }} as {{ column }},
        {%- endfor %}
        {{ nrr.json_text('tiers') }} as tiers,
        {{ nrr.read_epoch('updated_at') }} as updated_at,
        {{ nrr.read_whole_number('resource_version') }} as resource_version
    from input
),

in_order as (
    select
        item_prices.*,
        row_number() over (
            partition by id order by resource_version desc nulls last, updated_at desc nulls last, item_id, price
        ) as newest_first
    from item_prices
    where id is not null
)

select
    id as item_price_id,
    item_id,
    item_family_id,
    {{ nrr.read_word('item_type') }} as item_type,
    {{ nrr.read_word('pricing_model') }} as pricing_model,
    price,
    price_in_decimal,
    period,
    period_unit,
    upper(currency_code) as currency,
    free_quantity,
    free_quantity_in_decimal,
    tiers
from in_order
where newest_first = 1
