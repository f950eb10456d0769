{#
  grace_days(source): the longest gap, in days, between an end and the next beginning that is a late renewal, and no
  churn: nrr_renewal_grace_days, for all sources or by source.
#}
{% macro grace_days(source) %}
    {%- set days = nrr.setting('nrr_renewal_grace_days') -%}
    {%- if days is mapping -%} {%- set days = days.get(source) -%} {%- endif -%}
    {%- do return(days if days is not none else (30 if source == 'contracts' else 0)) -%}
{% endmacro %}
