{#
  rise_above_usual(last_28_days, previous_182_days): by how much the number of times that something happened within 28 days
  is above the usual one, in standard errors of what happens one by one (definitions 13.3). A double.
#}
{% macro rise_above_usual(last_28_days, previous_182_days) -%}
    {%- set usual = nrr.usual_28_days(previous_182_days) -%}
    (cast({{ last_28_days }} as {{ nrr.type_double() }}) - {{ usual }})
    / sqrt(case when {{ usual }} > 1 then {{ usual }} else 1 end)
{%- endmacro %}

{# usual_28_days(previous_182_days): 28 of 182 days, a double. #}
{% macro usual_28_days(previous_182_days) -%}
    cast({{ previous_182_days }} as {{ nrr.type_double() }}) * 2 / 13
{%- endmacro %}
