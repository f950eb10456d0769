{{ config(enabled=nrr.has_zuora('taxation_item') or nrr.has_zuora('invoice_item')) }}
-- One row per charge that was taxed: how much of its price without tax the tax was on its newest invoice.
with
{%- if nrr.has_zuora('taxation_item') %}
taxation_items as (
    select
        rate_plan_charge_id as charge_id,
        coalesce(invoice_item_id, id) as invoice_item_id,
        {{ nrr.read_rate('tax_rate') }} as tax_rate,
        {{ nrr.read_timestamp('tax_date') }} as taxed_at
    from {{ nrr.zuora_rows(
        'taxation_item', ['id', 'rate_plan_charge_id', 'invoice_item_id', 'tax_rate', 'tax_rate_type'],
        days=['tax_date'],
    ) }} as given
    where not is_deleted and coalesce({{ nrr.plain_word('tax_rate_type') }}, 'percentage') like 'percent%'
),

-- taxes of several places are added up
taxation as (
    select
        charge_id,
        1 as preference,
        invoice_item_id,
        max(taxed_at) as taxed_at,
        -- 0.19 and 19 are both written for 19%
        sum(case when tax_rate >= 1 then cast(tax_rate * 0.01 as {{ nrr.type_rate() }}) else tax_rate end) as tax_rate
    from taxation_items
    where tax_rate is not null
    group by charge_id, invoice_item_id
),
{%- endif %}
{%- if nrr.has_zuora('invoice_item') %}

invoice_items as (
    select
        id as invoice_item_id,
        rate_plan_charge_id as charge_id,
        {{ nrr.read_decimal('charge_amount') }} as charge_amount,
        {{ nrr.read_decimal('tax_amount') }} as tax_amount,
        {{ nrr.read_timestamp('service_start_date') }} as taxed_at
    from {{ nrr.zuora_rows(
        'invoice_item', ['id', 'rate_plan_charge_id', 'charge_amount', 'tax_amount'], days=['service_start_date']
    ) }} as given
    where not is_deleted
),

invoiced as (
    select
        charge_id,
        2 as preference,
        invoice_item_id,
        taxed_at,
        cast(tax_amount / charge_amount as {{ nrr.type_rate() }}) as tax_rate
    from invoice_items
    where charge_amount > 0 and tax_amount >= 0
),
{%- endif %}

rates as (
    {%- if nrr.has_zuora('taxation_item') %}
    select * from taxation
    {%- endif %}
    {%- if nrr.has_zuora('taxation_item') and nrr.has_zuora('invoice_item') %}
    union all
    {%- endif %}
    {%- if nrr.has_zuora('invoice_item') %}
    select * from invoiced
    {%- endif %}
),

ranked as (
    select
        charges.item_id,
        cast(rates.tax_rate as {{ nrr.type_rate() }}) as tax_rate,
        row_number() over (
            partition by charges.item_id
            order by rates.preference, rates.taxed_at desc nulls last, rates.invoice_item_id desc
        ) as newest_first
    from rates
    inner join {{ ref('stg_zuora__rate_plan_charge') }} as charges on rates.charge_id = charges.charge_id
)

select
    item_id,
    tax_rate
from ranked
where newest_first = 1
