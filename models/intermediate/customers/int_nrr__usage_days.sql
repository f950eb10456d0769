{{ config(enabled=nrr.is_given('product_usage')) }}
{%- set is_by_parent = nrr.setting('nrr_account_level') == 'parent' -%}
-- One row per account, metric, day and day on which it became known: how much the account used; and as the metric
-- features_used how many different features.
with usage as (
    select
        {{ 'coalesce(parents.top_account_id, usage.account_id)' if is_by_parent else 'usage.account_id' }}
        as account_id,
        usage.metric,
        usage.feature,
        usage.usage_on,
        usage.known_on,
        usage.value
    from {{ ref('stg_customers__usage_rows') }} as usage
    {%- if is_by_parent %}
    left join {{ ref('int_nrr__account_parents') }} as parents on usage.account_id = parents.account_id
    {%- endif %}
    where usage.reason is null
),

features as (
    select
        account_id,
        usage_on,
        feature,
        min(known_on) as known_on
    from usage
    where feature is not null and value > 0
    group by account_id, usage_on, feature
)

select
    account_id,
    metric,
    usage_on,
    known_on,
    cast(sum(value) as decimal(22, 4)) as value
from usage
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
