{# Months are dates: the first day of the month. #}

{# month_of(instant): the month of a UTC timestamp, as the clock in nrr_timezone shows it. #}
{% macro month_of(instant) -%}
    {{ nrr.truncate_to_month(nrr.local_time(instant)) }}
{%- endmacro %}

{# local_time(instant): the wall-clock time in nrr_timezone at a UTC timestamp. #}
{% macro local_time(instant) -%}
    {%- if nrr.setting('nrr_timezone') == 'UTC' -%} {{ instant }}
    {%- else -%} {{ adapter.dispatch('local_time', 'nrr')(instant, nrr.setting('nrr_timezone')) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__local_time(instant, timezone) -%}
    timezone('{{ timezone }}', timezone('UTC', {{ instant }}))
{%- endmacro %}

{% macro redshift__local_time(instant, timezone) -%}
    convert_timezone('UTC', '{{ timezone }}', {{ instant }})
{%- endmacro %}

{% macro snowflake__local_time(instant, timezone) -%}
    convert_timezone('UTC', '{{ timezone }}', {{ instant }})
{%- endmacro %}

{% macro bigquery__local_time(instant, timezone) -%} datetime({{ instant }}, '{{ timezone }}') {%- endmacro %}

{# A timestamp is an instant that is shown in the session's time zone, UTC: one that looks as the clock there. #}
{% macro spark__local_time(instant, timezone) -%} from_utc_timestamp({{ instant }}, '{{ timezone }}') {%- endmacro %}

{% macro trino__local_time(instant, timezone) -%}
    cast(at_timezone(with_timezone({{ instant }}, 'UTC'), '{{ timezone }}') as timestamp(6))
{%- endmacro %}

{#
  utc_time(local, timezone): the instant, a timestamp in UTC, at which the clock in a time zone shows a time. One that
  the clock leaves out (midnight, in some places, when summer begins) is as much later. One that it shows twice is either,
  as the engine has it: both are of the same day.
#}
{% macro utc_time(local, timezone) -%}
    {%- if timezone == 'UTC' -%} {{ local }}
    {%- else -%} {{ adapter.dispatch('utc_time', 'nrr')(local, timezone) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__utc_time(local, timezone) -%}
    timezone('UTC', timezone('{{ timezone }}', {{ local }}))
{%- endmacro %}

{% macro redshift__utc_time(local, timezone) -%} convert_timezone('{{ timezone }}', 'UTC', {{ local }}) {%- endmacro %}
{% macro snowflake__utc_time(local, timezone) -%} convert_timezone('{{ timezone }}', 'UTC', {{ local }}) {%- endmacro %}

{% macro bigquery__utc_time(local, timezone) -%}
    timestamp(datetime({{ local }}, 'UTC'), '{{ timezone }}')
{%- endmacro %}

{% macro spark__utc_time(local, timezone) -%} to_utc_timestamp({{ local }}, '{{ timezone }}') {%- endmacro %}

{% macro trino__utc_time(local, timezone) -%}
    cast(at_timezone(with_timezone({{ local }}, '{{ timezone }}'), 'UTC') as timestamp(6))
{%- endmacro %}

{# truncate_to_month(value): the first day of the month of a date or timestamp, as a date. #}
{% macro truncate_to_month(value) -%}
    {{ return(adapter.dispatch('truncate_to_month', 'nrr')(value)) }}
{%- endmacro %}

{% macro default__truncate_to_month(value) -%} cast(date_trunc('month', {{ value }}) as date) {%- endmacro %}
{% macro bigquery__truncate_to_month(value) -%} date_trunc(cast({{ value }} as date), month) {%- endmacro %}

{# add_months(month, number): the month that many months later. #}
{% macro add_months(month, number) -%}
    {{ return(adapter.dispatch('add_months', 'nrr')(month, number)) }}
{%- endmacro %}

{% macro default__add_months(month, number) -%} cast({{ dbt.dateadd('month', number, month) }} as date) {%- endmacro %}
{% macro bigquery__add_months(month, number) -%} date_add({{ month }}, interval {{ number }} month) {%- endmacro %}
{% macro spark__add_months(month, number) -%} add_months({{ month }}, {{ number }}) {%- endmacro %}

{# months_between(earlier, later): how many months later the month of one date or timestamp is than another's, an integer. #}
{% macro months_between(earlier, later) -%}
    cast(
        (extract(year from cast({{ later }} as date)) - extract(year from cast({{ earlier }} as date))) * 12
        + extract(month from cast({{ later }} as date)) - extract(month from cast({{ earlier }} as date))
        as integer
    )
{%- endmacro %}

{# month_number(month): a month of a date as a whole number, from one to the next one more. #}
{% macro month_number(month) -%}
    cast(extract(year from {{ month }}) * 12 + extract(month from {{ month }}) as integer)
{%- endmacro %}

{# truncate_to_day(value): the date of a timestamp. #}
{% macro truncate_to_day(value) -%}
    cast({{ value }} as date)
{%- endmacro %}

{# quarter_name(month): text such as '2026-Q3'. #}
{% macro quarter_name(month) -%}
    {{ dbt.concat([
        'cast(extract(year from ' ~ month ~ ') as ' ~ nrr.type_text() ~ ')', "'-Q'",
        'cast(extract(quarter from ' ~ month ~ ') as ' ~ nrr.type_text() ~ ')',
    ]) }}
{%- endmacro %}

{# quarter_of(month): the first month of its quarter, a date. #}
{% macro quarter_of(month) -%}
    {{ nrr.add_months(month, '-mod(cast(extract(month from ' ~ month ~ ') as integer) - 1, 3)') }}
{%- endmacro %}

{#
  Runs of months reach from a first_month up to, not including, an end_month, which is null for one that still runs.
  open_end(end_month): an end that lies behind all months instead, so that two runs can be compared.
#}
{% macro open_end(end_month) -%} coalesce({{ end_month }}, cast('2300-01-01' as date)) {%- endmacro %}

{# later(a, b), earlier(a, b): of two months. #}
{% macro later(a, b) -%} case when {{ a }} > {{ b }} then {{ a }} else {{ b }} end {%- endmacro %}
{% macro earlier(a, b) -%} case when {{ a }} < {{ b }} then {{ a }} else {{ b }} end {%- endmacro %}
