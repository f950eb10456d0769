{%- set period_segments = nrr.item_dimensions() + nrr.attribute_columns() -%}
-- One row per account and month from its first month with MRR to the newest month: MRR and segments.
with periods as (
    select
        account_periods.*,
        count(*) over (partition by account_id, first_month) as currencies
    from {{ ref('int_nrr__account_periods') }} as account_periods
),

-- a period of n months has the months 0 to n - 1
period_months as (
    select
        lengths.month_number + 1 as months,
        numbers.month_number
    from {{ ref('int_nrr__calendar') }} as lengths
    inner join {{ ref('int_nrr__calendar') }} as numbers on lengths.month_number >= numbers.month_number
),

currency_months as (
    select
        periods.*,
        {{ nrr.add_months('periods.first_month', 'period_months.month_number') }} as month
    from periods
    inner join period_months on periods.months = period_months.months
),

converted as (
    select
        currency_months.*,
        {{ nrr.convert('currency_months.mrr', 'rates.rate') }} as month_mrr,
        {{ nrr.convert('currency_months.mrr', 'rates.previous_month_rate') }} as mrr_at_previous_rates,
        {{ nrr.convert('currency_months.mrr', 'rates.year_ago_rate') }} as mrr_at_year_ago_rates
    from currency_months
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on currency_months.mrr_currency = rates.currency and currency_months.month = rates.month
),

account_months as (
    select
        account_id,
        month,
        month_mrr as mrr,
        mrr_at_previous_rates,
        mrr_at_year_ago_rates,
        {{ period_segments | join(',\n        ') }}
    from converted
    where currencies = 1

    union all

    select
        account_id,
        month,
        sum(month_mrr) as mrr,
        sum(mrr_at_previous_rates) as mrr_at_previous_rates,
        sum(mrr_at_year_ago_rates) as mrr_at_year_ago_rates,
        {{ period_segments | join(',\n        ') }}
    from converted
    where currencies > 1
    group by
        account_id,
        month,
        {{ period_segments | join(',\n        ') }}
),

first_months as (
    select
        account_id,
        min(month) as first_month
    from account_months
    where mrr > 0
    group by account_id
),

sizes as (
    select
        size,
        arr_from,
        lead(arr_from) over (order by arr_from) as arr_to
    from {{ ref('nrr_sizes') }}
)

select
    account_months.account_id,
    account_months.month,
    first_months.first_month,
    cast(account_months.mrr as numeric(18, 4)) as mrr,
    cast(account_months.mrr_at_previous_rates as numeric(18, 4)) as mrr_at_previous_rates,
    cast(account_months.mrr_at_year_ago_rates as numeric(18, 4)) as mrr_at_year_ago_rates,
    coalesce(sizes.size, '(unknown)') as size,
    {%- for segment in period_segments %}
    coalesce(account_months.{{ segment }}, '(unknown)') as {{ segment }},
    {%- endfor %}
    {{ nrr.quarter_name('first_months.first_month') }} as acquisition_quarter
from account_months
inner join first_months
    on account_months.account_id = first_months.account_id and account_months.month >= first_months.first_month
left join sizes
    on
        {{ nrr.arr('account_months.mrr') }} >= sizes.arr_from
        and ({{ nrr.arr('account_months.mrr') }} < sizes.arr_to or sizes.arr_to is null)
