{{ config(enabled=nrr.has_source('subscription_events')) }}
{%- set columns = nrr.event_columns() -%}
-- One row per input row: its values as their types (null where missing or unreadable), and as they were given.
with input as (
    select * from {{ nrr.input_rows('subscription_events', columns) }} as input
)

select
    {{ nrr.read_text('event_id') }} as event_id,
    {{ nrr.read_text('account_id') }} as account_id,
    {{ nrr.read_text('subscription_id') }} as subscription_id,
    {{ nrr.read_text('subscription_item_id') }} as subscription_item_id,
    {{ nrr.read_timestamp('effective_at') }} as effective_at,
    {{ nrr.read_whole_number('sequence') }} as sequence,
    {{ nrr.read_timestamp('recorded_at') }} as recorded_at,
    {{ nrr.read_word('status') }} as status,
    {{ nrr.read_text('product_id') }} as product_id,
    {{ nrr.read_text('plan_id') }} as plan_id,
    {{ nrr.read_text('pricing_model') }} as pricing_model,
    {{ nrr.read_decimal('quantity') }} as quantity,
    {{ nrr.read_decimal('unit_amount') }} as unit_amount,
    upper({{ nrr.read_text('currency') }}) as currency,
    {{ nrr.read_word('billing_interval') }} as billing_interval,
    {{ nrr.read_decimal('billing_interval_count') }} as billing_interval_count,
    {{ nrr.read_decimal('discount_percent') }} as discount_percent,
    {{ nrr.read_decimal('discount_amount') }} as discount_amount,
    {{ nrr.read_timestamp('discount_ends_at') }} as discount_ends_at
    {%- for column in columns %},
    input.{{ column }} as given_{{ column }}
    {%- endfor %}
from input
