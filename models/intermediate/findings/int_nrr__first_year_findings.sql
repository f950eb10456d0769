-- One row per month: how much of the MRR that was lost in the twelve months up to it was that of accounts in their
-- first year.
with accounts as (
    select
        account_id,
        min(acquisition_month) as acquisition_month
    from {{ ref('int_nrr__account_spans') }}
    where acquisition_month is not null
    group by account_id
),

lost as (
    select
        movements.month,
        sum(-movements.movement_mrr) as lost_mrr,
        sum(
            case
                when movements.month < {{ nrr.add_months('accounts.acquisition_month', 12) }}
                    then -movements.movement_mrr
                else 0
            end
        ) as lost_mrr_of_first_year,
        sum(
            case
                when
                    movements.movement = 'churn'
                    and movements.month < {{ nrr.add_months('accounts.acquisition_month', 12) }}
                    then 1
                else 0
            end
        ) as left_in_first_year,
        sum(case when movements.movement = 'churn' then 1 else 0 end) as left_accounts
    from {{ ref('int_nrr__account_movements') }} as movements
    inner join accounts on movements.account_id = accounts.account_id
    where movements.movement in ('churn', 'contraction')
    group by movements.month
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
