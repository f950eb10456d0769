{{ config(enabled=nrr.rebuilds_stripe() and nrr.stripe_loader() == 'fivetran', materialized='table') }}
{%- set columns = [
    'id', 'unique_id', 'invoice_id', 'invoice_item_id', 'subscription_id', 'subscription_item_id', 'price_id',
    'plan_id', 'currency', 'amount', 'unit_amount_excluding_tax', 'quantity', 'period_start', 'period_end',
    'proration', 'type',
    'description', 'livemode', '_fivetran_synced', '_fivetran_deleted',
] -%}
{%- set reason = nrr.line_reason({
    'amount': 'amount', 'quantity': 'quantity', 'period_start': 'period_start', 'period_end': 'period_end',
}, nrr.read_timestamp) -%}
-- One row per line of an invoice that was billed, and the one reason for which one of a subscription cannot be used.
with lines as (
    select
        coalesce({{ nrr.read_text('unique_id') }}, {{ nrr.read_text('id') }}) as invoice_line_id,
        {{ nrr.read_text('invoice_id') }} as invoice_id,
        {{ nrr.read_text('invoice_item_id') }} as invoice_item_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_text('subscription_item_id') }} as subscription_item_id,
        coalesce({{ nrr.read_text('price_id') }}, {{ nrr.read_text('plan_id') }}) as price_id,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.read_decimal('amount') }} as amount,
        {{ nrr.read_decimal('unit_amount_excluding_tax') }} as unit_amount_excluding_tax,
        {{ nrr.read_decimal('quantity') }} as quantity,
        {{ nrr.read_timestamp('period_start') }} as period_starts_at,
        {{ nrr.read_timestamp('period_end') }} as period_ends_at,
        {{ nrr.is_true('proration') }} as says_proration,
        {{ nrr.read_word(nrr.column_name('type')) }} as line_type,
        lower(coalesce({{ nrr.read_text('description') }}, '')) as description,
        {{ nrr.read_timestamp('_fivetran_synced') }} as recorded_at,
        {{ reason }} as own_reason,
        case
            when {{ reason }} is not null
                then {{ nrr.row_as_text([
                    'id', 'invoice_id', 'subscription_id', 'amount', 'quantity', 'period_start', 'period_end',
                ]) }}
        end as source_row
    from {{ nrr.input_rows('stripe_invoice_line_item', columns) }} as input
    where
        not {{ nrr.is_false('livemode') }}
        and not {{ nrr.is_true('_fivetran_deleted') }}
        -- the upcoming invoice's lines
        and substr(coalesce({{ nrr.read_text('id') }}, ''), 1, 4) <> 'sub_'
),

kinds as (
    select
        *,
        coalesce(line_type in ('invoiceitem', 'invoice_item_details'), invoice_item_id is not null) as is_invoice_item,
        description like 'unused time%' as gives_back,
        description like 'remaining time%' as takes_again,
        row_number() over (
            partition by invoice_id, invoice_line_id
            order by recorded_at desc nulls last, period_starts_at, amount
        ) as delivery
    from lines
)
{%- if nrr.is_given('stripe_invoice') %},

invoices as (
    select
        {{ nrr.read_text('id') }} as invoice_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_word('status') }} as status,
        {{ nrr.is_true('paid') }} as says_paid,
        {{ nrr.is_true('is_deleted') }} or {{ nrr.is_true('_fivetran_deleted') }} as is_deleted,
        {{ nrr.read_timestamp('_fivetran_synced') }} as recorded_at
    from {{ nrr.input_rows('stripe_invoice', [
        'id', 'subscription_id', 'status', 'paid', 'is_deleted', '_fivetran_deleted', '_fivetran_synced',
    ]) }} as input
),

newest_invoices as (
    select
        *,
        row_number() over (partition by invoice_id order by recorded_at desc nulls last, status) as delivery
    from invoices
)
{%- endif %},

billed as (
    select
        kinds.invoice_line_id,
        kinds.invoice_id,
        {%- if nrr.is_given('stripe_invoice') %}
        coalesce(kinds.subscription_id, newest_invoices.subscription_id) as subscription_id,
        {%- else %}
        kinds.subscription_id,
        {%- endif %}
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
        {%- if nrr.is_given('stripe_invoice') %}
        coalesce(newest_invoices.status = 'paid' or newest_invoices.says_paid, false) as is_paid,
        {{ nrr.later_of('kinds.recorded_at', 'newest_invoices.recorded_at') }} as recorded_at,
        {%- else %}
        true as is_paid,
        kinds.recorded_at,
        {%- endif %}
        kinds.own_reason,
        kinds.source_row
    from kinds
    {%- if nrr.is_given('stripe_invoice') %}
    left join newest_invoices on kinds.invoice_id = newest_invoices.invoice_id and newest_invoices.delivery = 1
    {%- endif %}
    where
        kinds.delivery = 1
        {%- if nrr.is_given('stripe_invoice') %}
        and coalesce(newest_invoices.status, '') not in ('draft', 'void', 'deleted')
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
