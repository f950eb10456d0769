{#
  drop_old_view(): before a view is made, what stands under its name goes where `create or replace view` leaves it as it was:
  Spark with Iceberg's session catalog.
#}
{% macro drop_old_view() -%} {{ return(adapter.dispatch('drop_old_view', 'nrr')()) }} {%- endmacro %}
{% macro default__drop_old_view() -%} {%- endmacro %}
{% macro spark__drop_old_view() -%}
    {%- if config.get('materialized') == 'view' -%} drop view if exists {{ this }} {%- endif -%}
{%- endmacro %}
{% macro databricks__drop_old_view() -%} {%- endmacro %}
