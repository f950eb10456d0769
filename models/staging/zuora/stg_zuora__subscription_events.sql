{{ config(enabled=nrr.has_source('zuora'), materialized='table') }}
{%- set grace_days = nrr.grace_days('zuora') -%}
-- One row per state of a recurring charge, and per segment that cannot be used.
with states as (
    select
        states.*,
        -- when the charge is paid for again
        min(case when is_live then changes_at end) over (
            partition by subscription_id, item_id order by changes_at rows between 1 following and unbounded following
        ) as lives_again_at
    from {{ ref('stg_zuora__item_state') }} as states
),

newest_load as (
    select * from {{ ref('stg_zuora__newest_load') }}
),

-- The states of one charge carry the time of the newest load, so that all months up to it are known to be complete.
carriers as (
    select min(charge_id) as charge_id
    from {{ ref('stg_zuora__charge_segment') }}
    where kind = 'recurring' and reason is null and (ends_at is null or starts_at < ends_at)
),
{%- if grace_days > 0 %}

-- From when until when a subscription is paid for without a gap.
gaps as (
    select
        subscription_id,
        owner_id,
        starts_at,
        max(coalesce(ends_at, {{ nrr.timestamp_literal('2300-01-01') }})) over (
            partition by subscription_id order by starts_at, charge_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until,
        coalesce(ends_at, {{ nrr.timestamp_literal('2300-01-01') }}) as ends_at
    from {{ ref('stg_zuora__charge_segment') }}
    where kind = 'recurring' and reason is null and (ends_at is null or starts_at < ends_at)
),

numbered as (
    select
        gaps.*,
        sum(case when covered_until is null or covered_until < starts_at then 1 else 0 end) over (
            partition by subscription_id order by starts_at, ends_at
            rows between unbounded preceding and current row
        ) as run
    from gaps
),

runs as (
    select
        subscription_id,
        owner_id,
        run,
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from numbered
    group by subscription_id, owner_id, run
),

-- The next beginning of the subscription itself, or of one that its account has newly made.
renewals as (
    select
        ended.subscription_id,
        ended.ends_at,
        min(renewed.starts_at) as renewed_at
    from runs as ended
    inner join runs as renewed
        on
            ended.owner_id = renewed.owner_id
            and ended.ends_at <= renewed.starts_at
            and (ended.subscription_id = renewed.subscription_id or renewed.run = 1)
    group by ended.subscription_id, ended.ends_at
),

bridged as (
    {%- set latest -%}
    {{ nrr.moved('states.changes_at', 'hour', 24 * grace_days + 12) }}
    {%- endset %}
    select
        states.*,
        -- midday, since a day in which the clock is changed is longer
        case
            when renewals.renewed_at <= {{ latest }}
                then renewals.renewed_at
        end as bridged_until,
        case
            when states.lives_again_at <= {{ latest }}
                then states.lives_again_at
        end as renewed_at
    from states
    left join renewals
        on
            not states.is_live
            and not states.is_suspended
            and states.subscription_id = renewals.subscription_id
            and states.changes_at = renewals.ends_at
),
{%- endif %}

-- The quantity is told apart where the amount is a whole number of millionths for each unit.
units as (
    select
        states.*,
        {%- if grace_days > 0 %}
        coalesce(bridged_until, changes_at) as effective_at,
        {%- else %}
        changes_at as effective_at,
        {%- endif %}
        case when quantity > 0 and charge_model not like 'flatfee%' then cast(amount / quantity as decimal(18, 6)) end
            as amount_of_unit
    from {{ 'bridged' if grace_days > 0 else 'states' }} as states
    {%- if grace_days > 0 %}
    -- a charge that goes on after a short gap has not ended
    where is_live or is_suspended or renewed_at is null
    {%- endif %}
),

told as (
    select
        units.*,
        case when carriers.charge_id is not null then coalesce(newest_load.loaded_at, recorded_at) else recorded_at end
            as known_at,
        -- of decimal(18, 6) both, the product may be too long for DuckDB
        cast(amount_of_unit as decimal(28, 6)) * quantity = amount as has_price_of_unit
    from units
    left join carriers on units.charge_id = carriers.charge_id
    left join newest_load on carriers.charge_id is not null
)

select
    {{- nrr.state_columns({
        'event_id': 'charge_id',
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'item_id',
        'effective_at': 'effective_at',
        'recorded_at': 'known_at',
        'status': "case when is_suspended then 'paused' when is_live then status else 'cancelled' end",
        'product_id': 'product_id',
        'plan_id': 'plan_id',
        'pricing_model': "case
        when charge_model like 'flatfee%' then 'flat'
        when charge_model like 'perunit%' then 'seat'
        when charge_model like 'tiered%' or charge_model like 'volume%' then 'tiered'
        else charge_model
    end",
        'quantity': 'case when has_price_of_unit then quantity else 1 end',
        'unit_amount': 'case when has_price_of_unit then amount_of_unit else amount end',
        'currency': 'currency',
        'billing_interval': 'billing_interval',
        'billing_interval_count': 'billing_interval_count',
        'discount_percent': 'percent_off',
        'discount_amount': 'discount_amount',
    }, 'zuora', is_reconstructed='is_reconstructed', reason=(
        'case when number_of_discounts > ' ~ nrr.most_discounts() ~ " then 'too_many_discounts' end"
    ), row='source_row') }}
from told

union all

select
    {{- nrr.state_columns({
        'event_id': 'charge_id',
        'account_id': 'owner_id',
        'subscription_id': 'coalesce(subscription_id, charge_id)',
        'subscription_item_id': 'item_id',
        'effective_at': 'starts_at',
        'recorded_at': 'recorded_at',
        'status': 'status',
        'product_id': 'product_id',
        'plan_id': 'plan_id',
        'pricing_model': 'charge_model',
        'quantity': 'quantity',
        'unit_amount': 'amount',
        'currency': 'currency',
        'billing_interval': 'billing_interval',
        'billing_interval_count': 'billing_interval_count',
    }, 'zuora', reason='reason', row='source_row') }}
from {{ ref('stg_zuora__charge_segment') }}
where reason is not null and reason <> 'not_yet_triggered'
{%- if nrr.has_zuora('invoice_item') and nrr.setting('nrr_usage_counts') %}

union all

select
    {{- nrr.state_columns({
        'event_id': 'invoice_item_id',
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'item_id',
        'effective_at': 'effective_at',
        'recorded_at': 'recorded_at',
        'status': 'status',
        'product_id': 'product_id',
        'plan_id': 'plan_id',
        'pricing_model': "'usage'",
        'quantity': '1',
        'unit_amount': 'amount',
        'currency': 'currency',
        'billing_interval': 'billing_interval',
        'billing_interval_count': 'billing_interval_count',
    }, 'zuora') }}
from {{ ref('stg_zuora__usage_state') }}
{%- endif %}
