{{ config(enabled=nrr.tells_parents()) }}
{%- set has_links = nrr.is_given('account_links') -%}
{%- set several = nrr.event_sources() | length > 1 -%}
-- One row per account and parent that a source tells of: the accounts that they are by the newest links.
with
{%- if has_links %}
newest_links as (
    select * from {{ ref('stg_nrr__account_links') }}
    where valid_to is null
),
{%- endif %}

children as (
    select
        told.source_system,
        told.source_parent_id,
        {{ nrr.own_account_id(
            'told.source_system', 'told.source_account_id', 'links.account_id', 'shared_ids.source_account_id'
        ) }} as account_id
    from {{ ref('int_nrr__source_parents') }} as told
    {%- if has_links %}
    left join newest_links as links
        on told.source_system = links.source_system and told.source_account_id = links.source_account_id
    {%- endif %}
    {%- if several %}
    left join {{ ref('int_nrr__shared_account_ids') }} as shared_ids
        on told.source_account_id = shared_ids.source_account_id
    {%- endif %}
),

parents as (
    select
        children.account_id,
        {{ nrr.own_account_id(
            'children.source_system', 'children.source_parent_id', 'links.account_id', 'shared_ids.source_account_id'
        ) }} as parent_account_id
    from children
    {%- if has_links %}
    left join newest_links as links
        on children.source_system = links.source_system and children.source_parent_id = links.source_account_id
    {%- endif %}
    {%- if several %}
    left join {{ ref('int_nrr__shared_account_ids') }} as shared_ids
        on children.source_parent_id = shared_ids.source_account_id
    {%- endif %}
)

select distinct
    account_id,
    parent_account_id
from parents
-- two that a link makes one
where account_id <> parent_account_id
