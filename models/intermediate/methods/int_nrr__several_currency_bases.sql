-- One row per account that pays in several currencies and month at whose end it has MRR: what it is counted by where
-- that month is a window's first.
select
    months.account_id,
    months.month,
    months.segment_key,
    months.mrr,
    buckets.size
from {{ ref('int_nrr__several_currency_months') }} as months
inner join {{ ref('int_nrr__arr_buckets') }} as buckets
    on {{ nrr.is_in_bucket('months.mrr') }}
-- the lowest bucket is that of 0: MRR that converts to nothing is none
where buckets.mrr_from > 0
