-- One row per month and account with MRR twelve months before: what became of that MRR.
select
    month,
    account_id,
    starting_mrr,
    ending_mrr,
    cast(case when ending_mrr < starting_mrr then ending_mrr else starting_mrr end as decimal(18, 4)) as retained_mrr,
    {{ nrr.built_in_dimensions() | join(',\n    ') }},
    {{ nrr.json_object(nrr.setting('nrr_segments'), nrr.attribute_columns()) }} as attributes
from {{ ref('int_nrr__twelve_month_pairs') }}
where version <> 'replaced'
