{{ config(enabled=nrr.rebuilds_stripe() and nrr.stripe_loader() == 'fivetran', materialized='table') }}
{%- set columns = [
    'id', 'subscription_id', 'plan_id', 'price_id', 'quantity', 'created', '_fivetran_synced', '_fivetran_deleted',
    'is_deleted',
] -%}
-- One row per subscription item that is there now.
with typed as (
    select
        {{ nrr.read_text('id') }} as subscription_item_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        -- the ids of plans are those of prices
        coalesce({{ nrr.read_text('price_id') }}, {{ nrr.read_text('plan_id') }}) as price_id,
        {{ nrr.read_decimal('quantity') }} as quantity,
        {{ nrr.read_timestamp('created') }} as created_at,
        {{ nrr.read_timestamp('_fivetran_synced') }} as recorded_at,
        case
            when {{ nrr.read_text('id') }} is null then 'missing_subscription_item_id'
            when {{ nrr.read_text('subscription_id') }} is null then 'missing_subscription_id'
            when {{ nrr.read_text('quantity') }} is not null and {{ nrr.read_decimal('quantity') }} is null
                then 'unreadable_quantity'
        end as own_reason,
        {{ nrr.row_as_text(columns) }} as source_row
    from {{ nrr.input_rows('stripe_subscription_item', columns) }} as input
    where not {{ nrr.is_true('_fivetran_deleted') }} and not {{ nrr.is_true('is_deleted') }}
),

-- also those that are left out, such as those of tests
known_subscriptions as (
    select distinct {{ nrr.read_text('id') }} as subscription_id
    from {{ nrr.input_rows(nrr.one_of('stripe_subscription_history', 'stripe_subscription'), ['id']) }} as input
),

judged as (
    select
        typed.*,
        coalesce(
            typed.own_reason, case when known_subscriptions.subscription_id is null then 'unknown_subscription_id' end
        ) as source_reason
    from typed
    left join known_subscriptions on typed.subscription_id = known_subscriptions.subscription_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, source_reason
            order by recorded_at desc nulls last, source_row
        ) as delivery
    from judged
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    quantity,
    created_at,
    recorded_at,
    source_reason,
    source_row
from ranked
where delivery = 1
