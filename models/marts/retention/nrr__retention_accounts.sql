-- One row per month and account with MRR twelve months before: what became of that MRR.
select
    months.month,
    pairs.account_id,
    pairs.starting_mrr,
    pairs.ending_mrr,
    cast(
        case
            when pairs.ending_mrr < pairs.starting_mrr then pairs.ending_mrr else pairs.starting_mrr
        end as decimal(18, 4)
    ) as retained_mrr,
    buckets.size,
    {%- for dimension in nrr.set_dimensions() %}
    sets.{{ dimension }},
    {%- endfor %}
    sets.attributes
from {{ ref('int_nrr__twelve_month_pairs') }} as pairs
inner join {{ ref('int_nrr__months') }} as months
    on pairs.first_month <= months.month and months.month < pairs.end_month
inner join {{ ref('int_nrr__segment_sets') }} as sets on pairs.segment_key = sets.segment_key
inner join {{ ref('int_nrr__arr_buckets') }} as buckets
    on {{ nrr.is_in_bucket('pairs.starting_mrr') }}
-- the lowest bucket is that of 0: MRR that converts to nothing is none
where buckets.mrr_from > 0
