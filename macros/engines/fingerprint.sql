{#
  fingerprint(values): a whole number of 64 bits that differs, as good as always, where any of the values does, a
  missing one too. The same value may have another fingerprint in another warehouse: it is only compared with itself.
#}
{% macro fingerprint(values) -%}
    {{ return(adapter.dispatch('fingerprint', 'nrr')(values)) }}
{%- endmacro %}

{% macro duckdb__fingerprint(values) -%}
    hash({{ values | join(', ') }})
{%- endmacro %}

{# One text of all values, each behind a control character that says whether it is there. #}
{% macro default__fingerprint(values) -%}
    {%- set parts = [] -%}
    {%- for value in values -%}
        {%- do parts.append(
            'coalesce(' ~ dbt.concat(['chr(31)', 'cast(' ~ value ~ ' as ' ~ nrr.type_text() ~ ')']) ~ ', chr(30))'
        ) -%}
    {%- endfor -%}
    {{ nrr.hash_of_text(dbt.concat(parts)) }}
{%- endmacro %}

{# hash_of_text(text): the warehouse's own hash of 64 bits. #}
{% macro hash_of_text(text) -%} {{ return(adapter.dispatch('hash_of_text', 'nrr')(text)) }} {%- endmacro %}
{% macro default__hash_of_text(text) -%} hash({{ text }}) {%- endmacro %}
{% macro postgres__hash_of_text(text) -%} hashtextextended({{ text }}, 0) {%- endmacro %}
{% macro redshift__hash_of_text(text) -%} farmfingerprint64({{ text }}) {%- endmacro %}
{% macro bigquery__hash_of_text(text) -%} farm_fingerprint({{ text }}) {%- endmacro %}
{% macro spark__hash_of_text(text) -%} xxhash64({{ text }}) {%- endmacro %}
{% macro trino__hash_of_text(text) -%} from_big_endian_64(xxhash64(to_utf8({{ text }}))) {%- endmacro %}
