{{ config(enabled=nrr.event_sources() | length > 1) }}
{%- set has_links = nrr.is_given('account_links') -%}
-- One row per account id that several sources have, and no link says that they mean the same: two accounts, as far as
-- anybody knows.
with ids as (
    select distinct
        source_system,
        source_account_id
    from {{ ref('int_nrr__source_events') }}
    where source_account_id is not null
    {%- if nrr.tells_parents() %}

    union distinct

    -- a parent may have no subscription of its own
    select distinct
        source_system,
        source_parent_id as source_account_id
    from {{ ref('int_nrr__source_parents') }}
    {%- endif %}
),

unlinked as (
    select ids.source_account_id
    from ids
    {%- if has_links %}
    left join {{ ref('stg_nrr__account_links') }} as links
        on
            ids.source_system = links.source_system
            and ids.source_account_id = links.source_account_id
            and links.is_first
    where links.account_id is null
    {%- endif %}
)

select
    source_account_id,
    count(*) as number_of_sources
from unlinked
group by source_account_id
having count(*) > 1
