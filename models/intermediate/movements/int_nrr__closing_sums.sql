-- One row per month, segment dimension and segment with accounts that pay at its end: how many, and their MRR.
with reported as (
    select
        spans.segment_key,
        {{ nrr.later('spans.first_month', 'rates.first_month') }} as first_month,
        {{ nrr.earlier_end('spans.end_month', 'rates.end_month') }} as end_month,
        {{ nrr.convert('spans.mrr', 'rates.rate') }} as mrr
    from {{ ref('int_nrr__account_spans') }} as spans
    inner join {{ ref('int_nrr__rates') }} as rates
        on
            spans.currency = rates.currency
            and {{ nrr.begins_before('spans.first_month', 'rates.end_month') }}
            and {{ nrr.begins_before('rates.first_month', 'spans.end_month') }}
    where spans.mrr > 0

    union all

    select
        segment_key,
        month as first_month,
        end_month,
        mrr
    from {{ ref('int_nrr__several_currency_months') }}
),

-- what begins with a month is added, what ends with it is taken off
sides as (
    select 1 as side
    union all
    select -1 as side
),

changes as (
    select
        case when sides.side = 1 then reported.first_month else reported.end_month end as month,
        reported.segment_key,
        buckets.arr_bucket,
        sum(sides.side) as accounts,
        sum(case when sides.side = 1 then reported.mrr else -reported.mrr end) as closing_mrr
    from reported
    cross join sides
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets
        on reported.mrr >= buckets.mrr_from and (reported.mrr < buckets.mrr_to or buckets.mrr_to is null)
    where reported.mrr > 0 and (sides.side = 1 or reported.end_month is not null)
    group by 1, 2, 3
),

changes_by_segment as (
    select
        changes.month,
        segments.segment_dimension,
        segments.segment,
        sum(changes.accounts) as accounts,
        sum(changes.closing_mrr) as closing_mrr
    from changes
    inner join {{ ref('int_nrr__segments') }} as segments on changes.segment_key = segments.segment_key
    group by changes.month, segments.segment_dimension, segments.segment

    union all

    select
        changes.month,
        'size' as segment_dimension,
        buckets.size as segment,
        sum(changes.accounts) as accounts,
        sum(changes.closing_mrr) as closing_mrr
    from changes
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets on changes.arr_bucket = buckets.arr_bucket
    group by changes.month, buckets.size
),

running as (
    select
        month as first_month,
        lead(month) over (partition by segment_dimension, segment order by month) as end_month,
        segment_dimension,
        segment,
        sum(accounts) over (
            partition by segment_dimension, segment order by month rows between unbounded preceding and current row
        ) as accounts,
        sum(closing_mrr) over (
            partition by segment_dimension, segment order by month rows between unbounded preceding and current row
        ) as closing_mrr
    from changes_by_segment
)

select
    months.month,
    running.segment_dimension,
    running.segment,
    cast(running.accounts as integer) as accounts,
    cast(running.closing_mrr as decimal(28, 4)) as closing_mrr
from running
inner join {{ ref('int_nrr__months') }} as months
    on months.month >= running.first_month and (months.month < running.end_month or running.end_month is null)
where running.accounts > 0
