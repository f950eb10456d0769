{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set has_lines = nrr.is_given('stripe_invoice_line_items') or nrr.is_given('stripe_invoices') -%}
-- One row per item and instant at which it is known what it was: by an event, by what was so before an event, or by a
-- row of its subscription that later ones have replaced. And where an event shows that it is gone.
with versions as (
    select
        subscription_id,
        version_at,
        {{ nrr.json_list('items') }} is not null
        and coalesce({{ nrr.json_value('items', 'has_more') }}, 'false') <> 'true' as holds_all_items,
        row_number() over (partition by subscription_id order by version_at) as version_number,
        recorded_at
    from {{ ref('stg_stripe__airbyte_versions') }}
    where source_reason is null and version_kind in ('event', 'before')
),

items as (
    select
        items.*,
        versions.version_number
    from {{ ref('stg_stripe__airbyte_version_items') }} as items
    inner join versions on items.subscription_id = versions.subscription_id and items.version_at = versions.version_at
    where items.version_kind in ('event', 'before')
),

followed as (
    select
        *,
        lead(version_number) over (
            partition by subscription_id, subscription_item_id
            order by version_number
        ) as next_number
    from items
),

told as (
    select distinct subscription_item_id
    from items
),

{% if has_lines %}
billed as (
    select distinct subscription_item_id
    from {{ ref('stg_stripe__invoice_lines') }}
),

{% endif %}
streamed as (
    select rows_of_stream.*
    from {{ ref('stg_stripe__airbyte_item_rows') }} as rows_of_stream
    left join {{ ref('stg_stripe__airbyte_items') }} as there
        on rows_of_stream.subscription_item_id = there.subscription_item_id
    left join told on rows_of_stream.subscription_item_id = told.subscription_item_id
    {%- if has_lines %}
    left join billed on rows_of_stream.subscription_item_id = billed.subscription_item_id
    {%- endif %}
    where
        rows_of_stream.source_reason is null
        and there.subscription_item_id is null
        and told.subscription_item_id is null
        {%- if has_lines %}
        and billed.subscription_item_id is null
        {%- endif %}
)

select
    subscription_item_id,
    subscription_id,
    version_at,
    price_id,
    quantity,
    false as is_gone,
    recorded_at
from items

union all

select
    followed.subscription_item_id,
    followed.subscription_id,
    versions.version_at,
    cast(null as {{ nrr.type_text() }}) as price_id,
    cast(null as decimal(18, 6)) as quantity,
    true as is_gone,
    versions.recorded_at
from followed
inner join versions
    on
        followed.subscription_id = versions.subscription_id
        and followed.version_number + 1 = versions.version_number
where versions.holds_all_items and (followed.next_number is null or followed.next_number > versions.version_number)

union all

select
    subscription_item_id,
    subscription_id,
    version_at,
    price_id,
    quantity,
    false as is_gone,
    recorded_at
from {{ ref('stg_stripe__airbyte_version_items') }}
where version_kind = 'row' and number_from_newest > 1

-- A row of an item that is gone, of which nothing else tells: it was there from when it was made to when it was
-- synced.
{%- for at in ['created_at', 'recorded_at'] %}

union all

select
    subscription_item_id,
    subscription_id,
    {{ at }} as version_at,
    price_id,
    quantity,
    false as is_gone,
    recorded_at
from streamed
where {{ at }} is not null{{ ' and recorded_at > created_at' if at == 'recorded_at' }}
{%- endfor %}
