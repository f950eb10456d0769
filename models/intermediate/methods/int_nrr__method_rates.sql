{%- set year = 'partition by pair, segment_dimension, segment order by month'
    ~ ' rows between 11 preceding and current row' -%}
{%- set quarters = 'partition by pair, segment_dimension, segment, month_of_quarter order by month'
    ~ ' rows between 3 preceding and current row' -%}
-- One row per pair of times, month, segment dimension and segment with accounts in the base: its NRR and GRR, and those
-- of twelve months and of four quarters together. Null where one of these months has no base.
with sums as (
    select * from {{ ref('int_nrr__method_sums') }}
    {%- if nrr.has_source('contracts') %}
    union all
    select * from {{ ref('int_nrr__renewal_sums') }}
    {%- endif %}
),

rates as (
    select
        pair,
        month,
        segment_dimension,
        segment,
        starting_mrr,
        change_mrr,
        loss_mrr,
        mod({{ nrr.month_number('month') }}, 3) as month_of_quarter,
        {{ nrr.divide('starting_mrr + change_mrr', 'starting_mrr') }} as nrr,
        -- movements may take more than there was: what came back, and left again
        case
            when starting_mrr + loss_mrr < 0 then 0
            else {{ nrr.divide('starting_mrr + loss_mrr', 'starting_mrr') }}
        end as grr
    from sums
),

windows as (
    select
        rates.*,
        count(*) over ({{ year }}) as months,
        min(month) over ({{ year }}) as first_month,
        count(*) over ({{ quarters }}) as quarters,
        min(month) over ({{ quarters }}) as first_quarter_month,
        sum(starting_mrr) over ({{ year }}) as year_starting_mrr,
        sum(change_mrr) over ({{ year }}) as year_change_mrr,
        sum(loss_mrr) over ({{ year }}) as year_loss_mrr
        {%- for rate in ['nrr', 'grr'] %},
        avg({{ rate }}) over ({{ year }}) as average_{{ rate }},
        avg({{ rate }}) over ({{ quarters }}) as quarters_{{ rate }},
        -- a product, by logarithms
        min({{ rate }}) over ({{ year }}) as lowest_{{ rate }},
        sum(ln(case when {{ rate }} > 0 then {{ rate }} else 1 end)) over ({{ year }}) as logarithm_{{ rate }}
        {%- endfor %}
    from rates
),

complete as (
    select
        windows.*,
        months = 12 and first_month = {{ nrr.add_months('month', -11) }} as has_year,
        quarters = 4 and first_quarter_month = {{ nrr.add_months('month', -9) }} as has_quarters
    from windows
)

select
    pair,
    month,
    segment_dimension,
    segment
    {%- for rate, change in {'nrr': 'change', 'grr': 'loss'}.items() %},
    {{ rate }},
    case
        when {{ rate }} < 10 then power({{ rate }}, 12)
    end as annualised_{{ rate }},
    case
        when not has_year then null
        when lowest_{{ rate }} = 0 then 0
        when logarithm_{{ rate }} < 12 * ln(10) then exp(logarithm_{{ rate }})
    end as chained_{{ rate }},
    case when has_year then average_{{ rate }} end as average_of_12_{{ rate }},
    case
        when has_year then {{ nrr.divide('year_starting_mrr + year_' ~ change ~ '_mrr', 'year_starting_mrr') }}
    end as weighted_average_of_12_{{ rate }},
    case when has_quarters then quarters_{{ rate }} end as average_of_4_quarters_{{ rate }}
    {%- endfor %}
from complete
