-- One row per currency and month: units of the reporting currency for one of it, at the month's end, a month and a year
-- before.
select
    rates.currency,
    months.month,
    rates.rate,
    case when rates.first_month = months.month then rates.previous_rate else rates.rate end as previous_month_rate,
    year_ago_rates.rate as year_ago_rate
from {{ ref('int_nrr__months') }} as months
inner join {{ ref('int_nrr__rates') }} as rates
    on months.month >= rates.first_month and (months.month < rates.end_month or rates.end_month is null)
inner join {{ ref('int_nrr__rates') }} as year_ago_rates
    on
        rates.currency = year_ago_rates.currency
        and {{ nrr.add_months('months.month', -12) }} >= year_ago_rates.first_month
        and ({{ nrr.add_months('months.month', -12) }} < year_ago_rates.end_month or year_ago_rates.end_month is null)
