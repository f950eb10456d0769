{# What models of input problems have in common. #}

{# row_as_text(columns): the values of the columns as they were given, with commas between them. #}
{% macro row_as_text(columns) %}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- if not loop.first -%} {%- do parts.append("', '") -%} {%- endif -%}
        {%- do parts.append('coalesce(' ~ nrr.read_text(nrr.column_name(column)) ~ ", '')") -%}
    {%- endfor -%}
    {{- dbt.concat(parts) -}}
{% endmacro %}

{# time_of_the_run(): when this run of dbt began, in UTC. #}
{% macro time_of_the_run() -%}
    {{ nrr.timestamp_literal(run_started_at.strftime('%Y-%m-%d %H:%M:%S')) }}
{%- endmacro %}
