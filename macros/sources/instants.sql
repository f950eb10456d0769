{# Instants that are so much later than others. #}

{# moved(at, part, count): the instant `count` seconds, days or months later, of the same type (not so on BigQuery by itself). #}
{% macro moved(at, part, count) -%}
    cast({{ dbt.dateadd(part, count, at) }} as {{ nrr.type_instant() }})
{%- endmacro %}

{# intervals_later(at, interval, count): the instant `count` intervals later; null where the interval is none. #}
{% macro intervals_later(at, interval, count) -%}
    case {{ interval }}
        {%- for part in ['day', 'week', 'month', 'year'] %}
        when '{{ part }}' then {{ nrr.moved(at, part, 'cast(' ~ count ~ ' as integer)') }}
        {%- endfor %}
    end
{%- endmacro %}
