{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
-- One row per version of a subscription and item in it.
with versions as (
    select
        *,
        {{ nrr.json_list('items') }} as item_list
    from {{ ref('stg_stripe__airbyte_versions') }}
    where source_reason is null
),

elements as (
    select * from {{ nrr.json_elements('versions', [
        'subscription_id', 'account_id', 'version_at', 'version_kind', 'number_from_newest', 'only_price_id', 'only_quantity',
        'recorded_at',
    ], 'item_list') }} as elements
),

typed as (
    select
        elements.*,
        {{ nrr.json_value('element', 'id') }} as subscription_item_id,
        coalesce({{ nrr.json_id('element', 'price') }}, {{ nrr.json_id('element', 'plan') }}) as price_id,
        {{ nrr.json_value('element', 'quantity') }} as quantity_text,
        {{ nrr.json_value('element', 'created') }} as created_text,
        {{ nrr.json_value('element', 'current_period_start') }} as period_start_text,
        {{ nrr.json_value('element', 'current_period_end') }} as period_end_text,
        coalesce({{ nrr.json_value('element', 'deleted') }}, 'false') as deleted_text,
        count(*) over (partition by subscription_id, version_at) as number_of_items
    from elements
)

select
    subscription_id,
    account_id,
    version_at,
    version_kind,
    number_from_newest,
    subscription_item_id,
    case when number_of_items = 1 then coalesce(only_price_id, price_id) else price_id end as price_id,
    case
        when number_of_items = 1 and only_quantity is not null then only_quantity
        else {{ nrr.read_decimal('quantity_text') }}
    end as quantity,
    {{ nrr.read_epoch('created_text') }} as created_at,
    {{ nrr.read_epoch('period_start_text') }} as period_starts_at,
    {{ nrr.read_epoch('period_end_text') }} as period_ends_at,
    element as item_json,
    recorded_at
from typed
where subscription_item_id is not null and deleted_text <> 'true'
