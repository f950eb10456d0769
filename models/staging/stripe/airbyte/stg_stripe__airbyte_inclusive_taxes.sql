{{ config(enabled=nrr.reads_airbyte_stripe()) }}
-- One row per subscription, and per item with rates of its own, whose tax rates are inside its prices.
with lists as (
    select
        subscription_id,
        cast(null as {{ nrr.type_text() }}) as subscription_item_id,
        default_tax_rates as rates_json
    from {{ ref('stg_stripe__airbyte_versions') }}
    where number_from_newest = 1 and source_reason is null

    union all

    select
        subscription_id,
        subscription_item_id,
        {{ nrr.json_value('item_json', 'tax_rates') }} as rates_json
    from {{ ref('stg_stripe__airbyte_version_items') }}
    where number_from_newest = 1

    union all

    select
        rows_of_stream.subscription_id,
        rows_of_stream.subscription_item_id,
        rows_of_stream.tax_rates as rates_json
    from {{ ref('stg_stripe__airbyte_item_rows') }} as rows_of_stream
    left join {{ ref('stg_stripe__airbyte_version_items') }} as held
        on rows_of_stream.subscription_item_id = held.subscription_item_id and held.number_from_newest = 1
    where rows_of_stream.source_reason is null and held.subscription_item_id is null
),

rates as (
    select
        subscription_id,
        subscription_item_id,
        {{ nrr.json_value('element', 'inclusive') }} as inclusive_text,
        {{ nrr.json_value('element', 'percentage') }} as percentage_text
    from {{ nrr.json_elements('lists', ['subscription_id', 'subscription_item_id'], 'rates_json') }} as elements
)

select
    subscription_id,
    subscription_item_id,
    cast(sum({{ nrr.read_decimal('percentage_text') }}) as decimal(18, 6)) as tax_percent
from rates
where inclusive_text = 'true'
group by subscription_id, subscription_item_id
