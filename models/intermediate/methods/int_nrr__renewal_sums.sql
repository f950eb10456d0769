{{ config(enabled=nrr.has_source('contracts')) }}
-- One row per month, segment dimension and segment with terms that were due in the twelve months up to it: their
-- targets, and all changes and all losses at their renewals.
with pairs as (
    select
        month,
        segment_key,
        size,
        target_mrr as starting_mrr,
        final_mrr - target_mrr as change_mrr,
        case when final_mrr < target_mrr then final_mrr - target_mrr else 0 end as loss_mrr
    from {{ ref('int_nrr__renewal_pairs') }}
),

parts as (
    select
        pairs.month,
        segments.segment_dimension,
        segments.segment,
        pairs.starting_mrr,
        pairs.change_mrr,
        pairs.loss_mrr
    from pairs
    inner join {{ ref('int_nrr__segments') }} as segments on pairs.segment_key = segments.segment_key

    union all

    select
        month,
        'size' as segment_dimension,
        size as segment,
        starting_mrr,
        change_mrr,
        loss_mrr
    from pairs
)

select
    cast('renewal_base' as {{ nrr.type_text() }}) as pair,
    month,
    cast(segment_dimension as {{ nrr.type_text() }}) as segment_dimension,
    cast(segment as {{ nrr.type_text() }}) as segment,
    cast(sum(starting_mrr) as decimal(32, 8)) as starting_mrr,
    cast(sum(change_mrr) as decimal(32, 8)) as change_mrr,
    cast(sum(loss_mrr) as decimal(32, 8)) as loss_mrr
from parts
group by month, segment_dimension, segment
