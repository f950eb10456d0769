{#
  Days and months that people write. A list says on which day something begins or ends; systems that keep lists write
  instants into the same columns. What is at midnight, in UTC or in nrr_timezone, is a day, and anything else an instant.
#}

{# read_instant(column): a timestamp in UTC as it is written; a date is its midnight, whatever nrr_timezone is. #}
{% macro read_instant(column) -%}
    {{ return(adapter.dispatch('read_timestamp', 'nrr')(column, 'UTC')) }}
{%- endmacro %}

{# midnight(instant): when its day begins, as a timestamp. #}
{% macro midnight(instant) -%}
    cast({{ nrr.truncate_to_day(instant) }} as {{ nrr.type_instant() }})
{%- endmacro %}

{# shown_time(instant): local_time() as a timestamp everywhere, so that it can be compared and counted with. #}
{% macro shown_time(instant) -%} cast({{ nrr.local_time(instant) }} as {{ nrr.type_instant() }}) {%- endmacro %}

{# day_of_month(instant): 1 to 31. #}
{% macro day_of_month(instant) -%} extract(day from {{ nrr.truncate_to_day(instant) }}) {%- endmacro %}

{# names_a_day(instant): whether what read_instant() read names a day. #}
{% macro names_a_day(instant) -%}
    ({{ instant }} = {{ nrr.midnight(instant) }}
    {%- if nrr.local_time(instant) != instant %}
    or {{ nrr.shown_time(instant) }} = {{ nrr.midnight(nrr.shown_time(instant)) }}
    {%- endif -%})
{%- endmacro %}

{# day_named(instant): the day that it names, or in nrr_timezone lies in. #}
{% macro day_named(instant) -%}
    {%- set local = nrr.local_time(instant) -%}
    {%- if local == instant -%} {{ nrr.truncate_to_day(instant) }}
    {%- else -%}
    case
        when {{ instant }} = {{ nrr.midnight(instant) }} then {{ nrr.truncate_to_day(instant) }}
        else {{ nrr.truncate_to_day(local) }}
    end
    {%- endif -%}
{%- endmacro %}

{# day_after(day): the next day. #}
{% macro day_after(day) -%} {{ nrr.add_days(day, 1) }} {%- endmacro %}

{# add_days(day, number): so many days later, as a date. #}
{% macro add_days(day, number) -%} {{ return(adapter.dispatch('add_days', 'nrr')(day, number)) }} {%- endmacro %}
{% macro default__add_days(day, number) -%} cast({{ dbt.dateadd('day', number, day) }} as date) {%- endmacro %}
{% macro spark__add_days(day, number) -%} date_add({{ day }}, {{ number }}) {%- endmacro %}

{# begin_of_day(day): when a day begins in nrr_timezone, as a timestamp in UTC. #}
{% macro begin_of_day(day) -%}
    {{ nrr.utc_time('cast(' ~ day ~ ' as ' ~ nrr.type_instant() ~ ')', nrr.setting('nrr_timezone')) }}
{%- endmacro %}

{# begin_of_day_or_instant(instant): when the day that it names begins in nrr_timezone, or the instant, in UTC. #}
{% macro begin_of_day_or_instant(instant) -%}
    case
        when {{ nrr.names_a_day(instant) }} then {{ nrr.begin_of_day(nrr.day_named(instant)) }}
        else {{ instant }}
    end
{%- endmacro %}

{# end_of_day_or_instant(instant): when the day that it names is over in nrr_timezone, or the instant, in UTC. #}
{% macro end_of_day_or_instant(instant) -%}
    case
        when {{ nrr.names_a_day(instant) }} then {{ nrr.begin_of_day(nrr.day_after(nrr.day_named(instant))) }}
        else {{ instant }}
    end
{%- endmacro %}

{#
  month_as_day(column): as text, the day that read_instant() can read, where a month is written as 2024-01 or 202401: its
  first; anything else as it is.
#}
{% macro month_as_day(column) -%}
    {%- set text = nrr.read_text(column) -%}
    case
        when {{ nrr.matches(text, '^(19|2[01])[0-9]{2}-?(0[1-9]|1[0-2])$') }}
            then {{ dbt.concat([
                'substr(' ~ text ~ ', 1, 4)', "'-'", 'substr(' ~ text ~ ', length(' ~ text ~ ') - 1)', "'-01'",
            ]) }}
        else {{ text }}
    end
{%- endmacro %}

{#
  whole_months(first_day, end_day): how many months there are from one day to, not including, another, or null where they
  are not whole. The end may be a day late: who writes 15 January to 15 January means a year too, and 31 January to
  29 February is a month.
#}
{% macro whole_months(first_day, end_day) -%}
    {%- set months = nrr.months_between(first_day, end_day) -%}
    {%- set last_day = nrr.add_days(end_day, -1) -%}
    case
        when
            {{ months }} >= 1
            and {{ nrr.add_months(first_day, months) }}
            in ({{ end_day }}, {{ last_day }})
            then {{ months }}
        when
            {{ months }} >= 2
            and {{ nrr.add_months(first_day, '(' ~ months ~ ' - 1)') }}
            = {{ last_day }}
            then {{ months }} - 1
    end
{%- endmacro %}
