{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{%- set has_types = nrr.recurly_has('plan_add_ons') -%}
{{ config(
    enabled=nrr.has_source('recurly') and nrr.recurly_has('add_ons'),
    materialized='table',
) }}
{%- set times = ['created_at', 'updated_at', 'expired_at'] -%}
{%- set numbers = ['quantity', 'unit_amount', 'unit_amount_decimal'] -%}
{%- set columns = [
    'id', 'subscription_id', 'plan_add_on_id', 'add_on_code', 'add_on_type', 'tier_type', 'tiers',
    'usage_percentage', 'usage_type', 'usage_calculation_type',
] + numbers + times -%}
-- One row per add-on of a subscription and version of it: its values as their types, and the one reason for which it
-- cannot be used, if there is one. What has tiers costs their sum, whatever a unit costs.
with
{%- if is_airbyte %}
elements as (
    select * from {{ nrr.json_elements(
        ref('stg_recurly__subscription_versions'), ['subscription_id', 'updated_at', 'next_updated_at'], 'add_ons'
    ) }} as elements
),

-- each version of a subscription lists the add-ons that it has
input as (
    select
        subscription_id,
        updated_at,
        next_updated_at,
        element as source_row,
        {%- set paths = {
            'plan_add_on_id': 'add_on.id', 'add_on_code': 'add_on.code', 'add_on_type': 'add_on.add_on_type',
            'usage_type': 'add_on.usage_type',
        } %}
        {%- for column in columns if column not in ['subscription_id', 'updated_at'] %}
        {{ nrr.json_value('element', paths.get(column, column)) }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from elements
),
{%- else %}
input as (
    select * from {{ nrr.input_rows('recurly_subscription_add_on_history', columns) }} as input
),
{%- endif %}

read as (
    select
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_text('id') }} as add_on_id,
        coalesce({{ nrr.read_text('plan_add_on_id') }}, {{ nrr.read_text('add_on_code') }}, {{ nrr.read_text('id') }})
            as plan_add_on_id,
        {{ nrr.read_text('add_on_code') }} as add_on_code,
        {{ nrr.read_word('add_on_type') }} as add_on_type,
        {{ nrr.read_word('tier_type') }} as tier_type,
        tiers,
        coalesce(
            {{ nrr.read_text('usage_percentage') }}, {{ nrr.read_text('usage_type') }},
            {{ nrr.read_text('usage_calculation_type') }}
        ) is not null as has_usage,
        {{- nrr.read_values(times, nrr.read_timestamp) }}
        {{- nrr.read_values(numbers, nrr.read_decimal) }}
        {%- if is_airbyte %}
        next_updated_at,
        {%- endif %}
        {{ 'source_row' if is_airbyte else nrr.row_as_text(columns) }} as source_row
    from input
)
{%- if is_airbyte %},

-- ... and one that the next version does not list has ended by then
listed as (
    select
        read.*,
        lead(updated_at) over (partition by subscription_id, add_on_id order by updated_at) as next_listed_at
    from read
)
{%- endif %},

known as (
    select
        rows_read.subscription_id,
        rows_read.add_on_id,
        rows_read.plan_add_on_id,
        {%- if has_types %}
        coalesce(rows_read.add_on_code, plan_add_ons.add_on_code) as add_on_code,
        coalesce(rows_read.tier_type, plan_add_ons.tier_type) as tier_type,
        {%- else %}
        rows_read.add_on_code,
        rows_read.tier_type,
        {%- endif %}
        rows_read.tiers,
        {{ nrr.fingerprint([
            'rows_read.subscription_id', 'rows_read.add_on_id', 'rows_read.updated_at', 'rows_read.source_row',
        ]) }} as row_key,
        case
            when rows_read.has_usage then true
            {%- if has_types %}
            when rows_read.add_on_type is null then plan_add_ons.add_on_type = 'usage'
            {%- endif %}
            else rows_read.add_on_type = 'usage'
        end as is_usage,
        rows_read.created_at,
        rows_read.updated_at,
        {%- if is_airbyte %}
        case
            when rows_read.expired_at is null and rows_read.next_updated_at is not null
                and coalesce(rows_read.next_listed_at <> rows_read.next_updated_at, true)
                then rows_read.next_updated_at
            else rows_read.expired_at
        end as expired_at,
        {%- else %}
        rows_read.expired_at,
        {%- endif %}
        coalesce(rows_read.quantity, 1) as quantity,
        coalesce(rows_read.unit_amount_decimal, rows_read.unit_amount) as unit_amount,
        case
            when rows_read.add_on_id is null then 'missing_id'
            when rows_read.subscription_id is null then 'missing_subscription_id'
            {{- nrr.given_but_unread(times + numbers) | indent(4) }}
            when rows_read.updated_at is null and rows_read.created_at is null then 'missing_updated_at'
        end as source_reason,
        rows_read.source_row
    from {{ 'listed' if is_airbyte else 'read' }} as rows_read
    {%- if has_types %}
    left join {{ ref('stg_recurly__plan_add_ons') }} as plan_add_ons
        on rows_read.plan_add_on_id = plan_add_ons.plan_add_on_id
    {%- endif %}
),

-- a row may have been loaded twice
tiers as (
    select distinct * from {{ nrr.json_elements('known', ['row_key', 'tier_type', 'quantity'], 'tiers') }} as tiers
),

tier_bounds as (
    select
        row_key,
        case tier_type when 'tiered' then 'graduated' else tier_type end as mode,
        quantity,
        {{ nrr.read_decimal(nrr.json_value('element', 'ending_quantity')) }} as up_to,
        coalesce(
            {{ nrr.read_decimal(nrr.json_value('element', 'unit_amount_decimal')) }},
            {{ nrr.read_decimal(nrr.json_value('element', 'unit_amount')) }}
        ) as unit_amount
    from tiers
    where tier_type in ('tiered', 'volume', 'stairstep')
),

in_order as (
    select
        tier_bounds.*,
        lag(up_to) over (
            partition by row_key order by case when up_to is null then 1 else 0 end, up_to
        ) as from_quantity
    from tier_bounds
),

amounts as (
    select
        row_key,
        sum({{ nrr.tier_amount('mode', 'quantity', 'from_quantity', 'up_to', 'unit_amount', '0') }}) as amount
    from in_order
    group by row_key
)

select
    known.subscription_id,
    known.add_on_id,
    known.plan_add_on_id,
    known.add_on_code,
    known.tier_type,
    known.is_usage,
    known.created_at,
    known.updated_at,
    known.expired_at,
    case when amounts.amount is not null then 1 else known.quantity end as quantity,
    cast(coalesce(amounts.amount, known.unit_amount) as decimal(18, 6)) as unit_amount,
    known.source_reason,
    known.source_row
from known
left join amounts on known.row_key = amounts.row_key
