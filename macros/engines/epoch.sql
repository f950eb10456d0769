{#
  read_epoch(column): a timestamp in UTC, as read_timestamp() reads it, or one that is counted from 1970 on: nine or ten
  digits are seconds, twelve or thirteen milliseconds. Many APIs, and so the loaders of their tables, give times so.
#}
{% macro read_epoch(column) -%}
    {%- set text = nrr.read_text(column) -%}
    case
        when {{ nrr.matches(text, '^[0-9]{9,10}([.]0*)?$') }}
            then {{ nrr.seconds_after_1970(nrr.read_whole_number(text)) }}
        when {{ nrr.matches(text, '^[0-9]{12,13}([.]0*)?$') }}
            -- the first of the digits that are left are those of the seconds
            then {{ nrr.seconds_after_1970('cast(substr(' ~ text ~ ', 1, length(replace(' ~ text ~ ", '.0', '')) - 3) as bigint)") }}
        else {{ nrr.read_timestamp(column) }}
    end
{%- endmacro %}

{# seconds_after_1970(seconds): an instant so many seconds after 1970 began. #}
{% macro seconds_after_1970(seconds) -%}
    {{ return(adapter.dispatch('seconds_after_1970', 'nrr')(seconds)) }}
{%- endmacro %}

{% macro default__seconds_after_1970(seconds) -%}
    {{ nrr.moved(nrr.timestamp_literal('1970-01-01 00:00:00'), 'second', seconds) }}
{%- endmacro %}

{% macro spark__seconds_after_1970(seconds) -%} timestamp_seconds({{ seconds }}) {%- endmacro %}
