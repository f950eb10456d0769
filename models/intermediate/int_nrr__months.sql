-- One row per month from the company's first with MRR to the newest: its MRR at the end.
select
    month,
    cast(sum(mrr) as numeric(28, 4)) as mrr
from {{ ref('int_nrr__account_months') }}
group by month
