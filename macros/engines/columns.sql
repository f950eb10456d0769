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
    {%- set types = {} -%}
    {%- for column in found -%} {%- do types.update({column.name | lower: column.data_type | lower}) -%} {%- endfor %}
        (
            select
                {%- for column in columns %}
                {%- set json = nrr.json_of_type(nrr.column_name(column), types.get(column | lower, '')) %}
                {% if types and column | lower not in types -%}
                cast(null as {{ nrr.type_text() }}) as {{ nrr.column_name(column) }}
                {%- elif json -%} {{ json }} as {{ nrr.column_name(column) }}
                {%- else -%} {{ nrr.column_name(column) }} {%- endif -%}
                {{ ',' if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        )
{%- endmacro %}

{#
  json_of_type(column, type): the text of JSON in a column of a type that is an object or a list, where that text is not
  what a cast gives; none for other types.
#}
{% macro json_of_type(column, type) %}
    {{- return(adapter.dispatch('json_of_type', 'nrr')(column, type)) -}}
{% endmacro %}
{% macro default__json_of_type(column, type) %} {%- do return(none) -%} {% endmacro %}
{% macro bigquery__json_of_type(column, type) %}
    {%- do return('to_json_string(' ~ column ~ ')' if type.startswith(('json', 'struct', 'array', 'record')) else none) -%}
{% endmacro %}
{% macro redshift__json_of_type(column, type) %}
    {%- do return('json_serialize(' ~ column ~ ')' if type == 'super' else none) -%}
{% endmacro %}
{% macro spark__json_of_type(column, type) %}
    {%- do return('to_json(' ~ column ~ ')' if type.startswith(('struct', 'array', 'map', 'variant')) else none) -%}
{% endmacro %}
{% macro trino__json_of_type(column, type) %}
    {%- do return(
        'json_format(cast(' ~ column ~ ' as json))' if type.startswith(('row', 'array', 'map', 'json')) else none
    ) -%}
{% endmacro %}

{# It casts no boolean to text: such columns are written out here. #}
{% macro redshift__with_columns(relation, columns, found) %}
    {%- set types = {} -%}
    {%- for column in found -%} {%- do types.update({column.name | lower: column.dtype | lower}) -%} {%- endfor %}
        (
            select
                {%- for column in columns %}
                {%- set name = nrr.column_name(column) %}
                {% if types and column | lower not in types -%} cast(null as {{ nrr.type_text() }}) as {{ name }}
                {%- elif types.get(column | lower) in ['boolean', 'bool'] -%}
                case when {{ name }} then 'true' when not {{ name }} then 'false' end as {{ name }}
                {%- else -%} {{ name }} {%- endif -%}
                {{ ',' if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        )
{%- endmacro %}
