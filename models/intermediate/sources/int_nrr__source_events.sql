{%- set sources = nrr.event_sources() -%}
{%- set columns = nrr.event_columns() -%}
{%- set own = 'subscription_events' -%}
-- One row per state of an item that any source tells of, or row of one that cannot be used: its values as their types
-- and as they were given, and where it is from. Accounts are still those of their source.
{%- for source in sources if nrr.has_source(source) %}
{%- set is_own = source == own %}
select
    {%- for column in columns %}
    {%- if column == 'account_id' %}
    account_id as source_account_id,
    {%- elif column in ['subscription_id', 'subscription_item_id'] and sources | length > 1 %}
    {{ nrr.id_in_source("'" ~ source ~ "'", column) }} as {{ column }},
    {%- else %}
    {{ column }},
    {%- endif %}
    {%- endfor %}
    {%- for column in columns %}
    {%- if not is_own %}
    {{ nrr.as_text(column) }} as given_{{ column }},
    {%- elif sources | length > 1 %}
    {{ nrr.as_text('given_' ~ column) }} as given_{{ column }},
    {%- else %}
    given_{{ column }},
    {%- endif %}
    {%- endfor %}
    {%- if is_own %}
    cast('{{ own }}' as {{ nrr.type_text() }}) as source_system,
    false as is_reconstructed,
    cast(null as {{ nrr.type_text() }}) as reason_in_source,
    cast(null as {{ nrr.type_text() }}) as source_row
    {%- else %}
    source_system,
    is_reconstructed,
    source_reason as reason_in_source,
    source_row
    {%- endif %}
from {{ ref('stg_nrr__subscription_events' if is_own else 'stg_' ~ source ~ '__subscription_events') }}
{{ 'union all' if not loop.last }}
{%- endfor %}
