-- One row per month, benchmark and segment into which it cuts the accounts by their ARR twelve months before,
-- each benchmark by its own bounds: sums over those accounts. The dimension is 'acv of <benchmark_id>'.
select
    sums.month,
    {{ nrr.as_text(dbt.concat(["'acv of '", 'benchmark_rows.benchmark_id'])) }} as segment_dimension,
    benchmark_rows.segment
    {%- for column in nrr.retention_sums() %},
    cast(sum(sums.{{ column }}) as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
from {{ ref('int_nrr__retention_sums') }} as sums
inner join {{ ref('int_nrr__arr_buckets') }} as buckets
    on sums.segment = cast(buckets.arr_bucket as {{ nrr.type_text() }})
inner join {{ ref('nrr_benchmark_rows') }} as benchmark_rows
    on {{ nrr.is_within('buckets.arr_from', 'benchmark_rows') }}
inner join {{ ref('nrr_benchmarks') }} as benchmarks on benchmark_rows.benchmark_id = benchmarks.benchmark_id
where
    sums.segment_dimension = 'arr_bucket'
    and benchmarks.dimension = 'acv'
    and benchmarks.scope = 'segment'
group by sums.month, benchmark_rows.benchmark_id, benchmark_rows.segment
