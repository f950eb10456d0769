{# Instants that are so much later than others. #}

{# moved(at, part, count): the instant `count` seconds, days or months later, of the same type (not so on BigQuery by itself). #}
{% macro moved(at, part, count) -%} {{ return(adapter.dispatch('moved', 'nrr')(at, part, count)) }} {%- endmacro %}

{% macro default__moved(at, part, count) -%}
    cast({{ dbt.dateadd(part, count, at) }} as {{ nrr.type_instant() }})
{%- endmacro %}

{# dbt-spark's dateadd() repeats the instant six times, which grows with each call within a call, and fails for none. #}
{% macro spark__moved(at, part, count) -%} timestampadd({{ part }}, {{ count }}, {{ at }}) {%- endmacro %}

{# days_between(earlier, later): how many days later the date of one timestamp is than another's, an integer. #}
{% macro days_between(earlier, later) -%} {{ return(adapter.dispatch('days_between', 'nrr')(earlier, later)) }} {%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    {{ dbt.datediff('cast(' ~ earlier ~ ' as date)', 'cast(' ~ later ~ ' as date)', 'day') }}
{%- endmacro %}

{# dbt-spark's datediff() fails for no date. #}
{% macro spark__days_between(earlier, later) -%} datediff({{ later }}, {{ earlier }}) {%- endmacro %}

{# intervals_later(at, interval, count): the instant `count` intervals later; null where the interval is none. #}
{% macro intervals_later(at, interval, count) -%}
    case {{ interval }}
        {%- for part in ['day', 'week', 'month', 'year'] %}
        when '{{ part }}' then {{ nrr.moved(at, part, 'cast(' ~ count ~ ' as integer)') }}
        {%- endfor %}
    end
{%- endmacro %}
