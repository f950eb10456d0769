-- One row per account that pays in several currencies, month from its first with MRR to the newest, and currency that
-- it ever pays in: what it pays in it, and has paid in all by the month's end.
with account_months as (
    select
        account_id,
        month,
        min(case when last_gap_month = month then month end) over (
            partition by account_id order by month rows between current row and unbounded following
        ) as next_gap_month
    from {{ ref('int_nrr__several_currency_months') }}
),

states as (
    select
        states.account_id,
        states.currency,
        states.mrr,
        {{ nrr.month_of('states.starts_at') }} as first_month,
        {{ nrr.month_of('states.ends_at') }} as end_month
    from {{ ref('int_nrr__item_states') }} as states
    inner join {{ ref('int_nrr__account_spans') }} as accounts on states.account_id = accounts.account_id
    where states.mrr > 0 and accounts.has_several_currencies
),

currencies as (
    select distinct
        account_id,
        currency
    from states
),

amounts as (
    select
        account_months.account_id,
        account_months.month,
        account_months.next_gap_month,
        currencies.currency,
        coalesce(sum(states.mrr), 0) as mrr
    from account_months
    inner join currencies on account_months.account_id = currencies.account_id
    left join states
        on
            currencies.account_id = states.account_id
            and currencies.currency = states.currency
            and account_months.month >= states.first_month
            and (account_months.month < states.end_month or states.end_month is null)
    group by account_months.account_id, account_months.month, account_months.next_gap_month, currencies.currency
)

select
    account_id,
    month,
    next_gap_month,
    currency,
    cast(mrr as decimal(18, 4)) as mrr,
    cast(sum(mrr) over (
        partition by account_id, currency order by month rows between unbounded preceding and current row
    ) as decimal(18, 4)) as paid_mrr
from amounts
