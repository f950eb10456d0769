{{ config(enabled=nrr.reads_airbyte_stripe()) }}
-- One row per coupon that is limited to some products, and such a product.
with coupons as (
    select
        coupon_id,
        products_json
    from {{ ref('stg_stripe__airbyte_discount_sightings') }}
    where products_json is not null

    union distinct

    select
        {{ nrr.read_text('id') }} as coupon_id,
        {{ nrr.json_value('applies_to', 'products') }} as products_json
    from {{ nrr.input_rows('stripe_coupons', ['id', 'applies_to']) }} as input
)

select distinct
    coupon_id,
    element as product_id
from {{ nrr.json_elements('coupons', ['coupon_id'], 'products_json') }} as elements
where coupon_id is not null
