{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per subscription that was active, and of whose items neither the items nor any invoice line tells.
with paying as (
    select distinct subscription_id from {{ ref('stg_stripe__status_changes') }}
    where status in ('active', 'past_due')
),

known as (
    select distinct subscription_id from {{ ref('stg_stripe__item_changes') }}
)

select
    lives.subscription_id,
    lives.account_id,
    lives.begins_at,
    lives.recorded_at
from {{ ref('stg_stripe__subscription_lives') }} as lives
inner join paying on lives.subscription_id = paying.subscription_id
left join known on lives.subscription_id = known.subscription_id
where known.subscription_id is null
