{%- set month = var('month', none) -%}
-- One row per thing that is known of an account and makes its retention of a month, in the order of `part`:
--   1  the states of its items and what each gives; MRR in the item's currency
--   2  its MRR at month ends, and the movements that led there; in reporting currency, as all that follows
--   3  the drivers of these movements, item by item: nrr__mrr_drivers
--   4  what it adds to the rates of the company and of each segment that it was in when the window opened: points
--      (0.01 is one) of NRR and of GRR
-- `make explain ACCOUNT=acc_0024 MONTH=2026-10` shows them as tables. In a warehouse:
--   dbt show --limit 500 --select explain_account --vars '{account: acc_0024, month: 2026-10-01}'
-- Without a month it is the newest. From a rate to its accounts: explain_segment.sql.
with asked as (
    select
        '{{ var('account', '') | replace("'", "''") }}' as account_id,
        max(month) as month
    from {{ ref('nrr__retention') }}
    {%- if month %}
    where month = cast('{{ month }}' as date)
    {%- endif %}
),

base as (
    select accounts.*
    from {{ ref('nrr__retention_accounts') }} as accounts
    inner join asked on accounts.account_id = asked.account_id and accounts.month = asked.month
),

states as (
    select states.*
    from {{ ref('int_nrr__item_states') }} as states
    inner join asked on states.account_id = asked.account_id
    -- what another state replaces at the same instant gives nothing
    where states.starts_at < states.ends_at or (states.starts_at is not null and states.ends_at is null)
),

months as (
    select account_months.*
    from {{ ref('nrr__account_months') }} as account_months
    inner join asked on account_months.account_id = asked.account_id and account_months.month <= asked.month
),

movements as (
    select movements.*
    from {{ ref('nrr__mrr_movements') }} as movements
    inner join asked on movements.account_id = asked.account_id
),

drivers as (
    select drivers.*
    from {{ ref('nrr__mrr_drivers') }} as drivers
    inner join asked on drivers.account_id = asked.account_id and drivers.month <= asked.month
),

rates as (
    select retention.*
    from {{ ref('nrr__retention') }} as retention
    inner join asked on retention.month = asked.month
)

select
    1 as part,
    starts_at,
    ends_at,
    cast(null as date) as month,
    subscription_id,
    subscription_item_id,
    event_id,
    status as what,
    plan_id as detail,
    quantity,
    unit_amount,
    discount_percent,
    discount_amount,
    currency,
    billing_interval,
    billing_interval_count,
    is_reconstructed,
    mrr,
    cast(null as decimal(28, 4)) as change_mrr,
    cast(null as decimal(38, 9)) as points_nrr,
    cast(null as decimal(38, 9)) as points_grr
from states

union all

select
    2 as part,
    null as starts_at,
    null as ends_at,
    months.month,
    null as subscription_id,
    null as subscription_item_id,
    null as event_id,
    movements.movement as what,
    null as detail,
    null as quantity,
    null as unit_amount,
    null as discount_percent,
    null as discount_amount,
    null as currency,
    null as billing_interval,
    null as billing_interval_count,
    null as is_reconstructed,
    months.mrr,
    movements.movement_mrr as change_mrr,
    null as points_nrr,
    null as points_grr
from months
left join movements on months.month = movements.month

union all

select
    3 as part,
    null as starts_at,
    null as ends_at,
    month,
    subscription_id,
    subscription_item_id,
    event_id,
    driver as what,
    null as detail,
    null as quantity,
    null as unit_amount,
    null as discount_percent,
    null as discount_amount,
    null as currency,
    null as billing_interval,
    null as billing_interval_count,
    null as is_reconstructed,
    null as mrr,
    driver_mrr as change_mrr,
    null as points_nrr,
    null as points_grr
from drivers

union all

select
    4 as part,
    null as starts_at,
    null as ends_at,
    base.month,
    null as subscription_id,
    null as subscription_item_id,
    null as event_id,
    rates.segment_dimension as what,
    rates.segment as detail,
    null as quantity,
    null as unit_amount,
    null as discount_percent,
    null as discount_amount,
    null as currency,
    null as billing_interval,
    null as billing_interval_count,
    null as is_reconstructed,
    base.starting_mrr as mrr,
    base.ending_mrr - base.starting_mrr as change_mrr,
    (base.ending_mrr - base.starting_mrr) / rates.starting_mrr as points_nrr,
    (base.retained_mrr - base.starting_mrr) / rates.starting_mrr as points_grr
from base
inner join rates
    on
        rates.segment_dimension = 'all'
        or (rates.segment_dimension = 'size' and rates.segment = base.size)
        or (rates.segment_dimension = 'pricing_model' and rates.segment = base.pricing_model)
        or (rates.segment_dimension = 'product' and rates.segment = base.product)
        or (rates.segment_dimension = 'plan' and rates.segment = base.plan)
        or (rates.segment_dimension = 'billing_interval' and rates.segment = base.billing_interval)
        or (rates.segment_dimension = 'currency' and rates.segment = base.currency)
        or (rates.segment_dimension = 'acquisition_quarter' and rates.segment = base.acquisition_quarter)
order by part, starts_at, subscription_id, subscription_item_id, month, what
