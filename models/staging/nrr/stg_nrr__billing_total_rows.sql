{{ config(enabled=nrr.is_given('billing_totals')) }}
{%- set columns = ['month', 'currency', 'mrr', 'account_id'] -%}
-- One row per row of the input billing_totals: its values as their types (null where missing or unreadable), the row as
-- it was given, and the reason for which it cannot be used.
with input as (
    select
        upper({{ nrr.read_text('currency') }}) as given_currency,
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('month') }} as given_month,
        {{ nrr.month_as_day('month') }} as day_of_month,
        {{ nrr.read_text('mrr') }} as given_mrr,
        {{ nrr.read_decimal('mrr') }} as mrr,
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('billing_totals', columns) }} as input
),

instants as (
    select
        input.*,
        {{ nrr.read_instant('day_of_month') }} as instant_of_month
    from input
),

typed as (
    select
        instants.*,
        {{ nrr.truncate_to_month(nrr.day_named('instant_of_month')) }} as month
    from instants
)

select
    month,
    coalesce(given_currency, '{{ nrr.setting('nrr_reporting_currency') }}') as currency,
    account_id,
    -- an empty cell is no MRR
    case when given_mrr is null then 0 else mrr end as mrr,
    given_row,
    case
        when given_month is null then 'missing_month'
        when month is null then 'unreadable_month'
        when given_mrr is not null and mrr is null then 'unreadable_mrr'
    end as reason
from typed
-- a row without any value is no row
where coalesce(given_currency, account_id, given_month, given_mrr) is not null
