-- One row per month: how much of the MRR that was lost in the twelve months up to it was that of accounts in their
-- first year.
with movements as (
    select
        movements.*,
        month < {{ nrr.add_months('acquisition_month', 12) }} as is_first_year
    from {{ ref('int_nrr__account_movements') }} as movements
),

-- without a condition on the rows: databases may ask for it before they leave out most of the months of an account
lost as (
    select
        month,
        sum(case when movement in ('churn', 'contraction') then -movement_mrr else 0 end) as lost_mrr,
        sum(
            case when movement in ('churn', 'contraction') and is_first_year then -movement_mrr else 0 end
        ) as lost_mrr_of_first_year,
        sum(case when movement = 'churn' and is_first_year then 1 else 0 end) as left_in_first_year,
        sum(case when movement = 'churn' then 1 else 0 end) as left_accounts
    from movements
    group by month
),

years as (
    select
        months.month,
        sum(lost.lost_mrr) as lost_mrr,
        sum(lost.lost_mrr_of_first_year) as lost_mrr_of_first_year,
        sum(lost.left_in_first_year) as left_in_first_year,
        sum(lost.left_accounts) as left_accounts
    from {{ ref('int_nrr__months') }} as months
    inner join lost on lost.month <= months.month and lost.month > {{ nrr.add_months('months.month', -12) }}
    where lost.lost_mrr > 0
    group by months.month
)

select
    years.month,
    {{ nrr.as_text("'lost_in_the_first_year'") }} as finding,
    {{ nrr.as_text("'all'") }} as segment_dimension,
    {{ nrr.as_text("'all'") }} as segment,
    {{ nrr.as_ratio(nrr.divide('years.lost_mrr_of_first_year', 'years.lost_mrr')) }} as figure,
    cast(retention.nrr as decimal(38, 9)) as baseline,
    -- lost in all, as a part of what the company had
    {{ nrr.as_ratio(nrr.divide('years.lost_mrr', 'retention.starting_mrr')) }} as share,
    cast(years.lost_mrr_of_first_year as decimal(28, 4)) as mrr,
    cast(years.left_in_first_year as integer) as accounts,
    cast(years.left_accounts as integer) as base_accounts,
    cast(null as {{ nrr.type_text() }}) as detail
from years
inner join {{ ref('nrr__retention') }} as retention
    on years.month = retention.month and retention.segment_dimension = 'all'
where retention.starting_mrr > 0
