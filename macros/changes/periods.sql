{#
  The versions of int_nrr__account_periods. A full run works out every account: its periods have the version 'full'
  and the id of the run. Later runs work out the touched accounts only: their periods of the full run become 'replaced',
  those that they have now are 'changed'. The sums of segments rest on it, see full_run_sums.sql.
#}

{# period_version(): the version of the periods that this run works out. #}
{% macro period_version() -%}
    {#- with its type: Redshift would make a column of the first literal's length -#}
    cast(
        {%- if nrr.is_incremental_run() or not execute %} case when {{ nrr.is_full_run() }} then 'full' else 'changed' end
        {%- else %} 'full'
        {%- endif %} as {{ nrr.type_text() }}
    )
{%- endmacro %}

{# full_run_id(): the id of this run, if it is a full one, else null. #}
{% macro full_run_id() -%}
    cast(case when {{ nrr.period_version() }} = 'full' then '{{ invocation_id }}' end as {{ nrr.type_text() }})
{%- endmacro %}

{# forget_changed_periods(): before a run, what earlier runs than the last full one worked out for touched accounts goes. #}
{% macro forget_changed_periods() -%}
    {%- if nrr.is_incremental_run() or not execute -%}
        delete from {{ this }}
        where ({{ nrr.is_touched('account_id') }} and version = 'changed') or {{ nrr.is_full_run() }}
    {%- endif -%}
{%- endmacro %}

{# replace_full_periods(): ... and what the last full run worked out for them does not hold any more. #}
{% macro replace_full_periods() -%}
    {%- if nrr.is_incremental_run() or not execute -%}
        update {{ this }} set version = 'replaced'
        where version = 'full' and {{ nrr.is_touched('account_id') }}
    {%- endif -%}
{%- endmacro %}

{#
  rows_to_build(relation): of a relation that is laid out from the periods: what a table by account takes from it in
  this run. The conditions are on versions, not on accounts, so that nothing is laid out in vain.
#}
{% macro rows_to_build(relation) -%}
    (
        {%- if nrr.is_incremental_run() or not execute %}
        select changed.*
        from {{ relation }} as changed
        where changed.version = 'changed' and {{ nrr.is_touched('changed.account_id') }}

        union all

        select anew.*
        from {{ relation }} as anew
        inner join (
            select distinct periods.full_run_id from {{ ref('int_nrr__account_periods') }} as periods
            where periods.version = 'full' and {{ nrr.is_full_run() }}
        ) as full_run on anew.full_run_id = full_run.full_run_id
        where anew.version = 'full'
        {%- else %}
        select * from {{ relation }}
        where version <> 'replaced'
        {%- endif %}
    )
{%- endmacro %}
