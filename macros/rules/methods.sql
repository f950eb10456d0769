{#
  retention_methods(): method -> of which pair of times it is, and how its rates follow from those of the pair
  (definitions 6.1): the prefix of the columns of int_nrr__method_rates. `renewal_base` is one where terms are known.
#}
{% macro retention_methods() %}
    {%- set methods = {
        'point_to_point': {'pair': 'twelve_months', 'rate': ''},
        'cohort_movements': {'pair': 'cohort_movements', 'rate': ''},
        'chained_monthly': {'pair': 'one_month', 'rate': 'chained_'},
        'annualised_month': {'pair': 'one_month', 'rate': 'annualised_'},
        'average_of_12': {'pair': 'twelve_months', 'rate': 'average_of_12_'},
        'weighted_average_of_12': {'pair': 'twelve_months', 'rate': 'weighted_average_of_12_'},
        'average_of_4_quarters': {'pair': 'twelve_months', 'rate': 'average_of_4_quarters_'},
        'same_quarter_prior_year': {'pair': 'same_quarter_prior_year', 'rate': ''},
        'trailing_revenue': {'pair': 'trailing_revenue', 'rate': ''},
        'three_months': {'pair': 'three_months', 'rate': ''},
    } -%}
    {%- if nrr.has_source('contracts') -%}
        {%- do methods.update({'renewal_base': {'pair': 'renewal_base', 'rate': ''}}) -%}
    {%- endif -%}
    {%- do return(methods) -%}
{% endmacro %}

{# method_rate(rate): the rate, nrr or grr, of the method in `methods`, out of the row of its pair in `rates`. #}
{% macro method_rate(rate) -%}
    case methods.method
        {%- for method, made in nrr.retention_methods().items() %}
        when '{{ method }}' then rates.{{ made.rate }}{{ rate }}
        {%- endfor %}
    end
{%- endmacro %}
