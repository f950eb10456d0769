{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set has_invoices = nrr.is_given('stripe_invoices') -%}
{%- set reason = nrr.line_reason({
    'amount': 'amount_text', 'quantity': 'quantity_text', 'period_start': 'period_start_text',
    'period_end': 'period_end_text',
}, nrr.read_epoch) -%}
-- One row per line of an invoice that was billed, and the one reason for which one of a subscription cannot be used.
with typed as (
    select
        id_text as invoice_line_id,
        invoice_id,
        subscription_text as subscription_id,
        subscription_item_text as subscription_item_id,
        price_id,
        upper(currency_text) as currency,
        {{ nrr.read_decimal('amount_text') }} as amount,
        {{ nrr.read_decimal('unit_amount_excluding_tax_text') }} as unit_amount_excluding_tax,
        {{ nrr.read_decimal('quantity_text') }} as quantity,
        {{ nrr.read_epoch('period_start_text') }} as period_starts_at,
        {{ nrr.read_epoch('period_end_text') }} as period_ends_at,
        {{ nrr.is_true('proration_text') }} as says_proration,
        coalesce(
            {{ nrr.read_word('type_text') }} in ('invoiceitem', 'invoice_item_details'), invoice_item_text is not null
        ) as is_invoice_item,
        lower(coalesce(description_text, '')) as description,
        recorded_at,
        {{ reason }} as own_reason,
        case
            when {{ reason }} is not null
                then {{ nrr.row_as_text([
                    'id_text', 'invoice_id', 'subscription_text', 'amount_text', 'quantity_text', 'period_start_text',
                    'period_end_text',
                ]) }}
        end as source_row
    from {{ ref('stg_stripe__airbyte_line_rows') }}
    where delivery = 1
),

kinds as (
    select
        *,
        description like 'unused time%' as gives_back,
        description like 'remaining time%' as takes_again
    from typed
)
{%- if has_invoices %},

invoices as (
    select
        {{ nrr.read_text('id') }} as invoice_id,
        coalesce(
            {{ nrr.json_id('subscription') }}, {{ nrr.json_id('parent', 'subscription_details.subscription') }}
        ) as subscription_id,
        {{ nrr.read_word('status') }} as status,
        {{ nrr.is_true('paid') }} as says_paid,
        {{ nrr.is_true('is_deleted') }} as is_deleted,
        {{ nrr.airbyte_synced_at() }} as recorded_at,
        {{ nrr.read_epoch('updated') }} as updated_at
    from {{ nrr.input_rows('stripe_invoices', [
        'id', 'subscription', 'parent', 'status', 'paid', 'is_deleted', 'updated',
    ] + nrr.airbyte_columns()) }} as input
),

newest_invoices as (
    select
        *,
        row_number() over (partition by invoice_id order by recorded_at desc, updated_at desc, status) as delivery
    from invoices
)
{%- endif %},

billed as (
    select
        kinds.invoice_line_id,
        kinds.invoice_id,
        {{
            'coalesce(kinds.subscription_id, newest_invoices.subscription_id)' if has_invoices
            else 'kinds.subscription_id'
        }}
            as subscription_id,
        kinds.subscription_item_id,
        kinds.price_id,
        kinds.currency,
        kinds.amount,
        kinds.unit_amount_excluding_tax,
        kinds.quantity,
        kinds.period_starts_at,
        kinds.period_ends_at,
        kinds.says_proration or (kinds.is_invoice_item and (kinds.gives_back or kinds.takes_again)) as is_proration,
        (kinds.says_proration or (kinds.is_invoice_item and kinds.gives_back))
        and (kinds.amount < 0 or (kinds.amount = 0 and kinds.gives_back)) as is_credit,
        not kinds.says_proration and not kinds.is_invoice_item as is_cycle,
        kinds.description like '%flat fee%' as is_flat_fee,
        {{
            "coalesce(newest_invoices.status = 'paid' or newest_invoices.says_paid, false)" if has_invoices
            else 'true'
        }} as is_paid,
        kinds.recorded_at,
        kinds.own_reason,
        kinds.source_row
    from kinds
    {%- if has_invoices %}
    left join newest_invoices on kinds.invoice_id = newest_invoices.invoice_id and newest_invoices.delivery = 1
    where
        coalesce(newest_invoices.status, '') not in ('draft', 'void', 'deleted')
        and not coalesce(newest_invoices.is_deleted, false)
    {%- endif %}
)

select
    invoice_line_id,
    invoice_id,
    subscription_id,
    subscription_item_id,
    price_id,
    currency,
    amount,
    unit_amount_excluding_tax,
    quantity,
    period_starts_at,
    period_ends_at,
    is_proration,
    is_credit,
    is_cycle,
    is_flat_fee,
    is_paid,
    recorded_at,
    own_reason as source_reason,
    source_row
from billed
-- what is of no subscription or paid once matters to nothing
where own_reason is null or (subscription_id is not null and (is_cycle or is_proration))
