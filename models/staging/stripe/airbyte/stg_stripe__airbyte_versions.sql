{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set has_events = nrr.is_given('stripe_events') -%}
{%- set times = {
    'created_at': 'created', 'starts_at': 'start_date', 'trial_starts_at': 'trial_start', 'trial_ends_at': 'trial_end',
    'cancels_at': 'cancel_at', 'cancel_requested_at': 'canceled_at', 'ended_at': 'ended_at',
    'period_starts_at': 'current_period_start', 'period_ends_at': 'current_period_end',
} -%}
{%- set plain = times.values() | list + [
    'customer', 'status', 'cancel_at_period_end', 'items', 'discount', 'discounts', 'default_tax_rates',
] -%}
{#- columns of their own -> where they are in the object -#}
{%- set nested = {
    'pause_behavior': ['pause_collection', 'behavior'], 'pause_ends': ['pause_collection', 'resumes_at'],
    'paused': ['status_details', 'paused.transitioned_at'],
} -%}
{%- set columns = plain + ['id', 'pause_collection', 'status_details', 'updated', 'is_deleted', 'livemode']
    + nrr.airbyte_columns() -%}
-- One row per version of a subscription that is known: each row of the stream `subscriptions`, each second with an
-- event, and what was so just before an event. Parts of the object are JSON still.
with rows_of_stream as (
    select
        {{ nrr.read_text('id') }} as subscription_id,
        cast('row' as {{ nrr.type_text() }}) as version_kind,
        false as is_before_first,
        {{ nrr.airbyte_synced_at() }} as happened_at,
        {{ nrr.read_epoch('updated') }} as updated_at,
        {{ nrr.airbyte_synced_at() }} as recorded_at,
        {{ nrr.is_true('is_deleted') }} as is_deleted,
        {%- for column in plain %}
        {{ nrr.json_text(column) }} as {{ column }}_text,
        {%- endfor %}
        {%- for name, (column, path) in nested.items() %}
        {{ nrr.json_value(column, path) }} as {{ name }}_text,
        {%- endfor %}
        cast(null as {{ nrr.type_text() }}) as only_price_id,
        cast(null as {{ nrr.type_text() }}) as only_quantity_text,
        {{ nrr.row_as_text(
            columns[:-3] | reject('in', ['items', 'discount', 'discounts', 'default_tax_rates']) | list
        ) }} as source_row
    from {{ nrr.input_rows('stripe_subscriptions', columns) }} as input
    where not {{ nrr.is_false('livemode') }}
),
{%- if has_events %}

events as (
    select * from {{ ref('stg_stripe__airbyte_events') }}
),

newest_events as (
    select
        subscription_id,
        max(happened_at) as newest_event_at
    from events
    group by subscription_id
),
{%- endif %}

texts as (
    select * from rows_of_stream
    where coalesce(subscription_id, customer_text, status_text) is not null
    {%- if has_events %}

    union all

    select
        subscription_id,
        cast('event' as {{ nrr.type_text() }}) as version_kind,
        false as is_before_first,
        happened_at,
        happened_at as updated_at,
        recorded_at,
        event_type = 'customer.subscription.deleted' as is_deleted,
        {%- for column in plain %}
        {{ nrr.json_value('subscription_json', column) }} as {{ column }}_text,
        {%- endfor %}
        {%- for name, (column, path) in nested.items() %}
        {{ nrr.json_value('subscription_json', column ~ '.' ~ path) }} as {{ name }}_text,
        {%- endfor %}
        cast(null as {{ nrr.type_text() }}) as only_price_id,
        cast(null as {{ nrr.type_text() }}) as only_quantity_text,
        event_id as source_row
    from events

    union all

    select
        subscription_id,
        cast('before' as {{ nrr.type_text() }}) as version_kind,
        is_first as is_before_first,
        {{ nrr.moved('happened_at', 'second', -1) }} as happened_at,
        {{ nrr.moved('happened_at', 'second', -1) }} as updated_at,
        recorded_at,
        false as is_deleted,
        {%- for column in plain %}
        case
            when {{ nrr.has_key('previous_json', column) }} then {{ nrr.json_value('previous_json', column) }}
            else {{ nrr.json_value('subscription_json', column) }}
        end as {{ column }}_text,
        {%- endfor %}
        {%- for name, (column, path) in nested.items() %}
        case
            when {{ nrr.has_key('previous_json', column) }}
                then {{ nrr.json_value('previous_json', column ~ '.' ~ path) }}
            else {{ nrr.json_value('subscription_json', column ~ '.' ~ path) }}
        end as {{ name }}_text,
        {%- endfor %}
        -- one item alone may be told of as its subscription's plan and quantity
        case when not {{ nrr.has_key('previous_json', 'items') }} then {{ nrr.json_id('previous_json', 'plan') }} end
            as only_price_id,
        case
            when not {{ nrr.has_key('previous_json', 'items') }} then {{ nrr.json_value('previous_json', 'quantity') }}
        end
            as only_quantity_text,
        event_id as source_row
    from events
    where event_type <> 'customer.subscription.created' and previous_json is not null
    {%- endif %}
),

typed as (
    select
        texts.subscription_id,
        texts.version_kind,
        texts.is_before_first,
        texts.happened_at,
        texts.updated_at,
        texts.recorded_at,
        texts.is_deleted,
        {{ nrr.json_id('texts.customer_text') }} as account_id,
        {{ nrr.read_word('texts.status_text') }} as status,
        {%- for name, column in times.items() %}
        {{ nrr.read_epoch('texts.' ~ column ~ '_text') }} as {{ name }},
        {%- endfor %}
        {{ nrr.is_true('texts.cancel_at_period_end_text') }} as cancels_at_period_end,
        {{ nrr.read_word('texts.pause_behavior_text') }} as pause_behavior,
        {{ nrr.read_epoch('texts.pause_ends_text') }} as pause_ends_at,
        {{ nrr.read_epoch('texts.paused_text') }} as paused_at,
        texts.items_text as items,
        texts.discount_text as discount,
        texts.discounts_text as discounts,
        texts.default_tax_rates_text as default_tax_rates,
        texts.only_price_id,
        {{ nrr.read_decimal('texts.only_quantity_text') }} as only_quantity,
        {%- for column in times.values() %}
        {{ nrr.read_text('texts.' ~ column ~ '_text') }} as given_{{ column }},
        {%- endfor %}
        texts.source_row
    from texts
),

-- A row without the time of its sync is as new as the newest that is known of its subscription.
dated as (
    select
        typed.*,
        case
            when typed.subscription_id is null then 'missing_subscription_id'
            {%- for name, column in times.items() %}
            when typed.given_{{ column }} is not null and typed.{{ name }} is null then 'unreadable_{{ column }}'
            {%- endfor %}
        end as source_reason,
        coalesce(
            typed.happened_at,
            {{ nrr.later_of(
                nrr.later_of('typed.updated_at', 'typed.ended_at'),
                nrr.later_of('typed.created_at', 'newest_events.newest_event_at' if has_events else 'typed.cancel_requested_at')
            ) }}
        ) as version_at
    from typed
    {%- if has_events %}
    left join newest_events on typed.subscription_id = newest_events.subscription_id
    {%- endif %}
),

-- a version that was delivered twice is one
once_each as (
    select
        *,
        row_number() over (
            partition by subscription_id, version_at, source_reason
            order by
                case version_kind when 'row' then 1 when 'event' then 2 else 3 end,
                recorded_at desc,
                source_row
        ) as delivery
    from dated
)

select
    subscription_id,
    account_id,
    version_kind,
    is_before_first,
    version_at,
    row_number() over (
        partition by subscription_id, version_kind, source_reason
        order by version_at
    ) as number_of_kind,
    row_number() over (
        partition by subscription_id, source_reason
        order by version_at desc
    ) as number_from_newest,
    status,
    {%- for name in times %}
    {{ name }},
    {%- endfor %}
    cancels_at_period_end,
    pause_behavior,
    pause_ends_at,
    paused_at,
    is_deleted,
    items,
    discount,
    discounts,
    default_tax_rates,
    only_price_id,
    only_quantity,
    recorded_at,
    source_reason,
    source_row
from once_each
where delivery = 1 or source_reason is not null
