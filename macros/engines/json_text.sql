{# json_text(json): the text of JSON within a column, whose type is text or the engine's own for JSON. #}
{% macro json_text(json) -%} {{ return(adapter.dispatch('json_text', 'nrr')(json)) }} {%- endmacro %}
{% macro default__json_text(json) -%} cast({{ json }} as {{ nrr.type_text() }}) {%- endmacro %}

{# A text is a JSON text first, and then what that says. #}
{% macro bigquery__json_text(json) -%}
    nullif(coalesce(json_value(to_json_string({{ json }})), to_json_string({{ json }})), 'null')
{%- endmacro %}

{# A list or a struct of DuckDB's own is no JSON as text. #}
{% macro duckdb__json_text(json) -%}
    case
        when regexp_matches(typeof({{ json }}), '^(STRUCT|MAP)|\]$') then cast(to_json({{ json }}) as varchar)
        else cast({{ json }} as varchar)
    end
{%- endmacro %}
