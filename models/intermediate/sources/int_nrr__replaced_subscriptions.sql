{{ config(enabled=nrr.is_given('subscription_links')) }}
{%- set several = nrr.event_sources() | length > 1 -%}
-- One row per subscription that another replaces: when it ends for that, whatever its source says it does later.
with links as (
    select
        source_system,
        old_subscription_id as given_old_subscription_id,
        new_subscription_id as given_new_subscription_id,
        replaced_at
    from {{ ref('stg_nrr__subscription_links') }}
),

{%- if several %}

sources as (
    select distinct source_system from {{ ref('int_nrr__source_events') }}
),

{%- endif %}

ids as (
    select
        replaced_at,
        {%- if several %}
        {{ nrr.id_in_source('sources.source_system', 'given_old_subscription_id') }} as old_subscription_id,
        {{ nrr.id_in_source('sources.source_system', 'given_new_subscription_id') }} as new_subscription_id
    from links
    inner join sources on coalesce(links.source_system, sources.source_system) = sources.source_system
        {%- else %}
        given_old_subscription_id as old_subscription_id,
        given_new_subscription_id as new_subscription_id
    from links
        {%- endif %}
),

begun as (
    select
        ids.old_subscription_id,
        min(events.effective_at) as new_begins_at
    from ids
    inner join {{ ref('int_nrr__source_events') }} as events on ids.new_subscription_id = events.subscription_id
    group by ids.old_subscription_id
),

-- whose it is when it ends
owned as (
    select
        ids.old_subscription_id as subscription_id,
        coalesce(ids.replaced_at, begun.new_begins_at) as replaced_at,
        events.source_account_id,
        events.source_system,
        row_number() over (
            partition by ids.old_subscription_id
            order by events.effective_at desc nulls last, events.source_account_id
        ) as latest_first
    from ids
    inner join {{ ref('int_nrr__source_events') }} as events on ids.old_subscription_id = events.subscription_id
    left join begun on ids.old_subscription_id = begun.old_subscription_id
    where events.effective_at < coalesce(ids.replaced_at, begun.new_begins_at)
)

select
    subscription_id,
    replaced_at,
    source_account_id,
    source_system
from owned
where latest_first = 1
