{%- set segments = nrr.segment_columns() + ['arr_cell'] -%}
{%- set ending_rate = 'year_ago_rate' if nrr.setting('nrr_fx') == 'constant' else 'rate' -%}
-- One row per month, version and account with MRR twelve months before: MRR at both ends, and its segments then.
with period_months as (
    select
        periods.*,
        periods.first_month_number + period_months.month_number as month_number
    from {{ ref('int_nrr__twelve_month_periods') }} as periods
    inner join {{ ref('int_nrr__period_months') }} as period_months on periods.months = period_months.months
),

converted as (
    select
        period_months.account_id,
        period_months.version,
        period_months.full_run_id,
        rates.month,
        {{ nrr.convert('period_months.starting_mrr', 'rates.year_ago_rate') }} as starting_mrr,
        {{ nrr.convert('period_months.ending_mrr', 'rates.' ~ ending_rate) }} as last_month_mrr,
        {%- if nrr.setting('nrr_reactivation_counts') %}
        false as is_interrupted
        {%- else %}
        coalesce(
            period_months.last_gap_end_month > {{ nrr.add_months('rates.month', -12) }}, false
        ) as is_interrupted
        {%- endif %}
        {%- for segment in segments %},
        period_months.{{ segment }}
        {%- endfor %}
    from period_months
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on period_months.mrr_currency = rates.currency and period_months.month_number = rates.month_number
),

pairs as (
    select
        converted.*,
        cast(case when is_interrupted then 0 else last_month_mrr end as decimal(18, 4)) as ending_mrr
    from converted
)

select
    month,
    account_id,
    version,
    full_run_id,
    starting_mrr,
    ending_mrr,
    ending_mrr - starting_mrr as change_mrr,
    case when ending_mrr < starting_mrr then ending_mrr - starting_mrr else 0 end as loss_mrr,
    {{ segments | join(',\n    ') }}
from pairs
