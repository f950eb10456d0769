{%- set sums = nrr.retention_sums() -%}
-- One row per month, segment dimension and segment with accounts in the base: sums over them. Besides the
-- company's segments: the cells of ARR that benchmarks put together as their own segments (arr_cell).
with pairs as (
    select
        pairs.*,
        ending_mrr - starting_mrr as change_mrr,
        case when ending_mrr < starting_mrr then ending_mrr - starting_mrr else 0 end as loss_mrr
    from {{ ref('int_nrr__twelve_month_pairs') }} as pairs
),

{{ nrr.sums_by_segment('pairs', sums, more_dimensions=['arr_cell']) }}

select * from segment_sums
