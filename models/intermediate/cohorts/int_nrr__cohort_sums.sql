{%- set sums = ['accounts', 'retained_accounts', 'starting_mrr', 'current_mrr', 'retained_mrr'] -%}
-- One row per acquisition month, segment dimension, segment and month from then on: what became of the accounts that
-- were acquired in that month in that segment. What begins with a month is added, what ends with it is taken off.
with runs as (
    select
        acquisition_month,
        segment_key,
        size,
        first_month,
        end_month,
        count(*) as accounts,
        sum(case when current_mrr > 0 then 1 else 0 end) as retained_accounts,
        sum(starting_mrr) as starting_mrr,
        sum(current_mrr) as current_mrr,
        sum(case when current_mrr < starting_mrr then current_mrr else starting_mrr end) as retained_mrr,
        sum(case when leaves then 1 else 0 end) as left_accounts
    from {{ ref('int_nrr__cohort_runs') }}
    group by acquisition_month, segment_key, size, first_month, end_month
),

sides as (
    select 1 as side
    union all
    select -1 as side
),

changes as (
    select
        runs.acquisition_month,
        runs.segment_key,
        runs.size,
        case when sides.side = 1 then runs.first_month else runs.end_month end as month,
        {%- for column in sums %}
        sum(case when sides.side = 1 then runs.{{ column }} else -runs.{{ column }} end) as {{ column }},
        {%- endfor %}
        -- who has left stays among them
        sum(case when sides.side = 1 then runs.left_accounts else 0 end) as left_accounts
    from runs
    cross join sides
    group by
        runs.acquisition_month, runs.segment_key, runs.size,
        case when sides.side = 1 then runs.first_month else runs.end_month end
),

segments as (
    select distinct
        segment_id,
        segment_dimension,
        segment
    from {{ ref('int_nrr__segments') }}
),

changes_by_segment_id as (
    select
        changes.acquisition_month,
        sets.segment_id,
        changes.month
        {%- for column in sums + ['left_accounts'] %},
        sum(changes.{{ column }}) as {{ column }}
        {%- endfor %}
    from changes
    inner join {{ ref('int_nrr__segments') }} as sets on changes.segment_key = sets.segment_key
    group by changes.acquisition_month, sets.segment_id, changes.month
),

changes_by_segment as (
    select
        changes.acquisition_month,
        segments.segment_dimension,
        segments.segment,
        changes.month
        {%- for column in sums + ['left_accounts'] %},
        changes.{{ column }}
        {%- endfor %}
    from changes_by_segment_id as changes
    inner join segments on changes.segment_id = segments.segment_id

    union all

    select
        acquisition_month,
        'size' as segment_dimension,
        size as segment,
        month
        {%- for column in sums + ['left_accounts'] %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from changes
    group by acquisition_month, size, month
),

running as (
    select
        acquisition_month,
        segment_dimension,
        segment,
        month as first_month,
        lead(month) over (
            partition by acquisition_month, segment_dimension, segment order by month
        ) as end_month
        {%- for column in sums + ['left_accounts'] %},
        sum({{ column }}) over (
            partition by acquisition_month, segment_dimension, segment order by month
            rows between unbounded preceding and current row
        ) as {{ column }}
        {%- endfor %}
    from changes_by_segment
),

cohort_months as (
    select
        running.*,
        months.month,
        lag(running.left_accounts) over (
            partition by running.acquisition_month, running.segment_dimension, running.segment order by months.month
        ) as left_before
    from running
    inner join {{ ref('int_nrr__months') }} as months
        on
            running.first_month <= months.month
            and (months.month < running.end_month or running.end_month is null)
    where running.accounts > 0
)

select
    acquisition_month,
    cast(segment_dimension as {{ nrr.type_text() }}) as segment_dimension,
    cast(segment as {{ nrr.type_text() }}) as segment,
    month
    {%- for column in sums %},
    cast({{ column }} as {{ 'integer' if column.endswith('accounts') else 'decimal(28, 4)' }}) as {{ column }}
    {%- endfor %},
    cast(accounts - coalesce(left_before, 0) as integer) as at_risk_accounts,
    cast(left_accounts - coalesce(left_before, 0) as integer) as left_accounts
from cohort_months
