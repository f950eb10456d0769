{# How a given value is read as its type. Each is null where the value cannot be read. #}

{# read_text(column): text as it was given; empty text is a missing value. #}
{% macro read_text(column) -%}
    nullif(cast({{ column }} as {{ dbt.type_string() }}), '')
{%- endmacro %}

{# read_decimal(column): a decimal, 12 digits before the point and 6 after it. #}
{% macro read_decimal(column) -%}
    {{ nrr.try_cast(column, 'numeric(18, 6)') }}
{%- endmacro %}

{# read_timestamp(column): a timestamp in UTC without time zone; a value with an offset is shifted. #}
{% macro read_timestamp(column) -%}
    {{ return(adapter.dispatch('read_timestamp', 'nrr')(column)) }}
{%- endmacro %}

{% macro default__read_timestamp(column) -%}
    {{ nrr.try_cast(column, dbt.type_timestamp()) }}
{%- endmacro %}

{# DuckDB casts text with an offset to a timestamp by dropping the offset, hence the detour. #}
{% macro duckdb__read_timestamp(column) -%}
    case
        when
            typeof({{ column }}) = 'TIMESTAMP WITH TIME ZONE'
            or (
                typeof({{ column }}) = 'VARCHAR'
                and regexp_matches(cast({{ column }} as varchar), ':[0-9.]+ ?(Z|[+-][0-9][0-9](:?[0-9][0-9])?)$')
            )
            then timezone('UTC', try_cast({{ column }} as timestamptz))
        -- such as 'infinity', which DuckDB takes for a timestamp
        when typeof({{ column }}) = 'VARCHAR' and not regexp_matches(cast({{ column }} as varchar), '^ *[0-9]') then null
        else try_cast({{ column }} as timestamp)
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
    cast('{{ (text | string).replace('T', ' ').replace('Z', '') }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}
