{%- set attributes = nrr.attribute_columns() -%}
-- One row per account, version and period, from its first month with MRR: MRR, all its segments, and the periods
-- before and after. A period is a run of months in which none of them changes.
with periods as (
    select * from {{ ref('int_nrr__account_period_mrr') }}
    where {{ nrr.is_touched('account_id') }}
),

rates as (
    select * from {{ ref('int_nrr__month_rates') }}
),

cells as (
    select * from {{ ref('int_nrr__arr_cells') }}
),

rate_ranges as (
    select
        currency,
        min(rate) as lowest_rate,
        max(rate) as highest_rate
    from rates
    group by currency
    having min(rate) < max(rate)
),

mrr_ranges as (
    select
        periods.account_id,
        periods.first_month,
        {{ nrr.convert('periods.mrr', 'rate_ranges.lowest_rate') }} as lowest_mrr,
        {{ nrr.convert('periods.mrr', 'rate_ranges.highest_rate') }} as highest_mrr
    from periods
    inner join rate_ranges on periods.mrr_currency = rate_ranges.currency
),

-- Exchange rates alone can carry an account over a bound of ARR: such a period falls into its months.
split_periods as (
    select distinct
        mrr_ranges.account_id,
        mrr_ranges.first_month
    from mrr_ranges
    inner join cells on mrr_ranges.lowest_mrr < cells.mrr_from and mrr_ranges.highest_mrr >= cells.mrr_from
),

months_of_split_periods as (
    select
        periods.*,
        {{ nrr.add_months('periods.first_month', 'period_months.month_number') }} as month
    from periods
    inner join split_periods
        on periods.account_id = split_periods.account_id and periods.first_month = split_periods.first_month
    inner join {{ ref('int_nrr__period_months') }} as period_months
        on {{ nrr.months_between('periods.first_month', 'periods.end_month') }} = period_months.months
),

steady as (
    select
        periods.account_id,
        periods.first_month,
        periods.end_month,
        periods.mrr_currency,
        periods.mrr,
        periods.mrr_at_previous_rates,
        periods.mrr_at_year_ago_rates
        {%- for dimension in nrr.item_dimensions() %},
        periods.{{ dimension }}
        {%- endfor %}
    from periods
    left join split_periods
        on periods.account_id = split_periods.account_id and periods.first_month = split_periods.first_month
    where split_periods.account_id is null

    union all

    select
        account_id,
        month as first_month,
        {{ nrr.add_months('month', 1) }} as end_month,
        mrr_currency,
        mrr,
        mrr_at_previous_rates,
        mrr_at_year_ago_rates
        {%- for dimension in nrr.item_dimensions() %},
        {{ dimension }}
        {%- endfor %}
    from months_of_split_periods
),

in_order as (
    select
        steady.*,
        min(case when mrr > 0 then first_month end) over (partition by account_id) as acquisition_month,
        coalesce(lag(mrr) over (partition by account_id order by first_month), 0) as previous_mrr,
        lead(mrr) over (partition by account_id order by first_month) as next_mrr,
        lead(mrr_at_previous_rates) over (partition by account_id order by first_month) as next_mrr_at_previous_rates,
        max(case when mrr = 0 then end_month end) over (
            partition by account_id order by first_month rows between unbounded preceding and current row
        ) as last_gap_end_month
    from steady
),

reported as (
    select
        in_order.*,
        rates.month_number as first_month_number,
        {{ nrr.convert('in_order.mrr', 'rates.rate') }} as first_month_mrr
    from in_order
    inner join rates on in_order.mrr_currency = rates.currency and in_order.first_month = rates.month
    where in_order.first_month >= in_order.acquisition_month
)

select
    reported.*,
    {{ nrr.months_between('reported.first_month', 'reported.end_month') }} as months,
    {{ nrr.quarter_name('reported.acquisition_month') }} as acquisition_quarter,
    cells.arr_cell,
    cells.size,
    {{ nrr.period_version() }} as version,
    {{ nrr.full_run_id() }} as full_run_id
    {%- for attribute in attributes %},
    coalesce(attributes.{{ attribute }}, '(unknown)') as {{ attribute }}
    {%- endfor %}
from reported
inner join cells
    on
        reported.first_month_mrr >= cells.mrr_from
        and (reported.first_month_mrr < cells.mrr_to or cells.mrr_to is null)
{%- if attributes %}
left join {{ ref('int_nrr__account_attributes') }} as attributes
    on
        reported.account_id = attributes.account_id
        and reported.first_month >= attributes.first_month
        and (reported.first_month < attributes.end_month or attributes.end_month is null)
{%- endif %}
