{%- set segments = nrr.segment_columns() -%}
-- One row per account and month in which its MRR may differ from the month before or after: MRR, what it will be a
-- month later, and segments. Of a period those are the first and the last month, and all where rates move.
with periods as (
    select
        periods.*,
        case
            when months > 2 and mrr_currency = '{{ nrr.setting('nrr_reporting_currency') }}' then 2 else months
        end as edge_months
    from {{ ref('int_nrr__account_periods') }} as periods
),

edges as (
    select
        periods.*,
        case
            when period_months.month_number = edge_months - 1 then periods.months - 1 else period_months.month_number
        end as month_number
    from periods
    inner join {{ ref('int_nrr__period_months') }} as period_months on periods.edge_months = period_months.months
),

converted as (
    select
        edges.*,
        rates.month,
        {{ nrr.convert('edges.mrr', 'rates.rate') }} as month_mrr,
        case
            when edges.month_number < months - 1 then {{ nrr.convert('edges.mrr', 'rates.next_month_rate') }}
            else {{ nrr.convert('next_mrr', 'rates.next_month_rate') }}
        end as next_month_mrr,
        case
            when edges.month_number < months - 1 then {{ nrr.convert('edges.mrr', 'rates.rate') }}
            else {{ nrr.convert('next_mrr_at_previous_rates', 'rates.rate') }}
        end as next_month_mrr_at_these_rates
    from edges
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on
            edges.mrr_currency = rates.currency
            and edges.first_month_number + edges.month_number = rates.month_number
)

select
    account_id,
    version,
    full_run_id,
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
