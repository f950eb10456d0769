{{ config(enabled=nrr.has_source('subscription_periods')) }}
{%- set grace = nrr.grace_days('subscription_periods') -%}
-- One row per row of the input that can be used: from when to when it holds, once the rows that follow it in its
-- subscription are looked at.
with periods as (
    select
        rows_of_input.*,
        -- with an id, what has the same plan is one item, which a later row replaces; without, each row is an item
        row_number() over (
            partition by
                subscription_key, is_without_id, starts_at,
                case when is_without_id then '' else coalesce(product_id, '') end,
                case when is_without_id then '' else coalesce(plan_id, '') end
            order by row_of_subscription
        ) as row_of_start
    from {{ ref('stg_subscription_periods__rows') }} as rows_of_input
    -- what is ignored, or not known, follows nothing
    where source_reason is null and known_status <> 'ignore'
),

starts as (
    select
        subscription_key,
        product_id,
        plan_id,
        starts_at,
        lead(starts_at) over (
            partition by subscription_key, product_id, plan_id order by starts_at
        ) as replaced_at
    from periods
    where not is_without_id
    group by subscription_key, product_id, plan_id, starts_at
),

-- where each row begins and, if it ends, where its last day begins: behind it, the next start is looked for
points as (
    select
        subscription_key,
        is_without_id,
        row_of_subscription,
        starts_at as point_at,
        1 as rank_at_instant,
        true as is_start
    from periods

    union all

    select
        subscription_key,
        is_without_id,
        row_of_subscription,
        last_day_begins_at as point_at,
        -- what begins on that day follows, but for the row itself and what begins with it
        case when last_day_begins_at <= starts_at then 2 else 0 end as rank_at_instant,
        false as is_start
    from periods
    where ends_at is not null
),

followed as (
    select
        points.*,
        min(case when is_start then point_at end) over (
            partition by subscription_key, is_without_id
            order by point_at, rank_at_instant
            rows between current row and unbounded following
        ) as next_starts_at
    from points
),

with_next as (
    select
        periods.*,
        starts.replaced_at,
        followed.next_starts_at,
        -- days of nrr_timezone, some of which have an hour more or less
        {{ nrr.utc_time(
            nrr.moved(nrr.shown_time('periods.ends_at'), 'day', grace),
            nrr.setting('nrr_timezone')
        ) }} as grace_ends_at
    from periods
    left join starts
        on
            not periods.is_without_id
            and periods.subscription_key = starts.subscription_key
            and coalesce(periods.product_id, '') = coalesce(starts.product_id, '')
            and coalesce(periods.plan_id, '') = coalesce(starts.plan_id, '')
            and periods.starts_at = starts.starts_at
    left join followed
        on
            periods.subscription_key = followed.subscription_key
            and periods.is_without_id = followed.is_without_id
            and periods.row_of_subscription = followed.row_of_subscription
            and not followed.is_start
),

ended as (
    select
        with_next.*,
        -- the next row begins on its last day, or so soon after it that it is a late renewal
        case when next_starts_at <= grace_ends_at then next_starts_at else ends_at end as own_end
    from with_next
),
{%- if nrr.setting('nrr_as_of') is none %}

days as (
    select starts_at as day_at from periods
    union all
    select ends_at as day_at from periods
    union all
    select trial_ends_at as day_at from periods
),
{%- endif %}

-- up to when the list is complete, as far as it says
complete as (
    {%- if nrr.setting('nrr_as_of') is none %}
    select max(day_at) as complete_at from days
    where day_at <= {{ nrr.time_of_the_run() }}
    {%- else %}
    select {{ nrr.as_of_setting() }} as complete_at
    {%- endif %}
)

select
    ended.account_id,
    ended.subscription_key as subscription_id,
    ended.is_without_id,
    ended.row_of_start,
    ended.starts_at,
    ended.trial_ends_at,
    case
        when ended.replaced_at < ended.own_end or ended.own_end is null then ended.replaced_at
        else ended.own_end
    end as ends_at,
    case
        when ended.own_end > ended.ends_at and (ended.replaced_at is null or ended.replaced_at > ended.ends_at)
            then ended.ends_at
    end as bridged_from,
    -- by then what is paused or unpaid now has stopped
    case
        when
            ended.has_status_of_now
            and ended.replaced_at is null
            and (ended.ends_at is null or ended.ends_at > complete.complete_at)
            then {{ nrr.later_of('ended.starts_at', 'complete.complete_at') }}
    end as stops_at,
    ended.amount,
    ended.billing_interval,
    ended.billing_interval_count,
    ended.quantity,
    ended.currency,
    -- how it is by now says nothing of what it was until then
    case
        when
            ended.known_status = 'cancelled'
            or (ended.known_status = 'trialing' and ended.trial_ends_at is not null)
            or ended.has_status_of_now
            then 'active'
        else ended.status
    end as status,
    ended.has_status_of_now,
    ended.status as given_status,
    ended.product_id,
    ended.plan_id
from ended
cross join complete
