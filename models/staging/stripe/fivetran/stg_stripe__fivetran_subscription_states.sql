{{ config(enabled=nrr.rebuilds_stripe() and nrr.stripe_loader() == 'fivetran', materialized='table') }}
{%- set has_history = nrr.is_given('stripe_subscription_history') -%}
{%- set times = {
    'created_at': 'created', 'starts_at': 'start_date', 'trial_starts_at': 'trial_start', 'trial_ends_at': 'trial_end',
    'cancels_at': 'cancel_at', 'cancel_requested_at': 'canceled_at', 'ended_at': 'ended_at',
    'period_starts_at': 'current_period_start', 'period_ends_at': 'current_period_end',
    'pause_ends_at': 'pause_collection_resumes_at',
} -%}
{%- set columns = times.values() | list + [
    'id', 'customer_id', 'status', 'cancel_at_period_end', 'pause_collection_behavior', 'livemode', '_fivetran_start',
    '_fivetran_end', '_fivetran_active', '_fivetran_synced', '_fivetran_deleted',
] -%}
{%- set reason -%}
    case
            {%- for column in times.values() %}
            when {{ nrr.read_timestamp(column) }} is null and {{ nrr.read_text(column) }} is not null
                then 'unreadable_{{ column }}'
            {%- endfor %}
        end
{%- endset -%}
-- One row per version of a subscription that Fivetran has: its history or, without one, the subscription as it is now.
with input as (
    select * from {{ nrr.input_rows(
        'stripe_subscription_history' if has_history else 'stripe_subscription', columns
    ) }} as input
    where not {{ nrr.is_false('livemode') }}
),

typed as (
    select
        {{ nrr.read_text('id') }} as subscription_id,
        {{ nrr.read_text('customer_id') }} as account_id,
        coalesce({{ nrr.read_timestamp('_fivetran_start') }}, {{ nrr.read_timestamp('_fivetran_synced') }})
            as version_at,
        {{ nrr.read_word('status') }} as status,
        {%- for name, column in times.items() %}
        {{ nrr.read_timestamp(column) }} as {{ name }},
        {%- endfor %}
        {{ nrr.is_true('cancel_at_period_end') }} as cancels_at_period_end,
        {{ nrr.read_word('pause_collection_behavior') }} as pause_behavior,
        case
            when {{ nrr.is_true('_fivetran_deleted') }} then {{ nrr.read_timestamp('_fivetran_synced') }}
            -- a version that is over, and no other follows: the subscription is no longer at Stripe
            when {{ nrr.is_false('_fivetran_active') }} then {{ nrr.read_timestamp('_fivetran_end') }}
        end as version_gone_at,
        {{ nrr.read_timestamp('_fivetran_synced') }} as recorded_at,
        {{ reason }} as source_reason,
        -- texts of rows are long: only of those that are told
        case when {{ reason }} is not null then {{ nrr.row_as_text(columns) }} end as source_row
    from input
),

-- a version that was delivered twice is one
deliveries as (
    select
        *,
        row_number() over (
            partition by subscription_id, version_at, source_reason
            order by
                recorded_at desc nulls last, status, ended_at, cancel_requested_at, cancels_at, period_starts_at,
                pause_behavior, account_id
        ) as delivery
    from typed
    where subscription_id is not null or account_id is not null or status is not null
),

versions as (
    select
        *,
        row_number() over (
            partition by subscription_id, source_reason
            order by version_at nulls first
        ) as version_number,
        count(*) over (partition by subscription_id, source_reason) as number_of_versions
    from deliveries
    where delivery = 1 or source_reason is not null
)
{%- if nrr.is_given('stripe_customer') %},

-- deleting a customer ends the subscriptions at once
deleted_customers as (
    select
        {{ nrr.read_text('id') }} as account_id,
        min({{ nrr.read_timestamp('_fivetran_synced') }}) as deleted_at
    from {{ nrr.input_rows('stripe_customer', ['id', 'is_deleted', '_fivetran_synced']) }} as input
    where {{ nrr.is_true('is_deleted') }}
    group by {{ nrr.read_text('id') }}
)
{%- endif %}

select
    versions.subscription_id,
    versions.account_id,
    versions.version_at,
    versions.version_number > 1 as is_evidence,
    versions.version_number = versions.number_of_versions as is_newest,
    versions.status,
    {%- for name in times %}
    versions.{{ name }},
    {%- endfor %}
    versions.cancels_at_period_end,
    versions.pause_behavior,
    cast(null as {{ nrr.type_instant() }}) as paused_at,
    case
        when versions.version_number < versions.number_of_versions then null
        when versions.version_gone_at < {{ nrr.timestamp_literal('2200-01-01') }} then versions.version_gone_at
        {%- if nrr.is_given('stripe_customer') %}
        else deleted_customers.deleted_at
        {%- endif %}
    end as gone_at,
    versions.recorded_at,
    versions.source_reason,
    versions.source_row
from versions
{%- if nrr.is_given('stripe_customer') %}
left join deleted_customers on versions.account_id = deleted_customers.account_id
{%- endif %}
