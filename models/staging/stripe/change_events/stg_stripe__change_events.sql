{{ config(enabled=nrr.has_source('stripe') and nrr.stripe_loader() == 'change_events') }}
{%- set table = 'stripe_subscription_item_change_events' -%}
{%- set columns = [
    'event_timestamp', 'event_type', 'subscription_item_id', 'subscription_id', 'customer_id', 'product_id', 'price_id',
    'currency', 'mrr_change', 'quantity_change', 'batch_timestamp',
] -%}
-- One row per row of Stripe's subscription_item_change_events, whose values are read; amounts in major units.
with given as (
    select
        {{ nrr.read_timestamp('event_timestamp') }} as changed_at,
        {{ nrr.read_text('event_timestamp') }} as given_event_timestamp,
        {{ nrr.read_text('event_type') }} as event_type,
        {{ nrr.read_text('subscription_item_id') }} as subscription_item_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_text('customer_id') }} as account_id,
        {{ nrr.read_text('product_id') }} as product_id,
        {{ nrr.read_text('price_id') }} as price_id,
        coalesce(upper({{ nrr.read_text('currency') }}), '{{ nrr.setting('nrr_reporting_currency') }}') as currency,
        {{ nrr.read_whole_number('mrr_change') }} as minor_mrr_change,
        {{ nrr.read_text('mrr_change') }} as given_mrr_change,
        {{ nrr.read_timestamp('batch_timestamp') }} as batch_at,
        {{ nrr.row_as_text(columns) }} as source_row
    from {{ nrr.input_rows(table, columns) }} as rows_of_stripe
    where {{ nrr.has_any_value(columns) }}
)

select
    given.changed_at,
    given.event_type,
    given.subscription_item_id,
    given.subscription_id,
    given.account_id,
    given.product_id,
    given.price_id,
    given.currency,
    {{ nrr.major_units('given.minor_mrr_change', 'exponents.exponent') }} as mrr_change,
    given.batch_at,
    case
        when given.account_id is null then 'missing_customer_id'
        when given.subscription_id is null then 'missing_subscription_id'
        when given.subscription_item_id is null then 'missing_item_id'
        when given.given_event_timestamp is null then 'missing_event_timestamp'
        when given.changed_at is null then 'unreadable_event_timestamp'
        when given.given_mrr_change is null then 'missing_mrr_change'
        when given.minor_mrr_change is null then 'unreadable_mrr_change'
    end as source_reason,
    given.source_row
from given
left join {{ ref('nrr_currency_exponents') }} as exponents on given.currency = exponents.currency
