{%- set segments = nrr.segment_columns() -%}
-- One row per account and month from its first month with MRR to the newest month: MRR, what it will be a
-- month later, and segments.
with period_months as (
    select
        periods.*,
        period_months.month_number,
        {{ nrr.add_months('periods.first_month', 'period_months.month_number') }} as month
    from {{ ref('int_nrr__account_periods') }} as periods
    inner join {{ ref('int_nrr__period_months') }} as period_months on periods.months = period_months.months
),

converted as (
    select
        period_months.*,
        {{ nrr.convert('period_months.mrr', 'rates.rate') }} as month_mrr,
        case
            when month_number < months - 1 then {{ nrr.convert('period_months.mrr', 'rates.next_month_rate') }}
            else {{ nrr.convert('next_mrr', 'rates.next_month_rate') }}
        end as next_month_mrr,
        case
            when month_number < months - 1 then {{ nrr.convert('period_months.mrr', 'rates.rate') }}
            else {{ nrr.convert('next_mrr_at_previous_rates', 'rates.rate') }}
        end as next_month_mrr_at_these_rates
    from period_months
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on period_months.mrr_currency = rates.currency and period_months.month = rates.month
)

select
    account_id,
    month,
    month_mrr as mrr,
    acquisition_month,
    mrr_currency,
    month_number = 0 and previous_mrr = 0 as is_after_gap,
    month_number = months - 1 as is_before_change,
    -- null in the newest month
    next_month_mrr,
    next_month_mrr_at_these_rates,
    {{ segments | join(',\n    ') }}
from converted
