{{ config(materialized='table') }}
{%- set conditions = {
    'mrr_snapshots': 'mrr > 0', 'mrr_movements': 'mrr_change <> 0', 'subscription_periods': 'is_without_id',
    'contracts': 'contract_id is null',
} -%}
{%- set sources = conditions | select('in', nrr.event_sources()) | list -%}
-- One row per row of a spreadsheet that is there several times without an id that says that it is one row: all of them
-- count, which doubles MRR where a file was delivered twice.
{%- for source in sources %}
select
    cast('{{ source }}' as {{ nrr.type_text() }}) as input,
    cast('repeated_row' as {{ nrr.type_text() }}) as reason,
    source_row as value,
    cast(count(*) as bigint) as number_of_rows,
    false as is_failure
from {{ ref('stg_' ~ source ~ '__rows') }}
where source_reason is null and {{ conditions[source] }}
group by source_row
having count(*) > 1
{{ 'union all' if not loop.last }}
{%- endfor %}
{%- if not sources %}
select
    cast(null as {{ nrr.type_text() }}) as input,
    cast(null as {{ nrr.type_text() }}) as reason,
    cast(null as {{ nrr.type_text() }}) as value,
    cast(0 as bigint) as number_of_rows,
    false as is_failure
from (select 1 as one) as nothing
where 1 = 0
{%- endif %}
