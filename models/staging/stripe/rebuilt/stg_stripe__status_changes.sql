{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
{%- set at_cancellation = nrr.setting('nrr_churn_at') == 'cancellation' -%}
-- One row per subscription and change of its status, up to the next one. `incomplete` has not begun yet.
with lives as (
    select * from {{ ref('stg_stripe__subscription_lives') }}
),

versions as (
    select
        versions.*,
        lives.begins_at,
        lives.ended_at as life_ends_at,
        lives.paid_until,
        {%- for column, name in {
            'version_at': 'previous_version_at', 'status': 'previous_status',
            'cancel_requested_at': 'previous_request_at',
        }.items() %}
        lag(versions.{{ column }}) over (
            partition by versions.subscription_id
            order by versions.version_at, versions.is_newest
        ) as {{ name }},
        {%- endfor %}
        row_number() over (
            partition by versions.subscription_id
            order by versions.version_at, versions.is_newest
        ) as version_number
    from {{ ref('stg_stripe__subscription_states') }} as versions
    inner join lives on versions.subscription_id = lives.subscription_id
    where versions.source_reason is null
),

-- A row comes after what it tells of: the object's own dates say when that was, back to the row before.
dated as (
    select
        *,
        case
            when version_number = 1 then begins_at
            when
                previous_status = 'trialing' and status <> 'trialing'
                and trial_ends_at between previous_version_at and version_at
                then trial_ends_at
            when status = 'paused' and paused_at between previous_version_at and version_at then paused_at
            {%- if at_cancellation %}
            when
                cancel_requested_at between previous_version_at and version_at
                and (previous_request_at is null or previous_request_at <> cancel_requested_at)
                then cancel_requested_at
            {%- endif %}
            else {{ nrr.later_of('version_at', 'begins_at') }}
        end as holds_from
    from versions
),

spans as (
    select
        *,
        lead(holds_from) over (partition by subscription_id order by version_number) as holds_to
    from dated
),

-- The first version says what was so when it was loaded. That the subscription was paused, or not paid, has begun after
-- the last time that was paid for, or the trial.
with_since as (
    select
        *,
        case
            when version_number > 1 or is_evidence then holds_from
            when paused_at is not null then paused_at
            when pause_behavior is null and status not in ('paused', 'unpaid', 'past_due') then holds_from
            when {{ nrr.later_of('paid_until', 'trial_ends_at') }} < coalesce(recorded_at, version_at)
                then {{ nrr.later_of('paid_until', 'trial_ends_at') }}
            when paid_until is not null or version_at > {{ nrr.moved('begins_at', 'day', 1) }}
                then coalesce(recorded_at, version_at)
            else coalesce(period_starts_at, holds_from)
        end as since
    from spans
    where holds_to is null or holds_from < holds_to
),

moments as (
    {%- set dates = ['trial_starts_at', 'trial_ends_at', 'since', 'pause_ends_at'] %}
    {%- if at_cancellation -%} {%- do dates.append('cancel_requested_at') -%} {%- endif %}
    select
        with_since.*,
        holds_from as changes_at
    from with_since
    {%- for column in dates %}

    union all

    select
        with_since.*,
        {{ column }} as changes_at
    from with_since
    where {{ column }} > holds_from and ({{ column }} < holds_to or holds_to is null)
    {%- endfor %}
),

judged as (
    select
        subscription_id,
        account_id,
        changes_at,
        case
            when status in ('incomplete', 'incomplete_expired') then 'incomplete'
            {%- if at_cancellation %}
            when cancel_requested_at <= changes_at then 'cancelled'
            {%- endif %}
            when trial_starts_at <= changes_at and changes_at < trial_ends_at then 'trialing'
            when
                pause_behavior is not null and changes_at >= since
                and (pause_ends_at is null or changes_at < pause_ends_at)
                then 'paused'
            when status in ('paused', 'unpaid', 'past_due') and changes_at < since then 'active'
            -- a row that was not written again when its trial was over, though the subscription was paid for since
            when status = 'trialing' and changes_at >= trial_ends_at and paid_until > trial_ends_at then 'active'
            -- before it ended
            when status = 'canceled' then 'active'
            else status
        end as status,
        (version_number = 1 and (not is_evidence or changes_at < version_at)) as is_reconstructed,
        recorded_at,
        life_ends_at
    from moments
    where life_ends_at is null or changes_at < life_ends_at

    union all

    select
        subscription_id,
        account_id,
        ended_at as changes_at,
        'cancelled' as status,
        false as is_reconstructed,
        recorded_at,
        ended_at as life_ends_at
    from lives
    where ended_at is not null
),

-- several dates of one version may be the same instant
ranked as (
    select
        *,
        row_number() over (
            partition by subscription_id, changes_at
            order by case when status = 'cancelled' then 1 else 2 end, status
        ) as choice
    from judged
),

in_order as (
    select
        *,
        lag(status) over (partition by subscription_id order by changes_at) as status_before,
        lag(account_id) over (partition by subscription_id order by changes_at) as account_before,
        lag(is_reconstructed) over (partition by subscription_id order by changes_at) as flag_before
    from ranked
    where choice = 1
)

select
    subscription_id,
    account_id,
    changes_at,
    lead(changes_at) over (partition by subscription_id order by changes_at) as next_change_at,
    status,
    is_reconstructed,
    recorded_at
from in_order
where
    status_before is null
    or status <> status_before
    or account_id <> account_before
    or is_reconstructed <> flag_before
