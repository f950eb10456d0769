{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
-- One row per subscription item that is there now: in the newest version of its subscription or, where that holds only
-- the first of its items or is older, in the stream `subscription_items`.
with newest as (
    select
        subscription_id,
        version_at,
        coalesce({{ nrr.json_value('items', 'has_more') }}, 'false') <> 'true'
        and {{ nrr.json_list('items') }} is not null as holds_all_items
    from {{ ref('stg_stripe__airbyte_versions') }}
    where number_from_newest = 1 and source_reason is null
),

held as (
    select * from {{ ref('stg_stripe__airbyte_version_items') }}
    where number_from_newest = 1
),

streamed as (
    select * from {{ ref('stg_stripe__airbyte_item_rows') }}
    where source_reason is null
),

-- also those that are left out, such as those of tests
known_subscriptions as (
    select distinct subscription_id
    from (
        select subscription_id from {{ ref('stg_stripe__airbyte_versions') }}
        union all
        select {{ nrr.read_text('id') }} as subscription_id
        from {{ nrr.input_rows('stripe_subscriptions', ['id']) }} as input
    ) as subscriptions
),

judged as (
    select
        streamed.*,
        case
            when known_subscriptions.subscription_id is null then 'unknown_subscription_id'
        end as reason_of_subscription,
        held.subscription_item_id is not null as is_held,
        not streamed.is_deleted
        and (
            newest.subscription_id is null
            or not newest.holds_all_items
            or held.subscription_item_id is not null
            or streamed.recorded_at > newest.version_at
        ) as is_there,
        coalesce(newest.version_at >= streamed.recorded_at or streamed.recorded_at is null, false) as is_older
    from streamed
    left join held on streamed.subscription_item_id = held.subscription_item_id
    left join newest on streamed.subscription_id = newest.subscription_id
    left join known_subscriptions on streamed.subscription_id = known_subscriptions.subscription_id
)

select
    held.subscription_item_id,
    held.subscription_id,
    held.price_id,
    held.quantity,
    coalesce(held.created_at, judged.created_at) as created_at,
    {{ nrr.later_of('held.recorded_at', 'judged.recorded_at') }} as recorded_at,
    cast(null as {{ nrr.type_text() }}) as source_reason,
    cast(null as {{ nrr.type_text() }}) as source_row
from held
left join judged on held.subscription_item_id = judged.subscription_item_id
where judged.subscription_item_id is null or judged.is_older

union all

select
    subscription_item_id,
    subscription_id,
    price_id,
    quantity,
    created_at,
    recorded_at,
    reason_of_subscription as source_reason,
    source_row
from judged
where is_there and not (is_held and is_older)

union all

select
    subscription_item_id,
    subscription_id,
    price_id,
    quantity,
    created_at,
    recorded_at,
    source_reason,
    source_row
from {{ ref('stg_stripe__airbyte_item_rows') }}
where source_reason is not null
