-- One row per month, segment dimension and segment with accounts in the base: sums over them. Besides the company's
-- dimensions: arr_bucket, of which benchmarks put together their own segments.
with pairs as (
    select
        pairs.*,
        buckets.arr_bucket,
        pairs.ending_mrr - pairs.starting_mrr as change_mrr
    from {{ ref('int_nrr__twelve_month_pairs') }} as pairs
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets
        on {{ nrr.is_in_bucket('pairs.starting_mrr') }}
    -- the lowest bucket is that of 0: MRR that converts to nothing is none
    where buckets.mrr_from > 0
),

runs as (
    select
        first_month,
        end_month,
        segment_key,
        arr_bucket
        {%- for column, added in nrr.retention_sums().items() %},
        sum({{ added }}) as {{ column }}
        {%- endfor %}
    from pairs
    group by first_month, end_month, segment_key, arr_bucket
),

-- what begins with a month is added, what ends with it is taken off
sides as (
    select 1 as side
    union all
    select -1 as side
),

sided_runs as (
    select
        runs.*,
        sides.side,
        case when sides.side = 1 then runs.first_month else runs.end_month end as month
    from runs
    cross join sides
),

-- all dimensions but the sizes come with the key of the segments
changes as (
    select
        month,
        segment_key
        {%- for column in nrr.retention_sums() %},
        sum(case when side = 1 then {{ column }} else -{{ column }} end) as {{ column }}
        {%- endfor %}
    from sided_runs
    group by month, segment_key
),

bucket_changes as (
    select
        month,
        arr_bucket
        {%- for column in nrr.retention_sums() %},
        sum(case when side = 1 then {{ column }} else -{{ column }} end) as {{ column }}
        {%- endfor %}
    from sided_runs
    group by month, arr_bucket
),

changes_by_segment_id as (
    select
        changes.month,
        sets.segment_id
        {%- for column in nrr.retention_sums() %},
        sum(changes.{{ column }}) as {{ column }}
        {%- endfor %}
    from changes
    inner join {{ ref('int_nrr__segments') }} as sets on changes.segment_key = sets.segment_key
    group by changes.month, sets.segment_id
),

segments as (
    select distinct
        segment_id,
        segment_dimension,
        segment
    from {{ ref('int_nrr__segments') }}
),

changes_by_segment as (
    select
        changes.month,
        segments.segment_dimension,
        segments.segment
        {%- for column in nrr.retention_sums() %},
        changes.{{ column }}
        {%- endfor %}
    from changes_by_segment_id as changes
    inner join segments on changes.segment_id = segments.segment_id

    union all

    select
        bucket_changes.month,
        'size' as segment_dimension,
        buckets.size as segment
        {%- for column in nrr.retention_sums() %},
        sum(bucket_changes.{{ column }}) as {{ column }}
        {%- endfor %}
    from bucket_changes
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets on bucket_changes.arr_bucket = buckets.arr_bucket
    group by bucket_changes.month, buckets.size

    union all

    select
        month,
        'arr_bucket' as segment_dimension,
        cast(arr_bucket as {{ nrr.type_text() }}) as segment
        {%- for column in nrr.retention_sums() %},
        {{ column }}
        {%- endfor %}
    from bucket_changes
),

running as (
    select
        month as first_month,
        lead(month) over (partition by segment_dimension, segment order by month) as end_month,
        segment_dimension,
        segment
        {%- for column in nrr.retention_sums() %},
        sum({{ column }}) over (
            partition by segment_dimension, segment order by month rows between unbounded preceding and current row
        ) as {{ column }}
        {%- endfor %}
    from changes_by_segment
)

select
    months.month,
    running.segment_dimension,
    running.segment
    {%- for column in nrr.retention_sums() %},
    cast(running.{{ column }} as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
from running
inner join {{ ref('int_nrr__months') }} as months
    on running.first_month <= months.month and (months.month < running.end_month or running.end_month is null)
where running.starting_accounts > 0
