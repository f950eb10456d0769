{%- set is_constant = nrr.setting('nrr_fx') == 'constant' -%}
{%- set comes_back = nrr.setting('nrr_reactivation_counts') -%}
-- One row per account and run of months since its acquisition month, from first_month up to, not including, end_month,
-- in which its MRR does not change: that, what it paid in its first month, and its segments then.
with spans as (
    select
        account_id,
        currency,
        acquisition_month,
        first_month,
        {{ nrr.open_end('end_month') }} as end_month,
        mrr,
        first_value(mrr) over (
            partition by account_id order by first_month rows between unbounded preceding and current row
        ) as starting_mrr,
        first_value(segment_key) over (
            partition by account_id order by first_month rows between unbounded preceding and current row
        ) as segment_key,
        min(case when mrr = 0 then first_month end) over (
            partition by account_id order by first_month rows between unbounded preceding and current row
        ) as left_month
    from {{ ref('int_nrr__account_spans') }}
    where first_month is not null
),

rates as (
    select
        currency,
        rate,
        first_month,
        {{ nrr.open_end('end_month') }} as end_month
    from {{ ref('int_nrr__rates') }}
),

in_one_currency as (
    select
        spans.acquisition_month,
        spans.segment_key,
        spans.left_month,
        {{ nrr.convert('spans.starting_mrr', 'rates.rate') }} as starting_mrr,
        {%- if is_constant %}
        {{ nrr.convert('spans.mrr', 'rates.rate') }} as current_mrr,
        spans.first_month,
        spans.end_month
        {%- else %}
        {{ nrr.convert('spans.mrr', 'own_rates.rate') }} as current_mrr,
        {{ nrr.later('spans.first_month', 'own_rates.first_month') }} as first_month,
        {{ nrr.earlier('spans.end_month', 'own_rates.end_month') }} as end_month
        {%- endif %}
    from spans
    inner join rates
        on
            spans.currency = rates.currency
            and spans.acquisition_month >= rates.first_month
            and spans.acquisition_month < rates.end_month
    {%- if not is_constant %}
    inner join rates as own_rates
        on
            spans.currency = own_rates.currency
            and spans.first_month < own_rates.end_month
            and own_rates.first_month < spans.end_month
    {%- endif %}
),

several_currency_months as (
    select
        account_id,
        acquisition_month,
        month,
        end_month,
        mrr,
        first_value(mrr) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as starting_mrr,
        first_value(segment_key) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as segment_key,
        min(case when last_gap_month = month then month end) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as left_month
    from {{ ref('int_nrr__several_currency_months') }}
),
{%- if is_constant %}

amounts as (
    select
        months.account_id,
        months.month,
        sum({{ nrr.convert('amounts.mrr', 'rates.rate') }}) as mrr
    from several_currency_months as months
    inner join {{ ref('int_nrr__several_currency_amounts') }} as amounts
        on months.account_id = amounts.account_id and months.month = amounts.month
    inner join rates
        on
            amounts.currency = rates.currency
            and months.acquisition_month >= rates.first_month
            and months.acquisition_month < rates.end_month
    group by months.account_id, months.month
),
{%- endif %}

in_several_currencies as (
    select
        months.acquisition_month,
        months.segment_key,
        months.left_month,
        months.starting_mrr,
        {{ 'amounts' if is_constant else 'months' }}.mrr as current_mrr,
        months.month as first_month,
        months.end_month
    from several_currency_months as months
    {%- if is_constant %}
    inner join amounts on months.account_id = amounts.account_id and months.month = amounts.month
    {%- endif %}
),

united as (
    select
        acquisition_month,
        segment_key,
        left_month,
        starting_mrr,
        current_mrr,
        first_month,
        end_month
    from in_one_currency

    union all

    select
        acquisition_month,
        segment_key,
        left_month,
        starting_mrr,
        current_mrr,
        first_month,
        end_month
    from in_several_currencies
)

select
    united.acquisition_month,
    united.segment_key,
    buckets.size,
    united.first_month,
    united.end_month,
    coalesce(united.left_month = united.first_month, false) as leaves,
    cast(united.starting_mrr as decimal(18, 4)) as starting_mrr,
    {%- if comes_back %}
    cast(united.current_mrr as decimal(18, 4)) as current_mrr
    {%- else %}
    cast(case when united.left_month is null then united.current_mrr else 0 end as decimal(18, 4)) as current_mrr
    {%- endif %}
from united
inner join {{ ref('int_nrr__arr_buckets') }} as buckets
    on {{ nrr.is_in_bucket('united.starting_mrr') }}
-- the lowest bucket is that of 0: MRR that converts to nothing is none
where buckets.mrr_from > 0
