{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set plain = ['id', 'subscription', 'subscription_item', 'invoice_item', 'currency', 'amount',
    'unit_amount_excluding_tax', 'quantity', 'proration', 'type', 'description'] -%}
{#- where newer API versions have it -#}
{%- set moved = {
    'subscription': ['parent.subscription_item_details.subscription', 'parent.invoice_item_details.subscription'],
    'subscription_item': ['parent.subscription_item_details.subscription_item'],
    'invoice_item': ['parent.invoice_item_details.invoice_item', 'parent.subscription_item_details.invoice_item'],
    'proration': ['parent.subscription_item_details.proration', 'parent.invoice_item_details.proration'],
    'type': ['parent.type'],
} -%}
{%- set columns = plain + [
    'object', 'invoice', 'invoice_id', 'price', 'plan', 'period', 'parent', 'pricing', 'livemode',
] + nrr.airbyte_columns() -%}
-- One row per line of an invoice, as text: of the stream `invoice_line_items`, and the first ten that an invoice holds
-- itself.
with
{%- if nrr.is_given('stripe_invoices') %}
invoices as (
    select
        {{ nrr.read_text('id') }} as invoice_id,
        {{ nrr.json_list('lines') }} as lines_json,
        {{ nrr.airbyte_synced_at() }} as recorded_at
    from {{ nrr.input_rows('stripe_invoices', ['id', 'lines'] + nrr.airbyte_columns()) }} as input
),

held as (
    select * from {{ nrr.json_elements('invoices', ['invoice_id', 'recorded_at'], 'lines_json') }} as elements
),
{%- endif %}

lines as (
    select
        1 as place,
        {%- for column in plain %}
        {%- set name = nrr.column_name(column) %}
        {%- if column == 'subscription' %}
        coalesce(
            {{ nrr.json_id(name) }}
            {%- for path in moved[column] %},
            {{ nrr.json_value('parent', path.split('.', 1)[1]) }}
            {%- endfor %}
        ) as {{ column }}_text,
        {%- elif column in moved %}
        coalesce(
            {{ nrr.read_text(name) }}
            {%- for path in moved[column] %},
            {{ nrr.json_value('parent', path.split('.', 1)[1]) }}
            {%- endfor %}
        ) as {{ column }}_text,
        {%- else %}
        {{ nrr.read_text(name) }} as {{ column }}_text,
        {%- endif %}
        {%- endfor %}
        coalesce({{ nrr.json_id('invoice_id') }}, {{ nrr.json_id('invoice') }}) as invoice_id,
        coalesce(
            {{ nrr.json_id('price') }}, {{ nrr.json_id('plan') }}, {{ nrr.json_id('pricing', 'price_details.price') }}
        ) as price_id,
        {{ nrr.json_text('price') }} as price,
        {{ nrr.json_text('plan') }} as plan,
        {{ nrr.json_value('period', 'start') }} as period_start_text,
        {{ nrr.json_value('period', 'end') }} as period_end_text,
        {{ nrr.airbyte_synced_at() }} as recorded_at
    from {{ nrr.input_rows('stripe_invoice_line_items', columns) }} as input
    where
        not {{ nrr.is_false('livemode') }}
        -- Connectors from 5.11 to before 6.0.0 put the invoice itself here, in its line's place.
        and coalesce({{ nrr.read_text('object') }}, '') <> 'invoice'
        and substr(coalesce({{ nrr.read_text('id') }}, ''), 1, 3) <> 'in_'
    {%- if nrr.is_given('stripe_invoices') %}

    union all

    select
        2 as place,
        {%- for column in plain %}
        coalesce(
            {{ nrr.json_id('element', column) if column == 'subscription' else nrr.json_value('element', column) }},
            {%- for path in moved.get(column, []) %}
            {{ nrr.json_value('element', path) }},
            {%- endfor %}
            null
        ) as {{ column }}_text,
        {%- endfor %}
        invoice_id,
        coalesce(
            {{ nrr.json_id('element', 'price') }}, {{ nrr.json_id('element', 'plan') }},
            {{ nrr.json_id('element', 'pricing.price_details.price') }}
        ) as price_id,
        {{ nrr.json_value('element', 'price') }} as price,
        {{ nrr.json_value('element', 'plan') }} as plan,
        {{ nrr.json_value('element', 'period.start') }} as period_start_text,
        {{ nrr.json_value('element', 'period.end') }} as period_end_text,
        recorded_at
    from held
    {%- endif %}
)

select
    *,
    row_number() over (
        partition by coalesce(invoice_id, ''), id_text
        order by place, recorded_at desc
    ) as delivery
from lines
-- the upcoming invoice's lines have ids of subscriptions
where id_text is not null and substr(id_text, 1, 4) <> 'sub_'
