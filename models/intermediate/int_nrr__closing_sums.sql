-- One row per month, segment dimension and segment: MRR of its accounts at the month's end.
with account_months as (
    select * from {{ ref('int_nrr__account_months') }}
),

{{ nrr.sums_by_segment('account_months', {'closing_mrr': 'sum(mrr)'}) }}

select * from segment_sums
