{# Annual recurring revenue is 12 x MRR, of amounts with 4 decimals. #}

{# arr(mrr): annual recurring revenue of a monthly amount. #}
{% macro arr(mrr) -%}
    12 * cast({{ mrr }} as decimal(28, 4))
{%- endmacro %}

{#
  smallest_mrr_of_arr(arr): the smallest MRR, decimal(18, 4), whose ARR is at least this, from 0 on. The quotient is at most
  one ten-thousandth off, whichever way it was rounded: it and its neighbours are tried.
#}
{% macro smallest_mrr_of_arr(arr) -%}
    {%- set about -%} cast({{ arr }} / 12 as decimal(18, 4)) {%- endset -%}
    {%- set step -%} cast(0.0001 as decimal(5, 4)) {%- endset -%}
    cast(
        case
            when {{ nrr.arr(about ~ ' - ' ~ step) }} >= {{ arr }} then {{ about }} - {{ step }}
            when {{ nrr.arr(about) }} >= {{ arr }} then {{ about }}
            else {{ about }} + {{ step }}
        end as decimal(18, 4)
    )
{%- endmacro %}
