{#
  json_object(keys, columns): text columns that are never null as one JSON object, in that order.
  Text, since no JSON type is the same in every warehouse.
#}
{% macro json_object(keys, columns) -%}
    {%- set parts = ["'{'"] -%}
    {%- for key in keys -%}
        {%- do parts.append(nrr.text_literal((', ' if not loop.first else '') ~ (key | tojson) ~ ': "')) -%}
        {%- do parts.append(nrr.json_escape(columns[loop.index0])) -%}
        {%- do parts.append("'\"'") -%}
    {%- endfor -%}
    {%- do parts.append("'}'") -%}
    {{ dbt.concat(parts) }}
{%- endmacro %}

{# json_escape(column): text as it may stand between the quotes of a JSON string. Character 92 is the backslash. #}
{% macro json_escape(column) -%}
    {%- set ns = namespace(text='replace(' ~ column ~ ', chr(92), ' ~ dbt.concat(['chr(92)', 'chr(92)']) ~ ')') -%}
    {%- for plain, escaped in [("'\"'", "'\"'"), ('chr(10)', "'n'"), ('chr(13)', "'r'"), ('chr(9)', "'t'")] -%}
        {%- set ns.text = 'replace(' ~ ns.text ~ ', ' ~ plain ~ ', ' ~ dbt.concat(['chr(92)', escaped]) ~ ')' -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}
