{{ config(enabled=nrr.has_source('stripe') and nrr.stripe_loader() == 'change_events', materialized='table') }}
-- One row per item, currency and instant at which Stripe changed its MRR: what all changes up to then add up to; and
-- per row of the table that cannot be used.
with
-- An event is known by its time, its type and its item. Delivered again, it counts as the newest batch has it, and a
-- row that is there twice counts once.
distinct_events as (
    select
        account_id,
        subscription_id,
        subscription_item_id,
        currency,
        changed_at,
        event_type,
        product_id,
        price_id,
        mrr_change,
        max(batch_at) as batch_at
    from {{ ref('stg_stripe__change_events') }}
    where source_reason is null
    group by
        account_id, subscription_id, subscription_item_id, currency, changed_at, event_type, product_id, price_id,
        mrr_change
),

batches as (
    select
        distinct_events.*,
        rank() over (
            partition by subscription_item_id, currency, changed_at, event_type
            order by batch_at desc nulls last
        ) as newest_first
    from distinct_events
),

events as (
    select
        batches.*,
        -- what the item is sold as from then on: what begins stands behind what ends
        row_number() over (
            partition by subscription_item_id, currency, changed_at
            order by case when event_type like '%END' then 1 else 0 end, mrr_change desc, price_id, product_id
        ) as place
    from batches
    where newest_first = 1
),

instants as (
    select
        subscription_item_id,
        currency,
        changed_at,
        max(case when place = 1 then account_id end) as account_id,
        max(case when place = 1 then subscription_id end) as subscription_id,
        max(case when place = 1 then product_id end) as product_id,
        max(case when place = 1 then price_id end) as price_id,
        sum(mrr_change) as mrr_change,
        coalesce(max(batch_at), changed_at) as recorded_at
    from events
    group by subscription_item_id, currency, changed_at
),

sums as (
    select
        instants.*,
        sum(mrr_change) over (
            partition by subscription_item_id, currency
            order by changed_at
            rows between unbounded preceding and current row
        ) as mrr,
        first_value(currency) over (
            partition by subscription_item_id
            order by changed_at, currency
            rows between unbounded preceding and unbounded following
        ) as first_currency
    from instants
)

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'case when currency = first_currency then subscription_item_id else '
            ~ dbt.concat(['subscription_item_id', "':'", 'currency']) ~ ' end',
        'effective_at': 'changed_at',
        'recorded_at': 'recorded_at',
        'status': "case when mrr > 0 then 'active' else 'cancelled' end",
        'product_id': 'product_id',
        'plan_id': 'price_id',
        'quantity': '1',
        'unit_amount': 'case when mrr > 0 then mrr end',
        'currency': 'currency',
        'billing_interval': "case when mrr > 0 then 'month' end",
    }, 'stripe') }}
from sums

union all

-- counts as 0, which may be wrong
select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'subscription_item_id',
        'effective_at': 'changed_at',
        'plan_id': 'price_id',
        'currency': 'currency',
    }, 'stripe', reason="'mrr_below_zero'", row=nrr.row_as_text(
        ['account_id', 'subscription_id', 'subscription_item_id', 'currency', 'changed_at', 'mrr']
    )) }}
from sums
where mrr < 0

union all

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'subscription_item_id',
        'effective_at': 'changed_at',
        'product_id': 'product_id',
        'plan_id': 'price_id',
        'currency': 'currency',
    }, 'stripe', reason='source_reason', row='source_row') }}
from {{ ref('stg_stripe__change_events') }}
where source_reason is not null
