{{ config(enabled=nrr.has_source('subscription_periods')) }}
{%- set columns = [
    'account_id', 'subscription_id', 'starts_on', 'ends_on', 'amount', 'billing_interval', 'billing_interval_count',
    'quantity', 'currency', 'status', 'trial_ends_on', 'product_id', 'plan_id',
] -%}
{#- what carries no MRR now, and did before #}
{%- set stopped = ['unpaid'] + ([] if nrr.setting('nrr_paused_counts') else ['paused']) -%}
-- One row per row of the input subscription_periods: its values as their types (null where missing or unreadable), the
-- row as it was given, its number among those of its subscription, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{- nrr.read_values(['starts_on', 'ends_on', 'trial_ends_on'], nrr.read_instant) }}
        {{- nrr.read_values(['amount', 'billing_interval_count', 'quantity'], nrr.read_decimal) }}
        {{ nrr.read_word('billing_interval') }} as billing_interval,
        upper({{ nrr.read_text('currency') }}) as currency,
        coalesce({{ nrr.read_word('status') }}, 'active') as status,
        {{ nrr.read_text('status') }} as given_status,
        {{ nrr.read_text('product_id') }} as product_id,
        {{ nrr.read_text('plan_id') }} as plan_id,
        {{ nrr.row_as_text(columns) }} as source_row
    from {{ nrr.input_rows('subscription_periods', columns) }} as input
),

dated as (
    select
        typed.*,
        statuses.status as known_status,
        {{ nrr.begin_of_day_or_instant('starts_on') }} as starts_at,
        -- the day on which it ends is its last
        {{ nrr.begin_of_day_or_instant('ends_on') }} as last_day_begins_at,
        {{ nrr.end_of_day_or_instant('ends_on') }} as ends_at,
        {{ nrr.end_of_day_or_instant('trial_ends_on') }} as trial_ends_at
    from typed
    left join {{ ref('nrr_status_values') }} as statuses on typed.status = statuses.value
    -- a row without any value is no row
    where coalesce(
        typed.account_id, typed.subscription_id, typed.given_starts_on, typed.given_ends_on, typed.given_amount,
        typed.given_trial_ends_on
    ) is not null
),

compared as (
    select
        dated.*,
        min(case when known_status <> 'ignore' then known_status end) over (partition by subscription_id)
            as first_status,
        max(case when known_status <> 'ignore' then known_status end) over (partition by subscription_id)
            as last_status,
        min(ends_at) over (partition by account_id, subscription_id) as first_ends_at
    from dated
),

told as (
    select
        compared.*,
        -- Where all rows of a subscription say that it has stopped, they say how it is now. A row that differs from
        -- others, or follows one that has ended, says how it was in its own time.
        coalesce(
            known_status in ('{{ stopped | join("', '") }}')
            and case
                when subscription_id is null then coalesce(first_ends_at > starts_at, true)
                else first_status = last_status
            end, false
        ) as has_status_of_now
    from compared
),

judged as (
    select
        told.*,
        case
            when account_id is null then 'missing_account_id'
            when given_starts_on is null then 'missing_starts_on'
            {{- nrr.given_but_unread([
                'starts_on', 'ends_on', 'trial_ends_on', 'amount', 'billing_interval_count', 'quantity'
            ]) }}
            when
                given_amount is null
                and (known_status in ('active', 'past_due', 'cancelled') or has_status_of_now)
                then 'missing_amount'
            when given_amount is null and known_status = 'trialing' and trial_ends_at is not null then 'missing_amount'
            when amount < 0 then 'negative_amount'
            when ends_at <= starts_at then 'ends_on_before_starts_on'
            when known_status = 'cancelled' and ends_at is null then 'missing_ends_on'
        end as own_reason,
        -- rows with an id that are the same are one row
        case
            when subscription_id is not null
                then row_number() over (partition by subscription_id, source_row order by source_row)
            else 1
        end as delivery
    from told
)

select
    account_id,
    subscription_id,
    coalesce(subscription_id, account_id) as subscription_key,
    subscription_id is null as is_without_id,
    starts_at,
    last_day_begins_at,
    ends_at,
    trial_ends_at,
    amount,
    billing_interval,
    billing_interval_count,
    quantity,
    currency,
    status,
    known_status,
    has_status_of_now,
    product_id,
    plan_id,
    source_row,
    row_number() over (
        partition by coalesce(subscription_id, account_id), case when subscription_id is null then 1 else 0 end
        order by starts_at, product_id, plan_id, source_row
    ) as row_of_subscription,
    case when own_reason is null and delivery > 1 then 'duplicate' else own_reason end as source_reason
from judged
