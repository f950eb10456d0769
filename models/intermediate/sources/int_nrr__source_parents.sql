{{ config(enabled=nrr.tells_parents()) }}
-- One row per account of a source that has a parent there, both as the source calls them.
{%- for source, teller in nrr.parent_tellers().items() %}
select
    cast('{{ source }}' as {{ nrr.type_text() }}) as source_system,
    account_id as source_account_id,
    parent_account_id as source_parent_id
from {{ ref(teller) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
