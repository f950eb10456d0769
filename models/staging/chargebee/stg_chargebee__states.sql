{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set ends_when_asked = nrr.setting('nrr_churn_at') == 'cancellation' -%}
{%- set in_order = 'told_at nulls first, told_by, resource_version nulls first, synced_at nulls first, event_id' -%}
-- One row per state of a subscription that holds for some time: from when (effective_at) up to the next, and the
-- instants from which the dates within it make it trialing, live, paused or ended.
with told as (
    select
        told.*,
        case
            when is_deleted or event_type = 'subscription_deleted' then 'deleted'
            when status = 'canceled' then 'cancelled'
            else status
        end as known_status,
        is_deleted
        or event_type = 'subscription_deleted'
        or status in ('cancelled', 'canceled', 'transferred') as is_over
    from {{ ref('stg_chargebee__told_states') }} as told
    where source_reason is null
),

events as (
    select
        subscription_id,
        min(told_at) as oldest_at,
        max(told_at) as newest_at,
        max(case when has_items then told_at end) as newest_with_items_at,
        max(resource_version) as newest_version
    from told
    where told_by = 'event'
    group by subscription_id
),

-- A row of the table tells something where it is older or newer than all events.
used as (
    select
        told.*,
        row_number() over (partition by told.subscription_id order by {{ in_order }}) as place,
        {%- for date, before in [
            ('start_date', 'start_date_before'), ('activated_at', 'activated_at_before'),
            ('current_term_start', 'term_start_before'),
        ] %}
        lag(told.{{ date }}) over (partition by told.subscription_id order by {{ in_order }}) as {{ before }},
        {%- endfor %}
        max(told.account_id) over (partition by told.subscription_id) as some_account_id,
        max(told.currency) over (partition by told.subscription_id) as some_currency,
        max(told.synced_at) over (partition by told.subscription_id) as newest_synced_at,
        coalesce(
            min(told.started_at) over (partition by told.subscription_id),
            min(told.activated_at) over (partition by told.subscription_id),
            min(told.created_at) over (partition by told.subscription_id)
        ) as some_started_at,
        max(case when not told.is_over and told.known_status <> 'non_renewing' then told.told_at end) over (
            partition by told.subscription_id order by {{ in_order }} rows between unbounded preceding and 1 preceding
        ) as last_renewing_at
    from told
    left join events on told.subscription_id = events.subscription_id
    where
        told.told_by = 'event'
        or events.subscription_id is null
        or told.told_at < events.oldest_at
        -- events may leave out what things cost
        or events.newest_with_items_at is null
        or (events.newest_with_items_at < events.newest_at and told.told_at >= events.newest_at)
        or (
            case
                when told.resource_version is not null and events.newest_version is not null
                    then told.resource_version > events.newest_version and told.told_at >= events.newest_at
                else told.told_at > events.newest_at
            end
        )
),

-- when it was asked for that the subscription ends, if nothing has taken that back since
asked as (
    select
        used.*,
        case
            when known_status not in ('non_renewing', 'cancelled') and cancelled_at is null then null
            when last_renewing_at > cancel_schedule_created_at then null
            else cancel_schedule_created_at
        end as asked_at,
        -- where that is of an earlier time of its life, it says nothing
        case
            when known_status in ('non_renewing', 'cancelled', 'transferred', 'deleted') then cancelled_at
            when told_by = 'event' and cancelled_at <= told_at then null
            when told_by = 'row' and activated_at > cancelled_at then null
            else cancelled_at
        end as ends_at
    from used
),

