{#
  input_rows(name, columns): a relation with the rows of the input `name` and at least the given
  columns; a column that the input lacks is null, an optional input that is not given is empty.
  The input is the model that nrr_inputs names for it, or in this repository the file of that name.
  One that lacks a required column is an error.
#}
{% macro input_rows(name, columns) %}
    {%- set models = nrr.setting('nrr_inputs') -%}
    {%- if name in models -%}
        {#- a model of the project that was called, or package.model -#}
        {%- set words = models[name].split('.') -%}
        {%- set relation = ref(words[0] if words | length > 1 else project_name, words[-1]) -%}
        {{ nrr.checked_rows(name, models[name] ~ ', which nrr_inputs names for ' ~ name ~ ',', relation, columns) }}
    {%- elif project_name == 'nrr' -%}
        {{ nrr.checked_rows(name, 'The input ' ~ name, source('nrr_files', name), columns) }}
    {%- elif name == 'subscription_events' -%}
        {%- do exceptions.raise_compiler_error(
            'nrr_inputs names no model for subscription_events. Set it in the vars of dbt_project.yml: '
            ~ 'nrr_inputs: {subscription_events: your_model}.'
        ) -%}
    {%- elif name == 'accounts' and nrr.setting('nrr_segments') -%}
        {%- do exceptions.raise_compiler_error(
            'nrr_segments names columns of accounts (' ~ nrr.setting('nrr_segments') | join(', ')
            ~ '), but nrr_inputs names no model for accounts. Name one there, nrr_inputs: {accounts: your_model}, '
            ~ 'or set nrr_segments to [].'
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


{#
  checked_rows(name, subject, relation, columns): the rows of the relation that is given for the input `name`. An error
  that begins with `subject` if it lacks a column without which nothing can be computed, or one of nrr_segments. Of a
  relation that is not there yet (dbt compile), or that is no relation (a unit test's rows), nothing is known.
#}
{% macro checked_rows(name, subject, relation, columns) %}
    {%- set found = nrr.columns_of(relation) if execute and not relation.is_cte else [] -%}
    {%- set names = found | map(attribute='name') | map('lower') | list -%}
    {%- set missing = [] -%}
    {%- for column in nrr.required_columns(name) if found and column | lower not in names -%}
        {%- do missing.append(column) -%}
    {%- endfor -%}
    {%- if missing -%}
        {%- set segments = nrr.setting('nrr_segments') if name == 'accounts' else [] -%}
        {%- do exceptions.raise_compiler_error(
            subject ~ ' lacks the column ' ~ missing | join(', ') ~ '. It has: '
            ~ found | map(attribute='name') | join(', ') ~ '. Add the missing column'
            ~ (', or take it out of nrr_segments' if missing | select('in', segments) | list) ~ '.'
        ) -%}
    {%- endif -%}
    {{ nrr.with_columns(relation, columns, found) }}
{% endmacro %}

{# required_columns(name): the columns that the input `name` must have. #}
{% macro required_columns(name) %}
    {%- do return({
        'subscription_events': ['account_id', 'subscription_id', 'effective_at', 'status'],
        'accounts': ['account_id'] + nrr.setting('nrr_segments'),
        'exchange_rates': ['currency', 'rate_date', 'rate'],
    }[name]) -%}
{% endmacro %}

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
