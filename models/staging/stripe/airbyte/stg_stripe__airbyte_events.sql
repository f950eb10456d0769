{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set columns = ['id', 'created', 'type', 'data', 'livemode'] + nrr.airbyte_columns() -%}
{#- the events of a second, in their order as far as it can be told -#}
{%- set order -%}
    case event_type when 'customer.subscription.created' then 1 when 'customer.subscription.deleted' then 3 else 2 end
{%- endset -%}
-- One row per subscription and second in which Stripe told of it by an event: the subscription as it was then, and
-- what of it was another before. An API version of its own made each, and none is ever rewritten.
with events as (
    select
        {{ nrr.read_text('id') }} as event_id,
        {{ nrr.read_text(nrr.column_name('type')) }} as event_type,
        {{ nrr.read_epoch('created') }} as happened_at,
        {{ nrr.json_value('data', 'object') }} as subscription_json,
        {{ nrr.json_value('data', 'previous_attributes') }} as previous_json,
        {{ nrr.airbyte_synced_at() }} as recorded_at
    from {{ nrr.input_rows('stripe_events', columns) }} as input
    where
        {{ nrr.read_text(nrr.column_name('type')) }} like 'customer.subscription.%'
        and not {{ nrr.is_false('livemode') }}
),

of_subscriptions as (
    select
        events.*,
        {{ nrr.json_value('subscription_json', 'id') }} as subscription_id,
        {{ nrr.json_value('subscription_json', 'status') }} as status,
        {{ nrr.json_value('previous_json', 'status') }} as previous_status
    from events
    where happened_at is not null
),

-- a status that another event of the same second has left
left_statuses as (
    select distinct
        subscription_id,
        happened_at,
        previous_status
    from of_subscriptions
    where previous_status is not null
),

ranked as (
    select
        of_subscriptions.*,
        row_number() over (
            partition by of_subscriptions.subscription_id, of_subscriptions.happened_at
            order by
                {{ order }} desc,
                case when left_statuses.previous_status is null then 1 else 0 end desc,
                of_subscriptions.event_id desc,
                of_subscriptions.recorded_at desc
        ) as place_from_last
    from of_subscriptions
    left join left_statuses
        on
            of_subscriptions.subscription_id = left_statuses.subscription_id
            and of_subscriptions.happened_at = left_statuses.happened_at
            and of_subscriptions.status = left_statuses.previous_status
    where of_subscriptions.subscription_id like 'sub%'
)

select
    event_id,
    event_type,
    subscription_id,
    happened_at,
    subscription_json,
    -- of an event that changed nothing of the subscription, and is the first that is known: what was so before
    case when previous_json is null and is_first then '{}' else previous_json end as previous_json,
    is_first,
    recorded_at
from (
    select
        ranked.*,
        min(happened_at) over (partition by subscription_id) = happened_at as is_first
    from ranked
) as numbered
where place_from_last = 1
