{%- set comes_back = nrr.setting('nrr_reactivation_counts') -%}
-- One row per account with MRR and run of months in which both what it paid in the last twelve months and what it paid
-- in the twelve before change by the same amount every month: both as lines, start + growth x the month's number, and
-- what it was 23 months before. Units of its currency; of accounts in several the reporting currency.
with runs as (
    select * from {{ ref('int_nrr__running_mrr') }}
),

bases as (
    select * from {{ ref('int_nrr__method_bases') }}
    where pays
),

-- the base's month and the last of its twelve
years as (
    select
        bases.account_id,
        bases.currency,
        bases.segment_key,
        bases.size,
        middles.first_number as middle_number,
        middles.line_start,
        middles.mrr,
        {%- if not comes_back %}
        middles.paid_at_leaving,
        {%- endif %}
        -- at the number of the month twelve months later
        middles.line_start - 12 * middles.mrr - bases.line_start + 24 * bases.mrr as starting_mrr,
        middles.mrr - bases.mrr as starting_growth,
        {{ nrr.later('bases.first_number + 11', 'middles.first_number') }} as first_number,
        {{ nrr.earlier('bases.end_number + 11', 'middles.end_number') }} as end_number
    from bases
    inner join runs as middles
        on
            bases.account_id = middles.account_id
            and bases.first_number + 11 < middles.end_number
            and middles.first_number < bases.end_number + 11
),

pairs as (
    select
        years.currency,
        years.segment_key,
        years.size,
        years.starting_mrr,
        years.starting_growth,
        {%- set paid = 'ends.line_start' %}
        {%- set growth = 'ends.mrr' %}
        {%- if not comes_back %}
        {%- set is_back = 'ends.back_since > years.middle_number' %}
        {%- set paid = 'case when ' ~ is_back ~ ' then years.paid_at_leaving else ends.line_start end' %}
        {%- set growth = 'case when ' ~ is_back ~ ' then 0 else ends.mrr end' %}
        {%- endif %}
        {{ paid }} - years.line_start + 12 * years.mrr as ending_mrr,
        {{ growth }} - years.mrr as ending_growth,
        {{ nrr.later('years.first_number + 12', 'ends.first_number') }} as first_number,
        {{ nrr.earlier('years.end_number + 12', 'ends.end_number') }} as end_number
    from years
    inner join runs as ends
        on
            years.account_id = ends.account_id
            and years.first_number + 12 < ends.end_number
            and ends.first_number < years.end_number + 12
),

base_months as (
    select
        account_id,
        {{ nrr.add_months('month', 11) }} as middle_month,
        {{ nrr.add_months('month', 23) }} as month,
        segment_key,
        size
    from {{ ref('int_nrr__several_currency_bases') }}
),

several_currencies as (
    select
        base_months.account_id,
        base_months.month,
        base_months.segment_key,
        base_months.size,
        sum({{ nrr.convert(
            'cast(middles.paid_mrr - starts.paid_mrr + starts.mrr as decimal(18, 4))', 'rates.year_ago_rate'
        ) }}) as starting_mrr,
        sum({{ nrr.convert(
            'cast(ends.paid_mrr - middles.paid_mrr as decimal(18, 4))', 'rates.year_ago_rate'
        ) }}) as ending_mrr
    from base_months
    inner join {{ ref('int_nrr__several_currency_amounts') }} as starts
        on base_months.account_id = starts.account_id and base_months.month = {{ nrr.add_months('starts.month', 23) }}
    inner join {{ ref('int_nrr__several_currency_amounts') }} as middles
        on
            starts.account_id = middles.account_id
            and starts.currency = middles.currency
            and base_months.middle_month = middles.month
    inner join {{ ref('int_nrr__several_currency_amounts') }} as ends
        on
            starts.account_id = ends.account_id
            and starts.currency = ends.currency
            {%- if comes_back %}
            and base_months.month = ends.month
            {%- else %}
            and ends.month = case
                when middles.next_gap_month < base_months.month then middles.next_gap_month else base_months.month
            end
            {%- endif %}
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on starts.currency = rates.currency and base_months.month = rates.month
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
