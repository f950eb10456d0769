{%- set sums = nrr.retention_sums() -%}
-- One row per month, segment dimension and segment with accounts in the base: sums over them.
-- Besides the company and its segments: each benchmark's own cut of the accounts by their ARR.
with pairs as (
    select
        pairs.*,
        ending_mrr - starting_mrr as change_mrr,
        case when ending_mrr < starting_mrr then ending_mrr - starting_mrr else 0 end as loss_mrr
    from {{ ref('int_nrr__twelve_month_pairs') }} as pairs
),

acv_bounds as (
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
),

segment_sums as (
    select
        month,
        {{ nrr.segment_dimension() }} as segment_dimension,
        {{ nrr.segment() }} as segment,
        {%- for column, expression in sums.items() %}
        {{ expression }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from pairs
    group by {{ nrr.segment_grouping_sets('month') }}
),

acv_sums as (
    select
        pairs.month,
        {{ dbt.concat(["'acv of '", 'acv_bounds.benchmark_id']) }} as segment_dimension,
        acv_bounds.segment,
        {%- for column, expression in sums.items() %}
        {{ expression }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from pairs
    inner join acv_bounds on {{ nrr.is_within(nrr.arr('pairs.starting_mrr'), 'acv_bounds') }}
    group by pairs.month, {{ dbt.concat(["'acv of '", 'acv_bounds.benchmark_id']) }}, acv_bounds.segment
)

select * from segment_sums
union all
select * from acv_sums
