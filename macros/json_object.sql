{#
  json_object(keys, columns): text columns that are never null as one JSON object, in that order.
  Text, since no JSON type is the same in every warehouse.
#}
{% macro json_object(keys, columns) -%}
    {%- set parts = ["'{'"] -%}
    {%- for key in keys -%}
        {%- do parts.append(dbt.string_literal((', ' if not loop.first else '') ~ (key | tojson) ~ ': "') ) -%}
        {%- do parts.append("replace(replace(" ~ columns[loop.index0] ~ ", '\\', '\\\\'), '\"', '\\\"')") -%}
        {%- do parts.append("'\"'") -%}
    {%- endfor -%}
    {%- do parts.append("'}'") -%}
    {{ dbt.concat(parts) }}
{%- endmacro %}
