{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set shared = ['product', 'currency', 'billing_scheme', 'tiers_mode', 'tax_behavior', 'tiers'] -%}
{%- set places = {
    'prices': {
        'billing_interval': ['recurring', 'interval'], 'billing_interval_count': ['recurring', 'interval_count'],
        'usage_type': ['recurring', 'usage_type'], 'amount': ['unit_amount'], 'amount_decimal': ['unit_amount_decimal'],
        'package_size': ['transform_quantity', 'divide_by'], 'package_round': ['transform_quantity', 'round'],
    },
    'plans': {
        'billing_interval': ['interval'], 'billing_interval_count': ['interval_count'], 'usage_type': ['usage_type'],
        'amount': ['amount'], 'amount_decimal': ['amount_decimal'],
        'package_size': ['transform_usage', 'divide_by'], 'package_round': ['transform_usage', 'round'],
    },
} -%}
-- One row per price and place where it stands: the streams `prices` and `plans`, and the objects that items and
-- invoice lines hold. As text.
with objects as (
    select price as price_json from {{ ref('stg_stripe__airbyte_item_rows') }}
    union all
    select plan as price_json from {{ ref('stg_stripe__airbyte_item_rows') }}
    {%- for part in ['price', 'plan'] %}
    union all
    select {{ nrr.json_value('item_json', part) }} as price_json from {{ ref('stg_stripe__airbyte_version_items') }}
    union all
    select {{ part }} as price_json from {{ ref('stg_stripe__airbyte_line_rows') }}
    {%- endfor %}
),

identified as (
    select
        {{ nrr.json_value('price_json', 'id') }} as price_id,
        price_json,
        case
            when substr(replace({{ nrr.json_value('price_json', 'tiers') }}, ' ', ''), 1, 2) = '[{' then 1 else 0
        end as has_tiers
    from objects
    where substr(price_json, 1, 1) = '{'
),

-- the same price is the same everywhere: the longest tells most of it, but tiers stand in some places only
ranked as (
    select
        price_id,
        price_json,
        row_number() over (
            partition by price_id, has_tiers order by length(price_json) desc, price_json
        ) as choice
    from identified
    where price_id is not null
)

select
    price_id,
    3 as place,
    {%- for column in shared %}
    {{
        nrr.json_id('price_json', column) if column == 'product' else nrr.json_value('price_json', column)
    }} as {{ column }}_text,
    {%- endfor %}
    {%- for name in places['prices'] %}
    coalesce(
        {%- for table in places %}
        {{ nrr.json_value('price_json', places[table][name] | join('.')) }}{{ ',' if not loop.last }}
        {%- endfor %}
    ) as {{ name }}_text{{ ',' if not loop.last }}
    {%- endfor %}
from ranked
where choice = 1
{%- for table in places %}

union all

select
    {{ nrr.read_text('id') }} as price_id,
    {{ loop.index }} as place,
    {%- for column in shared %}
    {{
        nrr.json_id('product') if column == 'product'
        else nrr.json_text(column) if column == 'tiers'
        else nrr.read_text(column)
    }} as {{ column }}_text,
    {%- endfor %}
    {%- for name, path in places[table].items() %}
    {{
        nrr.json_value(path[0], path[1]) if path | length > 1 else nrr.read_text(nrr.column_name(path[0]))
    }} as {{ name }}_text{{ ',' if not loop.last }}
    {%- endfor %}
from {{ nrr.input_rows(
    'stripe_' ~ table, (['id'] + shared + (places[table].values() | map('first') | list)) | unique | list
) }} as input
where {{ nrr.read_text('id') }} is not null
{%- endfor %}
