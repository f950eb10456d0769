{# How what is known when dbt compiles is written as SQL: instants, texts, the names of a user's columns. #}

{# timestamp_literal(text): a timestamp in UTC that was checked before, such as '2026-11-01T00:00:00Z'. #}
{% macro timestamp_literal(text) -%}
    cast('{{ (text | string).replace('T', ' ').replace('Z', '').replace('+00:00', '') }}' as {{ nrr.type_instant() }})
{%- endmacro %}

{# text_literal(text): a text as a literal. #}
{% macro text_literal(text) -%}
    {{ return(adapter.dispatch('text_literal', 'nrr')(text)) }}
{%- endmacro %}

{% macro default__text_literal(text) -%} '{{ text.replace("'", "''") }}' {%- endmacro %}

{# Where a backslash begins an escape sequence. #}
{% macro escaped_text_literal(text) -%} '{{ text.replace('\\', '\\\\').replace("'", "\\'") }}' {%- endmacro %}
{% macro snowflake__text_literal(text) -%} {{ nrr.escaped_text_literal(text) }} {%- endmacro %}
{% macro bigquery__text_literal(text) -%} {{ nrr.escaped_text_literal(text) }} {%- endmacro %}
{% macro spark__text_literal(text) -%} {{ nrr.escaped_text_literal(text) }} {%- endmacro %}
{% macro redshift__text_literal(text) -%} {{ nrr.escaped_text_literal(text) }} {%- endmacro %}

{#
  column_name(name): a column of the user's as SQL: quoted, so that any name will do, and folded as its warehouse
  folds names that are not quoted, unless only quotes could have made it.
#}
{% macro column_name(name) -%}
    {%- if not modules.re.fullmatch('[A-Za-z_][A-Za-z0-9_]*', name) -%} {{ adapter.quote(name) }}
    {%- elif target.type == 'snowflake' -%} {{ adapter.quote(name | upper) }}
    {%- elif target.type in ['postgres', 'redshift'] -%} {{ adapter.quote(name | lower) }}
    {%- else -%} {{ adapter.quote(name) }}
    {%- endif -%}
{%- endmacro %}
