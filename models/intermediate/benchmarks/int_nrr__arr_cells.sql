{%- set step = 'cast(0.0001 as decimal(5, 4))' -%}
-- One row per cell of ARR that neither a size nor a benchmark cuts any further, from arr_from on, and as
-- the MRR that has it: from mrr_from up to, not including, mrr_to (null: no end). ARR has 4 decimals, so
-- an amount that is itself a bound is a cell of its own.
with benchmark_rows as (
    select
        bands.dimension_from,
        bands.dimension_to
    from {{ ref('nrr_benchmark_bands') }} as bands
    inner join {{ ref('nrr_benchmarks') }} as benchmarks on bands.benchmark_id = benchmarks.benchmark_id
    where benchmarks.dimension = 'acv' and benchmarks.scope = 'segment'
),

sizes as (
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
),

bounds as (
    select dimension_from as bound from benchmark_rows
    union all
    select dimension_to as bound from benchmark_rows
    union all
    select arr_from as bound from sizes
    union all
    select 0 as bound
),

cell_starts as (
    select bound as arr_from from bounds
    union all
    select bound + {{ step }} as arr_from from bounds
),

cells as (
    select
        arr_from,
        -- about a twelfth of it, at most one step off
        cast(arr_from / 12 as decimal(18, 4)) as about_mrr
    from cell_starts
    where arr_from is not null
    group by arr_from
),

-- the smallest MRR that has this ARR
mrr_cells as (
    select
        cells.arr_from,
        cast(
            case
                when 12 * (about_mrr - {{ step }}) >= arr_from then about_mrr - {{ step }}
                when 12 * about_mrr >= arr_from then about_mrr
                else about_mrr + {{ step }}
            end as decimal(18, 4)
        ) as mrr_from
    from cells
)

select
    cast(mrr_cells.arr_from as {{ nrr.type_text() }}) as arr_cell,
    cast(mrr_cells.arr_from as decimal(28, 4)) as arr_from,
    mrr_cells.mrr_from,
    lead(mrr_cells.mrr_from) over (order by mrr_cells.arr_from) as mrr_to,
    sizes.size
from mrr_cells
inner join sizes
    on mrr_cells.arr_from >= sizes.arr_from and (mrr_cells.arr_from < sizes.arr_to or sizes.arr_to is null)
