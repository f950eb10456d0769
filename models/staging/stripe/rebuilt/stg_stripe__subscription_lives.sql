{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per subscription: whose it is, from when to when it is billed, and what is known of it besides its versions.
with versions as (
    select * from {{ ref('stg_stripe__subscription_states') }}
    where source_reason is null
),

-- up to when an invoice was paid
paid as (
    select
        subscription_id,
        max(period_ends_at) as paid_until
    from {{ ref('stg_stripe__invoice_lines') }}
    where is_cycle and is_paid
    group by subscription_id
),

beginnings as (
    select
        subscription_id,
        min(coalesce(starts_at, created_at)) as starts_at,
        min(created_at) as created_at,
        min(version_at) as first_version_at,
        max(case when is_evidence then version_at end) as newest_change_at,
        max(version_at) as newest_version_at,
        max(recorded_at) as recorded_at
    from versions
    group by subscription_id
)

select
    newest.subscription_id,
    newest.account_id,
    coalesce(beginnings.starts_at, beginnings.first_version_at) as begins_at,
    coalesce(beginnings.created_at, beginnings.starts_at, beginnings.first_version_at) as created_at,
    newest.trial_ends_at,
    -- When it stopped is the object's own date: the row that says so may have come days later.
    coalesce(
        newest.ended_at,
        case
            when newest.status = 'canceled'
                then coalesce(
                    case when newest.cancels_at_period_end then newest.period_ends_at end,
                    newest.cancel_requested_at,
                    newest.version_at
                )
        end,
        newest.gone_at,
        -- what is planned, and comes by itself
        newest.cancels_at,
        case when newest.cancels_at_period_end then newest.period_ends_at end
    ) as ended_at,
    paid.paid_until,
    newest.period_starts_at,
    -- a version that is later than the first shows when something changed; a single one, only when it was loaded
    coalesce(beginnings.newest_change_at, beginnings.recorded_at, beginnings.newest_version_at) as newest_change_at,
    beginnings.newest_change_at is not null as has_history,
    beginnings.recorded_at
from versions as newest
inner join beginnings on newest.subscription_id = beginnings.subscription_id
left join paid on newest.subscription_id = paid.subscription_id
where newest.is_newest
