{# listed(text): the texts of a group in one, by name, with commas between them. Spark's listagg knows no order. #}
{% macro listed(text) -%} {{ return(adapter.dispatch('listed', 'nrr')(text)) }} {%- endmacro %}
{% macro default__listed(text) -%} {{ dbt.listagg(text, "', '", 'order by ' ~ text) }} {%- endmacro %}
{% macro spark__listed(text) -%} array_join(array_sort(collect_list({{ text }})), ', ') {%- endmacro %}
