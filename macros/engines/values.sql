{# How a given value is read as its type. Each is null where the value cannot be read. #}

{# read_text(column): text without the spaces around it; what is empty then is a missing value. #}
{% macro read_text(column) -%} {{ return(adapter.dispatch('read_text', 'nrr')(column)) }} {%- endmacro %}
{% macro default__read_text(column) -%} nullif({{ nrr.trimmed(nrr.as_text(column)) }}, '') {%- endmacro %}

{# Trimming a text takes DuckDB ten times as long as seeing that its ends are printable ASCII, as they mostly are. #}
{% macro duckdb__read_text(column) -%}
    {%- set text -%} cast({{ column }} as varchar) {%- endset -%}
    case
        when {{ text }} between '!' and '~' and {{ text }}[-1] between '!' and '~' then {{ text }}
        else {{ nrr.default__read_text(column) }}
    end
{%- endmacro %}

{# trimmed(text): text without spaces, tabs, ends of lines and no-break spaces at both ends. #}
{% macro trimmed(text) -%} {{ return(adapter.dispatch('trimmed', 'nrr')(text, nrr.spaces())) }} {%- endmacro %}
{% macro default__trimmed(text, spaces) -%} trim(both {{ spaces }} from {{ text }}) {%- endmacro %}
{% macro duckdb__trimmed(text, spaces) -%} trim({{ text }}, {{ spaces }}) {%- endmacro %}
{% macro snowflake__trimmed(text, spaces) -%} trim({{ text }}, {{ spaces }}) {%- endmacro %}
{% macro bigquery__trimmed(text, spaces) -%} trim({{ text }}, {{ spaces }}) {%- endmacro %}

{# spaces(): all of them as one text; the last is the no-break space. Short where statements must not be long. #}
{% macro spaces() -%} {{ return(adapter.dispatch('spaces', 'nrr')()) }} {%- endmacro %}
{% macro default__spaces() -%} {{ dbt.concat(["' '", 'chr(9)', 'chr(10)', 'chr(13)', "'\u00a0'"]) }} {%- endmacro %}
{% macro duckdb__spaces() -%} {{ nrr.text_literal(' \t\n\r\u00a0') }} {%- endmacro %}
{% macro trino__spaces() -%} {{ nrr.text_literal(' \t\n\r\u00a0') }} {%- endmacro %}

{# as_text(column): a column of any type as text that is sorted by its characters, not as a language sorts it. #}
{% macro as_text(column) -%} {{ return(adapter.dispatch('as_text', 'nrr')(column)) }} {%- endmacro %}
{% macro default__as_text(column) -%} cast({{ column }} as {{ nrr.type_text() }}) {%- endmacro %}
{% macro postgres__as_text(column) -%} cast({{ column }} as {{ nrr.type_text() }}) collate "C" {%- endmacro %}
{% macro redshift__as_text(column) -%} {{ nrr.default__as_text(column) }} {%- endmacro %}

{# read_decimal(column): a decimal, 12 digits before the point and 6 after it. #}
{% macro read_decimal(column) -%}
    {{ return(adapter.dispatch('read_decimal', 'nrr')(column, 'decimal(18, 6)', 12, 6)) }}
{%- endmacro %}

{# read_rate(column): an exchange rate. #}
{% macro read_rate(column) -%}
    {{ return(adapter.dispatch('read_decimal', 'nrr')(column, nrr.type_rate(), 8, 12)) }}
{%- endmacro %}

{# What is a number is written out, so that it is the same everywhere. #}
{% macro default__read_decimal(column, type, digits, decimals) -%}
    {%- set text -%} {{ nrr.trimmed('cast(' ~ column ~ ' as ' ~ nrr.type_text() ~ ')') }} {%- endset -%}
    case when {{ nrr.is_number(text) }} then try_cast({{ text }} as {{ type }}) end
{%- endmacro %}

{# is_number(text): whether a text is a number: digits, perhaps with a sign, a point or an exponent. #}
{% macro is_number(text) -%}
    {{ nrr.matches(text, '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$') }}
{%- endmacro %}

{# Of what is no number, it takes 1_000 alone for one. Its casts trim all but no-break spaces. #}
{% macro duckdb__read_decimal(column, type, digits, decimals) -%}
    {%- set text -%} cast({{ column }} as varchar) {%- endset -%}
    case
        when typeof({{ column }}) <> 'VARCHAR' then try_cast({{ column }} as {{ type }})
        when not contains({{ text }}, '_')
            then coalesce(try_cast({{ text }} as {{ type }}), try_cast({{ nrr.trimmed(text) }} as {{ type }}))
    end
{%- endmacro %}

{% macro snowflake__read_decimal(column, type, digits, decimals) -%}
    {%- set text -%} {{ nrr.trimmed('cast(' ~ column ~ ' as ' ~ nrr.type_text() ~ ')') }} {%- endset -%}
    case when {{ nrr.is_number(text) }} then try_to_decimal({{ text }}, {{ digits + decimals }}, {{ decimals }}) end
{%- endmacro %}

{# A cast to a type with digits fails where there are more, a safe one too, and rounds to 9 decimals first. #}
{% macro bigquery__read_decimal(column, type, digits, decimals) -%}
    {%- set text -%} {{ nrr.trimmed('cast(' ~ column ~ ' as ' ~ nrr.type_text() ~ ')') }} {%- endset -%}
    {%- set value -%} round(safe_cast({{ text }} as bignumeric), {{ decimals }}) {%- endset -%}
    case
        when {{ nrr.is_number(text) }} and abs({{ value }}) < bignumeric '1{{ '0' * digits }}' then cast({{ value }} as {{ type }})
    end
{%- endmacro %}

{# A cast that fails stops the query: only what can be read is cast. #}
{% macro postgres__read_decimal(column, type, digits, decimals) -%}
    {%- set text -%} {{ nrr.trimmed('cast(' ~ column ~ ' as ' ~ nrr.type_text() ~ ')') }} {%- endset -%}
    case
        when {{ text }} ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$'
            then case
                when abs(round(cast({{ text }} as numeric), {{ decimals }})) < 1{{ '0' * digits }}
                    then cast(cast({{ text }} as numeric) as {{ type }})
            end
    end
{%- endmacro %}

{# ... and a number without a point is cut off by its own `decimal`. One with an exponent is a float that became text. #}
{% macro redshift__read_decimal(column, type, digits, decimals) -%}
    {%- set text -%} {{ nrr.trimmed('cast(' ~ column ~ ' as ' ~ nrr.type_text() ~ ')') }} {%- endset -%}
    {%- set float -%} cast({{ text }} as double precision) {%- endset -%}
    case
        when {{ text }} ~ '^[+-]?0*([0-9]{1,{{ digits }}}([.][0-9]{0,{{ decimals }}})?|[0-9]{0,{{ digits - 1 }}}[.][0-9]{1,16})$'
            then cast({{ text }} as {{ type }})
        when {{ text }} ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)[eE][+-]?[0-9]{1,2}$'
            then case
                when abs({{ float }}) < {{ '9' * [digits, 15] | min }} then cast({{ float }} as {{ type }})
                -- so large a float is a whole number
                when abs({{ float }}) < {{ '9' * digits }} then cast(cast({{ float }} as decimal(38, 0)) as {{ type }})
            end
    end
{%- endmacro %}

{# read_whole_number(column): a whole number of 64 bits; 3.0 is one, and what has a fraction within 9 decimals is none. #}
{% macro read_whole_number(column) -%}
    {%- set number -%}
        {{ adapter.dispatch('read_decimal', 'nrr')(column, 'decimal(28, 9)', 19, 9) }}
    {%- endset -%}
    {#- the largest of 64 bits; the smallest has no literal everywhere -#}
    case
        when {{ number }} = floor({{ number }}) and abs({{ number }}) <= 9223372036854775807
            then cast({{ number }} as bigint)
    end
{%- endmacro %}

{# is_true(column), is_false(column): whether a value of any type says so; one that is missing says neither. #}
{% macro is_true(column) -%}
    coalesce(lower({{ nrr.read_text(column) }}) in ('true', 't', 'yes', '1'), false)
{%- endmacro %}
{% macro is_false(column) -%}
    coalesce(lower({{ nrr.read_text(column) }}) in ('false', 'f', 'no', '0'), false)
{%- endmacro %}
