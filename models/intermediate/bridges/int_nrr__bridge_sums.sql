{%- set sums = nrr.bridge_sums() -%}
-- One row per month, segment dimension and segment in whose base something changed: sums of the steps of the bridge
-- over its accounts.
with runs as (
    select
        first_month,
        end_month,
        segment_key,
        size
        {%- for column, added in sums.items() %},
        sum({{ added }}) as {{ column }}
        {%- endfor %}
    from {{ ref('int_nrr__bridge_accounts') }}
    inner join {{ ref('int_nrr__as_of') }} as as_of on first_month <= as_of.newest_month
    group by first_month, end_month, segment_key, size
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
        {%- for column in sums %},
        sum(case when side = 1 then {{ column }} else -{{ column }} end) as {{ column }}
        {%- endfor %}
    from sided_runs
    group by month, segment_key
),

changes_by_segment_id as (
    select
        changes.month,
        sets.segment_id
        {%- for column in sums %},
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
        {%- for column in sums %},
        changes.{{ column }}
        {%- endfor %}
    from changes_by_segment_id as changes
    inner join segments on changes.segment_id = segments.segment_id

    union all

    select
        month,
        'size' as segment_dimension,
        size as segment
        {%- for column in sums %},
        sum(case when side = 1 then {{ column }} else -{{ column }} end) as {{ column }}
        {%- endfor %}
    from sided_runs
    group by month, size
),

running as (
    select
        month as first_month,
        lead(month) over (partition by segment_dimension, segment order by month) as end_month,
        segment_dimension,
        segment
        {%- for column in sums %},
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
    {%- for column in sums %},
    cast(running.{{ column }} as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
    {%- if nrr.setting('nrr_fx') != 'actual' %},
    -- no step where both ends are converted at the same rates
    cast(0 as decimal(28, 4)) as fx_mrr,
    cast(0 as decimal(28, 4)) as fx_loss_mrr,
    cast(0 as integer) as fx_accounts
    {%- endif %}
from running
inner join {{ ref('int_nrr__months') }} as months
    on running.first_month <= months.month and (months.month < running.end_month or running.end_month is null)
