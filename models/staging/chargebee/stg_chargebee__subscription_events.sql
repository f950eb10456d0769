{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set has_invoices = nrr.is_given('chargebee_invoice') -%}
{%- set has_usage = has_invoices and nrr.setting('nrr_usage_counts') -%}
-- One row per state of an item of a subscription from effective_at to the item's next row; and per event or row of
-- the table that cannot be used.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
),

item_points as (
    select * from {{ ref('stg_chargebee__item_points') }}
),

-- an item that the next state does not list any more
listed as (
    select distinct
        subscription_id,
        state_number,
        account_id,
        subscription_item_id,
        item_price_id,
        item_id,
        currency
    from item_points
    {%- if has_usage %}

    union all

    select distinct
        subscription_id,
        state_number,
        account_id,
        subscription_item_id,
        item_price_id,
        item_id,
        currency
    from {{ ref('stg_chargebee__metered_points') }}
    {%- endif %}
),

gone as (
    select
        listed.*,
        states.effective_at,
        states.event_id,
        states.resource_version,
        states.recorded_at,
        states.told_by
    from listed
    inner join states
        on listed.subscription_id = states.subscription_id and listed.state_number + 1 = states.state_number
    left join listed as still
        on
            listed.subscription_id = still.subscription_id
            and listed.state_number + 1 = still.state_number
            and listed.subscription_item_id = still.subscription_item_id
    where still.subscription_item_id is null
),

rows_of_items as (
    select
        event_id,
        account_id,
        subscription_id,
        subscription_item_id,
        starts_at as effective_at,
        resource_version as sequence,
        recorded_at,
        status,
        item_id as product_id,
        item_price_id as plan_id,
        pricing_model,
        quantity,
        unit_amount,
        currency,
        billing_interval,
        billing_interval_count,
        discount_percent,
        discount_amount,
        told_by,
        coalesce(is_told, false) as is_told,
        point_reason as source_reason,
        case when point_reason is not null then source_row end as source_row
    from item_points

    union all

    select
        event_id,
        account_id,
        subscription_id,
        subscription_item_id,
        effective_at,
        resource_version as sequence,
        recorded_at,
        'cancelled' as status,
        item_id as product_id,
        item_price_id as plan_id,
        null as pricing_model,
        null as quantity,
        null as unit_amount,
        currency,
        null as billing_interval,
        null as billing_interval_count,
        0 as discount_percent,
        0 as discount_amount,
        told_by,
        true as is_told,
        null as source_reason,
        null as source_row
    from gone

    {%- if has_invoices %}

    union all

    select
        event_id,
        account_id,
        subscription_id,
        subscription_item_id,
        starts_at as effective_at,
        resource_version as sequence,
        recorded_at,
        status,
        item_id as product_id,
        item_price_id as plan_id,
        null as pricing_model,
        quantity,
        unit_amount,
        currency,
        billing_interval,
        billing_interval_count,
        0 as discount_percent,
        discount_amount,
        told_by,
        false as is_told,
        null as source_reason,
        null as source_row
    from {{ ref('stg_chargebee__billed_points') }}
    {%- endif %}
    {%- if has_usage %}

    union all

    select
        event_id,
        account_id,
        subscription_id,
        subscription_item_id,
        starts_at as effective_at,
        resource_version as sequence,
        recorded_at,
        status,
        item_id as product_id,
        item_price_id as plan_id,
        'usage' as pricing_model,
        1 as quantity,
        unit_amount,
        currency,
        'month' as billing_interval,
        billing_interval_count,
        0 as discount_percent,
        discount_amount,
        told_by,
        is_told,
        null as source_reason,
        null as source_row
    from {{ ref('stg_chargebee__metered_points') }}
    {%- endif %}

    union all

    -- what cannot be used as a whole
    select
        event_id,
        account_id,
        subscription_id,
        null as subscription_item_id,
        told_at as effective_at,
        resource_version as sequence,
        told_at as recorded_at,
        status,
        null as product_id,
        null as plan_id,
        null as pricing_model,
        null as quantity,
        null as unit_amount,
        currency,
        null as billing_interval,
        null as billing_interval_count,
        0 as discount_percent,
        0 as discount_amount,
        told_by,
        true as is_told,
        source_reason,
        source_row
    from {{ ref('stg_chargebee__told_states') }}
    where source_reason is not null

    union all

    select
        event_id,
        coalesce(account_id, some_account_id) as account_id,
        subscription_id,
        null as subscription_item_id,
        effective_at,
        resource_version as sequence,
        recorded_at,
        status,
        null as product_id,
        null as plan_id,
        null as pricing_model,
        null as quantity,
        null as unit_amount,
        currency,
        null as billing_interval,
        null as billing_interval_count,
        0 as discount_percent,
        0 as discount_amount,
        told_by,
        true as is_told,
        state_reason as source_reason,
        source_row
    from states
    where state_reason is not null
),

compared as (
    select
        rows_of_items.*,
        -- a row of the table that says what the events have said already
        {%- for column in ['told_by', 'status', 'quantity', 'unit_amount', 'discount_percent', 'discount_amount'] %}
        lag({{ column }}) over (
            partition by subscription_id, subscription_item_id order by effective_at, sequence
        ) = {{ "'event'" if column == 'told_by' else column }}{{ ' and' if not loop.last }}
        {%- endfor %} as is_confirmation
    from rows_of_items
)

select
    {{- nrr.state_columns(
        nrr.named_alike(['discount_ends_at']), 'chargebee',
        "not is_told or (told_by = 'row' and not coalesce(is_confirmation, false))", 'source_reason', 'source_row'
    ) }}
from compared
