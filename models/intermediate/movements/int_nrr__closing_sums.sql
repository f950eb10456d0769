-- One row per month, segment dimension and segment with accounts that pay at its end: how many, and their MRR.
with reported as (
    select
        spans.segment_key,
        {{ nrr.later('spans.first_month', 'rates.first_month') }} as first_month,
        {{ nrr.earlier(nrr.open_end('spans.end_month'), nrr.open_end('rates.end_month')) }} as end_month,
        {{ nrr.convert('spans.mrr', 'rates.rate') }} as mrr
    from {{ ref('int_nrr__account_spans') }} as spans
    inner join {{ ref('int_nrr__rates') }} as rates
        on
            spans.currency = rates.currency
            and spans.first_month < {{ nrr.open_end('rates.end_month') }}
            and rates.first_month < {{ nrr.open_end('spans.end_month') }}
    where spans.mrr > 0

    union all

    select
        segment_key,
        month as first_month,
        end_month,
        mrr
    from {{ ref('int_nrr__several_currency_months') }}
),

runs as (
    select
        reported.first_month,
        reported.end_month,
        reported.segment_key,
        buckets.arr_bucket,
        count(*) as accounts,
        sum(reported.mrr) as closing_mrr
    from reported
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets
        on {{ nrr.is_in_bucket('reported.mrr') }}
    -- the lowest bucket is that of 0: MRR that converts to nothing is none
    where buckets.mrr_from > 0
    group by reported.first_month, reported.end_month, reported.segment_key, buckets.arr_bucket
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
        segment_key,
        sum(case when side = 1 then accounts else -accounts end) as accounts,
        sum(case when side = 1 then closing_mrr else -closing_mrr end) as closing_mrr
    from sided_runs
    group by month, segment_key
),

bucket_changes as (
    select
        month,
        arr_bucket,
        sum(case when side = 1 then accounts else -accounts end) as accounts,
        sum(case when side = 1 then closing_mrr else -closing_mrr end) as closing_mrr
    from sided_runs
    group by month, arr_bucket
),

changes_by_segment_id as (
    select
        changes.month,
        sets.segment_id,
        sum(changes.accounts) as accounts,
        sum(changes.closing_mrr) as closing_mrr
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
        segments.segment,
        changes.accounts,
        changes.closing_mrr
    from changes_by_segment_id as changes
    inner join segments on changes.segment_id = segments.segment_id

    union all

    select
        bucket_changes.month,
        'size' as segment_dimension,
        buckets.size as segment,
        sum(bucket_changes.accounts) as accounts,
        sum(bucket_changes.closing_mrr) as closing_mrr
    from bucket_changes
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets on bucket_changes.arr_bucket = buckets.arr_bucket
    group by bucket_changes.month, buckets.size
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
    on running.first_month <= months.month and (months.month < running.end_month or running.end_month is null)
where running.accounts > 0
