{%- set segments = nrr.segment_columns() -%}
{%- set reporting_currency = nrr.setting('nrr_reporting_currency') -%}
-- One row per account, version and month in which its MRR may change: MRR with which the account opens the month and
-- with which it closes it, and the segments in which it opens it.
with
-- what is paid in another currency than the reporting one may change in every month
period_months as (
    select
        periods.*,
        period_months.month_number = periods.months - 1 as is_last_of_period,
        first_month_number + period_months.month_number + 1 as closing_month_number
    from {{ ref('int_nrr__account_periods') }} as periods
    inner join {{ ref('int_nrr__period_months') }} as period_months on periods.months = period_months.months
    where
        periods.mrr > 0
        and periods.mrr_currency <> '{{ reporting_currency }}'
),

converted as (
    select
        period_months.*,
        rates.month,
        {{ nrr.convert('period_months.mrr', 'rates.previous_month_rate') }} as opening_mrr,
        case
            when is_last_of_period then {{ nrr.convert('period_months.next_mrr', 'rates.rate') }}
            else {{ nrr.convert('period_months.mrr', 'rates.rate') }}
        end as closing_mrr,
        case
            when is_last_of_period
                then {{ nrr.convert('period_months.next_mrr_at_previous_rates', 'rates.previous_month_rate') }}
            else {{ nrr.convert('period_months.mrr', 'rates.previous_month_rate') }}
        end as closing_mrr_at_opening_rates
    from period_months
    -- there is none after the newest month
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on
            period_months.mrr_currency = rates.currency
            and period_months.closing_month_number = rates.month_number
)

-- what is paid in the reporting currency changes only from one period to the next
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
    mrr > 0
    and mrr_currency = '{{ reporting_currency }}'
    and next_mrr is not null

union all

select
    account_id,
    version,
    full_run_id,
    month,
    opening_mrr,
    closing_mrr,
    closing_mrr_at_opening_rates,
    {{ segments | join(',\n    ') }}
from converted
