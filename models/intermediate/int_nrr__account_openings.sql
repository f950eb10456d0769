{%- set segments = nrr.segment_columns() -%}
{%- set reporting_currency = nrr.setting('nrr_reporting_currency') -%}
-- One row per account, version and month in which its MRR may change: MRR with which the account opens the month and
-- with which it closes it, and the segments in which it opens it.
--
-- What is paid in the reporting currency changes only from one period to the next.
select
    account_id,
    version,
    full_run_id,
    end_month as month,
    mrr as opening_mrr,
    next_mrr as closing_mrr,
    next_mrr_at_previous_rates as closing_mrr_at_opening_rates,
    {{ segments | join(',\n    ') }}
from {{ ref('int_nrr__account_periods') }}
where
    mrr_currency = '{{ reporting_currency }}'
    and mrr > 0
    and next_mrr is not null

union all

-- What is paid in another one may change in every month.
select
    periods.account_id,
    periods.version,
    periods.full_run_id,
    rates.month,
    {{ nrr.convert('periods.mrr', 'rates.previous_month_rate') }} as opening_mrr,
    case
        when period_months.month_number < periods.months - 1 then {{ nrr.convert('periods.mrr', 'rates.rate') }}
        else {{ nrr.convert('periods.next_mrr', 'rates.rate') }}
    end as closing_mrr,
    case
        when period_months.month_number < periods.months - 1
            then {{ nrr.convert('periods.mrr', 'rates.previous_month_rate') }}
        else {{ nrr.convert('periods.next_mrr_at_previous_rates', 'rates.previous_month_rate') }}
    end as closing_mrr_at_opening_rates,
    {%- for segment in segments %}
    periods.{{ segment }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_nrr__account_periods') }} as periods
inner join {{ ref('int_nrr__period_months') }} as period_months on periods.months = period_months.months
-- the month after; none after the newest
inner join {{ ref('int_nrr__month_rates') }} as rates
    on
        periods.mrr_currency = rates.currency
        and periods.first_month_number + period_months.month_number + 1 = rates.month_number
where
    periods.mrr_currency <> '{{ reporting_currency }}'
    and periods.mrr > 0
