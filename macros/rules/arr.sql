{# Annual recurring revenue is 12 x MRR, of amounts with 4 decimals. #}

{# arr(mrr): annual recurring revenue of a monthly amount. #}
{% macro arr(mrr) -%}
    12 * cast({{ mrr }} as decimal(28, 4))
{%- endmacro %}

{#
  smallest_mrr_of_arr(arr): the smallest MRR, decimal(18, 4), whose ARR is at least this, from 0 on: a twelfth in whole
  ten-thousandths, rounded up. Both sides times a million, as divide_whole asks.
#}
{% macro smallest_mrr_of_arr(arr) -%}
    {%- set integer = nrr.type_wide_integer() -%}
    {{ nrr.ten_thousandths(nrr.divide_whole(
        "((cast(cast(" ~ arr ~ " as decimal(28, 4)) * 10000 as " ~ integer ~ ") + 11) * 1000000)",
        "cast(12000000 as " ~ integer ~ ")"
    )) }}
{%- endmacro %}
