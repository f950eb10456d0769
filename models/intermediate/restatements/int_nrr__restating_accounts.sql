{{ config(enabled=nrr.setting('nrr_restatements')) }}
-- One row per month, time from one publication to another and account of which events were recorded between the two
-- that reach the month, although theirs was over: how many are late, and how many correct what was recorded before.
with windows as (
    select distinct
        month,
        first_recorded_at,
        restated_recorded_at
    from {{ ref('int_nrr__restated_figures') }}
),

events as (
    select
        account_id,
        subscription_id,
        subscription_item_id,
        event_id,
        effective_at,
        {{ nrr.month_of('effective_at') }} as effective_month,
        recorded_at,
        min(recorded_at) over (partition by subscription_id, subscription_item_id, effective_at) as told_first_at
    from {{ ref('int_nrr__checked_events') }}
    where reason is null and has_recorded_at
),

late as (
    select * from events
    where {{ nrr.month_of('recorded_at') }} > effective_month
)

select
    windows.month,
    windows.first_recorded_at,
    windows.restated_recorded_at,
    late.account_id,
    sum(case when late.told_first_at > windows.first_recorded_at then 1 else 0 end) as late_events,
    sum(case when late.told_first_at > windows.first_recorded_at then 0 else 1 end) as corrected_events
from windows
inner join late
    on
        late.recorded_at > windows.first_recorded_at
        and late.recorded_at <= windows.restated_recorded_at
        and late.effective_month <= windows.month
group by windows.month, windows.first_recorded_at, windows.restated_recorded_at, late.account_id
