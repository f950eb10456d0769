{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_item')) }}
{%- set columns = ['id', 'type', 'metered', 'item_family_id', 'updated_at', 'resource_version'] -%}
-- One row per item, which is what Chargebee calls a product: what of it is needed to know what is paid for it.
with input as (
    select * from {{ nrr.input_rows('chargebee_item', columns) }} as input
),

items as (
    select
        {{ nrr.read_text('id') }} as item_id,
        {{ nrr.read_word(nrr.column_name('type')) }} as item_type,
        {{ nrr.is_true('metered') }} as is_metered,
        {{ nrr.read_text('item_family_id') }} as item_family_id,
        {{ nrr.read_epoch('updated_at') }} as updated_at,
        {{ nrr.read_whole_number('resource_version') }} as resource_version
    from input
),

in_order as (
    select
        items.*,
        row_number() over (
            partition by item_id order by resource_version desc nulls last, updated_at desc nulls last, item_type
        ) as newest_first
    from items
    where item_id is not null
)

select
    item_id,
    item_type,
    is_metered,
    item_family_id
from in_order
where newest_first = 1
