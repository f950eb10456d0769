-- One row per pair of times, month, segment dimension and segment with accounts in the base: what they paid at the
-- first time, and all changes and all losses until the second. What begins with a month is added, what ends with it is
-- taken off.
with sides as (
    select 1 as side
    union all
    select -1 as side
),

sided_runs as (
    select
        runs.*,
        sides.side,
        case when sides.side = 1 then runs.first_number else runs.end_number end as number
    from {{ ref('int_nrr__method_runs') }} as runs
    cross join sides
),

-- all dimensions but the sizes come with the key of the segments
changes as (
    select
        pair,
        currency,
        number,
        segment_key
        {%- for column in nrr.method_lines() %},
        sum(case when side = 1 then {{ column }} else -{{ column }} end) as {{ column }}
        {%- endfor %}
    from sided_runs
    group by pair, currency, number, segment_key
),

changes_by_segment_id as (
    select
        changes.pair,
        changes.currency,
        changes.number,
        sets.segment_id
        {%- for column in nrr.method_lines() %},
        sum(changes.{{ column }}) as {{ column }}
        {%- endfor %}
    from changes
    inner join {{ ref('int_nrr__segments') }} as sets on changes.segment_key = sets.segment_key
    group by changes.pair, changes.currency, changes.number, sets.segment_id
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
        changes.pair,
        changes.currency,
        changes.number,
        segments.segment_dimension,
        segments.segment
        {%- for column in nrr.method_lines() %},
        changes.{{ column }}
        {%- endfor %}
    from changes_by_segment_id as changes
    inner join segments on changes.segment_id = segments.segment_id

    union all

    select
        pair,
        currency,
        number,
        'size' as segment_dimension,
        size as segment
        {%- for column in nrr.method_lines() %},
        sum(case when side = 1 then {{ column }} else -{{ column }} end) as {{ column }}
        {%- endfor %}
    from sided_runs
    group by pair, currency, number, size
),

running as (
    select
        pair,
        currency,
        number as first_number,
        lead(number) over (
            partition by pair, currency, segment_dimension, segment order by number
        ) as end_number,
        segment_dimension,
        segment
        {%- for column in nrr.method_lines() %},
        sum({{ column }}) over (
            partition by pair, currency, segment_dimension, segment order by number
            rows between unbounded preceding and current row
        ) as {{ column }}
        {%- endfor %}
    from changes_by_segment
),

rates as (
    select
        currency,
        rate,
        {{ nrr.month_number('first_month') }} as first_number,
        {{ nrr.month_number(nrr.open_end('end_month')) }} as end_number
    from {{ ref('int_nrr__rates') }}
),

months as (
    select
        month,
        {{ nrr.month_number('month') }} as number
    from {{ ref('int_nrr__months') }}
),

-- at the rates of the base's month
converted as (
    select
        running.pair,
        months.month,
        running.segment_dimension,
        running.segment
        {%- for amount in ['starting', 'change', 'loss'] %}
        {%- set line = 'running.' ~ amount ~ '_mrr + running.' ~ amount ~ '_growth * months.number' %},
        case
            when rates.rate = 1 then cast({{ line }} as decimal(32, 8))
            else cast({{ nrr.as_ratio(
                'cast(' ~ line ~ ' as ' ~ nrr.type_double() ~ ') * cast(rates.rate as ' ~ nrr.type_double() ~ ')'
            ) }} as decimal(32, 8))
        end as {{ amount }}_mrr
        {%- endfor %}
    from running
    inner join months
        on
            running.first_number <= months.number
            and (months.number < running.end_number or running.end_number is null)
    inner join rates
        on
            running.currency = rates.currency
            and months.number - case running.pair when 'three_months' then 3 else 12 end >= rates.first_number
            and months.number - case running.pair when 'three_months' then 3 else 12 end < rates.end_number
),

parts as (
    select * from converted

    union all

    -- the base of both is the same
    select
        'twelve_months' as pair,
        month,
        segment_dimension,
        segment,
        starting_mrr,
        ending_mrr - starting_mrr as change_mrr,
        contraction_mrr + churned_mrr as loss_mrr
    from {{ ref('int_nrr__retention_sums') }}
    where segment_dimension <> 'arr_bucket'

    union all

    select
        'cohort_movements' as pair,
        month,
        segment_dimension,
        segment,
        starting_mrr,
        0 as change_mrr,
        0 as loss_mrr
    from {{ ref('int_nrr__retention_sums') }}
    where segment_dimension <> 'arr_bucket'

    union all

    select
        'one_month' as pair,
        month,
        segment_dimension,
        segment,
        opening_mrr as starting_mrr,
        expansion_mrr + contraction_mrr + churned_mrr as change_mrr,
        contraction_mrr + churned_mrr as loss_mrr
    from {{ ref('nrr__mrr_waterfall') }}
),

sums as (
    select
        pair,
        month,
        segment_dimension,
        segment,
        sum(starting_mrr) as starting_mrr,
        sum(change_mrr) as change_mrr,
        sum(loss_mrr) as loss_mrr
    from parts
    group by pair, month, segment_dimension, segment
)

select
    cast(pair as {{ nrr.type_text() }}) as pair,
    month,
    cast(segment_dimension as {{ nrr.type_text() }}) as segment_dimension,
    cast(segment as {{ nrr.type_text() }}) as segment,
    cast(starting_mrr as decimal(32, 8)) as starting_mrr,
    cast(change_mrr as decimal(32, 8)) as change_mrr,
    cast(loss_mrr as decimal(32, 8)) as loss_mrr
from sums
where starting_mrr > 0
