{# unique_key(model, columns): the rows whose combination of the columns is not unique, or has a null. #}
{% test unique_key(model, columns) %}
    select
        {{ columns | join(',\n        ') }},
        count(*) as number_of_rows
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1 or {{ columns | join(' is null or ') }} is null
{% endtest %}
