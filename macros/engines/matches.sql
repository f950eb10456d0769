{# matches(text, pattern): whether a text matches a regular expression (without backslashes). #}
{% macro matches(text, pattern) -%} {{ return(adapter.dispatch('matches', 'nrr')(text, pattern)) }} {%- endmacro %}
{% macro default__matches(text, pattern) -%} {{ text }} ~ '{{ pattern }}' {%- endmacro %}
{% macro snowflake__matches(text, pattern) -%} regexp_like({{ text }}, '{{ pattern }}') {%- endmacro %}
{% macro bigquery__matches(text, pattern) -%} regexp_contains({{ text }}, '{{ pattern }}') {%- endmacro %}
{% macro spark__matches(text, pattern) -%} {{ text }} rlike '{{ pattern }}' {%- endmacro %}
{% macro trino__matches(text, pattern) -%} regexp_like({{ text }}, '{{ pattern }}') {%- endmacro %}
