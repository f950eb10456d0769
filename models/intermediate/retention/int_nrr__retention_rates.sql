-- One row per month, segment dimension and segment: the sums over the base, the rates and their
-- 95% intervals. The company has a row for every month, also where no account was in the base.
with sums as (
    select * from {{ ref('int_nrr__retention_sums') }}
    union all
    select * from {{ ref('int_nrr__benchmark_sums') }}
),

empty_months as (
    select
        months.month,
        cast('all' as {{ nrr.type_text() }}) as segment_dimension,
        cast('all' as {{ nrr.type_text() }}) as segment,
        {%- for column in nrr.retention_sums() %}
        cast(0 as {{ nrr.sum_type(column) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_nrr__months') }} as months
    left join sums on months.month = sums.month and sums.segment_dimension = 'all'
    where sums.month is null
),

complete as (
    select * from sums
    union all
    select * from empty_months
),

rates as (
    select
        complete.*,
        cast(starting_mrr + contraction_mrr + churned_mrr as decimal(28, 4)) as retained_mrr,
        {{ nrr.divide('ending_mrr', 'starting_mrr') }} as nrr,
        {{ nrr.divide('starting_mrr + contraction_mrr + churned_mrr', 'starting_mrr') }} as grr,
        {{ nrr.divide('retained_accounts', 'starting_accounts') }} as logo_retention,
        {{ nrr.confidence_margin(
            '(ending_mrr - starting_mrr)', 'change_mrr_squared', 'change_by_starting_mrr'
        ) }} as nrr_margin,
        {{ nrr.effective_accounts('starting_mrr', 'starting_mrr_squared') }} as effective_accounts,
        cast(starting_accounts as {{ nrr.type_double() }}) as logos
    from complete
)

select
    month,
    segment_dimension,
    segment,
    starting_accounts,
    retained_accounts,
    starting_mrr,
    expansion_mrr,
    contraction_mrr,
    churned_mrr,
    retained_mrr,
    ending_mrr,
    nrr,
    grr,
    logo_retention,
    nrr - nrr_margin as nrr_low,
    nrr + nrr_margin as nrr_high,
    {{ nrr.wilson_low('grr', 'effective_accounts') }} as grr_low,
    {{ nrr.wilson_high('grr', 'effective_accounts') }} as grr_high,
    {{ nrr.wilson_low('logo_retention', 'logos') }} as logo_low,
    {{ nrr.wilson_high('logo_retention', 'logos') }} as logo_high,
    effective_accounts
from rates
