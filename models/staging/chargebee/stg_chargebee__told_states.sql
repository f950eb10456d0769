{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set has_events = nrr.is_given('chargebee_event') -%}
{%- set others = nrr.chargebee_fields() | reject('in', ['id', 'customer_id', 'currency_code', 'status']) | list -%}
{%- set instants = [
    'start_date', 'created_at', 'started_at', 'activated_at', 'trial_start', 'trial_end', 'current_term_start',
    'current_term_end', 'pause_date', 'resume_date', 'cancelled_at', 'cancel_schedule_created_at', 'updated_at',
] -%}
{%- set words = ['trial_end_action', 'resource_version', 'deleted'] -%}
{%- set columns = [
    'told_by', 'event_id', 'event_type', 'occurred_at', 'synced_at', 'source_row', 'subscription_id', 'account_id',
    'currency', 'status', 'trial_end_action', 'resource_version', 'version_at', 'is_deleted',
] + instants + (others | reject('in', instants + words) | list) + nrr.chargebee_lists() -%}
-- One row per state of a subscription that is told, by an event or by a row of its table: when it was so (told_at),
-- and what it was, with instants as their type.
with told as (
    {%- if has_events %}
    select
        'event' as told_by,
        event_id,
        event_type,
        occurred_at,
        synced_at,
        case
            when not has_subscription or id is null then 'missing_content'
            when occurred_at is null and given_occurred_at is null then 'missing_occurred_at'
            when occurred_at is null then 'unreadable_occurred_at'
        end as source_reason,
        source_row,
        {{ (nrr.chargebee_fields() + nrr.chargebee_lists()) | join(',\n        ') }}
    from {{ ref('stg_chargebee__event') }}

    union all

    {%- endif %}
    select
        'row' as told_by,
        id as event_id,
        cast(null as {{ nrr.type_text() }}) as event_type,
        cast(null as {{ nrr.type_instant() }}) as occurred_at,
        synced_at,
        case
            when id is null then 'missing_id'
            {%- for list in nrr.chargebee_lists() %}
            when
                {{ list }} is not null
                and {{ nrr.json_value(dbt.concat(["'{\"list\": '", list, "'}'"]), 'list') }} is null
                then 'unreadable_{{ list }}'
            {%- endfor %}
        end as source_reason,
        source_row,
        {{ (nrr.chargebee_fields() + nrr.chargebee_lists()) | join(',\n        ') }}
    from {{ ref('stg_chargebee__subscription') }}
),

typed as (
    select
        told_by,
        event_id,
        event_type,
        occurred_at,
        synced_at,
        source_reason,
        source_row,
        id as subscription_id,
        customer_id as account_id,
        upper(currency_code) as currency,
        {{ nrr.read_word('status') }} as status,
        {%- for field in instants %}
        {{ nrr.read_epoch(field) }} as {{ field }},
        {{ field }} as given_{{ field }},
        {%- endfor %}
        {{ nrr.read_word('trial_end_action') }} as trial_end_action,
        {{ nrr.read_whole_number('resource_version') }} as resource_version,
        {{ nrr.read_epoch('resource_version') }} as version_at,
        {{ nrr.is_true('deleted') }} as is_deleted,
        {{ others | reject('in', instants + words) | join(',\n        ') }},
        {{ nrr.chargebee_lists() | join(',\n        ') }}
    from told
)

select
    {%- for column in columns %}
    {{ column }},
    {%- endfor %}
    case
        when source_reason is not null then source_reason
        when status is null and not is_deleted then 'missing_status'
        {%- for field in instants %}
        when {{ field }} is null and given_{{ field }} is not null then 'unreadable_{{ field }}'
        {%- endfor %}
    end as source_reason,
    case
        when told_by = 'event' then occurred_at
        -- what has no time of its own is so now
        else coalesce(updated_at, version_at, synced_at, {{ nrr.time_of_the_run() }})
    end as told_at,
    -- the latest time of which it knows
    case
        when told_by = 'event' then occurred_at
        else coalesce(updated_at, version_at, synced_at, nullif(greatest(
            {%- for field in ['created_at', 'started_at', 'activated_at', 'trial_start', 'current_term_start'] %}
            coalesce({{ field }}, {{ nrr.timestamp_literal('1900-01-01') }}),
            {%- endfor %}
            case when status in ('cancelled', 'canceled') and cancelled_at is not null then cancelled_at
                else {{ nrr.timestamp_literal('1900-01-01') }}
            end
        ), {{ nrr.timestamp_literal('1900-01-01') }}))
    end as known_until,
    coalesce(subscription_items like '%item_price_id%', false) or plan_id is not null as has_items
from typed
