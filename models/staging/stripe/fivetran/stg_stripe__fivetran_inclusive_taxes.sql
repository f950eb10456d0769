{{ config(enabled=nrr.rebuilds_stripe() and nrr.stripe_loader() == 'fivetran') }}
-- One row per subscription whose tax rates are inside its prices.
with rates as (
    select
        {{ nrr.read_text('id') }} as tax_rate_id,
        max({{ nrr.read_decimal('percentage') }}) as tax_percent
    from {{ nrr.input_rows('stripe_tax_rate', ['id', 'inclusive', 'percentage']) }} as input
    where {{ nrr.is_true('inclusive') }}
    group by {{ nrr.read_text('id') }}
),

rates_of_subscriptions as (
    select distinct
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_text('tax_rate_id') }} as tax_rate_id
    from {{ nrr.input_rows('stripe_subscription_tax_rate', ['subscription_id', 'tax_rate_id']) }} as input
)

select
    rates_of_subscriptions.subscription_id,
    cast(null as {{ nrr.type_text() }}) as subscription_item_id,
    cast(sum(rates.tax_percent) as decimal(18, 6)) as tax_percent
from rates_of_subscriptions
inner join rates on rates_of_subscriptions.tax_rate_id = rates.tax_rate_id
group by rates_of_subscriptions.subscription_id
