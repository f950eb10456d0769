{%- set has_lines = nrr.recurly_has('lines') -%}
{%- set has_accounts = nrr.recurly_has('accounts') -%}
{%- set at_cancellation = nrr.setting('nrr_churn_at') == 'cancellation' -%}
{%- set grace_days = nrr.grace_days('recurly') -%}
{{ config(enabled=nrr.has_source('recurly'), materialized='table') }}
-- One row per subscription and time in which it has one status, from when it began on, without gaps, the last without
-- an end. Everything is dated by what it says of itself, never by when it was loaded.
with versions as (
    select
        versions.*,
        plan_periods.period_months,
        plan_periods.period_days,
        {%- if has_accounts %}
        case
            when versions.next_updated_at is null and accounts.closed_at > versions.updated_at then accounts.closed_at
        end as closed_at
        {%- else %}
        cast(null as {{ nrr.type_instant() }}) as closed_at
        {%- endif %}
    from {{ ref('stg_recurly__subscription_versions') }} as versions
    left join {{ ref('stg_recurly__plans') }} as plan_periods on versions.plan_id = plan_periods.plan_id
    {%- if has_accounts %}
    left join {{ ref('stg_recurly__closed_accounts') }} as accounts on versions.account_id = accounts.account_id
    {%- endif %}
    where versions.started_at is not null
),

-- when a version says that the subscription ends, or has ended
with_ends as (
    select
        versions.*,
        case
            when state = 'expired' then coalesce(
                expires_at, canceled_at, case when current_period_ends_at < updated_at then current_period_ends_at end,
                updated_at
            )
            when state = 'canceled' then coalesce(expires_at, current_term_ends_at, current_period_ends_at)
            when state = 'failed' then case
                when has_been_live then coalesce(expires_at, canceled_at, updated_at)
                else started_at
            end
            when expires_at > updated_at then expires_at
            {%- if not at_cancellation %}
            when closed_at < current_period_ends_at then current_period_ends_at
            {%- endif %}
            else closed_at
        end as period_ends_at
    from versions
),

-- A pause counts its cycles down: those that are left are left from the one on that runs when the version is made.
with_pauses as (
    select
        with_ends.*,
        {%- if at_cancellation %}
        case
            when state in ('canceled', 'expired') and canceled_at < coalesce(period_ends_at, {{ nrr.end_of_time() }})
                then canceled_at
            else period_ends_at
        end as ends_at,
        {%- else %}
        period_ends_at as ends_at,
        {%- endif %}
        case
            when state = 'paused' and paused_at is null then updated_at
            when state in ('active', 'canceled', 'paused') then paused_at
        end as pause_starts_at
    from with_ends
),

with_cycles as (
    select
        with_pauses.*,
        {{ nrr.periods_passed('pause_starts_at', 'updated_at', 'period_months', 'period_days') }} as cycles_begun
    from with_pauses
),

with_running_cycles as (
    select
        with_cycles.*,
        {{ nrr.period_begun_by('updated_at', 'pause_starts_at', 'cycles_begun', 'period_months', 'period_days') }}
            as cycle_begins_at,
        cast(case
            when state = 'paused' and remaining_pause_cycles = 0 then 1
            else remaining_pause_cycles
        end as integer) as cycles_left
    from with_cycles
),

with_resumptions as (
    select
        with_running_cycles.*,
        case
            when resume_at > pause_starts_at then resume_at
            else {{ nrr.periods_later('cycle_begins_at', 'cycles_left', 'period_months', 'period_days') }}
        end as pause_ends_at
    from with_running_cycles
),
{%- if has_lines %}

first_lines as (
    select
        subscription_id,
        min(starts_at) as charged_from
    from {{ ref('stg_recurly__line_items') }}
    where origin = 'plan' and source_reason is null
    group by subscription_id
),
{%- endif %}

subscriptions as (
    select
        versions.subscription_id,
        versions.account_id,
        {%- if has_lines %}
        -- what was charged had begun
        case
            when first_lines.charged_from < versions.started_at then first_lines.charged_from
            else versions.started_at
        end as started_at,
        {%- else %}
        versions.started_at,
        {%- endif %}
        versions.first_updated_at,
        versions.trial_started_at,
        versions.trial_ends_at
    from versions
    {%- if has_lines %}
    left join first_lines on versions.subscription_id = first_lines.subscription_id
    {%- endif %}
    where versions.version_number = 1
),
{%- if grace_days > 0 %}

-- another subscription of the account that begins soon enough renews this one
renewals as (
    select
        ended.subscription_id,
        min(subscriptions.started_at) as renewed_at
    from with_resumptions as ended
    inner join subscriptions
        on
            ended.account_id = subscriptions.account_id
            and ended.subscription_id <> subscriptions.subscription_id
            and ended.ends_at < subscriptions.started_at
            and subscriptions.started_at <= {{ nrr.moved('ended.ends_at', 'day', grace_days) }}
    where ended.next_updated_at is null and ended.state in ('canceled', 'expired')
    group by ended.subscription_id
),
{%- endif %}
{%- if has_lines %}

