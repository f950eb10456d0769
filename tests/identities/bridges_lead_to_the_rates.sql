-- The package is wrong: the steps of a bridge do not lead from 100% to the rates of nrr__retention, or from starting to
-- ending MRR, or its churn is another. Points are rounded to 9 decimals. Report it.
with steps as (
    select
        month,
        segment_dimension,
        segment,
        sum(points_nrr) as points_nrr,
        sum(points_grr) as points_grr,
        sum(step_mrr) as step_mrr,
        sum(case when step = 'churn' then step_mrr else 0 end) as churned_mrr
    from {{ ref('nrr__retention_bridges') }}
    where compared_month is null
    group by month, segment_dimension, segment
)

select
    retention.month,
    retention.segment_dimension,
    retention.segment
from {{ ref('nrr__retention') }} as retention
left join steps
    on
        retention.month = steps.month
        and retention.segment_dimension = steps.segment_dimension
        and retention.segment = steps.segment
where
    retention.starting_mrr + coalesce(steps.step_mrr, 0) <> retention.ending_mrr
    or retention.churned_mrr <> coalesce(steps.churned_mrr, 0)
    or abs(retention.nrr - 1 - coalesce(steps.points_nrr, 0)) > 0.00000001
    or abs(retention.grr - 1 - coalesce(steps.points_grr, 0)) > 0.00000001
