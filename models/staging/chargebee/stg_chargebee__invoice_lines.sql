{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_invoice'), materialized='table') }}
{%- set columns = [
    'id', 'subscription_id', 'customer_id', 'status', 'price_type', 'currency_code', 'deleted', 'date',
] -%}
{%- set texts = [
    'id', 'subscription_id', 'entity_type', 'entity_id', 'unit_amount', 'unit_amount_in_decimal', 'quantity',
    'quantity_in_decimal', 'amount', 'amount_in_decimal', 'discount_amount', 'item_level_discount_amount', 'tax_rate',
    'tax_amount', 'metered', 'date_from', 'date_to',
] -%}
{%- set second_later = nrr.moved('date_to', 'second', 1) -%}
{%- set has_catalogue = nrr.is_given('chargebee_item_price') and nrr.is_given('chargebee_item') -%}
-- One row per line of an invoice that bills a plan or an add-on of a subscription: for what time, how much of it,
-- at what price, in major units without tax.
with input as (
    select * from {{ nrr.input_rows('chargebee_invoice', columns + ['line_items', 'line_item_taxes']) }} as input
),

invoices as (
    select
        {{ nrr.read_text('id') }} as invoice_id,
        {{ nrr.read_text('subscription_id') }} as invoice_subscription_id,
        {{ nrr.read_text('customer_id') }} as account_id,
        upper({{ nrr.read_text('currency_code') }}) as currency,
        {{ nrr.read_word('price_type') }} as price_type,
        {{ nrr.json_text('line_items') }} as line_items,
        {{ nrr.json_text('line_item_taxes') }} as line_item_taxes,
        row_number() over (
            partition by {{ nrr.read_text('id') }} order by {{ nrr.read_text(nrr.column_name('date')) }} desc
        ) as delivery
    from input
    where
        coalesce({{ nrr.read_word('status') }} not in ('voided', 'pending'), true)
        and not {{ nrr.is_true('deleted') }}
),

once as (
    select * from invoices
    where delivery = 1
),

line_elements as (
    select * from {{ nrr.json_elements(
        'once', ['invoice_id', 'invoice_subscription_id', 'account_id', 'currency', 'price_type'], 'line_items'
    ) }} as elements
),

lines as (
    select
        invoice_id,
        invoice_subscription_id,
        account_id,
        currency,
        price_type,
        element_index,
        {%- for text in texts %}
        {{ nrr.json_value('element', text) }} as {{ text }}{{ ',' if not loop.last }}
        {%- endfor %}
    from line_elements
),

tax_elements as (
    select * from {{ nrr.json_elements('once', ['invoice_id'], 'line_item_taxes') }} as elements
),

taxes as (
    select
        invoice_id,
        line_item_id,
        sum(tax_rate) as tax_rate
    from (
        select
            invoice_id,
            {{ nrr.json_value('element', 'line_item_id') }} as line_item_id,
            {{ nrr.read_decimal(nrr.json_value('element', 'tax_rate')) }} as tax_rate
        from tax_elements
    ) as rates
    group by invoice_id, line_item_id
),

metered as (
    select distinct
        subscription_id,
        item_price_id
    from {{ ref('stg_chargebee__state_items') }}
    where is_metered
),

typed as (
    select
        lines.invoice_id,
        lines.element_index,
        coalesce(lines.subscription_id, lines.invoice_subscription_id) as subscription_id,
        lines.account_id,
        lines.currency,
        lines.entity_id as item_price_id,
        case when lines.entity_type in ('addon', 'addon_item_price') then 'addon' else 'plan' end as item_type,
        {{ nrr.read_epoch('lines.date_from') }} as date_from,
        {{ nrr.read_epoch('lines.date_to') }} as date_to,
        coalesce({{ nrr.read_decimal('lines.quantity_in_decimal') }}, {{ nrr.read_decimal('lines.quantity') }}, 1)
            as quantity,
        {{ nrr.chargebee_amount('lines.unit_amount', 'lines.unit_amount_in_decimal', nrr.chargebee_exponent()) }}
            as unit_amount,
        {{ nrr.chargebee_amount('lines.amount', 'lines.amount_in_decimal', nrr.chargebee_exponent()) }} as amount,
        coalesce({{ nrr.major_units(
            nrr.read_minor_units('coalesce(lines.discount_amount, lines.item_level_discount_amount)'),
            nrr.chargebee_exponent()
        ) }}, 0) as discount_amount,
        {{ nrr.is_true('lines.metered') }}
        or metered.item_price_id is not null
        {%- if has_catalogue %}
        or coalesce(catalogue.is_metered, false)
        {%- endif %} as is_metered,
        case
            when lines.price_type = 'tax_inclusive'
                then coalesce(taxes.tax_rate, {{ nrr.read_decimal('lines.tax_rate') }}, 0)
            else 0
        end as inclusive_tax_rate
    from lines
    left join taxes on lines.invoice_id = taxes.invoice_id and lines.id = taxes.line_item_id
    left join {{ ref('nrr_currency_exponents') }} as exponents on lines.currency = exponents.currency
    left join metered
        on
            coalesce(lines.subscription_id, lines.invoice_subscription_id) = metered.subscription_id
            and lines.entity_id = metered.item_price_id
    {%- if has_catalogue %}
    left join {{ ref('stg_chargebee__item_price') }} as prices on lines.entity_id = prices.item_price_id
    left join {{ ref('stg_chargebee__item') }} as catalogue on prices.item_id = catalogue.item_id
    {%- endif %}
    where lines.entity_type in ('plan', 'addon', 'plan_item_price', 'addon_item_price')
)

select
    invoice_id,
    element_index,
    subscription_id,
    account_id,
    currency,
    item_price_id,
    item_type,
    date_from,
    -- a period that ends in the last second of a day ends with that day
    case
        when {{ second_later }} = {{ dbt.date_trunc('minute', second_later) }} then {{ second_later }}
        else date_to
    end as date_to,
    quantity,
    {{ nrr.amount_without_tax('unit_amount', 'inclusive_tax_rate') }} as unit_amount,
    {{ nrr.amount_without_tax('amount', 'inclusive_tax_rate') }} as amount,
    {{ nrr.amount_without_tax('discount_amount', 'inclusive_tax_rate') }} as discount_amount,
    is_metered,
    inclusive_tax_rate
from typed
where subscription_id is not null and item_price_id is not null and date_from is not null and date_to > date_from
