-- One row per currency and month: units of the reporting currency for one of it, at month's end.
with calendar as (
    select * from {{ ref('int_nrr__calendar') }}
),

dated as (
    select
        currency,
        {{ nrr.truncate_to_month('rate_date') }} as rate_month,
        rate,
        row_number() over (
            partition by currency, {{ nrr.truncate_to_month('rate_date') }}
            order by rate_date desc
        ) as newest_of_month,
        row_number() over (partition by currency order by rate_date) as oldest_of_all
    from {{ ref('stg_nrr__exchange_rates') }}
),

-- the last rate of a month holds until the next month that has one
rates as (
    select
        currency,
        rate,
        rate_month,
        lead(rate_month) over (partition by currency order by rate_month) as next_rate_month
    from dated
    where newest_of_month = 1
),

monthly as (
    select
        rates.currency,
        calendar.month,
        calendar.month_number,
        rates.rate
    from calendar
    inner join rates
        on
            calendar.month >= rates.rate_month
            and (calendar.month < rates.next_rate_month or rates.next_rate_month is null)

    union all

    -- before there is any rate, the first one holds
    select
        dated.currency,
        calendar.month,
        calendar.month_number,
        dated.rate
    from calendar
    inner join dated on calendar.month < dated.rate_month and dated.oldest_of_all = 1

    union all

    select
        '{{ nrr.setting('nrr_reporting_currency') }}' as currency,
        month,
        month_number,
        1 as rate
    from calendar
)

select
    currency,
    month,
    month_number,
    cast(rate as {{ nrr.type_rate() }}) as rate,
    -- at the beginning of the calendar there is no earlier MRR to convert, so that any rate will do
    cast(
        coalesce(lag(rate) over (partition by currency order by month), rate) as {{ nrr.type_rate() }}
    ) as previous_month_rate,
    cast(
        coalesce(lag(rate, 12) over (partition by currency order by month), rate) as {{ nrr.type_rate() }}
    ) as year_ago_rate
from monthly
