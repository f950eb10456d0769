{{ config(enabled=nrr.has_source('mrr_snapshots'), materialized='table') }}
-- One row per account, currency, product, plan and month in which its MRR changes, or row of the input that cannot be
-- used. A state begins with its month, and is recorded when that is over.
with in_order as (
    select
        item_months.*,
        lag(month) over (
            partition by account_id, currency, product_id, plan_id order by month
        ) as month_before,
        lag(mrr) over (
            partition by account_id, currency, product_id, plan_id order by month
        ) as mrr_before,
        lag(quantity) over (
            partition by account_id, currency, product_id, plan_id order by month
        ) as quantity_before,
        lead(month) over (
            partition by account_id, currency, product_id, plan_id order by month
        ) as month_after
    from {{ ref('stg_mrr_snapshots__item_months') }} as item_months
),

newest as (
    select max(month) as month from in_order
    where {{ nrr.begin_of_day('month') }} <= {{ nrr.time_of_the_run() }}
),

changes as (
    select
        in_order.account_id,
        in_order.currency,
        in_order.product_id,
        in_order.plan_id,
        in_order.month,
        in_order.mrr,
        in_order.quantity
    from in_order
    cross join newest
    where
        -- of a row that cannot be used nobody knows what it changes
        in_order.mrr is not null
        and (
            in_order.mrr_before is null
            or in_order.mrr <> in_order.mrr_before
            or coalesce(in_order.quantity, -1) <> coalesce(in_order.quantity_before, -1)
            or in_order.month_before <> in_order.previous_month
            -- says up to when the data is complete, though nothing may have changed
            or (in_order.month = newest.month and in_order.is_of_first_account)
        )

    union all

    -- no row in a month that others have
    select
        account_id,
        currency,
        product_id,
        plan_id,
        next_month as month,
        cast(0 as decimal(18, 6)) as mrr,
        cast(null as decimal(18, 6)) as quantity
    from in_order
    where next_month is not null and (month_after is null or month_after <> next_month)
),

prices as (
    select
        changes.*,
        {{ nrr.unit_amount_of('mrr', 'quantity') }} as price
    from changes
),

states as (
    select
        prices.*,
        mrr > 0 and price is not null and {{ nrr.state_mrr('quantity', 'price', '0', '0', "'month'", '1') }}
        = {{ nrr.state_mrr('1', 'mrr', '0', '0', "'month'", '1') }} as has_price,
        {{ nrr.begin_of_day('month') }} as begins_at,
        {{ nrr.begin_of_day(nrr.add_months('month', 1)) }} as ends_at
    from prices
)

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'subscription_id': 'account_id',
        'subscription_item_id': nrr.json_object(
            ['currency', 'product_id', 'plan_id'],
            ["coalesce(currency, '')", "coalesce(product_id, '')", "coalesce(plan_id, '')"]
        ),
        'effective_at': 'begins_at',
        'recorded_at': 'case when ends_at <= ' ~ nrr.time_of_the_run() ~ ' then ends_at end',
        'status': "case when mrr > 0 then 'active' else 'cancelled' end",
        'product_id': 'product_id',
        'plan_id': 'plan_id',
        'quantity': 'case when has_price then quantity end',
        'unit_amount': 'case when has_price then price when mrr > 0 then mrr end',
        'currency': 'currency',
        'billing_interval': "case when mrr > 0 then 'month' end",
    }, 'mrr_snapshots') }}
from states

union all

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'effective_at': nrr.begin_of_day('month'),
        'product_id': 'product_id',
        'plan_id': 'plan_id',
        'currency': 'currency',
    }, 'mrr_snapshots', reason='source_reason', row='source_row') }}
from {{ ref('stg_mrr_snapshots__rows') }}
where source_reason is not null
