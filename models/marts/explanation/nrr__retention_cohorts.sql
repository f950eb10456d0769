{%- set counts = ['retained_accounts', 'at_risk_accounts', 'left_accounts'] -%}
{%- set amounts = ['starting_mrr', 'current_mrr', 'retained_mrr'] -%}
{%- set so_far = 'partition by cohort_grain, cohort, segment_dimension, segment order by months_since_start'
    ~ ' rows between unbounded preceding and current row' -%}
-- One row per segment dimension, segment, cohort and month since the start: what became of the accounts that were
-- acquired in a month or a quarter, each in its own months, as far as they are old enough.
with cohorts as (
    select
        sums.*,
        {{ nrr.months_between('acquisition_month', 'month') }} as months_since_start,
        'month' as cohort_grain,
        acquisition_month as cohort,
        acquisition_month as last_month
    from {{ ref('int_nrr__cohort_sums') }} as sums

    union all

    select
        sums.*,
        {{ nrr.months_between('acquisition_month', 'month') }} as months_since_start,
        'quarter' as cohort_grain,
        {{ nrr.quarter_of('acquisition_month') }} as cohort,
        {{ nrr.add_months(nrr.quarter_of('acquisition_month'), 2) }} as last_month
    from {{ ref('int_nrr__cohort_sums') }} as sums
),

cells as (
    select
        cohort_grain,
        cohort,
        last_month,
        segment_dimension,
        segment,
        months_since_start,
        sum(accounts) as old_enough_accounts
        {%- for column in counts + amounts %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from cohorts
    group by cohort_grain, cohort, last_month, segment_dimension, segment, months_since_start
),

estimates as (
    select
        cells.*,
        first_value(old_enough_accounts) over ({{ so_far }}) as accounts,
        sum({{ nrr.log_kept('left_accounts', 'at_risk_accounts') }}) over ({{ so_far }}) as log_survival,
        sum({{ nrr.greenwood('left_accounts', 'at_risk_accounts') }}) over ({{ so_far }}) as variance,
        max(case when left_accounts > 0 and left_accounts = at_risk_accounts then 1 else 0 end) over (
            {{ so_far }}
        ) as has_lost_all
    from cells
)

select
    estimates.segment_dimension,
    estimates.segment,
    cast(estimates.cohort_grain as {{ nrr.type_text() }}) as cohort_grain,
    estimates.cohort,
    cast(estimates.months_since_start as integer) as months_since_start,
    cast(estimates.accounts as integer) as accounts,
    cast(estimates.old_enough_accounts as integer) as old_enough_accounts,
    cast(estimates.retained_accounts as integer) as retained_accounts
    {%- for column in amounts %},
    cast(estimates.{{ column }} as decimal(28, 4)) as {{ column }}
    {%- endfor %},
    {{ nrr.as_ratio(nrr.divide('estimates.current_mrr', 'estimates.starting_mrr')) }} as nrr,
    {{ nrr.as_ratio(nrr.divide('estimates.retained_mrr', 'estimates.starting_mrr')) }} as grr,
    {{ nrr.as_ratio(nrr.divide('estimates.retained_accounts', 'estimates.old_enough_accounts')) }} as logo_retention,
    cast(estimates.at_risk_accounts as integer) as at_risk_accounts,
    cast(estimates.left_accounts as integer) as left_accounts,
    {{ nrr.as_ratio(nrr.divide('estimates.left_accounts', 'estimates.at_risk_accounts')) }} as hazard,
    {%- for column, estimate in {
        'survival': 'exp(estimates.log_survival)',
        'survival_low': nrr.survival_bound('estimates.log_survival', 'estimates.variance', '1'),
        'survival_high': nrr.survival_bound('estimates.log_survival', 'estimates.variance', '-1'),
    }.items() %}
    {{ nrr.as_ratio('case when estimates.has_lost_all = 1 then 0 else ' ~ estimate ~ ' end') }} as {{ column }},
    {%- endfor %}
    {{ nrr.add_months('estimates.last_month', 'estimates.months_since_start') }} <= as_of.newest_month as is_complete
from estimates
cross join {{ ref('int_nrr__as_of') }} as as_of
