{#
  state_columns(values, source, is_reconstructed, reason, row): the columns with which every source of subscription
  events ends, each as its type. `values` is column -> expression; a column that it leaves out is null.
#}
{% macro state_columns(values, source, is_reconstructed='false', reason='null', row='null') -%}
    {%- set types = nrr.event_types() -%}
    {%- for column in nrr.event_columns() %}
    cast({{ values.get(column, 'null') }} as {{ types[column] }}) as {{ column }},
    {%- endfor %}
    cast('{{ source }}' as {{ nrr.type_text() }}) as source_system,
    {{ is_reconstructed }} as is_reconstructed,
    cast({{ reason }} as {{ nrr.type_text() }}) as source_reason,
    cast({{ row }} as {{ nrr.type_text() }}) as source_row
{%- endmacro %}

{# named_alike(without): column -> itself, for state_columns(), but for columns that its source has not. #}
{% macro named_alike(without=[]) %}
    {%- set values = {} -%}
    {%- for column in nrr.event_columns() if column not in without -%} {%- do values.update({column: column}) -%} {%- endfor -%}
    {%- do return(values) -%}
{% endmacro %}

{# given_but_unread(columns): `when` branches of a case: unreadable_<column> where given_<column> is there, and no value. #}
{% macro given_but_unread(columns) -%}
    {%- for column in columns %}
        when given_{{ column }} is not null and {{ column }} is null then 'unreadable_{{ column }}'
    {%- endfor %}
{%- endmacro %}

{# read_values(columns, reader): each as its type, and as given_<column> as it was written. #}
{% macro read_values(columns, reader) -%}
    {%- for column in columns %}
        {{ nrr.read_text(nrr.column_name(column)) }} as given_{{ column }},
        {{ reader(nrr.column_name(column)) }} as {{ column }},
    {%- endfor %}
{%- endmacro %}
