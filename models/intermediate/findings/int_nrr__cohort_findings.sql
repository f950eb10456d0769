-- One row per month: whether accounts leave in their third month more than in the months around it, in cohorts of the
-- two years before.
with pooled as (
    select
        months.month,
        sum(case when cohorts.months_since_start = 3 then cohorts.left_accounts else 0 end) as left_at_3,
        sum(case when cohorts.months_since_start = 3 then cohorts.at_risk_accounts else 0 end) as at_risk_at_3,
        sum(case when cohorts.months_since_start <> 3 then cohorts.left_accounts else 0 end) as left_around,
        sum(case when cohorts.months_since_start <> 3 then cohorts.at_risk_accounts else 0 end) as at_risk_around
    from {{ ref('nrr__retention') }} as months
    inner join {{ ref('nrr__retention_cohorts') }} as cohorts
        on
            cohorts.segment_dimension = 'all'
            and cohorts.cohort_grain = 'month'
            and cohorts.months_since_start in (2, 3, 4)
            -- old enough for month 4, by then
            and cohorts.cohort <= {{ nrr.add_months('months.month', -4) }}
            and cohorts.cohort > {{ nrr.add_months('months.month', -28) }}
    -- as all findings: of months that have rates
    where months.segment_dimension = 'all' and months.starting_mrr > 0
    group by months.month
),

hazards as (
    select
        pooled.*,
        {{ nrr.divide('left_at_3', 'at_risk_at_3') }} as hazard_at_3,
        {{ nrr.divide('left_around', 'at_risk_around') }} as hazard_around,
        cast(at_risk_at_3 as {{ nrr.type_double() }}) as cases_at_3,
        cast(at_risk_around as {{ nrr.type_double() }}) as cases_around
    from pooled
),

intervals as (
    select
        hazards.*,
        {{ nrr.wilson_low('hazard_at_3', 'cases_at_3') }} as low_at_3,
        {{ nrr.wilson_high('hazard_around', 'cases_around') }} as high_around
    from hazards
),

compared as (
    select
        intervals.*,
        {{ nrr.divide('hazard_at_3', 'hazard_around') }} as times,
        -- Newcombe's lower end of the difference
        hazard_at_3 - hazard_around - sqrt(
            (hazard_at_3 - low_at_3) * (hazard_at_3 - low_at_3)
            + (high_around - hazard_around) * (high_around - hazard_around)
        ) as difference_low
    from intervals
)

select
    month,
    {{ nrr.as_text("'step_at_month_3'") }} as finding,
    {{ nrr.as_text("'all'") }} as segment_dimension,
    {{ nrr.as_text("'all'") }} as segment,
    {{ nrr.as_ratio('times') }} as figure,
    {{ nrr.as_ratio('difference_low') }} as baseline,
    {{ nrr.as_ratio('hazard_at_3') }} as share,
    cast(null as decimal(28, 4)) as mrr,
    cast(left_at_3 as integer) as accounts,
    cast(at_risk_at_3 as integer) as base_accounts,
    cast(null as {{ nrr.type_text() }}) as detail
from compared
