{%- set segments = nrr.segment_columns() -%}
-- One row per account, version and month from its first month with MRR to the newest month: MRR and segments.
with period_months as (
    select
        periods.*,
        first_month_number + period_months.month_number as month_number
    from {{ ref('int_nrr__account_periods') }} as periods
    inner join {{ ref('int_nrr__period_months') }} as period_months on periods.months = period_months.months
),

converted as (
    select
        period_months.*,
        rates.month,
        {{ nrr.convert('period_months.mrr', 'rates.rate') }} as month_mrr
    from period_months
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on period_months.mrr_currency = rates.currency and period_months.month_number = rates.month_number
)

select
    account_id,
    version,
    full_run_id,
    month,
    month_mrr as mrr,
    {{ segments | join(',\n    ') }}
from converted
