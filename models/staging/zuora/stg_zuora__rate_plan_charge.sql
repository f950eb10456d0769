{{ config(enabled=nrr.has_source('zuora')) }}
{%- set columns = [
    'id', 'charge_number', 'original_id', 'segment', 'version', 'rate_plan_id', 'subscription_id', 'account_id',
    'charge_type', 'charge_model', 'billing_period', 'specific_billing_period', 'list_price_base',
    'specific_list_price_base', 'quantity', 'mrr', 'transaction_currency', 'discount_level', 'apply_discount_to',
    'product_id', 'product_rate_plan_id', 'product_rate_plan_charge_id', 'trigger_event',
] -%}
{%- set days = ['effective_start_date', 'effective_end_date'] -%}
{%- set has_products = nrr.has_zuora('product_rate_plan_charge') -%}
-- One row per segment of a charge in any version of a subscription: its values, and the version that it belongs to.
with charges as (
    select
        given.*,
        {{ nrr.row_as_text(columns + days) }} as source_row
    from {{ nrr.zuora_rows('rate_plan_charge', columns, days) }} as given
    where not is_deleted
),

plans as (
    select
        given.*,
        row_number() over (partition by id order by recorded_at desc nulls last, subscription_id) as newest_first
    from {{ nrr.zuora_rows(
        'rate_plan', ['id', 'subscription_id', 'product_id', 'product_rate_plan_id', 'name']
    ) }} as given
),
{%- if has_products %}

products as (
    select
        given.*,
        row_number() over (partition by id order by recorded_at desc nulls last, tax_mode) as newest_first
    from {{ nrr.zuora_rows(
        'product_rate_plan_charge',
        [
            'id', 'charge_type', 'charge_model', 'discount_level', 'apply_discount_to', 'is_stacked_discount',
            'tax_mode', 'taxable',
        ],
    ) }} as given
),
{%- endif %}

joined as (
    select
        charges.id as charge_id,
        coalesce(charges.charge_number, charges.original_id, charges.id) as item_id,
        coalesce(charges.segment, charges.effective_start_date, charges.id) as segment,
        {{ nrr.read_whole_number('charges.version') }} as version_number,
        charges.rate_plan_id,
        coalesce(plans.subscription_id, charges.subscription_id) as version_id,
        charges.account_id,
        {%- for column in ['charge_type', 'charge_model', 'discount_level', 'apply_discount_to'] %}
        {%- set own, product = 'charges.' ~ column, 'products.' ~ column %}
        {{ nrr.plain_word('coalesce(' ~ own ~ ', ' ~ product ~ ')' if has_products else own) }} as {{ column }},
        {%- endfor %}
        {%- if has_products %}
        {{ nrr.is_true('products.is_stacked_discount') }} as is_stacked,
        coalesce(
            {{ nrr.plain_word('products.tax_mode') }} in ('taxinclusive', 'inclusive')
            and not {{ nrr.is_false('products.taxable') }}, false
        ) as is_tax_inclusive,
        {%- else %}
        false as is_stacked,
        false as is_tax_inclusive,
        {%- endif %}
        {{ nrr.plain_word('charges.billing_period') }} as billing_period,
        coalesce({{ nrr.read_decimal('charges.specific_billing_period') }}, 1) as specific_billing_period,
        coalesce({{ nrr.plain_word('charges.list_price_base') }}, 'perbillingperiod') as list_price_base,
        coalesce({{ nrr.read_decimal('charges.specific_list_price_base') }}, 1) as specific_list_price_base,
        charges.quantity as given_quantity,
        {{ nrr.read_decimal('charges.quantity') }} as quantity,
        charges.mrr as given_mrr,
        {{ nrr.read_decimal('charges.mrr') }} as mrr,
        upper(charges.transaction_currency) as currency,
        coalesce(charges.product_id, plans.product_id) as product_id,
        coalesce(charges.product_rate_plan_id, plans.product_rate_plan_id, plans.name) as plan_id,
        {{ nrr.plain_word('charges.trigger_event') }} as trigger_event,
        charges.effective_start_date as given_starts_at,
        {{ nrr.read_timestamp('charges.effective_start_date') }} as starts_at,
        charges.effective_end_date as given_ends_at,
        {{ nrr.read_timestamp('charges.effective_end_date') }} as ends_at,
        {{ nrr.read_timestamp('charges.recorded_at') }} as recorded_at,
        charges.source_row
    from charges
    left join plans on charges.rate_plan_id = plans.id and plans.newest_first = 1
    {%- if has_products %}
    left join products on charges.product_rate_plan_charge_id = products.id and products.newest_first = 1
    {%- endif %}
    where not coalesce(plans.is_deleted, false)
)

select
    joined.*,
    case
        when charge_type = 'recurring' and charge_model like 'discount%percent%' then 'percent_off'
        when charge_type = 'recurring' and charge_model like 'discount%' then 'amount_off'
        when charge_type = 'recurring' then 'recurring'
        when charge_type = 'usage' then 'usage'
        when charge_type = 'onetime' then 'once'
    end as kind
from joined
