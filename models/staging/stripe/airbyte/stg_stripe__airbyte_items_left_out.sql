{{ config(enabled=nrr.reads_airbyte_stripe()) }}
-- One row per subscription that holds only the first of its items, and whose others the stream `subscription_items`
-- lacks.
with counted as (
    select
        subscription_id,
        count(*) as number_of_items
    from {{ ref('stg_stripe__airbyte_items') }}
    where source_reason is null
    group by subscription_id
),

numbered as (
    select
        subscription_id,
        {{ nrr.json_value('items', 'total_count') }} as total_text
    from {{ ref('stg_stripe__airbyte_versions') }}
    where
        number_from_newest = 1
        and source_reason is null
        and {{ nrr.json_value('items', 'has_more') }} = 'true'
)

select numbered.subscription_id
from numbered
inner join counted on numbered.subscription_id = counted.subscription_id
-- a list ends with its tenth
where counted.number_of_items < coalesce({{ nrr.read_whole_number('numbered.total_text') }}, 11)