dated as (
    select
        asked.*,
        case
            {%- if ends_when_asked %}
            when known_status in ('non_renewing', 'cancelled') and asked_at <= told_at then asked_at
            {%- endif %}
            when
                is_over and ends_at <= told_at
                -- an event that is not backdated, and an end before what was told before it: of an earlier time
                and (
                    told_by = 'row' or event_type like '%_with_backdating'
                    or last_renewing_at is null or ends_at >= last_renewing_at
                )
                then ends_at
            when known_status = 'paused' and pause_date <= told_at then pause_date
            when event_type in ('subscription_created', 'subscription_created_with_backdating')
                then {{ nrr.earliest('told_at', 'coalesce(start_date, started_at, activated_at)') }}
            -- the date that the change was given, which no event names: one of the subscription's that is another now
            when
                event_type like '%_with_backdating' and start_date < told_at
                and (started_at is null or start_date > started_at)
                and (start_date_before is null or start_date <> start_date_before)
                then start_date
            when
                event_type in ('subscription_activated_with_backdating', 'subscription_reactivated_with_backdating')
                and activated_at < told_at
                and (activated_at_before is null or activated_at <> activated_at_before)
                then activated_at
            when
                event_type like '%_with_backdating' and current_term_start < told_at
                and current_term_start <> term_start_before
                then current_term_start
            -- renewals are worked off some time after a period has begun
            when
                event_type in ('subscription_renewed', 'subscription_items_renewed')
                and current_term_start <= told_at
                and current_term_start >= {{ nrr.moved('told_at', 'day', -1) }}
                then current_term_start
            else told_at
        end as effective_at,
        -- what was activated when a pause was over began before
        case when pause_date is null or activated_at < pause_date then activated_at end as began_at
    from asked
),

-- what was told later of the same time, or of an earlier one, holds instead
judged as (
    select
        dated.*,
        min(effective_at) over (
            partition by subscription_id order by place rows between 1 following and unbounded following
        ) as replaced_from
    from dated
),

numbered as (
    select
        judged.*,
        row_number() over (partition by subscription_id order by place) as state_number,
        lead(effective_at) over (partition by subscription_id order by place) as next_effective_at
    from judged
    where replaced_from is null or effective_at < replaced_from
),

-- where it began to be paid for, as far as its dates tell
begun as (
    select
        numbered.*,
        case
            when known_status = 'in_trial' then trial_end
            when known_status = 'future'
                then case when trial_end > start_date then trial_end else start_date end
            when told_by = 'event' and known_status in ('active', 'non_renewing')
                then {{ nrr.earliest(
                    'effective_at', 'coalesce(began_at, started_at, start_date, created_at, some_started_at)'
                ) }}
            else coalesce(began_at, started_at, start_date, created_at, activated_at, some_started_at, told_at)
        end as live_from,
        case
            when known_status = 'in_trial' then {{ nrr.earliest('effective_at', 'trial_start') }}
            when known_status = 'future' then coalesce(trial_start, start_date)
            when trial_end is not null then coalesce(trial_start, started_at, start_date, created_at)
        end as trial_from,
        case
            when known_status = 'paused' then {{ nrr.earliest('effective_at', 'pause_date') }}
            else pause_date
        end as pause_from
    from numbered
),

tracks as (
    select
        begun.*,
        case
            when known_status = 'in_trial' and told_by = 'event' and trial_end <= effective_at then null
            when known_status in ('in_trial', 'future') then trial_end
            when told_by = 'event' and trial_from <= effective_at and trial_end > effective_at then effective_at
            when activated_at > trial_from and activated_at < trial_end then activated_at
            else trial_end
        end as trial_until,
        case
            when known_status = 'paused' then case when resume_date > pause_from then resume_date end
            -- an event that says that it is not paused ends what was before
            when told_by = 'event' and pause_date <= told_at
                then case when resume_date < effective_at then resume_date else effective_at end
            when told_by = 'event' then resume_date
            when resume_date is not null then resume_date
            when activated_at > pause_date then activated_at
            when pause_date < told_at then told_at
        end as pause_until,
        case
            when known_status = 'deleted' then {{ nrr.earliest('told_at', 'ends_at') }}
            when known_status = 'transferred' then coalesce(ends_at, told_at)
            when known_status = 'cancelled'
                then coalesce(ends_at, {{ nrr.earliest('told_at', 'current_term_end') }})
            when known_status = 'non_renewing'
                then coalesce(ends_at, case when current_term_end > effective_at then current_term_end end)
            when known_status in ('in_trial', 'future') and trial_end_action = 'cancel_subscription'
                then {{ nrr.earliest('ends_at', 'trial_end') }}
            else ends_at
        end as period_ends_at
    from begun
),

