{#
  read_timestamp(column): a timestamp in UTC without time zone; a value with an offset is shifted, and a date without a
  time of day is when that day begins in nrr_timezone. Years before 1900 or after 2199 are slips of the pen ('24-01-15' is
  the year 24) and cannot be read.
#}
{% macro read_timestamp(column) -%}
    {{ return(adapter.dispatch('read_timestamp', 'nrr')(column, nrr.setting('nrr_timezone'))) }}
{%- endmacro %}

{# text_of_instant(instant): '2024-05-31 22:30:00', behind it six digits of a second where there are any. #}
{% macro text_of_instant(instant) -%}
    replace({{ adapter.dispatch('text_of_instant', 'nrr')(instant) }}, '.000000', '')
{%- endmacro %}

{% macro default__text_of_instant(instant) -%} to_char({{ instant }}, 'YYYY-MM-DD HH24:MI:SS.US') {%- endmacro %}
{% macro duckdb__text_of_instant(instant) -%} strftime({{ instant }}, '%Y-%m-%d %H:%M:%S.%f') {%- endmacro %}
{% macro snowflake__text_of_instant(instant) -%} to_char({{ instant }}, 'YYYY-MM-DD HH24:MI:SS.FF6') {%- endmacro %}
{% macro bigquery__text_of_instant(instant) -%} format_timestamp('%F %H:%M:%E6S', {{ instant }}) {%- endmacro %}
{% macro spark__text_of_instant(instant) -%} date_format({{ instant }}, 'yyyy-MM-dd HH:mm:ss.SSSSSS') {%- endmacro %}
{% macro trino__text_of_instant(instant) -%} date_format({{ instant }}, '%Y-%m-%d %H:%i:%s.%f') {%- endmacro %}

{# read_date(column): a date, whatever nrr_timezone is. That of a timestamp is its date in UTC. #}
{% macro read_date(column) -%}
    {{ nrr.truncate_to_day(adapter.dispatch('read_timestamp', 'nrr')(column, 'UTC')) }}
{%- endmacro %}

{#
  Through text, since that is what values of every type can be cast to: ISO 8601, with or without a time, with or
  without an offset ('Z', ' UTC', '+02', ' +0200', '+02:00'). The session's time zone must be UTC where timestamps
  are written as text without their zone (Spark, Databricks).
#}
{% macro default__read_timestamp(column, timezone) -%}
    {%- set text -%}
        {{ nrr.plain_timestamp(nrr.trimmed('cast(' ~ column ~ ' as ' ~ nrr.type_text() ~ ')')) }}
    {%- endset -%}
    {%- set patterns = nrr.timestamp_patterns() -%}
    {%- set day, instant = patterns.day, patterns.day ~ ' ' ~ patterns.time ~ patterns.hours -%}
    case
        when {{ nrr.matches(text, '^' ~ day ~ '$') }}
            then {{ nrr.utc_time(nrr.local_timestamp(text), timezone) }}
        when {{ nrr.matches(text, '^' ~ day ~ ' ' ~ patterns.time ~ '$') }} then {{ nrr.local_timestamp(text) }}
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
        'day': '(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])',
        'time': '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?',
        'hours': '[+-](0[0-9]|1[0-4])',
    }) }}
{%- endmacro %}

{# plain_timestamp(text): a timestamp with a space before its time, none before its offset and no letters. #}
{% macro plain_timestamp(text) -%}
    {%- set ns = namespace(text=text) -%}
    {%- for written, plain in [(' UTC', 'Z'), ('UTC', 'Z'), (' Z', 'Z'), ('Z', '+00:00'), ('T', ' '), (' +', '+'), (' -', '-')] -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", '" ~ written ~ "', '" ~ plain ~ "')" -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}

{#
  Spark reads all these texts itself, but for an offset behind hours and minutes. Looking for each of them is a plan
  too large to be compiled.
#}
{% macro spark__read_timestamp(column, timezone) -%}
    {%- set patterns = nrr.timestamp_patterns() -%}
    {%- set offset = ' ?(Z|UTC|' ~ patterns.hours ~ '(:?[0-5][0-9])?)' -%}
    {%- set text -%} {{ nrr.trimmed('cast(' ~ column ~ ' as string)') }} {%- endset -%}
    case
        when {{ text }} rlike '^{{ patterns.day }}$'
            then {{ nrr.utc_time('try_cast(' ~ text ~ ' as timestamp)', timezone) }}
        when {{ text }} rlike '^{{ patterns.day }}[T ]{{ patterns.time }}({{ offset }})?$'
            then try_cast(regexp_replace(
                regexp_replace({{ text }}, '([T ][0-9]{2}:[0-9]{2}) ?([ZU+-])', '$1:00$2'),
                ' ?([+-][0-9]{2}):?([0-9]{2})$', '$1:$2'
            ) as timestamp)
    end
{%- endmacro %}

{#
  DuckDB casts text to a timestamp by dropping whatever follows the time, hence the detours for text: a time without
  spaces around it first, since that is what most values are; a date, and a time with spaces, which cost more; one with an
  offset ('+02:00', ' +0200', 'Z', ' UTC'); and anything else, which cannot be read.
#}
{% macro duckdb__read_timestamp(column, timezone) -%}
    {%- set text -%} cast({{ column }} as varchar) {%- endset -%}
    {%- set trimmed = nrr.trimmed(text) -%}
    {%- set spaces = '[ \\t\\r\\n\\x{A0}]*' -%}
    {%- set day = '(19|2[01])[0-9]{2}[-/][0-9]{1,2}[-/][0-9]{1,2}' -%}
    {%- set time = '[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?' -%}
    {%- set offset = ' ?(Z|UTC|' ~ nrr.timestamp_patterns().hours ~ '(:?[0-5][0-9])?)' -%}
    case
        when typeof({{ column }}) = 'DATE'
            then {{ nrr.utc_time(nrr.year_that_can_be_meant('try_cast(' ~ column ~ ' as timestamp)'), timezone) }}
        when typeof({{ column }}) = 'TIMESTAMP WITH TIME ZONE'
            then {{ nrr.year_that_can_be_meant("timezone('UTC', try_cast(" ~ column ~ " as timestamptz))") }}
        when typeof({{ column }}) <> 'VARCHAR'
            then {{ nrr.year_that_can_be_meant('try_cast(' ~ column ~ ' as timestamp)') }}
        when regexp_matches({{ text }}, '^{{ day }}{{ time }}$') then try_cast({{ text }} as timestamp)
        when regexp_matches({{ text }}, '^{{ spaces }}{{ day }}{{ spaces }}$')
            then {{ nrr.utc_time('try_cast(' ~ trimmed ~ ' as timestamp)', timezone) }}
        when regexp_matches({{ text }}, '^{{ spaces }}{{ day }}{{ time }}{{ spaces }}$')
            then try_cast({{ trimmed }} as timestamp)
        when regexp_matches({{ text }}, '^{{ spaces }}{{ day }}{{ time }}{{ offset }}{{ spaces }}$')
            then timezone('UTC', try_cast(
                regexp_replace(regexp_replace({{ trimmed }}, ' ?UTC$', 'Z'), ' ([+-])', '\1') as timestamptz
            ))
    end
{%- endmacro %}

{# year_that_can_be_meant(timestamp): the timestamp, or null for one that is a slip of the pen. #}
{% macro year_that_can_be_meant(timestamp) -%}
    case when extract(year from {{ timestamp }}) between 1900 and 2199 then {{ timestamp }} end
{%- endmacro %}