-- before the first version a time without a charge, between two charges, was a pause
line_spans as (
    select
        line_items.subscription_id,
        line_items.starts_at,
        max(line_items.ends_at) over (
            partition by line_items.subscription_id
            order by line_items.starts_at, line_items.line_item_id rows between unbounded preceding and 1 preceding
        ) as charged_until
    from {{ ref('stg_recurly__line_items') }} as line_items
    inner join subscriptions
        on
            line_items.subscription_id = subscriptions.subscription_id
            and line_items.starts_at < subscriptions.first_updated_at
    where line_items.origin = 'plan' and line_items.source_reason is null
),
{%- endif %}

spans as (
    -- a version says what is to come until the next one says otherwise
    select
        with_resumptions.subscription_id,
        'cancelled' as status,
        {%- if grace_days > 0 %}
        coalesce(renewals.renewed_at, with_resumptions.ends_at) as starts_at,
        {%- else %}
        with_resumptions.ends_at as starts_at,
        {%- endif %}
        with_resumptions.next_updated_at as ends_at
    from with_resumptions
    {%- if grace_days > 0 %}
    left join renewals on with_resumptions.subscription_id = renewals.subscription_id
    {%- endif %}
    where with_resumptions.ends_at is not null

    union all

    select
        subscription_id,
        'paused' as status,
        pause_starts_at as starts_at,
        case
            when next_updated_at < pause_ends_at or pause_ends_at is null then next_updated_at
            else pause_ends_at
        end as ends_at
    from with_resumptions
    where pause_starts_at is not null

    union all

    select
        subscription_id,
        'trialing' as status,
        coalesce(trial_started_at, started_at) as starts_at,
        trial_ends_at as ends_at
    from subscriptions
    where trial_ends_at is not null
    {%- if has_lines %}

    union all

    select
        subscription_id,
        'paused' as status,
        charged_until as starts_at,
        starts_at as ends_at
    from line_spans
    where {{ nrr.day_later('charged_until') }} < starts_at
    {%- endif %}
),

sides as (
    select 1 as side
    union all
    select -1 as side
),

changes as (
    select
        spans.subscription_id,
        case when sides.side = 1 then spans.starts_at else spans.ends_at end as changes_at,
        spans.status,
        sides.side
    from spans
    cross join sides
    where
        (spans.ends_at is null or spans.starts_at < spans.ends_at)
        and (sides.side = 1 or spans.ends_at is not null)

    union all

    select
        subscription_id,
        started_at as changes_at,
        'active' as status,
        1 as side
    from subscriptions

    union all

    -- from here on there is evidence
    select
        subscription_id,
        first_updated_at as changes_at,
        'evident' as status,
        1 as side
    from subscriptions
    where {{ nrr.day_later('started_at') }} < first_updated_at
),

-- what was said of the time before it began holds when it begins
changes_by_instant as (
    select
        changes.subscription_id,
        case
            when changes.changes_at < subscriptions.started_at then subscriptions.started_at
            else changes.changes_at
        end as starts_at,
        {%- for status in ['cancelled', 'trialing', 'paused', 'evident'] %}
        sum(case when changes.status = '{{ status }}' then changes.side else 0 end) as {{ status }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from changes
    inner join subscriptions on changes.subscription_id = subscriptions.subscription_id
    group by
        changes.subscription_id,
        case
            when changes.changes_at < subscriptions.started_at then subscriptions.started_at
            else changes.changes_at
        end
),

running as (
    select
        subscription_id,
        starts_at,
        {%- for status in ['cancelled', 'trialing', 'paused', 'evident'] %}
        sum({{ status }}) over (
            partition by subscription_id order by starts_at rows between unbounded preceding and current row
        ) as {{ status }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes_by_instant
),

statuses as (
    select
        running.subscription_id,
        running.starts_at,
        case
            when running.cancelled > 0 then 'cancelled'
            when running.trialing > 0 then 'trialing'
            when running.paused > 0 then 'paused'
            else 'active'
        end as status,
        running.evident = 0 and {{ nrr.day_later('subscriptions.started_at') }} < subscriptions.first_updated_at
            as is_reconstructed
    from running
    inner join subscriptions on running.subscription_id = subscriptions.subscription_id
),

compared as (
    select
        statuses.*,
        lag(status) over (partition by subscription_id order by starts_at) as previous_status,
        lag(is_reconstructed) over (partition by subscription_id order by starts_at) as was_reconstructed
    from statuses
)

select
    subscription_id,
    starts_at,
    lead(starts_at) over (partition by subscription_id order by starts_at) as ends_at,
    status,
    is_reconstructed
from compared
where
    previous_status is null
    or previous_status <> status
    or was_reconstructed <> is_reconstructed
