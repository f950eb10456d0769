-- One row per bucket of ARR that neither a size nor a benchmark cuts any further, from arr_from on, and as the MRR that
-- has it: from mrr_from up to, not including, mrr_to (null: no end). ARR has 4 decimals, so an amount that is itself a
-- bound is a bucket of its own; the lowest is that of 0.
with sizes as (
    select
        size,
        arr_from,
        lead(arr_from) over (order by arr_from) as arr_to
    from {{ ref('nrr_sizes') }}

    union all

    select
        '(unknown)' as size,
        0 as arr_from,
        min(arr_from) as arr_to
    from {{ ref('nrr_sizes') }}
    having min(arr_from) > 0
),

benchmark_rows as (
    select
        benchmark_rows.dimension_from,
        benchmark_rows.dimension_to
    from {{ ref('nrr_benchmark_rows') }} as benchmark_rows
    inner join {{ ref('nrr_benchmarks') }} as benchmarks on benchmark_rows.benchmark_id = benchmarks.benchmark_id
    where benchmarks.dimension = 'acv' and benchmarks.scope = 'segment'
),

bounds as (
    select arr_from as bound from sizes
    union all
    select dimension_from as bound from benchmark_rows
    union all
    select dimension_to as bound from benchmark_rows
    union all
    select 0 as bound
),

bucket_starts as (
    select bound as arr_from from bounds
    union all
    select bound + cast(0.0001 as decimal(5, 4)) as arr_from from bounds
),

buckets as (
    select distinct cast(arr_from as decimal(28, 4)) as arr_from
    from bucket_starts
    where arr_from is not null
),

mrr_buckets as (
    select
        arr_from,
        {{ nrr.smallest_mrr_of_arr('arr_from') }} as mrr_from
    from buckets
)

select
    cast(row_number() over (order by mrr_buckets.arr_from) - 1 as integer) as arr_bucket,
    mrr_buckets.arr_from,
    mrr_buckets.mrr_from,
    lead(mrr_buckets.mrr_from) over (order by mrr_buckets.arr_from) as mrr_to,
    cast(sizes.size as {{ nrr.type_text() }}) as size
from mrr_buckets
inner join sizes on {{ nrr.size('mrr_buckets.arr_from', 'sizes') }}
