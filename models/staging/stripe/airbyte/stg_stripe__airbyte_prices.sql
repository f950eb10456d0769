{{ config(enabled=nrr.reads_airbyte_stripe()) }}
-- One row per price or, where there is no price of that id, plan.
with typed as (
    select
        price_id,
        place,
        product_text as product_id,
        upper(currency_text) as currency,
        {{ nrr.read_word('billing_interval_text') }} as billing_interval,
        {{ nrr.read_decimal('billing_interval_count_text') }} as billing_interval_count,
        coalesce({{ nrr.read_word('usage_type_text') }} = 'metered', false) as is_metered,
        coalesce({{ nrr.read_word('billing_scheme_text') }} = 'tiered', false) as is_tiered,
        {{ nrr.read_word('tiers_mode_text') }} as tiers_mode,
        coalesce({{ nrr.read_decimal('amount_text') }}, {{ nrr.read_decimal('amount_decimal_text') }}) as unit_amount,
        {{ nrr.read_decimal('package_size_text') }} as package_size,
        {{ nrr.read_word('package_round_text') }} as package_round,
        max({{ nrr.read_word('tax_behavior_text') }}) over (partition by price_id) as tax_behavior
    from {{ ref('stg_stripe__airbyte_price_rows') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by price_id
            order by place, case when billing_interval is null then 1 else 0 end, product_id, unit_amount
        ) as choice
    from typed
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
    case tax_behavior when 'inclusive' then true when 'exclusive' then false end as is_tax_inclusive
from ranked
where choice = 1
