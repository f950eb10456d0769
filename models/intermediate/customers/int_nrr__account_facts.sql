{%- set is_by_parent = nrr.setting('nrr_account_level') == 'parent' -%}
-- One row per thing that happened to an account, or is going to, on a day: what customer_events and billing tell.
select
    account_id,
    fact,
    cast(null as {{ nrr.type_text() }}) as label,
    cast(null as {{ nrr.type_text() }}) as subject_id,
    occurred_on,
    ends_on,
    known_on,
    cast(null as decimal(18, 4)) as value,
    mrr
from {{ ref('int_nrr__billing_facts') }}
{%- if nrr.is_given('customer_events') %}

union all

select
    {{ 'coalesce(parents.top_account_id, events.account_id)' if is_by_parent else 'events.account_id' }} as account_id,
    events.event as fact,
    events.label,
    events.subject_id,
    events.occurred_on,
    cast(null as date) as ends_on,
    events.known_on,
    events.value,
    cast(null as decimal(18, 4)) as mrr
from {{ ref('stg_customers__event_rows') }} as events
{%- if is_by_parent %}
left join {{ ref('int_nrr__account_parents') }} as parents on events.account_id = parents.account_id
{%- endif %}
where events.reason is null
{%- endif %}
