-- One row per currency and run of months with the same rate: units of the reporting currency for one of it.
with dated as (
    select
        currency,
        rate,
        {{ nrr.truncate_to_month('rate_date') }} as rate_month,
        row_number() over (
            partition by currency, {{ nrr.truncate_to_month('rate_date') }} order by rate_date desc
        ) as newest_of_month
    from {{ ref('stg_nrr__exchange_rates') }}
),

oldest as (
    select
        currency,
        min(rate_date) as rate_date
    from {{ ref('stg_nrr__exchange_rates') }}
    group by currency
),

-- the last rate of a month holds until the next month that has one; before there is any, the first rate holds
changes as (
    select
        currency,
        rate,
        rate_month as first_month
    from dated
    where newest_of_month = 1

    union all

    select
        rates.currency,
        rates.rate,
        cast('1800-01-01' as date) as first_month
    from {{ ref('stg_nrr__exchange_rates') }} as rates
    inner join oldest on rates.currency = oldest.currency and rates.rate_date = oldest.rate_date

    union all

    select
        '{{ nrr.setting('nrr_reporting_currency') }}' as currency,
        1 as rate,
        cast('1800-01-01' as date) as first_month
),

in_order as (
    select
        changes.*,
        lag(rate) over (partition by currency order by first_month) as previous_rate
    from changes
)

select
    currency,
    first_month,
    lead(first_month) over (partition by currency order by first_month) as end_month,
    cast(rate as {{ nrr.type_rate() }}) as rate,
    -- of the month before the first; before the first of all there is no MRR to convert
    cast(coalesce(previous_rate, rate) as {{ nrr.type_rate() }}) as previous_rate
from in_order
where previous_rate <> rate or previous_rate is null
