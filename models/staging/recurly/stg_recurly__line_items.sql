{{ config(enabled=nrr.has_source('recurly'), materialized='table') }}
{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{%- set input_name = nrr.recurly_input('lines') -%}
{%- set type = nrr.column_name('type') -%}
{%- set numbers = [
    'quantity', 'unit_amount', 'unit_amount_decimal', 'subtotal', 'tax', 'tax_rate', 'proration_rate',
] -%}
{%- set columns = [
    'id', 'updated_at', 'created_at', 'subscription_id', 'plan_id', 'plan_code', 'add_on_id', 'add_on_code', 'type',
    'state', 'origin', 'currency', 'tax_inclusive', 'refund', 'start_date', 'end_date',
] + numbers + (['tax_info'] if is_airbyte else ['_fivetran_synced']) -%}
-- One row per charge for a subscription's plan or one of its add-ons, of a billing period: what it was for, and how
-- much. Credits, set-up fees, charges made once, carried balances and what failed are none. An invoice may be paid in
-- several transactions, and a line be loaded several times: it is one charge.
with input as (
    select * from {{ nrr.input_rows(input_name, columns) }} as input
),

loads as (
    select
        {{ nrr.read_text('id') }} as line_item_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_text('plan_id') }} as plan_id,
        {{ nrr.read_text('plan_code') }} as plan_code,
        coalesce({{ nrr.read_text('add_on_id') }}, {{ nrr.read_text('add_on_code') }}) as plan_add_on_id,
        {{ nrr.read_text('add_on_code') }} as add_on_code,
        {{ nrr.read_word('origin') }} as origin,
        {{ nrr.read_word(type) }} as line_type,
        {{ nrr.read_word('state') }} as line_state,
        coalesce({{ nrr.read_word('refund') }}, 'false') in ('true', 't', '1') as is_refund,
        {{ nrr.read_word('tax_inclusive') }} in ('true', 't', '1', 'yes') as is_tax_inclusive,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{- nrr.read_values(numbers, nrr.read_decimal) }}
        {{- nrr.read_values(['start_date', 'end_date'], nrr.read_timestamp) }}
        {%- if is_airbyte %}
        {{ nrr.read_decimal(nrr.json_value('tax_info', 'rate')) }} as told_tax_rate,
        {%- endif %}
        {{ nrr.read_timestamp('created_at') }} as created_at,
        {{ nrr.read_timestamp('updated_at') }} as updated_at,
        {{ nrr.row_as_text(columns) }} as source_row
    from input
),

in_order as (
    select
        loads.*,
        row_number() over (
            partition by coalesce(line_item_id, source_row) order by updated_at desc nulls last, source_row
        ) as newest_first
    from loads
)

select
    line_item_id,
    subscription_id,
    plan_id,
    plan_code,
    case when origin = 'add_on' then plan_add_on_id end as plan_add_on_id,
    add_on_code,
    origin,
    is_tax_inclusive,
    currency,
    coalesce(quantity, 1) as quantity,
    coalesce(unit_amount_decimal, unit_amount) as unit_amount,
    subtotal,
    tax,
    {{ 'coalesce(tax_rate, told_tax_rate) as tax_rate' if is_airbyte else 'tax_rate' }},
    proration_rate,
    start_date as starts_at,
    end_date as ends_at,
    created_at,
    case
        {{- nrr.given_but_unread(numbers + ['start_date', 'end_date']) }}
        when start_date is null then 'missing_start_date'
        when coalesce(unit_amount_decimal, unit_amount) is null then 'missing_unit_amount'
    end as source_reason,
    source_row
from in_order
where
    newest_first = 1
    and subscription_id is not null
    and origin in ('plan', 'add_on')
    and coalesce(line_type, 'charge') = 'charge'
    and coalesce(line_state, 'invoiced') not in ('failed', 'voided')
    and not is_refund
    and coalesce(unit_amount_decimal, unit_amount, 0) >= 0
