{# How each engine casts a text of which it is known that it looks like a timestamp: see timestamps.sql. #}

{# local_timestamp(text): a plain timestamp without an offset, null for a day that its month does not have. #}
{% macro local_timestamp(text) -%} {{ return(adapter.dispatch('local_timestamp', 'nrr')(text)) }} {%- endmacro %}

{# A cast that fails stops the query: the day is looked at before. #}
{% macro default__local_timestamp(text) -%}
    case when {{ nrr.day_exists(text) }} then cast({{ text }} as timestamp) end
{%- endmacro %}

{% macro day_exists(text) -%}
    cast(substr({{ text }}, 9, 2) as integer) <= extract(day from cast(
        {{ dbt.dateadd('day', -1, dbt.dateadd('month', 1, "cast(" ~ dbt.concat(["substr(" ~ text ~ ", 1, 8)", "'01'"]) ~ " as date)")) }}
        as date
    ))
{%- endmacro %}

{% macro snowflake__local_timestamp(text) -%} try_cast({{ text }} as timestamp_ntz) {%- endmacro %}

{# A time has seconds there, and of them no more than 6 decimals. #}
{% macro bigquery__local_timestamp(text) -%}
    safe_cast(
        regexp_replace(
            regexp_replace({{ text }}, '([.][0-9]{6})[0-9]+', '\\1'), '( [0-9]{2}:[0-9]{2})([+-]|$)', '\\1:00\\2'
        ) as timestamp
    )
{%- endmacro %}

{% macro trino__local_timestamp(text) -%} try_cast({{ text }} as timestamp(6)) {%- endmacro %}

{# utc_timestamp(text): a plain timestamp with an offset in hours and minutes, in UTC. #}
{% macro utc_timestamp(text) -%} {{ return(adapter.dispatch('utc_timestamp', 'nrr')(text)) }} {%- endmacro %}

{% macro default__utc_timestamp(text) -%}
    case when {{ nrr.day_exists(text) }} then cast({{ text }} as timestamptz) at time zone 'UTC' end
{%- endmacro %}

{% macro snowflake__utc_timestamp(text) -%}
    cast(convert_timezone('UTC', try_cast({{ text }} as timestamp_tz)) as timestamp_ntz)
{%- endmacro %}

{% macro bigquery__utc_timestamp(text) -%} {{ nrr.bigquery__local_timestamp(text) }} {%- endmacro %}

{% macro trino__utc_timestamp(text) -%}
    cast(at_timezone(try_cast({{ text }} as timestamp(6) with time zone), 'UTC') as timestamp(6))
{%- endmacro %}
