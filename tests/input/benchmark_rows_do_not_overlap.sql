-- The seed nrr_benchmark_rows is wrong: two rows of a benchmark claim the same ARR. Mend the bounds or
-- their inclusive flags.
with benchmark_rows as (
    select * from {{ ref('nrr_benchmark_rows') }}
    where dimension_from is not null or dimension_to is not null
),

ordered as (
    select
        benchmark_rows.*,
        row_number() over (partition by benchmark_id order by dimension_from) as row_order,
        lead(segment) over (partition by benchmark_id order by dimension_from) as next_segment,
        lead(dimension_from) over (partition by benchmark_id order by dimension_from) as next_from,
        lead(dimension_from_inclusive) over (partition by benchmark_id order by dimension_from) as next_from_inclusive
    from benchmark_rows
)

select
    benchmark_id,
    segment,
    dimension_to,
    next_segment,
    next_from
from ordered
where
    next_segment = segment
    or (next_segment is not null and dimension_to is null)
    or next_from < dimension_to
    or (next_from = dimension_to and next_from_inclusive and dimension_to_inclusive)
