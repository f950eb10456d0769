{{ config(enabled=nrr.has_source('mrr_snapshots')) }}
-- One row per account, currency, product, plan and month in which the input has rows of it: their MRR added up, which
-- is null where none of them can be used.
with snapshots as (
    select * from {{ ref('stg_mrr_snapshots__rows') }}
    where account_id is not null and month is not null
),

-- a month without a single figure is one that nobody has filled in yet
filled_months as (
    select
        month,
        min(account_id) as first_account_id
    from snapshots
    where has_mrr
    group by month
),

months as (
    select
        month,
        first_account_id,
        lag(month) over (order by month) as previous_month,
        lead(month) over (order by month) as next_month
    from filled_months
),

summed as (
    select
        account_id,
        currency,
        product_id,
        plan_id,
        month,
        cast(sum(case when source_reason is null then mrr end) as decimal(18, 6)) as mrr,
        cast(case when count(quantity) = count(*) then sum(quantity) end as decimal(18, 6)) as quantity
    from snapshots
    group by account_id, currency, product_id, plan_id, month
)

select
    summed.account_id,
    summed.currency,
    summed.product_id,
    summed.plan_id,
    summed.month,
    summed.mrr,
    summed.quantity,
    months.previous_month,
    months.next_month,
    summed.account_id = months.first_account_id as is_of_first_account
from summed
inner join months on summed.month = months.month
