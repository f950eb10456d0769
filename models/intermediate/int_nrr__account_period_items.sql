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
        item_mrr.mrr > 0
        and item_mrr.first_month <= as_of.newest_month
        and (item_mrr.end_month > item_mrr.first_month or item_mrr.end_month is null)
),

accounts as (
    select
        account_id,
        min(first_month) as first_month,
        count(distinct currency) as currencies
    from items
    group by account_id
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

    -- where an account pays in several currencies, each month's rates change their shares
    select
        accounts.account_id,
        calendar.month as first_month
    from accounts
    inner join {{ ref('int_nrr__calendar') }} as calendar on accounts.first_month <= calendar.month
    where accounts.currencies > 1
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
    items.currency,
    items.plan_id as plan,
    items.pricing_model,
    items.billing_interval,
    coalesce(items.mrr, 0) as mrr
from periods
left join items
    on
        periods.account_id = items.account_id
        and periods.first_month >= items.first_month
        and periods.first_month < items.end_month
