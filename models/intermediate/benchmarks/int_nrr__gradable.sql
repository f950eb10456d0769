{#- with its type: Redshift casts no literal that is a column of a CTE -#}
{%- set any -%} cast('all' as {{ nrr.type_text() }}) {%- endset -%}
-- One row per month, benchmark and segment that it can grade: which rates it grades (rated_dimension,
-- rated_segment) and by which of its rows (band_segment; null where it has none that fits).
with benchmarks as (
    select * from {{ ref('nrr_benchmarks') }}
),

months as (
    select months.month, coalesce(closings.closing_mrr, 0) as mrr from {{ ref('int_nrr__months') }} as months
    left join {{ ref('int_nrr__closing_sums') }} as closings on months.month = closings.month and closings.segment_dimension = 'all'
),

benchmark_rows as (
    select distinct
        benchmark_id,
        segment,
        dimension_from,
        dimension_from_inclusive,
        dimension_to,
        dimension_to_inclusive
    from {{ ref('nrr_benchmark_bands') }}
),

company as (
    select
        months.month,
        {{ nrr.arr('months.mrr') }} as closing_arr,
        {{ nrr.arr('rates.starting_mrr') }} as starting_arr,
        rates.starting_accounts
    from months
    inner join {{ ref('int_nrr__retention_rates') }} as rates
        on months.month = rates.month and rates.segment_dimension = 'all'
),

pricing_models as (
    select
        month,
        segment as pricing_model,
        row_number() over (partition by month order by starting_mrr desc, segment) as largest_first
    from {{ ref('int_nrr__retention_rates') }}
    where segment_dimension = 'pricing_model'
),

-- dimension all: the company and, where the scope is any, every size
any_company as (
    select
        months.month,
        benchmarks.benchmark_id,
        {{ any }} as segment,
        {{ any }} as rated_dimension,
        {{ any }} as band_segment
    from months
    cross join benchmarks
    where benchmarks.dimension = 'all'
),

any_size as (
    select
        months.month,
        benchmarks.benchmark_id,
        sizes.size as segment,
        cast('size' as {{ nrr.type_text() }}) as rated_dimension,
        {{ any }} as band_segment
    from months
    cross join benchmarks
    cross join {{ ref('nrr_sizes') }} as sizes
    where benchmarks.dimension = 'all' and benchmarks.scope = 'any'
),

-- dimension arr: the company, by its own ARR
company_by_arr as (
    select
        company.month,
        benchmarks.benchmark_id,
        coalesce(benchmark_rows.segment, 'all') as segment,
        {{ any }} as rated_dimension,
        benchmark_rows.segment as band_segment
    from company
    inner join benchmarks on benchmarks.dimension = 'arr'
    left join benchmark_rows
        on
            benchmarks.benchmark_id = benchmark_rows.benchmark_id
            and {{ nrr.is_within('company.closing_arr', 'benchmark_rows') }}
),

-- dimensions acv and pricing_model, scope segment: each of the benchmark's own segments
own_segments as (
    select
        months.month,
        benchmarks.benchmark_id,
        benchmark_rows.segment,
        case
            when benchmarks.dimension = 'acv' then {{ dbt.concat(["'acv of '", 'benchmarks.benchmark_id']) }}
            else benchmarks.dimension
        end as rated_dimension,
        benchmark_rows.segment as band_segment
    from months
    cross join benchmarks
    inner join benchmark_rows on benchmarks.benchmark_id = benchmark_rows.benchmark_id
    where benchmarks.dimension in ('acv', 'pricing_model') and benchmarks.scope = 'segment'
),

-- ... and scope company: the company, by its average account or its largest pricing model
company_by_acv as (
    select
        company.month,
        benchmarks.benchmark_id,
        coalesce(benchmark_rows.segment, 'all') as segment,
        {{ any }} as rated_dimension,
        benchmark_rows.segment as band_segment
    from company
    inner join benchmarks on benchmarks.dimension = 'acv' and benchmarks.scope = 'company'
    left join benchmark_rows
        on
            benchmarks.benchmark_id = benchmark_rows.benchmark_id
            and company.starting_accounts > 0
            and {{ nrr.is_within('company.starting_arr', 'benchmark_rows', times='company.starting_accounts') }}
),

company_by_pricing_model as (
    select
        company.month,
        benchmarks.benchmark_id,
        coalesce(pricing_models.pricing_model, 'all') as segment,
        {{ any }} as rated_dimension,
        benchmark_rows.segment as band_segment
    from company
    inner join benchmarks on benchmarks.dimension = 'pricing_model' and benchmarks.scope = 'company'
    left join pricing_models on company.month = pricing_models.month and pricing_models.largest_first = 1
    left join benchmark_rows
        on
            benchmarks.benchmark_id = benchmark_rows.benchmark_id
            and pricing_models.pricing_model = benchmark_rows.segment
),

gradable as (
    select * from any_company
    union all
    select * from any_size
    union all
    select * from company_by_arr
    union all
    select * from own_segments
    union all
    select * from company_by_acv
    union all
    select * from company_by_pricing_model
)

select
    gradable.*,
    case when rated_dimension = 'all' then 'all' else segment end as rated_segment
from gradable
