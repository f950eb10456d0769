-- One row per month and metric that benchmarks of companies judge in opposite ways: the best and the worst of their
-- verdicts.
with verdicts as (
    select
        grades.month,
        grades.metric,
        grades.rate,
        grades.publisher,
        grades.band,
        grades.benchmark_id,
        grades.starting_accounts,
        {{ nrr.standing_rank('grades.standing') }} as standing_rank
    from {{ ref('nrr__retention_grades') }} as grades
    inner join {{ ref('nrr_benchmarks') }} as benchmarks on grades.benchmark_id = benchmarks.benchmark_id
    where
        grades.standing is not null
        and benchmarks.scope <> 'segment'
        -- not the sizes, which a benchmark of all companies grades too
        and (grades.dimension <> 'all' or grades.segment = 'all')
),

in_order as (
    select
        verdicts.*,
        row_number() over (partition by month, metric order by standing_rank desc, benchmark_id) as best_first,
        row_number() over (partition by month, metric order by standing_rank, benchmark_id) as worst_first,
        count(*) over (partition by month, metric) as verdicts
    from verdicts
)

select
    best.month,
    {{ nrr.as_text(dbt.concat(["'benchmarks_disagree_on_'", 'best.metric'])) }} as finding,
    {{ nrr.as_text("'all'") }} as segment_dimension,
    {{ nrr.as_text("'all'") }} as segment,
    cast(best.rate as decimal(38, 9)) as figure,
    -- from how bad to how good: 2 is from below to good
    cast(best.standing_rank - worst.standing_rank as decimal(38, 9)) as baseline,
    cast(1 as decimal(38, 9)) as share,
    cast(null as decimal(28, 4)) as mrr,
    cast(null as integer) as accounts,
    cast(best.starting_accounts as integer) as base_accounts,
    {{ nrr.as_text(dbt.concat([
        'best.publisher', "' calls '", 'upper(best.metric)', "' of '", nrr.percent_text('best.rate'), "' '", 'best.band',
        "', '", 'worst.publisher', "' calls it '", 'worst.band'
    ])) }} as detail
from in_order as best
inner join in_order as worst on best.month = worst.month and best.metric = worst.metric
where
    best.best_first = 1
    and worst.worst_first = 1
    and best.standing_rank >= 3
    and worst.standing_rank = 1
