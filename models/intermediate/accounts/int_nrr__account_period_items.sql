-- One row per account, period and item with MRR. A period is a run of months at whose ends neither
-- the account's items nor its attributes change; a period without items has one row without MRR.
with as_of as (
    select
        newest_month,
        {{ nrr.add_months('newest_month', 1) }} as next_month
    from {{ ref('int_nrr__as_of') }}
),

items as (
    select
        item_mrr.account_id,
        item_mrr.first_month,
        case when item_mrr.end_month < as_of.next_month then item_mrr.end_month else as_of.next_month end as end_month,
        item_mrr.currency,
        item_mrr.plan_id,
        item_mrr.pricing_model,
        item_mrr.billing_interval,
        item_mrr.mrr
    from {{ ref('int_nrr__item_mrr') }} as item_mrr
    cross join as_of
    where
        {{ nrr.is_touched('item_mrr.account_id') }}
        and item_mrr.mrr > 0
        and item_mrr.first_month <= as_of.newest_month
        and (item_mrr.end_month > item_mrr.first_month or item_mrr.end_month is null)
),

lowest_rates as (
    select
        currency,
        min(rate) as lowest_rate
    from {{ ref('int_nrr__month_rates') }}
    group by currency
),

-- An account in several currencies, whose shares move with the rates, or with an amount so small that it
-- may be rounded to nothing in some months, is worked out month by month.
accounts as (
    select
        items.account_id,
        min(items.first_month) as first_month,
        min(items.currency) as currency,
        min(items.currency) <> max(items.currency)
        or min(items.mrr * lowest_rates.lowest_rate) < 0.00005 as is_monthly
    from items
    inner join lowest_rates on items.currency = lowest_rates.currency
    group by items.account_id
),

changes as (
    select
        account_id,
        first_month
    from items

    union all

    select
        items.account_id,
        items.end_month as first_month
    from items
    inner join as_of on items.end_month <= as_of.newest_month

    union all

    select
        attributes.account_id,
        attributes.first_month
    from {{ ref('int_nrr__account_attributes') }} as attributes
    cross join as_of
    inner join accounts
        on attributes.account_id = accounts.account_id and attributes.first_month > accounts.first_month
    where attributes.first_month <= as_of.newest_month

    union all

    select
        accounts.account_id,
        calendar.month as first_month
    from accounts
    inner join {{ ref('int_nrr__calendar') }} as calendar on accounts.first_month <= calendar.month
    where accounts.is_monthly
),

period_starts as (
    select distinct
        account_id,
        first_month
    from changes
),

periods as (
    select
        period_starts.account_id,
        period_starts.first_month,
        coalesce(
            lead(period_starts.first_month) over (
                partition by period_starts.account_id order by period_starts.first_month
            ),
            as_of.next_month
        ) as end_month
    from period_starts
    cross join as_of
)

select
    periods.account_id,
    periods.first_month,
    periods.end_month,
    accounts.is_monthly,
    coalesce(items.currency, accounts.currency) as currency,
    coalesce(items.plan_id, '(unknown)') as plan,
    coalesce(items.pricing_model, '(unknown)') as pricing_model,
    coalesce(items.billing_interval, '(unknown)') as billing_interval,
    coalesce(items.mrr, 0) as mrr
from periods
inner join accounts on periods.account_id = accounts.account_id
left join items
    on
        periods.account_id = items.account_id
        and periods.first_month >= items.first_month
        and periods.first_month < items.end_month
