{#
  size(arr, sizes): whether an account with this ARR has the size of a row of nrr_sizes (definitions 3.3); `sizes` is the
  row, with its size, arr_from and arr_to, the next larger size's arr_from (null: none). Reporting currency per year.
#}
{% macro size(arr, sizes) -%} {{ return(adapter.dispatch('size', 'nrr')(arr, sizes)) }} {%- endmacro %}

{% macro default__size(arr, sizes) -%}
    {{ arr }} >= {{ sizes }}.arr_from and ({{ arr }} < {{ sizes }}.arr_to or {{ sizes }}.arr_to is null)
{%- endmacro %}
