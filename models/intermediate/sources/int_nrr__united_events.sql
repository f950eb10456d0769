{%- set columns = nrr.event_columns() -%}
{%- set several = nrr.event_sources() | length > 1 -%}
{%- set is_by_parent = nrr.setting('nrr_account_level') == 'parent' -%}
{%- set has_links = nrr.is_given('account_links') -%}
{%- set has_ends = nrr.is_given('subscription_links') -%}
-- One row per state of an item that any source tells of, or row of one that cannot be used: its values as their types
-- and as they were given, and the account that it belongs to. Nothing behind this model knows of sources.
with
{%- if has_ends %}
source_events as (
    select
        events.*,
        case
            when events.effective_at >= replaced.replaced_at then 'replaced_subscription'
            else events.reason_in_source
        end as source_reason
    from {{ ref('int_nrr__source_events') }} as events
    left join {{ ref('int_nrr__replaced_subscriptions') }} as replaced
        on events.subscription_id = replaced.subscription_id
),

-- a subscription that another replaces has one state more, of all its items: it has ended
ends as (
    select
        {%- set values = {
            'subscription_id': 'subscription_id', 'effective_at': 'replaced_at', 'recorded_at': 'replaced_at',
            'status': "'cancelled'",
        } %}
        {%- set types = nrr.event_types() %}
        {%- for column in columns %}
        cast({{ 'source_account_id' if column == 'account_id' else values.get(column, 'null') }} as {{ types[column] }})
            as {{ 'source_account_id' if column == 'account_id' else column }},
        {%- endfor %}
        {%- for column in columns %}
        {{ nrr.as_text('source_account_id' if column == 'account_id' else values.get(column, 'null')) }}
            as given_{{ column }},
        {%- endfor %}
        source_system,
        false as is_reconstructed,
        cast(null as {{ nrr.type_text() }}) as reason_in_source,
        cast(null as {{ nrr.type_text() }}) as source_row,
        cast(null as {{ nrr.type_text() }}) as source_reason
    from {{ ref('int_nrr__replaced_subscriptions') }}
),

events as (
    select * from source_events
    union all
    select * from ends
)
{%- else %}
events as (
    select
        source_events.*,
        reason_in_source as source_reason
    from {{ ref('int_nrr__source_events') }} as source_events
)
{%- endif %}
{%- if has_links %},

links as (
    select * from {{ ref('stg_nrr__account_links') }}
),

-- A state in which an item moves to another account is two: from the move on it is the other's.
states_at_moves as (
    select
        events.*,
        links.valid_from as moved_at,
        row_number() over (
            partition by events.subscription_id, events.subscription_item_id, links.valid_from
            order by events.effective_at desc, events.recorded_at desc nulls last, events.sequence desc nulls last
        ) as newest_first
    from events
    inner join links
        on
            events.source_system = links.source_system
            and events.source_account_id = links.source_account_id
            and not links.is_first
            and events.effective_at < links.valid_from
    where events.source_reason is null
),

owned as (
    select * from events

    union all

    select
        {%- for column in columns %}
        {{ {'account_id': 'source_account_id', 'effective_at': 'moved_at as effective_at'}.get(column, column) }},
        {%- endfor %}
        {%- for column in columns %}
        given_{{ column }},
        {%- endfor %}
        source_system,
        is_reconstructed,
        reason_in_source,
        source_row,
        source_reason
    from states_at_moves
    where newest_first = 1
)
{%- endif %},

linked as (
    select
        events.*,
        {{ nrr.own_account_id(
            'events.source_system', 'events.source_account_id', 'links.account_id', 'shared_ids.source_account_id'
        ) }} as own_account_id
    from {{ 'owned' if has_links else 'events' }} as events
    {%- if has_links %}
    left join links
        on
            events.source_system = links.source_system
            and events.source_account_id = links.source_account_id
            and (links.is_first or events.effective_at >= links.valid_from)
            and (links.valid_to is null or events.effective_at < links.valid_to)
    {%- endif %}
    {%- if several %}
    left join {{ ref('int_nrr__shared_account_ids') }} as shared_ids
        on events.source_account_id = shared_ids.source_account_id
    {%- endif %}
)

select
    linked.*,  -- noqa: AM04
    {%- if is_by_parent %}
    coalesce(parents.top_account_id, linked.own_account_id) as account_id
from linked
left join {{ ref('int_nrr__account_parents') }} as parents on linked.own_account_id = parents.account_id
    {%- else %}
    own_account_id as account_id
from linked
    {%- endif %}
