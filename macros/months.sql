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

{# truncate_to_month(value): the first day of the month of a date or timestamp, as a date. #}
{% macro truncate_to_month(value) -%}
    cast({{ dbt.date_trunc('month', value) }} as date)
{%- endmacro %}

{# add_months(month, number): the month that many months later. #}
{% macro add_months(month, number) -%}
    cast({{ dbt.dateadd('month', number, month) }} as date)
{%- endmacro %}

{# months_between(earlier, later): how many months later is than earlier. #}
{% macro months_between(earlier, later) -%}
    (
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }})
    )
{%- endmacro %}

{# truncate_to_day(value): the date of a timestamp. #}
{% macro truncate_to_day(value) -%}
    cast({{ value }} as date)
{%- endmacro %}

{# quarter_name(month): text such as '2026-Q3'. #}
{% macro quarter_name(month) -%}
    {{ dbt.concat([
        'cast(extract(year from ' ~ month ~ ') as ' ~ dbt.type_string() ~ ')', "'-Q'",
        'cast(extract(quarter from ' ~ month ~ ') as ' ~ dbt.type_string() ~ ')',
    ]) }}
{%- endmacro %}
