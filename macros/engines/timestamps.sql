{#
  read_timestamp(column): a timestamp in UTC without time zone; a value with an offset is shifted, and a date without a
  time of day is when that day begins in nrr_timezone.
#}
{% macro read_timestamp(column) -%}
    {%- set value = nrr.read_time(column) -%}
    {%- if nrr.setting('nrr_timezone') == 'UTC' -%} {{ value }}
    {%- else -%} case when {{ nrr.has_time(column) }} then {{ value }} else {{ nrr.utc_time(value) }} end
    {%- endif -%}
{%- endmacro %}

{# read_date(column): a date. That of a timestamp is its date in UTC. #}
{% macro read_date(column) -%} {{ nrr.truncate_to_day(nrr.read_time(column)) }} {%- endmacro %}

{#
  read_time(column): a timestamp in UTC, or, of a date without a time of day, its midnight. Years before 1900 or after
  2199 are slips of the pen ('24-01-15' is the year 24) and cannot be read.
#}
{% macro read_time(column) -%}
    {%- set value = adapter.dispatch('read_time', 'nrr')(column) -%}
    case
        when {{ value }} between {{ nrr.timestamp_literal('1900-01-01') }}
            and {{ nrr.timestamp_literal('2199-12-31 23:59:59.999999') }}
            then {{ value }}
    end
{%- endmacro %}

{# has_time(column): whether a value that can be read has a time of day. #}
{% macro has_time(column) -%} {{ return(adapter.dispatch('has_time', 'nrr')(column)) }} {%- endmacro %}
{% macro default__has_time(column) -%} cast({{ column }} as {{ nrr.type_text() }}) like '%:%' {%- endmacro %}
{% macro duckdb__has_time(column) -%}
    typeof({{ column }}) not in ('DATE', 'VARCHAR') or contains(cast({{ column }} as varchar), ':')
{%- endmacro %}

{#
  Through text, since that is what values of every type can be cast to: ISO 8601, with or without a time, with or
  without an offset ('Z', ' UTC', '+02', ' +0200', '+02:00'). The session's time zone must be UTC where timestamps
  are written as text without their zone (Spark, Databricks).
#}
{% macro default__read_time(column) -%}
    {%- set text -%} {{ nrr.plain_timestamp('cast(' ~ column ~ ' as ' ~ nrr.type_text() ~ ')') }} {%- endset -%}
    {%- set patterns = nrr.timestamp_patterns() -%}
    {%- set day, instant = patterns.day, patterns.day ~ ' ' ~ patterns.time ~ patterns.hours -%}
    case
        when {{ nrr.matches(text, '^' ~ day ~ '( ' ~ patterns.time ~ ')?$') }} then {{ nrr.local_timestamp(text) }}
        when {{ nrr.matches(text, '^' ~ instant ~ ':[0-5][0-9]$') }} then {{ nrr.utc_timestamp(text) }}
        when {{ nrr.matches(text, '^' ~ instant ~ '$') }} then {{ nrr.utc_timestamp(dbt.concat([text, "':00'"])) }}
        when {{ nrr.matches(text, '^' ~ instant ~ '[0-5][0-9]$') }}
            then {{ nrr.utc_timestamp(dbt.concat([
                'substr(' ~ text ~ ', 1, length(' ~ text ~ ') - 2)', "':'",
                'substr(' ~ text ~ ', length(' ~ text ~ ') - 1)',
            ])) }}
    end
{%- endmacro %}

{# timestamp_patterns(): regular expressions for a day, for hours and minutes and maybe more, and for an offset's hours. #}
{% macro timestamp_patterns() -%}
    {{ return({
        'day': '(1[89]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])',
        'time': '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?',
        'hours': '[+-](0[0-9]|1[0-4])',
    }) }}
{%- endmacro %}

{# plain_timestamp(text): a timestamp with a space before its time, none before its offset and no letters. #}
{% macro plain_timestamp(text) -%}
    {%- set ns = namespace(text=nrr.trimmed(text)) -%}
    {%- for written, plain in [(' UTC', 'Z'), ('UTC', 'Z'), (' Z', 'Z'), ('Z', '+00:00'), ('T', ' '), (' +', '+'), (' -', '-')] -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", '" ~ written ~ "', '" ~ plain ~ "')" -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}

{#
  Spark reads all these texts itself, but for an offset behind hours and minutes. Looking for each of them is a plan
  too large to be compiled.
#}
{% macro spark__read_time(column) -%}
    {%- set patterns = nrr.timestamp_patterns() -%}
    {%- set offset = ' ?(Z|UTC|' ~ patterns.hours ~ '(:?[0-5][0-9])?)' -%}
    {%- set text -%} {{ nrr.trimmed('cast(' ~ column ~ ' as string)') }} {%- endset -%}
    case
        when {{ text }} rlike '^{{ patterns.day }}([T ]{{ patterns.time }}({{ offset }})?)?$'
            then try_cast(regexp_replace(
                regexp_replace({{ text }}, '([T ][0-9]{2}:[0-9]{2}) ?([ZU+-])', '$1:00$2'),
                ' ?([+-][0-9]{2}):?([0-9]{2})$', '$1:$2'
            ) as timestamp)
    end
{%- endmacro %}

{#
  DuckDB casts text to a timestamp by dropping whatever follows the time, hence the detours for text: without an offset,
  most often without spaces around it, too, which cost the most; with one ('+02:00', ' +0200', 'Z', ' UTC'); and
  anything else, which cannot be read.
#}
{% macro duckdb__read_time(column) -%}
    {%- set text -%} cast({{ column }} as varchar) {%- endset -%}
    {%- set time = '[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?' -%}
    {%- set local = '[0-9]+[-/][0-9]+[-/][0-9]+([T ]' ~ time ~ ')?' -%}
    {%- set offset = ' ?(Z|UTC|' ~ nrr.timestamp_patterns().hours ~ '(:?[0-5][0-9])?)' -%}
    {%- set spaces = '[ \\t\\r\\n\\x{A0}]*' -%}
    case
        when typeof({{ column }}) = 'TIMESTAMP WITH TIME ZONE'
            then timezone('UTC', try_cast({{ column }} as timestamptz))
        when typeof({{ column }}) <> 'VARCHAR' or regexp_matches({{ text }}, '^{{ local }}$')
            then try_cast({{ column }} as timestamp)
        when regexp_matches({{ text }}, '^{{ spaces }}{{ local }}{{ spaces }}$')
            then try_cast({{ nrr.trimmed(text) }} as timestamp)
        when regexp_matches({{ text }}, '[T ]{{ time }}{{ offset }}{{ spaces }}$')
            then timezone('UTC', try_cast(
                regexp_replace(regexp_replace({{ nrr.trimmed(text) }}, ' ?UTC$', 'Z'), ' ([+-])', '\1') as timestamptz
            ))
    end
{%- endmacro %}
