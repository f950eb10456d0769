{%- set columns = ['currency', 'rate_date', 'rate'] -%}
-- One row per row of the input exchange_rates: its values as their types (null where missing or unreadable), the row as
-- it was given, and the reason for which it cannot be used.
with typed as (
    select
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.read_text('rate_date') }} as given_rate_date,
        {{ nrr.read_date('rate_date') }} as rate_date,
        {{ nrr.read_text('rate') }} as given_rate,
        {{ nrr.read_rate('rate') }} as rate,
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('exchange_rates', columns) }} as input
)

select
    currency,
    rate_date,
    rate,
    given_row,
    case
        when currency is null then 'missing_currency'
        when given_rate_date is null then 'missing_rate_date'
        when rate_date is null then 'unreadable_rate_date'
        when given_rate is null then 'missing_rate'
        when rate is null then 'unreadable_rate'
        when rate <= 0 then 'invalid_rate'
    end as reason
from typed
-- a row without any value is no row
where currency is not null or given_rate_date is not null or given_rate is not null
