{{ config(enabled=nrr.has_source('mrr_movements'), materialized='table') }}
-- One row per account, subscription, currency and instant of a movement, or row of the input that cannot be used. The
-- state is what the movements up to then add up to.
with sums as (
    select * from {{ ref('stg_mrr_movements__sums') }}
)

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'subscription_id': 'coalesce(subscription_id, account_id)',
        'subscription_item_id': nrr.json_object(
            ['account_id', 'subscription_id', 'currency'],
            ['account_id', "coalesce(subscription_id, '')", "coalesce(currency, '')"]
        ),
        'effective_at': 'occurred_at',
        'status': "case when mrr > 0 then 'active' else 'cancelled' end",
        'plan_id': 'plan_id',
        'unit_amount': 'case when mrr > 0 then mrr end',
        'currency': 'currency',
        'billing_interval': "case when mrr > 0 then 'month' end",
    }, 'mrr_movements') }}
from sums

union all

-- counts as 0, which may be wrong
select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'effective_at': 'occurred_at',
        'plan_id': 'plan_id',
        'currency': 'currency',
    }, 'mrr_movements', reason="'mrr_below_zero'", row='source_row') }}
from sums
where mrr < 0

union all

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'effective_at': 'occurred_at',
        'plan_id': 'plan_id',
        'currency': 'currency',
    }, 'mrr_movements', reason='source_reason', row='source_row') }}
from {{ ref('stg_mrr_movements__rows') }}
where source_reason is not null
