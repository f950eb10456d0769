-- One row per currency and date: its rate into the reporting currency, where it can be used.
select
    currency,
    rate_date,
    max(rate) as rate
from {{ ref('stg_nrr__exchange_rate_rows') }}
where reason is null and currency <> '{{ nrr.setting('nrr_reporting_currency') }}'
group by currency, rate_date
