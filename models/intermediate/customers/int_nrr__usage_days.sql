{{ config(enabled=nrr.is_given('product_usage')) }}
-- One row per account, metric, day and day on which it became known: how much the account used; and as the metric
-- features_used how many different features.
with features as (
    select
        account_id,
        usage_on,
        feature,
        min(known_on) as known_on
    from {{ ref('int_nrr__usage_rows') }}
    where feature is not null and value > 0
    group by account_id, usage_on, feature
)

select
    account_id,
    metric,
    usage_on,
    known_on,
    cast(sum(value) as decimal(22, 4)) as value
from {{ ref('int_nrr__usage_rows') }}
group by account_id, metric, usage_on, known_on

union all

select
    account_id,
    cast('features_used' as {{ nrr.type_text() }}) as metric,
    usage_on,
    known_on,
    cast(count(*) as decimal(22, 4)) as value
from features
group by account_id, usage_on, known_on
