{# Which columns a relation has, and nulls for those that it lacks. #}

{# columns_of(relation): the columns that it has, none if it is not there. #}
{% macro columns_of(relation) %}
    {{- return(adapter.dispatch('columns_of', 'nrr')(relation)) -}}
{% endmacro %}

{% macro default__columns_of(relation) %}
    {%- do return(adapter.get_columns_in_relation(relation)) -%}
{% endmacro %}

{# Its adapter fails to describe what is not there. #}
{% macro duckdb__columns_of(relation) %}
    {%- do return(adapter.get_columns_in_relation(relation) if load_relation(relation) else []) -%}
{% endmacro %}


{#
  with_columns(relation, columns, found): the relation, with nulls for those of the columns that it lacks. `found` is
  what columns_of() says of it.
#}
{% macro with_columns(relation, columns, found) %}
    {{- return(adapter.dispatch('with_columns', 'nrr')(relation, columns, found)) -}}
{% endmacro %}

{% macro duckdb__with_columns(relation, columns, found) %}
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
{% macro snowflake__with_columns(relation, columns, found) %}
    {%- set found_by_name = {} -%}
    {%- for column in found -%} {%- do found_by_name.update({column.name | upper: column}) -%} {%- endfor %}
        (
            select
                {%- for name in columns %}
                {%- set column = found_by_name.get(name | upper) -%}
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

{% macro default__with_columns(relation, columns, found) %}
    {%- set names = found | map(attribute='name') | map('lower') | list %}
        (
            select
                {%- for column in columns %}
                {% if names and column | lower not in names -%}
                cast(null as {{ nrr.type_text() }}) as {{ nrr.column_name(column) }}
                {%- else -%} {{ nrr.column_name(column) }} {%- endif -%}
                {{ ',' if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        )
{%- endmacro %}
