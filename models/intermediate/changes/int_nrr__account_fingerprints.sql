{%- set columns = nrr.given_event_columns() -%}
{#- what a source decides, or a link of accounts, is not in the values as they were given -#}
{%- if nrr.event_sources() != ['subscription_events'] or nrr.given_of(['account_links', 'subscription_links']) -%}
    {%- set columns = columns + [
        'source_reason', dbt.cast_bool_to_text('is_reconstructed'), nrr.as_text('effective_at')
    ] -%}
{%- endif -%}
{%- set settings = [
    (config.get('meta') or {}).get('package_version', ''), nrr.setting('nrr_reporting_currency'),
    nrr.setting('nrr_past_due_counts'), nrr.setting('nrr_paused_counts'), nrr.setting('nrr_discounts'),
    nrr.setting('nrr_timezone')
] | tojson -%}
-- One row per account: a fingerprint of all that its item states are made from: its input rows, whether their
-- currencies have rates, what values of status and billing_interval mean, the settings and the package's version.
with meanings as (
    select {{ nrr.fingerprint(['value', 'status']) }} as meaning from {{ ref('nrr_status_values') }}
    union all
    select {{ nrr.fingerprint(['value', 'billing_interval', 'billing_interval_count']) }} as meaning
    from {{ ref('nrr_interval_values') }}
),

all_meanings as (
    select coalesce(sum(cast(meaning as {{ nrr.type_wide_integer() }})), 0) as fingerprint from meanings
),

currencies as (
    select distinct currency from {{ ref('stg_nrr__exchange_rates') }}
),

events as (
    select
        events.*,
        currencies.currency is not null as is_convertible
    from {{ ref('int_nrr__united_events') }} as events
    left join currencies on events.currency = currencies.currency
    where events.account_id is not null
),

subscriptions as (
    select
        account_id,
        subscription_id,
        sum(cast(
            {{ nrr.fingerprint(columns + [dbt.cast_bool_to_text('is_convertible')]) }} as {{ nrr.type_wide_integer() }}
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
    {{ nrr.fingerprint([
        'accounts.fingerprint', 'coalesce(linked.fingerprint, 0)', 'all_meanings.fingerprint', nrr.text_literal(settings)
    ]) }} as fingerprint
from accounts
cross join all_meanings
left join linked on accounts.account_id = linked.account_id
