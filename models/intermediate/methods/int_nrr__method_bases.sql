-- One row per account in one currency and run of months with the same MRR, segments and size, also for the two months
-- after it stopped paying, with what it had before: what it is counted by where such a month is a window's first.
with rates as (
    select
        currency,
        rate,
        {{ nrr.month_number('first_month') }} as first_number,
        {{ nrr.month_number(nrr.open_end('end_month')) }} as end_number
    from {{ ref('int_nrr__rates') }}
),

runs as (
    select
        account_id,
        currency,
        segment_key,
        size,
        mrr > 0 as pays,
        mrr,
        case when mrr > 0 then mrr else opening_mrr end as base_mrr,
        line_start,
        first_number,
        case
            when mrr > 0 then end_number else {{ nrr.earlier('end_number', 'first_number + 2') }}
        end as end_number
    from {{ ref('int_nrr__running_mrr') }}
    where mrr > 0 or opening_mrr > 0
),

-- at each month's rates; after the last payment at those of its month
rated as (
    select
        runs.*,
        {{ nrr.convert('runs.base_mrr', 'rates.rate') }} as reported_mrr,
        case
            when runs.pays then {{ nrr.later('runs.first_number', 'rates.first_number') }} else runs.first_number
        end as rated_first_number,
        case
            when runs.pays then {{ nrr.earlier('runs.end_number', 'rates.end_number') }} else runs.end_number
        end as rated_end_number
    from runs
    inner join rates
        on
            runs.currency = rates.currency
            and case when runs.pays then runs.first_number else runs.first_number - 1 end < rates.end_number
            and case when runs.pays then runs.end_number else runs.first_number end > rates.first_number
    where runs.size is null
)

select
    account_id,
    currency,
    segment_key,
    size,
    pays,
    mrr,
    line_start,
    first_number,
    end_number
from runs
where size is not null

union all

select
    rated.account_id,
    rated.currency,
    rated.segment_key,
    buckets.size,
    rated.pays,
    rated.mrr,
    rated.line_start,
    rated.rated_first_number as first_number,
    rated.rated_end_number as end_number
from rated
inner join {{ ref('int_nrr__arr_buckets') }} as buckets
    on {{ nrr.is_in_bucket('rated.reported_mrr') }}
-- the lowest bucket is that of 0: MRR that converts to nothing is none
where buckets.mrr_from > 0
