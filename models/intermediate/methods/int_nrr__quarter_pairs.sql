{%- set comes_back = nrr.setting('nrr_reactivation_counts') -%}
-- One row per account that paid in one of the three months up to twelve months before, and run of months in which both
-- what it paid in the last three months and what it paid in those three change by the same amount every month: both
-- as lines, start + growth x the month's number. Units of its currency; of accounts in several the reporting currency.
with runs as (
    select * from {{ ref('int_nrr__running_mrr') }}
),

-- what was paid in three months is what had been paid by the end of the last, less that by the end of the one before
quarters as (
    select
        ends.account_id,
        {%- if not comes_back %}
        ends.first_number as run_number,
        ends.back_since,
        ends.paid_at_leaving,
        starts.line_start as line_before,
        starts.mrr as mrr_before,
        starts.line_start + starts.mrr * (starts.first_number - 1) as paid_before,
        {%- endif %}
        ends.line_start - starts.line_start + 3 * starts.mrr as paid_mrr,
        ends.mrr - starts.mrr as growth,
        {{ nrr.later('starts.first_number + 3', 'ends.first_number') }} as first_number,
        {{ nrr.earlier('starts.end_number + 3', 'ends.end_number') }} as end_number
    from runs as starts
    inner join runs as ends
        on
            starts.account_id = ends.account_id
            and starts.first_number + 3 < ends.end_number
            and ends.first_number < starts.end_number + 3
    where ends.first_number >= ends.acquisition_number
),

-- with what the account is counted by
bases as (
    select
        bases.account_id,
        bases.currency,
        bases.segment_key,
        bases.size,
        {%- if not comes_back %}
        quarters.run_number,
        quarters.paid_at_leaving,
        {%- endif %}
        -- at the number of the month twelve months later
        quarters.paid_mrr - 12 * quarters.growth as paid_mrr,
        quarters.growth,
        {{ nrr.later('bases.first_number', 'quarters.first_number') }} as first_number,
        {{ nrr.earlier('bases.end_number', 'quarters.end_number') }} as end_number
    from {{ ref('int_nrr__method_bases') }} as bases
    inner join quarters
        on
            bases.account_id = quarters.account_id
            and bases.first_number < quarters.end_number
            and quarters.first_number < bases.end_number
),

pairs as (
    select
        bases.currency,
        bases.segment_key,
        bases.size,
        bases.paid_mrr as starting_mrr,
        bases.growth as starting_growth,
        {%- set paid = 'ends.paid_mrr' %}
        {%- set growth = 'ends.growth' %}
        {%- if not comes_back %}
        -- what it paid until it left
        {%- set is_back = 'ends.back_since > bases.run_number' %}
        {%- set has_left = 'ends.paid_before >= bases.paid_at_leaving' %}
        {%- set until_then = 'bases.paid_at_leaving - ends.line_before + 3 * ends.mrr_before' %}
        {%- set paid %}
        case
            when not coalesce({{ is_back }}, false) then ends.paid_mrr
            when {{ has_left }} then 0
            else {{ until_then }}
        end
        {%- endset %}
        {%- set growth %}
        case
            when not coalesce({{ is_back }}, false) then ends.growth
            when {{ has_left }} then 0
            else -ends.mrr_before
        end
        {%- endset %}
        {%- endif %}
        {{ paid }} as ending_mrr,
        {{ growth }} as ending_growth,
        {{ nrr.later('bases.first_number + 12', 'ends.first_number') }} as first_number,
        {{ nrr.earlier('bases.end_number + 12', 'ends.end_number') }} as end_number
    from bases
    inner join quarters as ends
        on
            bases.account_id = ends.account_id
            and bases.first_number + 12 < ends.end_number
            and ends.first_number < bases.end_number + 12
),

several_currency_months as (
    select
        account_id,
        month,
        max(case when last_gap_month = month then null else month end) over (
            partition by account_id order by month rows between unbounded preceding and current row
        ) as last_paying_month
    from {{ ref('int_nrr__several_currency_months') }}
),

base_months as (
    select
        months.account_id,
        months.month as base_month,
        {{ nrr.add_months('months.month', 12) }} as month,
        last_paid.segment_key,
        last_paid.size
    from several_currency_months as months
    inner join {{ ref('int_nrr__several_currency_bases') }} as last_paid
        on months.account_id = last_paid.account_id and months.last_paying_month = last_paid.month
    where months.last_paying_month >= {{ nrr.add_months('months.month', -2) }}
),

several_currencies as (
    select
        base_months.account_id,
        base_months.month,
        base_months.segment_key,
        base_months.size,
        sum({{ nrr.convert(
            'cast(middles.paid_mrr - coalesce(starts.paid_mrr, 0) as decimal(18, 4))', 'rates.year_ago_rate'
        ) }}) as starting_mrr,
        sum({{ nrr.convert(
            'cast(case when ends.paid_mrr > quarter_starts.paid_mrr then ends.paid_mrr - quarter_starts.paid_mrr else 0 end'
            ~ ' as decimal(18, 4))', 'rates.year_ago_rate'
        ) }}) as ending_mrr
    from base_months
    inner join {{ ref('int_nrr__several_currency_amounts') }} as middles
        on base_months.account_id = middles.account_id and base_months.base_month = middles.month
    left join {{ ref('int_nrr__several_currency_amounts') }} as starts
        on
            middles.account_id = starts.account_id
            and middles.currency = starts.currency
            and middles.month = {{ nrr.add_months('starts.month', 3) }}
    inner join {{ ref('int_nrr__several_currency_amounts') }} as quarter_starts
        on
            middles.account_id = quarter_starts.account_id
            and middles.currency = quarter_starts.currency
            and base_months.month = {{ nrr.add_months('quarter_starts.month', 3) }}
    inner join {{ ref('int_nrr__several_currency_amounts') }} as ends
        on
            middles.account_id = ends.account_id
            and middles.currency = ends.currency
            {%- if comes_back %}
            and base_months.month = ends.month
            {%- else %}
            and ends.month = case
                when middles.next_gap_month < base_months.month then middles.next_gap_month else base_months.month
            end
            {%- endif %}
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on middles.currency = rates.currency and base_months.month = rates.month
    group by base_months.account_id, base_months.month, base_months.segment_key, base_months.size
),

united as (
    select
        first_number,
        end_number,
        currency,
        segment_key,
        size,
        starting_mrr,
        starting_growth,
        ending_mrr,
        ending_growth
    from pairs

    union all

    select
        {{ nrr.month_number('month') }} as first_number,
        {{ nrr.month_number('month') }} + 1 as end_number,
        '{{ nrr.setting('nrr_reporting_currency') }}' as currency,
        segment_key,
        size,
        starting_mrr,
        0 as starting_growth,
        ending_mrr,
        0 as ending_growth
    from several_currencies
)

select
    first_number,
    end_number,
    cast(currency as {{ nrr.type_text() }}) as currency,
    segment_key,
    size,
    cast(starting_mrr as decimal(28, 4)) as starting_mrr,
    cast(starting_growth as decimal(28, 4)) as starting_growth,
    cast(ending_mrr as decimal(28, 4)) as ending_mrr,
    cast(ending_growth as decimal(28, 4)) as ending_growth
from united
