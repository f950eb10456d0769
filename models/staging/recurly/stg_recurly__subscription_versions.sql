{%- set has_lines = nrr.recurly_has('lines') -%}
{{ config(enabled=nrr.has_source('recurly'), materialized='table') }}
{%- set columns = [
    'subscription_id', 'account_id', 'plan_id', 'state', 'currency', 'is_tax_inclusive', 'tax_rate', 'tax', 'total',
    'unit_amount', 'quantity', 'add_ons_total', 'subtotal', 'ramp_intervals', 'add_ons', 'synced_at', 'created_at',
    'activated_at', 'canceled_at', 'expires_at', 'trial_started_at', 'trial_ends_at', 'current_period_started_at',
    'current_period_ends_at', 'current_term_started_at', 'current_term_ends_at', 'paused_at', 'resume_at',
    'remaining_pause_cycles',
] -%}
-- One row per subscription and version of it that can be used: what it was from updated_at until the next version. Of
-- a version that was loaded several times the newest load is used. When the subscription began, and whether it was on
-- trial, its newest version knows best.
with usable as (
    select * from {{ ref('stg_recurly__subscription_rows') }}
    where source_reason is null
),

loads as (
    select
        usable.*,
        row_number() over (
            partition by subscription_id, updated_at
            order by synced_at desc nulls last, source_row
        ) as newest_first
    from usable
),

{%- if has_lines %}

numbered as (
    select
        loads.*,
        row_number() over (partition by subscription_id order by updated_at) as version_number,
        lead(updated_at) over (partition by subscription_id order by updated_at) as version_until
    from loads
    where newest_first = 1
),

-- A first version that charges made before its sync contradict is not older than that sync.
contradicted as (
    select distinct numbered.subscription_id
    from numbered
    inner join {{ ref('stg_recurly__line_items') }} as line_items
        on
            numbered.subscription_id = line_items.subscription_id
            and line_items.starts_at >= numbered.updated_at
            and line_items.starts_at < numbered.synced_at
            and (line_items.starts_at < numbered.version_until or numbered.version_until is null)
    where
        numbered.version_number = 1
        and line_items.origin = 'plan'
        and line_items.source_reason is null
        and coalesce(line_items.proration_rate, 1) = 1
        and line_items.plan_id = numbered.plan_id
        and (line_items.quantity <> coalesce(numbered.quantity, 1) or line_items.unit_amount <> numbered.unit_amount)
),

dated as (
    select
        {%- for column in columns %}
        numbered.{{ column }},
        {%- endfor %}
        case
            when numbered.version_number > 1 or contradicted.subscription_id is null then numbered.updated_at
            when numbered.version_until < numbered.synced_at then numbered.updated_at
            else numbered.synced_at
        end as updated_at
    from numbered
    left join contradicted on numbered.subscription_id = contradicted.subscription_id
),
{%- else %}

dated as (
    select * from loads
    where newest_first = 1
),
{%- endif %}

in_order as (
    select
        dated.*,
        cast(row_number() over (partition by subscription_id order by updated_at) as bigint) as version_number,
        lead(updated_at) over (partition by subscription_id order by updated_at) as next_updated_at,
        min(updated_at) over (partition by subscription_id) as first_updated_at,
        {%- for column in ['activated_at', 'trial_started_at', 'trial_ends_at'] %}
        -- the newest version that has one
        max(case when {{ column }} is not null then updated_at end) over (partition by subscription_id)
            as newest_with_{{ column }},
        {%- endfor %}
        max(updated_at) over (partition by subscription_id) as last_updated_at,
        max(coalesce(synced_at, updated_at)) over (partition by subscription_id) as recorded_at,
        max(case when state in ('active', 'canceled', 'paused', 'expired') then 1 else 0 end) over (
            partition by subscription_id order by updated_at rows between unbounded preceding and current row
        ) as has_been_live,
        max(add_ons_total) over (
            partition by subscription_id order by updated_at rows between unbounded preceding and 1 preceding
        ) as largest_add_ons_total_before
    from dated
),

known as (
    select
        in_order.*,
        {%- for column in ['activated_at', 'trial_started_at', 'trial_ends_at'] %}
        max(case when updated_at = newest_with_{{ column }} then {{ column }} end) over (partition by subscription_id)
            as known_{{ column }},
        {%- endfor %}
        max(case when updated_at = last_updated_at then state end) over (partition by subscription_id) as last_state,
        max(case when updated_at = last_updated_at then account_id end) over (partition by subscription_id)
            as last_account_id,
        min(current_period_started_at) over (partition by subscription_id) as earliest_period_started_at,
        max(case when updated_at = last_updated_at then current_period_started_at end) over (
            partition by subscription_id
        ) as last_period_started_at,
        min(created_at) over (partition by subscription_id) as earliest_created_at
    from in_order
)

select
    subscription_id,
    version_number,
    updated_at,
    next_updated_at,
    first_updated_at,
    recorded_at,
    last_account_id as account_id,
    plan_id,
    state,
    last_state,
    has_been_live = 1 as has_been_live,
    currency,
    is_tax_inclusive,
    tax_rate,
    tax,
    total,
    unit_amount,
    quantity,
    add_ons_total,
    largest_add_ons_total_before,
    subtotal,
    ramp_intervals,
    add_ons,
    canceled_at,
    expires_at,
    paused_at,
    resume_at,
    remaining_pause_cycles,
    current_period_started_at,
    current_period_ends_at,
    current_term_ends_at,
    known_trial_started_at as trial_started_at,
    known_trial_ends_at as trial_ends_at,
    case
        -- what has not begun when it is last seen begins when it says so
        when last_state = 'future' then case
            when coalesce(known_activated_at, last_period_started_at) > last_updated_at
                then coalesce(known_activated_at, last_period_started_at)
        end
        when known_trial_started_at < known_activated_at then known_trial_started_at
        else coalesce(
            known_activated_at, known_trial_started_at, earliest_period_started_at, earliest_created_at,
            first_updated_at
        )
    end as started_at
from known
