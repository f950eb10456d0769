{%- set open_end = nrr.month_number(nrr.open_end('cast(null as date)')) -%}
-- One row per account in one currency and run of months without a change, and one for the time before its first: what
-- it has paid in all by a month's end, as a line: line_start + mrr x the month's number. Units of its currency.
with spans as (
    select
        account_id,
        currency,
        {{ nrr.month_number('first_month') }} as first_number,
        {{ nrr.month_number('acquisition_month') }} as acquisition_number,
        opening_mrr,
        mrr,
        opening_segment_key,
        segment_key
    from {{ ref('int_nrr__account_spans') }}
    -- time without MRR is one run, whatever became of the segments
    where mrr > 0 or opening_mrr > 0
),

extremes as (
    select
        currency,
        min(rate) as lowest_rate,
        max(rate) as highest_rate
    from {{ ref('int_nrr__rates') }}
    group by currency
),

runs as (
    select
        account_id,
        currency,
        first_number,
        coalesce(lead(first_number) over (partition by account_id order by first_number), {{ open_end }}) as end_number,
        acquisition_number,
        opening_mrr,
        mrr,
        -- what a run is counted by where it is the base: its own MRR, or what was paid before it
        case when mrr > 0 then mrr else opening_mrr end as base_mrr,
        case when mrr > 0 then segment_key else opening_segment_key end as segment_key,
        -- since when it pays again, as known from the runs so far
        max(case when opening_mrr = 0 and first_number > acquisition_number then first_number end) over (
            partition by account_id order by first_number rows between unbounded preceding and current row
        ) as back_since,
        -- a change adds to the total every month from its own on
        sum((opening_mrr - mrr) * (first_number - 1)) over (
            partition by account_id order by first_number rows between unbounded preceding and current row
        ) as line_start
    from spans

    union all

    select
        spans.account_id,
        spans.currency,
        {{ nrr.month_number("cast('1800-01-01' as date)") }} as first_number,
        spans.acquisition_number as end_number,
        spans.acquisition_number,
        0 as opening_mrr,
        0 as mrr,
        0 as base_mrr,
        spans.segment_key,
        cast(null as integer) as back_since,
        0 as line_start
    from spans
    where spans.first_number = spans.acquisition_number
),

rated as (
    select
        runs.*,
        {{ nrr.convert('runs.base_mrr', 'extremes.lowest_rate') }} as lowest_mrr,
        {{ nrr.convert('runs.base_mrr', 'extremes.highest_rate') }} as highest_mrr
    from runs
    inner join extremes on runs.currency = extremes.currency
),

sizes as (
    select
        size,
        min(mrr_from) as mrr_from,
        case when count(*) = count(mrr_to) then max(mrr_to) end as mrr_to
    from {{ ref('int_nrr__arr_buckets') }}
    -- the lowest bucket is that of 0: MRR that converts to nothing is none
    where mrr_from > 0
    group by size
)

select
    rated.account_id,
    rated.currency,
    rated.first_number,
    rated.end_number,
    rated.acquisition_number,
    cast(rated.opening_mrr as decimal(18, 4)) as opening_mrr,
    cast(rated.mrr as decimal(18, 4)) as mrr,
    rated.segment_key,
    sizes.size,
    rated.back_since,
    cast(rated.line_start as decimal(28, 4)) as line_start,
    {%- if nrr.setting('nrr_reactivation_counts') %}
    cast(null as decimal(28, 4)) as paid_at_leaving
    {%- else %}
    -- from then on the line is level
    cast(min(case when rated.mrr = 0 then rated.line_start end) over (
        partition by rated.account_id order by rated.first_number rows between current row and unbounded following
    ) as decimal(28, 4)) as paid_at_leaving
    {%- endif %}
from rated
-- no size where it depends on the month's rate
left join sizes
    on
        case when rated.lowest_mrr > 0 then 1 end = case when sizes.mrr_from > 0 then 1 end
        and rated.lowest_mrr >= sizes.mrr_from
        and (rated.highest_mrr < sizes.mrr_to or sizes.mrr_to is null)
