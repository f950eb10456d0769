{{ config(enabled=nrr.is_given('product_usage')) }}
-- One row per account and feature that it used before it had paid for 90 days: since when that is known, and since when
-- anybody uses the feature.
with first_payments as (
    select distinct
        account_id,
        first_paid_on
    from {{ ref('int_nrr__observed_accounts') }}
),

features as (
    select
        account_id,
        feature,
        usage_on,
        {{ nrr.later('usage_on', 'known_on') }} as known_on,
        min(usage_on) over (partition by feature) as first_used_on
    from {{ ref('int_nrr__usage_rows') }}
    where feature is not null and value > 0
)

select
    features.account_id,
    features.feature,
    first_payments.first_paid_on,
    min(features.known_on) as known_on,
    min(features.first_used_on) as first_used_on
from features
inner join first_payments on features.account_id = first_payments.account_id
where {{ nrr.days_between('first_payments.first_paid_on', 'features.usage_on') }} < 90
group by features.account_id, features.feature, first_payments.first_paid_on
