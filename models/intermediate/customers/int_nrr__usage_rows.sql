{{ config(enabled=nrr.is_given('product_usage')) }}
{%- set is_by_parent = nrr.setting('nrr_account_level') == 'parent' -%}
-- One row per usable row of the input product_usage, under the account that it counts for.
select
    {{ 'coalesce(parents.top_account_id, usage.account_id)' if is_by_parent else 'usage.account_id' }} as account_id,
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
