-- The package or the benchmark seeds are wrong: a row that can be graded was lost or doubled, or has
-- not exactly one of a band and a reason. Run the tests of the seeds first; then report it.
with gradable as (
    select
        month,
        benchmark_id,
        segment,
        1 as gradable_rows,
        0 as graded_rows,
        0 as verdicts
    from {{ ref('int_nrr__gradable') }}
),

graded as (
    select
        month,
        benchmark_id,
        segment,
        0 as gradable_rows,
        1 as graded_rows,
        case when band is not null then 1 else 0 end
        + case when not_graded_reason is not null then 1 else 0 end as verdicts
    from {{ ref('nrr__retention_grades') }}
),

both_sides as (
    select * from gradable
    union all
    select * from graded
)

select
    month,
    benchmark_id,
    segment,
    sum(gradable_rows) as gradable_rows,
    sum(graded_rows) as graded_rows,
    sum(verdicts) as verdicts
from both_sides
group by month, benchmark_id, segment
having sum(both_sides.gradable_rows) <> 1 or sum(both_sides.graded_rows) <> 1 or sum(both_sides.verdicts) <> 1
