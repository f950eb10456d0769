-- One row per month from the company's first with MRR to the newest: its MRR at the end.
select
    month,
    closing_mrr as mrr
from {{ ref('int_nrr__closing_sums') }}
where segment_dimension = 'all'
