{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set instants = [
    'effective_at', 'live_from', 'trial_from', 'trial_until', 'pause_from', 'pause_until', 'ended_from',
] -%}
{%- set has_invoices = nrr.is_given('chargebee_invoice') -%}
-- One row per state of a subscription and instant from which it means something else: what its status is from then
-- on.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
),

changes as (
    {%- for instant in instants %}
    select
        subscription_id,
        state_number,
        {{ instant }} as starts_at
    from states

    union all

    {%- endfor %}
    select
        states.subscription_id,
        states.state_number,
        items.trial_end as starts_at
    from states
    inner join {{ ref('stg_chargebee__priced_items') }} as items
        on
            states.subscription_id = items.subscription_id
            and states.state_number_of_items = items.state_number
    where items.trial_end is not null

    {%- for instant in ['begins_at', 'ends_at'] %}

    union all

    select
        states.subscription_id,
        states.state_number,
        discounts.{{ instant }} as starts_at
    from states
    inner join {{ ref('stg_chargebee__item_discounts') }} as discounts
        on
            states.subscription_id = discounts.subscription_id
            and states.state_number_of_items = discounts.state_number
    {%- if instant == 'begins_at' %}
    where states.state_number = 1
    {%- endif %}
    {%- endfor %}
    {%- if has_invoices %}
    {%- for instant in ['starts_at', 'ends_at'] %}

    union all

    select
        subscription_id,
        1 as state_number,
        {{ instant }} as starts_at
    from {{ ref('stg_chargebee__billed_items') }}
    {%- endfor %}
    {%- if nrr.setting('nrr_usage_counts') %}
    {%- for instant in ['holds_from', 'next_is_due_by'] %}

    union all

    select
        states.subscription_id,
        states.state_number,
        usages.{{ instant }} as starts_at
    from states
    inner join {{ ref('stg_chargebee__usage') }} as usages
        on
            states.subscription_id = usages.subscription_id
            and (usages.{{ instant }} >= states.effective_at or states.state_number = 1)
            and (usages.{{ instant }} < states.next_effective_at or states.next_effective_at is null)
    {%- endfor %}
    {%- endif %}
    {%- endif %}
),

points as (
    select distinct
        subscription_id,
        state_number,
        starts_at
    from changes
    where starts_at is not null
),

known as (
    select
        states.subscription_id,
        states.state_number,
        points.starts_at,
        states.effective_at,
        states.ended_from,
        case
            when points.starts_at >= states.ended_from then 'cancelled'
            when points.starts_at >= states.trial_from
                and (
                    points.starts_at < states.trial_until
                    or (states.trial_until is null and states.known_status = 'in_trial')
                )
                then 'trialing'
            when points.starts_at >= states.pause_from
                and (points.starts_at < states.pause_until or states.pause_until is null)
                then 'paused'
            -- a status that nobody here knows is what it is
            when states.known_status not in (
                'future', 'in_trial', 'active', 'non_renewing', 'paused', 'cancelled', 'transferred', 'deleted'
            ) and points.starts_at >= states.effective_at
                then states.known_status
            when points.starts_at >= states.live_from then 'active'
        end as status
    from states
    inner join points on states.subscription_id = points.subscription_id and states.state_number = points.state_number
    where
        (points.starts_at >= states.effective_at or states.state_number = 1)
        and (points.starts_at < states.next_effective_at or states.next_effective_at is null)
)

select
    subscription_id,
    state_number,
    starts_at,
    coalesce(starts_at >= effective_at, false) as is_told,
    -- before anything is known of it there is nothing to say, but a bill may
    coalesce(status, case when starts_at >= effective_at then 'cancelled' else 'unknown' end) as status
from known
