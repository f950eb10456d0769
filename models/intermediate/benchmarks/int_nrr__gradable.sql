-- One row per month, benchmark and segment that it can grade: which rates it grades (rated_dimension, rated_segment)
-- and by which of its rows (band_segment; null where it has none that fits).
select
    rated_groups.month,
    rated_groups.benchmark_id,
    -- a size keeps its own name; a row that was picked gives its name
    case
        when rated_groups.rated_dimension = 'size' then rated_groups.rated_segment
        else coalesce(benchmark_rows.segment, rated_groups.row_segment, 'all')
    end as segment,
    rated_groups.rated_dimension,
    rated_groups.rated_segment,
    benchmark_rows.segment as band_segment
from {{ ref('int_nrr__rated_groups') }} as rated_groups
left join {{ ref('nrr_benchmark_rows') }} as benchmark_rows
    on
        rated_groups.benchmark_id = benchmark_rows.benchmark_id
        and (
            rated_groups.row_segment = benchmark_rows.segment
            or (
                rated_groups.row_arr is not null
                and rated_groups.row_accounts > 0
                and {{ nrr.is_within('rated_groups.row_arr', 'benchmark_rows', times='rated_groups.row_accounts') }}
            )
        )
