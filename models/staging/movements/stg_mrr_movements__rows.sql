{{ config(enabled=nrr.has_source('mrr_movements')) }}
{%- set columns = [
    'account_id', 'occurred_at', 'mrr_change', 'currency', 'subscription_id', 'plan_id', 'sequence',
] -%}
{%- set is_minor = nrr.setting('nrr_movements_unit') == 'minor' -%}
-- One row per row of the input mrr_movements: its values as their types (null where missing or unreadable), the row as
-- it was given, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_text('plan_id') }} as plan_id,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{- nrr.read_values(['occurred_at'], nrr.read_timestamp) }}
        {{- nrr.read_values(['mrr_change'], nrr.read_decimal) }}
        {{- nrr.read_values(['sequence'], nrr.read_whole_number) }}
        {{ nrr.row_as_text(columns) }} as source_row
    from {{ nrr.input_rows('mrr_movements', columns) }} as input
)

select
    typed.account_id,
    typed.occurred_at,
    {%- if is_minor %}
    {{ nrr.major_units('typed.mrr_change', 'coalesce(exponents.exponent, 2)') }} as mrr_change,
    {%- else %}
    typed.mrr_change,
    {%- endif %}
    typed.currency,
    typed.subscription_id,
    typed.plan_id,
    coalesce(typed.sequence, 0) as sequence,
    typed.source_row,
    case
        when typed.account_id is null then 'missing_account_id'
        when typed.given_occurred_at is null then 'missing_occurred_at'
        {{- nrr.given_but_unread(['occurred_at']) }}
        when typed.given_mrr_change is null then 'missing_mrr_change'
        {{- nrr.given_but_unread(['mrr_change', 'sequence']) }}
    end as source_reason
from typed
{%- if is_minor %}
left join {{ ref('nrr_currency_exponents') }} as exponents
    on coalesce(typed.currency, '{{ nrr.setting('nrr_reporting_currency') }}') = exponents.currency
{%- endif %}
-- a row without any value is no row
where coalesce(
    typed.account_id, typed.given_occurred_at, typed.given_mrr_change, typed.currency, typed.subscription_id,
    typed.plan_id, typed.given_sequence
) is not null
