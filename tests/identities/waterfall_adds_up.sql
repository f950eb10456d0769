-- The package is wrong: a row of the waterfall does not lead from its opening to its closing, does not
-- open where the month before closed, or differs from the account months. Report it.
with waterfall as (
    select
        nrr__mrr_waterfall.*,
        opening_mrr + new_mrr + reactivation_mrr + expansion_mrr + contraction_mrr + churned_mrr
        + fx_mrr + segment_transfer_mrr as sum_of_parts,
        opening_accounts + new_accounts + reactivation_accounts - churned_accounts
        + segment_transfer_accounts as sum_of_accounts,
        coalesce(
            lag(closing_mrr) over (partition by segment_dimension, segment order by month), 0
        ) as previous_closing_mrr
    from {{ ref('nrr__mrr_waterfall') }} as nrr__mrr_waterfall
),

account_months as (
    select
        month,
        sum(mrr) as mrr,
        sum(case when mrr > 0 then 1 else 0 end) as accounts
    from {{ ref('nrr__account_months') }}
    group by month
)

select
    waterfall.month,
    waterfall.segment_dimension,
    waterfall.segment,
    waterfall.previous_closing_mrr,
    waterfall.opening_mrr,
    waterfall.sum_of_parts,
    waterfall.closing_mrr,
    waterfall.sum_of_accounts,
    waterfall.closing_accounts
from waterfall
left join account_months on waterfall.month = account_months.month and waterfall.segment_dimension = 'all'
where
    waterfall.sum_of_parts <> waterfall.closing_mrr
    or waterfall.sum_of_accounts <> waterfall.closing_accounts
    or waterfall.opening_mrr <> waterfall.previous_closing_mrr
    or (waterfall.segment_dimension = 'all' and waterfall.closing_mrr <> coalesce(account_months.mrr, -1))
    or (waterfall.segment_dimension = 'all' and waterfall.closing_accounts <> coalesce(account_months.accounts, -1))
