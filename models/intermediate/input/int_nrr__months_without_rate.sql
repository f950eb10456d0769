-- One row per currency and run of months in which there is MRR in it and none of its rates is of that month: the
-- months, and the day of the rate that they are converted at.
with
-- as few as there are months in which something begins or ends
paid as (
    select distinct
        currency,
        {{ nrr.month_of('starts_at') }} as first_month,
        {{ nrr.month_of('ends_at') }} as end_month
    from {{ ref('int_nrr__item_states') }}
    where mrr > 0 and currency <> '{{ nrr.setting('nrr_reporting_currency') }}'
),

paid_months as (
    select distinct
        paid.currency,
        months.month
    from paid
    inner join {{ ref('int_nrr__months') }} as months
        on months.month >= paid.first_month and (months.month < paid.end_month or paid.end_month is null)
),

rates as (
    select
        currency,
        {{ nrr.truncate_to_month('rate_date') }} as month,
        min(rate_date) as oldest_date,
        max(rate_date) as newest_date
    from {{ ref('stg_nrr__exchange_rates') }}
    group by currency, {{ nrr.truncate_to_month('rate_date') }}
),

missing as (
    select
        paid_months.currency,
        paid_months.month,
        coalesce(
            max(case when rates.month < paid_months.month then rates.newest_date end), min(rates.oldest_date)
        ) as rate_date
    from paid_months
    inner join rates on paid_months.currency = rates.currency
    group by paid_months.currency, paid_months.month
    having
        max(case when rates.month = paid_months.month then 1 else 0 end) = 0
        -- a single rate is meant for all months that follow
        and (paid_months.month < max(rates.month) or count(*) > 1)
),

numbered as (
    select
        missing.*,
        {{ nrr.months_between("cast('1900-01-01' as date)", 'month') }}
        - row_number() over (partition by currency order by month) as run_number
    from missing
),

runs as (
    select
        currency,
        rate_date,
        min(month) as first_month,
        max(month) as last_month,
        count(*) as number_of_months
    from numbered
    group by currency, rate_date, run_number
)

select
    cast('exchange_rates' as {{ nrr.type_text() }}) as input,
    cast('month_without_rate' as {{ nrr.type_text() }}) as reason,
    {{ dbt.concat([
        'currency', "' '", 'substr(' ~ nrr.as_text('first_month') ~ ', 1, 7)',
        "case when last_month > first_month then " ~ dbt.concat(["' to '", 'substr(' ~ nrr.as_text('last_month') ~ ', 1, 7)'])
        ~ " else '' end",
        "' at the rate of '", nrr.as_text('rate_date'),
    ]) }} as value,
    number_of_months as number_of_rows,
    false as is_failure
from runs
