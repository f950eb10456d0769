{%- set is_constant = nrr.setting('nrr_fx') == 'constant' -%}
{%- set comes_back = nrr.setting('nrr_reactivation_counts') -%}
-- One row per account with MRR and run of months in which neither its MRR nor that of three months before changes:
-- both, and what it was by then. Units of its currency, or of the reporting currency where each end has its own rates.
with met as (
    select
        bases.currency,
        bases.segment_key,
        bases.size,
        bases.mrr as starting_mrr,
        {%- if comes_back %}
        ends.mrr as ending_mrr,
        {%- else %}
        case when ends.back_since > bases.first_number then 0 else ends.mrr end as ending_mrr,
        {%- endif %}
        {{ nrr.later('bases.first_number + 3', 'ends.first_number') }} as first_number,
        {{ nrr.earlier('bases.end_number + 3', 'ends.end_number') }} as end_number
    from {{ ref('int_nrr__method_bases') }} as bases
    inner join {{ ref('int_nrr__running_mrr') }} as ends
        on
            bases.account_id = ends.account_id
            and bases.first_number + 3 < ends.end_number
            and ends.first_number < bases.end_number + 3
    where bases.pays
),

{% if is_constant -%}
in_one_currency as (
    select * from met
),
{%- else -%}
rates as (
    select
        currency,
        rate,
        {{ nrr.month_number('first_month') }} as first_number,
        {{ nrr.month_number(nrr.open_end('end_month')) }} as end_number
    from {{ ref('int_nrr__rates') }}
),

in_one_currency as (
    select
        cast('{{ nrr.setting('nrr_reporting_currency') }}' as {{ nrr.type_text() }}) as currency,
        met.segment_key,
        met.size,
        {{ nrr.convert('met.starting_mrr', 'starting_rates.rate') }} as starting_mrr,
        {{ nrr.convert('met.ending_mrr', 'ending_rates.rate') }} as ending_mrr,
        case
            when met.first_number >= starting_rates.first_number + 3 and met.first_number >= ending_rates.first_number
                then met.first_number
            else {{ nrr.later('starting_rates.first_number + 3', 'ending_rates.first_number') }}
        end as first_number,
        case
            when met.end_number <= starting_rates.end_number + 3 and met.end_number <= ending_rates.end_number
                then met.end_number
            else {{ nrr.earlier('starting_rates.end_number + 3', 'ending_rates.end_number') }}
        end as end_number
    from met
    inner join rates as starting_rates
        on
            met.currency = starting_rates.currency
            and met.first_number < starting_rates.end_number + 3
            and starting_rates.first_number + 3 < met.end_number
    inner join rates as ending_rates
        on
            met.currency = ending_rates.currency
            and met.first_number < ending_rates.end_number
            and ending_rates.first_number < met.end_number
            and starting_rates.first_number + 3 < ending_rates.end_number
            and ending_rates.first_number < starting_rates.end_number + 3
),
{%- endif %}

base_months as (
    select
        account_id,
        month as base_month,
        {{ nrr.add_months('month', 3) }} as month,
        segment_key,
        mrr,
        size
    from {{ ref('int_nrr__several_currency_bases') }}
),

in_several_currencies as (
    select
        base_months.account_id,
        base_months.month,
        base_months.segment_key,
        base_months.size,
        base_months.mrr as starting_mrr,
        sum(
            {%- if not comes_back %}
            case when ends.last_gap_month > base_months.base_month then 0 else 1 end *
            {%- endif %}
            {{ nrr.convert('amounts.mrr', 'rates.rate') }}
        ) as ending_mrr
    from base_months
    inner join {{ ref('int_nrr__several_currency_months') }} as ends
        on base_months.account_id = ends.account_id and base_months.month = ends.month
    inner join {{ ref('int_nrr__several_currency_amounts') }} as amounts
        on base_months.account_id = amounts.account_id and base_months.month = amounts.month
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on
            amounts.currency = rates.currency
            and rates.month = base_months.{{ 'base_month' if is_constant else 'month' }}
    group by
        base_months.account_id, base_months.month, base_months.segment_key, base_months.size, base_months.mrr
),

united as (
    select
        first_number,
        end_number,
        currency,
        segment_key,
        size,
        starting_mrr,
        ending_mrr
    from in_one_currency

    union all

    select
        {{ nrr.month_number('month') }} as first_number,
        {{ nrr.month_number('month') }} + 1 as end_number,
        cast('{{ nrr.setting('nrr_reporting_currency') }}' as {{ nrr.type_text() }}) as currency,
        segment_key,
        size,
        starting_mrr,
        ending_mrr
    from in_several_currencies
)

select
    first_number,
    end_number,
    cast(currency as {{ nrr.type_text() }}) as currency,
    segment_key,
    size,
    cast(starting_mrr as decimal(18, 4)) as starting_mrr,
    cast(ending_mrr as decimal(18, 4)) as ending_mrr
from united
