-- One row per currency and date: its rate into the reporting currency, where it can be read.
with input as (
    select * from {{ nrr.input_rows('exchange_rates', ['currency', 'rate_date', 'rate']) }} as input
),

typed as (
    select
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.read_date('rate_date') }} as rate_date,
        {{ nrr.read_rate('rate') }} as rate
    from input
)

select
    currency,
    rate_date,
    max(rate) as rate
from typed
where
    currency <> '{{ nrr.setting('nrr_reporting_currency') }}'
    and rate_date is not null
    and rate > 0
group by currency, rate_date