dated_tracks as (
    select
        tracks.*,
    {%- if ends_when_asked %}
        case
            when known_status = 'non_renewing'
                then {{ nrr.earliest('coalesce(asked_at, effective_at)', 'period_ends_at') }}
            else {{ nrr.earliest('asked_at', 'period_ends_at') }}
        end as ended_from,
    {%- else %}
        period_ends_at as ended_from,
    {%- endif %}
        -- a state that tells of no items has those of the one before
        coalesce(
            max(case when has_items then state_number end) over (
                partition by subscription_id order by state_number rows between unbounded preceding and current row
            ),
            min(case when has_items then state_number end) over (partition by subscription_id)
        ) as state_number_of_items,
        case
            when next_effective_at is null and newest_synced_at > known_until then newest_synced_at
            else known_until
        end as recorded_at
    from tracks
),

finished as (
    select
        dated_tracks.*,
        case
            when state_number_of_items is null then 'missing_subscription_items'
            when is_over and ended_from is null then 'missing_cancelled_at'
            when
                known_status in ('active', 'non_renewing', 'paused')
                and coalesce(
                    activated_at, started_at, start_date, created_at, trial_start, updated_at, version_at
                ) is null
                and told_by = 'row'
                then 'missing_started_at'
        end as state_reason
    from dated_tracks
)

select
    cast(subscription_id as {{ nrr.type_text() }}) as subscription_id,
    cast(state_number as bigint) as state_number,
    cast(state_number_of_items as bigint) as state_number_of_items,
    cast(has_items as boolean) as has_items,
    cast(told_by as {{ nrr.type_text() }}) as told_by,
    cast(event_id as {{ nrr.type_text() }}) as event_id,
    cast(account_id as {{ nrr.type_text() }}) as account_id,
    cast(some_account_id as {{ nrr.type_text() }}) as some_account_id,
    cast(currency as {{ nrr.type_text() }}) as currency,
    cast(some_currency as {{ nrr.type_text() }}) as some_currency,
    cast(status as {{ nrr.type_text() }}) as status,
    cast(known_status as {{ nrr.type_text() }}) as known_status,
    cast(effective_at as {{ nrr.type_instant() }}) as effective_at,
    cast(next_effective_at as {{ nrr.type_instant() }}) as next_effective_at,
    cast(recorded_at as {{ nrr.type_instant() }}) as recorded_at,
    cast(resource_version as bigint) as resource_version,
    cast(current_term_start as {{ nrr.type_instant() }}) as current_term_start,
    cast(live_from as {{ nrr.type_instant() }}) as live_from,
    cast(trial_from as {{ nrr.type_instant() }}) as trial_from,
    cast(trial_until as {{ nrr.type_instant() }}) as trial_until,
    cast(pause_from as {{ nrr.type_instant() }}) as pause_from,
    cast(pause_until as {{ nrr.type_instant() }}) as pause_until,
    cast(ended_from as {{ nrr.type_instant() }}) as ended_from,
    cast(mrr as {{ nrr.type_text() }}) as mrr,
    cast(billing_period as {{ nrr.type_text() }}) as billing_period,
    cast(billing_period_unit as {{ nrr.type_text() }}) as billing_period_unit,
    cast(plan_id as {{ nrr.type_text() }}) as plan_id,
    cast(plan_quantity as {{ nrr.type_text() }}) as plan_quantity,
    cast(plan_quantity_in_decimal as {{ nrr.type_text() }}) as plan_quantity_in_decimal,
    cast(plan_unit_price as {{ nrr.type_text() }}) as plan_unit_price,
    cast(plan_unit_price_in_decimal as {{ nrr.type_text() }}) as plan_unit_price_in_decimal,
    cast(plan_amount as {{ nrr.type_text() }}) as plan_amount,
    cast(plan_amount_in_decimal as {{ nrr.type_text() }}) as plan_amount_in_decimal,
    cast(plan_free_quantity as {{ nrr.type_text() }}) as plan_free_quantity,
    cast(plan_free_quantity_in_decimal as {{ nrr.type_text() }}) as plan_free_quantity_in_decimal,
    cast(coupon as {{ nrr.type_text() }}) as coupon,
    cast(subscription_items as {{ nrr.type_text() }}) as subscription_items,
    cast(item_tiers as {{ nrr.type_text() }}) as item_tiers,
    cast(addons as {{ nrr.type_text() }}) as addons,
    cast(coupons as {{ nrr.type_text() }}) as coupons,
    cast(discounts as {{ nrr.type_text() }}) as discounts,
    cast(source_row as {{ nrr.type_text() }}) as source_row,
    cast(state_reason as {{ nrr.type_text() }}) as state_reason
from finished
