{{ config(enabled=nrr.rebuilds_stripe() and nrr.stripe_loader() == 'fivetran', materialized='table') }}
{%- set tables = nrr.given_of(['stripe_price', 'stripe_plan']) -%}
-- One row per price or, where there is no price of that id, plan.
with prices as (
    {%- for table in tables %}
    {%- if table == 'stripe_price' %}
    {%- set names = {
        'interval': 'recurring_interval', 'count': 'recurring_interval_count', 'usage': 'recurring_usage_type',
        'amount': 'unit_amount', 'decimal': 'unit_amount_decimal', 'size': 'transform_quantity_divide_by',
        'round': 'transform_quantity_round',
    } %}
    {%- else %}
    {%- set names = {
        'interval': 'interval', 'count': 'interval_count', 'usage': 'usage_type', 'amount': 'amount',
        'decimal': 'amount_decimal', 'size': 'transform_usage_divide_by', 'round': 'transform_usage_round',
    } %}
    {%- endif %}
    {%- set columns = names.values() | list + [
        'id', 'product_id', 'currency', 'billing_scheme', 'tiers_mode', '_fivetran_synced',
    ] %}
    select
        {{ loop.index }} as place,
        {{ nrr.read_text('id') }} as price_id,
        {{ nrr.read_text('product_id') }} as product_id,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.read_word(nrr.column_name(names['interval'])) }} as billing_interval,
        {{ nrr.read_decimal(names['count']) }} as billing_interval_count,
        coalesce({{ nrr.read_word(names['usage']) }} = 'metered', false) as is_metered,
        coalesce({{ nrr.read_word('billing_scheme') }} = 'tiered', false) as is_tiered,
        {{ nrr.read_word('tiers_mode') }} as tiers_mode,
        coalesce({{ nrr.read_minor_units(names['amount']) }}, {{ nrr.read_minor_units(names['decimal']) }})
            as unit_amount,
        {{ nrr.read_decimal(names['size']) }} as package_size,
        {{ nrr.read_word(names['round']) }} as package_round,
        {{ nrr.read_timestamp('_fivetran_synced') }} as recorded_at
    from {{ nrr.input_rows(table, columns) }} as input
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (partition by price_id order by place, recorded_at desc nulls last, product_id) as choice
    from prices
    where price_id is not null
)

select
    price_id,
    product_id,
    currency,
    billing_interval,
    billing_interval_count,
    is_metered,
    is_tiered,
    tiers_mode,
    unit_amount,
    package_size,
    package_round,
    cast(null as boolean) as is_tax_inclusive
from ranked
where choice = 1
