-- One row per account, day and what can be counted over days: the usage of a metric, or that a fact happened once.
select
    account_id,
    fact,
    label,
    occurred_on,
    known_on,
    cast(1 as decimal(22, 4)) as amount
from {{ ref('int_nrr__account_facts') }}
{%- if nrr.is_given('product_usage') %}

union all

select
    account_id,
    metric as fact,
    cast(null as {{ nrr.type_text() }}) as label,
    usage_on as occurred_on,
    known_on,
    value as amount
from {{ ref('int_nrr__usage_days') }}
where value > 0
{%- endif %}
