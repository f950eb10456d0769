-- One row per month, benchmark and segment into which it cuts the accounts by their ARR twelve months before,
-- each benchmark by its own bounds: sums over those accounts. The dimension is 'acv of <benchmark_id>'.
with sums as (
    select * from {{ ref('int_nrr__retention_sums') }}
    where segment_dimension = 'arr_bucket'
),

bounds as (
    select distinct
        bands.benchmark_id,
        bands.segment,
        bands.dimension_from,
        bands.dimension_from_inclusive,
        bands.dimension_to,
        bands.dimension_to_inclusive
    from {{ ref('nrr_benchmark_bands') }} as bands
    inner join {{ ref('nrr_benchmarks') }} as benchmarks on bands.benchmark_id = benchmarks.benchmark_id
    where benchmarks.dimension = 'acv' and benchmarks.scope = 'segment'
)

select
    sums.month,
    {{ dbt.concat(["'acv of '", 'bounds.benchmark_id']) }} as segment_dimension,
    bounds.segment
    {%- for column in nrr.retention_sums() %},
    sum(sums.{{ column }}) as {{ column }}
    {%- endfor %}
from sums
inner join {{ ref('int_nrr__arr_buckets') }} as cells on sums.segment = cast(cells.arr_bucket as varchar)
inner join bounds on {{ nrr.is_within('cells.arr_from', 'bounds') }}
group by sums.month, bounds.benchmark_id, bounds.segment
