-- One row per month, benchmark and group of accounts that it can grade: which rates are the group's (rated_dimension,
-- rated_segment), what names the row of the benchmark that grades it (row_segment) or, where a company's ARR picks the
-- row, that ARR times row_accounts (row_arr).
with benchmarks as (
    select * from {{ ref('nrr_benchmarks') }}
),

pricing_models as (
    select
        month,
        segment,
        row_number() over (partition by month order by starting_mrr desc, segment) as largest_first
    from {{ ref('int_nrr__retention_rates') }}
    where segment_dimension = 'pricing_model'
),

-- the company in each month: its ARR, that of its base, and the pricing model with the largest part of the base
companies as (
    select
        months.month,
        {{ nrr.arr('coalesce(closings.closing_mrr, 0)') }} as closing_arr,
        {{ nrr.arr('rates.starting_mrr') }} as starting_arr,
        rates.starting_accounts,
        pricing_models.segment as pricing_model
    from {{ ref('int_nrr__months') }} as months
    inner join {{ ref('int_nrr__retention_rates') }} as rates
        on months.month = rates.month and rates.segment_dimension = 'all'
    left join {{ ref('int_nrr__closing_sums') }} as closings
        on months.month = closings.month and closings.segment_dimension = 'all'
    left join pricing_models
        on months.month = pricing_models.month and pricing_models.largest_first = 1
),

company as (
    select
        companies.month,
        benchmarks.benchmark_id,
        cast('all' as {{ nrr.type_text() }}) as rated_dimension,
        cast('all' as {{ nrr.type_text() }}) as rated_segment,
        case benchmarks.dimension
            when 'all' then 'all'
            when 'pricing_model' then companies.pricing_model
        end as row_segment,
        case benchmarks.dimension
            when 'arr' then companies.closing_arr
            when 'acv' then companies.starting_arr
        end as row_arr,
        case benchmarks.dimension when 'acv' then companies.starting_accounts else 1 end as row_accounts
    from companies
    cross join benchmarks
    where benchmarks.dimension in ('all', 'arr') or benchmarks.scope = 'company'
),

sizes as (
    select
        companies.month,
        benchmarks.benchmark_id,
        cast('size' as {{ nrr.type_text() }}) as rated_dimension,
        sizes.size as rated_segment,
        cast('all' as {{ nrr.type_text() }}) as row_segment,
        cast(null as decimal(28, 4)) as row_arr,
        1 as row_accounts
    from companies
    cross join benchmarks
    cross join {{ ref('nrr_sizes') }} as sizes
    where benchmarks.dimension = 'all' and benchmarks.scope = 'any'
),

-- each of the benchmark's own segments
own_segments as (
    select
        companies.month,
        benchmarks.benchmark_id,
        case
            when benchmarks.dimension = 'acv' then {{ dbt.concat(["'acv of '", 'benchmarks.benchmark_id']) }}
            else benchmarks.dimension
        end as rated_dimension,
        benchmark_rows.segment as rated_segment,
        benchmark_rows.segment as row_segment,
        cast(null as decimal(28, 4)) as row_arr,
        1 as row_accounts
    from companies
    cross join benchmarks
    inner join {{ ref('nrr_benchmark_rows') }} as benchmark_rows
        on benchmarks.benchmark_id = benchmark_rows.benchmark_id
    where benchmarks.dimension in ('acv', 'pricing_model') and benchmarks.scope = 'segment'
),

rated as (
    select * from company
    union all
    select * from sizes
    union all
    select * from own_segments
)

select
    month,
    {%- for column in ['benchmark_id', 'rated_dimension', 'rated_segment', 'row_segment'] %}
    cast({{ column }} as {{ nrr.type_text() }}) as {{ column }},
    {%- endfor %}
    cast(row_arr as decimal(33, 4)) as row_arr,
    cast(row_accounts as integer) as row_accounts
from rated
