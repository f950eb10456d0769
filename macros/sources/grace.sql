{#
  grace_days(source): the longest gap, in days, between an end and the next beginning that is a late renewal, and no
  churn: nrr_renewal_grace_days, for all sources or by source.
#}
{% macro grace_days(source) %}
    {%- set days = nrr.setting('nrr_renewal_grace_days') -%}
    {%- if days is mapping -%} {%- set days = days.get(source) -%} {%- endif -%}
    {%- do return(days if days is not none else (30 if source == 'contracts' else 0)) -%}
{% endmacro %}

{#
  usage_lapses_at(next_ends_at): when the amount of a metered item's last billed period is its MRR no more, if the next
  period brings none: 3 days after that one is over, since months differ in length, and an invoice is made within days.
#}
{% macro usage_lapses_at(next_ends_at) -%} {{ nrr.moved(next_ends_at, 'day', 3) }} {%- endmacro %}
