{#
  input_rows(name, columns): a relation with the rows of the input `name` and at least the given
  columns; a column that the input lacks is null, an optional input that is not given is empty.
  The input is the model that nrr_inputs names for it, or in this repository the file of that name.
#}
{% macro input_rows(name, columns) %}
    {%- set models = nrr.setting('nrr_inputs') -%}
    {%- if name in models -%}
        {#- a model of the project that was called, or package.model -#}
        {%- set words = models[name].split('.') -%}
        {{ nrr.with_columns(ref(words[0] if words | length > 1 else project_name, words[-1]), columns) }}
    {%- elif project_name == 'nrr' -%}
        {{ nrr.with_columns(source('nrr_files', name), columns) }}
    {%- elif name == 'subscription_events' -%}
        {%- do exceptions.raise_compiler_error(
            'nrr_inputs names no model for subscription_events. Set it in the vars of dbt_project.yml: '
            ~ 'nrr_inputs: {subscription_events: your_model}.'
        ) -%}
    {%- else -%}
        (
            select
                {%- for column in columns %}
                cast(null as {{ nrr.type_text() }}) as {{ nrr.column_name(column) }}{{ ',' if not loop.last }}
                {%- endfor %}
            from (select 1 as one) as nothing
            where 1 = 0
        )
    {%- endif -%}
{% endmacro %}


{# with_columns(relation, columns): the relation, with nulls for those of the columns that it lacks. #}
{% macro with_columns(relation, columns) %}
    {{- return(adapter.dispatch('with_columns', 'nrr')(relation, columns)) -}}
{% endmacro %}

{% macro duckdb__with_columns(relation, columns) %}
        (
            select
                {%- for column in columns %}
                null as {{ nrr.column_name(column) }}{{ ',' if not loop.last }}
                {%- endfor %}
            where 1 = 0
            union all by name
            select * from {{ relation }}
        )
{%- endmacro %}

{#
  A timestamp as text has only milliseconds there, and the form that the account or the session chose: such columns
  are written out here. Names are taken as the table has them, since some loaders keep lower case.
#}
{% macro snowflake__with_columns(relation, columns) %}
    {%- set found = {} -%}
    {%- if execute and not relation.is_cte -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do found.update({column.name | upper: column}) -%}
        {%- endfor -%}
    {%- endif %}
        (
            select
                {%- for name in columns %}
                {%- set column = found.get(name | upper) -%}
                {%- set given = adapter.quote(column.name) if column else nrr.column_name(name) %}
                {% if found and not column -%} cast(null as {{ nrr.type_text() }})
                {%- elif column and column.dtype.upper() in ['TIMESTAMP_TZ', 'TIMESTAMP_LTZ'] -%}
                to_char(convert_timezone('UTC', {{ given }}), 'YYYY-MM-DD HH24:MI:SS.FF6') || '+00'
                {%- elif column and column.dtype.upper().startswith('TIMESTAMP') -%}
                to_char({{ given }}, 'YYYY-MM-DD HH24:MI:SS.FF6')
                {%- elif column and column.dtype.upper() == 'DATE' -%} to_char({{ given }}, 'YYYY-MM-DD')
                {%- else -%} {{ given }}
                {%- endif %} as {{ nrr.column_name(name) }}
                {{- ',' if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        )
{%- endmacro %}

{% macro default__with_columns(relation, columns) %}
    {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list
        if execute and not relation.is_cte else [] -%}
        (
            select
                {%- for column in columns %}
                {% if found and column | lower not in found -%}
                cast(null as {{ nrr.type_text() }}) as {{ nrr.column_name(column) }}
                {%- else -%} {{ nrr.column_name(column) }} {%- endif -%}
                {{ ',' if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        )
{%- endmacro %}
