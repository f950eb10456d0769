{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_event')) }}
{%- set fields, lists = nrr.chargebee_fields(), nrr.chargebee_lists() -%}
{%- set syncs = ['_airbyte_extracted_at', '_airbyte_emitted_at', '_fivetran_synced'] -%}
{%- set columns = ['id', 'occurred_at', 'event_type', 'content'] -%}
-- One row per event of a subscription: the whole subscription as it was then, all values as texts. Of an event that
-- was delivered several times, one.
with input as (
    select * from {{ nrr.input_rows('chargebee_event', columns + syncs) }} as input
),

events as (
    select
        {{ nrr.read_text('id') }} as event_id,
        {{ nrr.read_word('event_type') }} as event_type,
        {{ nrr.read_epoch('occurred_at') }} as occurred_at,
        {{ nrr.read_text('occurred_at') }} as given_occurred_at,
        coalesce(
            {{ nrr.read_epoch('_airbyte_extracted_at') }},
            {{ nrr.read_epoch('_airbyte_emitted_at') }},
            {{ nrr.read_epoch('_fivetran_synced') }}
        ) as synced_at,
        {{ nrr.json_value('content', 'subscription') }} as told_subscription,
        {{ nrr.json_value('content', 'customer.id') }} as content_customer_id,
        {{ nrr.row_as_text(columns) }} as source_row
    from input
),

-- those that are about a subscription's state; what it may use (entitlements) is told without it
states as (
    select
        events.*,
        row_number() over (
            partition by coalesce(event_id, source_row)
            order by synced_at desc nulls last, occurred_at desc nulls last, source_row
        ) as newest_first
    from events
    where
        substr(event_type, 1, 13) = 'subscription_'
        and (told_subscription is not null or event_type not like '%entitlement%')
)

select
    event_id,
    event_type,
    occurred_at,
    given_occurred_at,
    synced_at,
    {%- for field in fields %}
    {%- if field == 'customer_id' %}
    coalesce(nullif({{ nrr.json_value('told_subscription', field) }}, ''), content_customer_id) as customer_id,
    {%- else %}
    nullif({{ nrr.json_value('told_subscription', field) }}, '') as {{ field }},
    {%- endif %}
    {%- endfor %}
    {%- for list in lists %}
    {{ nrr.json_value('told_subscription', list) }} as {{ list }},
    {%- endfor %}
    told_subscription is not null as has_subscription,
    source_row
from states
where newest_first = 1
