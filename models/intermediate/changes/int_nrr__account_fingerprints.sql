{%- set columns = nrr.given_event_columns() -%}
{%- set settings = [
    (config.get('meta') or {}).get('package_version', ''), nrr.setting('nrr_reporting_currency'),
    nrr.setting('nrr_past_due_counts'), nrr.setting('nrr_paused_counts'), nrr.setting('nrr_discounts'),
    nrr.setting('nrr_timezone')
] | tojson -%}
-- One row per account: a fingerprint of all that its item states are made from: its input rows, whether their
-- currencies have rates, what their status and billing_interval mean, the settings and the package's version.
with currencies as (
    select distinct currency from {{ ref('stg_nrr__exchange_rates') }}
),

-- Words are made of the few different values, not of every row.
given_statuses as (
    select distinct given_status from {{ ref('stg_nrr__subscription_events') }}
),

given_intervals as (
    select distinct given_billing_interval from {{ ref('stg_nrr__subscription_events') }}
),

statuses as (
    select
        given_statuses.given_status,
        known.status
    from given_statuses
    inner join {{ ref('nrr_status_values') }} as known
        on {{ nrr.read_word('given_statuses.given_status') }} = known.value
),

intervals as (
    select
        given_intervals.given_billing_interval,
        known.billing_interval,
        known.billing_interval_count
    from given_intervals
    inner join {{ ref('nrr_interval_values') }} as known
        on {{ nrr.read_word('given_intervals.given_billing_interval') }} = known.value
),

events as (
    select
        events.*,
        currencies.currency is not null as is_convertible,
        statuses.status as known_status,
        intervals.billing_interval as known_interval,
        intervals.billing_interval_count as known_interval_count
    from {{ ref('stg_nrr__subscription_events') }} as events
    left join currencies on events.currency = currencies.currency
    left join statuses on events.given_status = statuses.given_status
    left join intervals on events.given_billing_interval = intervals.given_billing_interval
    where events.account_id is not null
),

subscriptions as (
    select
        account_id,
        subscription_id,
        sum(cast(
            {{ nrr.fingerprint(columns + [
                dbt.cast_bool_to_text('is_convertible'), 'known_status', 'known_interval', 'known_interval_count'
            ]) }} as {{ nrr.type_wide_integer() }}
        )) as fingerprint
    from events
    group by account_id, subscription_id
),

accounts as (
    select
        account_id,
        sum(fingerprint) as fingerprint
    from subscriptions
    group by account_id
),

-- An item that moves to another account ends in the one where it begins in the other: a change of either account of
-- a subscription is a change of both.
shared as (
    select subscription_id from subscriptions
    where subscription_id is not null
    group by subscription_id
    having count(*) > 1
),

linked_accounts as (
    select distinct subscriptions.account_id
    from subscriptions
    inner join shared on subscriptions.subscription_id = shared.subscription_id
),

-- all linked accounts are one group: to find the smallest groups would need a recursion
linked as (
    select
        linked_accounts.account_id,
        sum(accounts.fingerprint) over () as fingerprint
    from linked_accounts
    inner join accounts on linked_accounts.account_id = accounts.account_id
)

select
    accounts.account_id,
    {{ nrr.fingerprint(['accounts.fingerprint', 'coalesce(linked.fingerprint, 0)', nrr.text_literal(settings)]) }}
        as fingerprint
from accounts
left join linked on accounts.account_id = linked.account_id
