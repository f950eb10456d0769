-- One row per account that shares a subscription with another: an item that moves ends in the one where it begins in
-- the other, so that a change of either is a change of both.
with events as (
    select
        account_id,
        {{ nrr.fingerprint(['subscription_id']) }} as subscription_key,
        {{ nrr.fingerprint(['account_id']) }} as account_key
    from {{ ref('stg_nrr__subscription_events') }}
    where account_id is not null and subscription_id is not null
),

shared as (
    select subscription_key from events
    group by subscription_key
    having min(account_key) <> max(account_key)
)

select distinct events.account_id
from events
inner join shared on events.subscription_key = shared.subscription_key
