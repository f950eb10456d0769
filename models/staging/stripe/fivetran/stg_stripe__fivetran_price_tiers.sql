{{ config(enabled=nrr.rebuilds_stripe() and nrr.stripe_loader() == 'fivetran') }}
{%- set columns = ['id', 'up_to', 'unit_amount', 'unit_amount_decimal', 'flat_amount', 'flat_amount_decimal'] -%}
-- One row per tier of a price.
with tiers as (
    select distinct
        {{ nrr.read_text('id') }} as price_id,
        {{ nrr.read_decimal('up_to') }} as up_to,
        {{ nrr.read_decimal('unit_amount') }} as unit_amount,
        {{ nrr.read_decimal('unit_amount_decimal') }} as unit_amount_decimal,
        {{ nrr.read_decimal('flat_amount') }} as flat_amount,
        {{ nrr.read_decimal('flat_amount_decimal') }} as flat_amount_decimal
    from {{ nrr.input_rows('stripe_tier', columns) }} as input
    where {{ nrr.read_text('id') }} is not null
)

select
    price_id,
    coalesce(lag(up_to) over (
        partition by price_id
        order by up_to nulls last
    ), 0) as from_quantity,
    up_to,
    cast(coalesce(unit_amount, unit_amount_decimal, 0) as decimal(18, 6)) as unit_amount,
    cast(coalesce(flat_amount, flat_amount_decimal, 0) as decimal(18, 6)) as flat_amount
from tiers
