{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set columns = [
    'id', 'object', 'subscription', 'price', 'plan', 'quantity', 'created', 'tax_rates', 'discount', 'discounts', 'is_deleted',
    'livemode',
] + nrr.airbyte_columns() -%}
-- One row per item in the stream `subscription_items`, as it was synced last. Items that are gone stay in it.
with typed as (
    select
        {{ nrr.read_text('id') }} as subscription_item_id,
        {{ nrr.json_id('subscription') }} as subscription_id,
        coalesce({{ nrr.json_id('price') }}, {{ nrr.json_id('plan') }}) as price_id,
        {{ nrr.read_decimal('quantity') }} as quantity,
        {{ nrr.read_epoch('created') }} as created_at,
        {{ nrr.json_text('price') }} as price,
        {{ nrr.json_text('plan') }} as plan,
        {{ nrr.json_text('tax_rates') }} as tax_rates,
        {{ nrr.json_text('discount') }} as discount,
        {{ nrr.json_text('discounts') }} as discounts,
        {{ nrr.is_true('is_deleted') }} as is_deleted,
        {{ nrr.airbyte_synced_at() }} as recorded_at,
        case
            when {{ nrr.read_text('id') }} is null then 'missing_item_id'
            when {{ nrr.json_id('subscription') }} is null then 'missing_subscription_id'
            when {{ nrr.read_text('quantity') }} is not null and {{ nrr.read_decimal('quantity') }} is null
                then 'unreadable_quantity'
        end as source_reason,
        {{ nrr.row_as_text(['id', 'subscription', 'quantity', 'created', 'price', 'plan']) }} as source_row
    from {{ nrr.input_rows('stripe_subscription_items', columns) }} as input
    where
        not {{ nrr.is_false('livemode') }}
        -- Connectors from 5.11 to before 6.0.0 put the subscription itself here, in its item's place.
        and coalesce({{ nrr.read_text('object') }}, '') <> 'subscription'
        and substr(coalesce({{ nrr.read_text('id') }}, ''), 1, 4) <> 'sub_'
        and {{ nrr.has_any_value(['id', 'subscription', 'price', 'plan', 'quantity']) }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, source_reason
            order by recorded_at desc, source_row
        ) as delivery
    from typed
)

select * from ranked
where delivery = 1 or source_reason is not null
