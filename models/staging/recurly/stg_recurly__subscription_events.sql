{%- set has_lines = nrr.recurly_has('lines') -%}
{%- set has_add_ons = nrr.recurly_has('add_ons') -%}
{%- set has_discounts = nrr.recurly_has('redemptions') -%}
{%- set types = nrr.event_types() -%}
{%- set told = [
    'subscription_item_id', 'effective_at', 'recorded_at', 'status', 'product_id', 'plan_id', 'pricing_model', 'quantity',
    'unit_amount', 'currency', 'billing_interval', 'billing_interval_count', 'discount_percent', 'discount_amount',
] -%}
{{ config(enabled=nrr.has_source('recurly'), materialized='table') }}
-- One row per state of an item of Recurly's subscriptions, the plan or an add-on, or row of a table that cannot be
-- used: in the columns of subscription_events, and where it is from.
with subscriptions as (
    select
        subscription_id,
        account_id,
        recorded_at,
        row_number() over (partition by subscription_id order by updated_at desc) as newest_first
    from {{ ref('stg_recurly__subscription_versions') }}
),

-- One subscription tells up to when the tables are complete.
newest as (
    select max(recorded_at) as recorded_at
    from subscriptions
),

clock as (
    select min(subscriptions.subscription_id) as subscription_id
    from subscriptions
    inner join newest on subscriptions.recorded_at = newest.recorded_at
),

owners as (
    select
        subscriptions.subscription_id,
        subscriptions.account_id,
        case
            when clock.subscription_id is not null and newest_sync.synced_at > subscriptions.recorded_at
                then newest_sync.synced_at
            else subscriptions.recorded_at
        end as recorded_at
    from subscriptions
    cross join {{ ref('stg_recurly__newest_sync') }} as newest_sync
    left join clock on subscriptions.subscription_id = clock.subscription_id
    where subscriptions.newest_first = 1
),

states as (
    select
        {{ dbt.concat(['states.item_id', "' '", nrr.text_of_instant('states.starts_at')]) }} as event_id,
        owners.account_id,
        states.subscription_id,
        states.item_id as subscription_item_id,
        states.starts_at as effective_at,
        owners.recorded_at,
        states.status,
        states.product_id,
        states.plan_id,
        states.pricing_model,
        states.quantity,
        states.unit_amount,
        states.currency,
        states.interval_unit as billing_interval,
        states.interval_length as billing_interval_count,
        states.discount_percent,
        states.discount_amount,
        states.is_reconstructed,
        states.source_reason,
        states.unknown_coupon_id
    from {{ ref('stg_recurly__item_states') }} as states
    inner join owners on states.subscription_id = owners.subscription_id
),

unusable_rows as (
    select
        account_id,
        subscription_id,
        source_reason,
        source_row
    from {{ ref('stg_recurly__subscription_rows') }}
    where source_reason is not null
    {%- if has_add_ons %}

    union all

    select
        owners.account_id,
        rows_of_add_ons.subscription_id,
        rows_of_add_ons.source_reason,
        rows_of_add_ons.source_row
    from {{ ref('stg_recurly__add_on_rows') }} as rows_of_add_ons
    left join owners on rows_of_add_ons.subscription_id = owners.subscription_id
    where rows_of_add_ons.source_reason is not null
    {%- endif %}
    {%- if has_lines %}

    union all

    select
        owners.account_id,
        line_items.subscription_id,
        line_items.source_reason,
        line_items.source_row
    from {{ ref('stg_recurly__line_items') }} as line_items
    left join owners on line_items.subscription_id = owners.subscription_id
    where line_items.source_reason is not null
    {%- endif %}
    {%- if has_discounts %}

    union all

    select
        redemptions.account_id,
        redemptions.subscription_id,
        redemptions.source_reason,
        redemptions.source_row
    from {{ ref('stg_recurly__redemption_rows') }} as redemptions
    where redemptions.source_reason is not null
    {%- endif %}
),

events as (
    select
        event_id,
        account_id,
        subscription_id,
        {%- for column in told %}
        {{ column }},
        {%- endfor %}
        is_reconstructed,
        source_reason,
        -- what cannot be priced
        case
            when source_reason is not null or unit_amount is null
                then {{ nrr.row_as_text([
                    'subscription_id', 'event_id', 'plan_id', 'product_id', 'currency', 'quantity', 'unit_amount',
                    'unknown_coupon_id',
                ]) }}
        end as source_row
    from states

    union all

    select
        cast(null as {{ types['event_id'] }}) as event_id,
        account_id,
        subscription_id,
        {%- for column in told %}
        cast(null as {{ types[column] }}) as {{ column }},
        {%- endfor %}
        false as is_reconstructed,
        source_reason,
        source_row
    from unusable_rows
)

select
    {{- nrr.state_columns(
        nrr.named_alike(['sequence', 'discount_ends_at']), 'recurly', 'is_reconstructed', 'source_reason', 'source_row'
    ) }}
from events
