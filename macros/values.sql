{# How a given value is read as its type. Each is null where the value cannot be read. #}

{# read_text(column): text as it was given; empty text is a missing value. #}
{% macro read_text(column) -%}
    nullif(cast({{ column }} as {{ dbt.type_string() }}), '')
{%- endmacro %}

{# read_decimal(column): a decimal, 12 digits before the point and 6 after it. #}
{% macro read_decimal(column) -%}
    {{ nrr.try_cast(column, 'numeric(18, 6)') }}
{%- endmacro %}

{#
  read_timestamp(column): a timestamp in UTC without time zone; a value with an offset is shifted. Years
  before 1900 or after 2199 are slips of the pen ('24-01-15' is the year 24) and cannot be read.
#}
{% macro read_timestamp(column) -%}
    {%- set value = adapter.dispatch('read_timestamp', 'nrr')(column) -%}
    case
        when
            {{ value }} >= {{ nrr.timestamp_literal('1900-01-01') }}
            and {{ value }} < {{ nrr.timestamp_literal('2200-01-01') }}
            then {{ value }}
    end
{%- endmacro %}

{% macro default__read_timestamp(column) -%}
    {{ nrr.try_cast(column, dbt.type_timestamp()) }}
{%- endmacro %}

{#
  DuckDB casts text to a timestamp by dropping whatever follows the time, hence the detours for text: with an
  offset ('+02:00', ' +0200', 'Z', ' UTC'), without one, and anything else, which cannot be read.
#}
{% macro duckdb__read_timestamp(column) -%}
    {%- set text -%} cast({{ column }} as varchar) {%- endset -%}
    case
        when typeof({{ column }}) = 'TIMESTAMP WITH TIME ZONE'
            then timezone('UTC', try_cast({{ column }} as timestamptz))
        when typeof({{ column }}) <> 'VARCHAR'
            or regexp_matches({{ text }}, '^ *[0-9]+[-/][0-9]+[-/][0-9]+([T ][0-9:.]+)? *$')
            then try_cast({{ column }} as timestamp)
        when regexp_matches({{ text }}, '[T ][0-9:.]+ ?(Z|UTC|[+-][0-9][0-9](:?[0-9][0-9])?)$')
            then timezone('UTC', try_cast(
                regexp_replace(regexp_replace({{ text }}, ' ?UTC$', 'Z'), ' ([+-])', '\1') as timestamptz
            ))
    end
{%- endmacro %}

{# try_cast(expression, type): the value as that type, or null. #}
{% macro try_cast(expression, type) -%}
    {{ return(adapter.dispatch('try_cast', 'nrr')(expression, type)) }}
{%- endmacro %}

{% macro default__try_cast(expression, type) -%}
    {{ dbt.safe_cast(expression, type) }}
{%- endmacro %}

{% macro duckdb__try_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}

{# timestamp_literal(text): a timestamp in UTC that was checked before, such as '2026-11-01T00:00:00Z'. #}
{% macro timestamp_literal(text) -%}
    cast('{{ (text | string).replace('T', ' ').replace('Z', '').replace('+00:00', '') }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}

{# text_literal(text): a text as a literal. #}
{% macro text_literal(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
{%- endmacro %}
