{# What an item's MRR is made of, and how what changed it is told apart (definitions 8). #}

{# driver_columns(): column of int_nrr__item_states -> its type: what MRR is made of, and what a plan is. #}
{% macro driver_columns() %}
    {%- do return({
        'product_id': nrr.type_text(),
        'plan_id': nrr.type_text(),
        'pricing_model': nrr.type_text(),
        'quantity': 'decimal(18, 6)',
        'unit_amount': 'decimal(18, 6)',
        'currency': nrr.type_text(),
        'billing_interval': nrr.type_text(),
        'billing_interval_count': 'decimal(18, 6)',
        'discount_percent': 'decimal(18, 6)',
        'discount_amount': 'decimal(18, 6)',
        'mrr': 'decimal(18, 4)',
    }) -%}
{% endmacro %}

{# is_usage(pricing_model): whether an item is priced by usage; one whose pricing model is not known is not. #}
{% macro is_usage(pricing_model) -%}
    coalesce(lower({{ pricing_model }}) = 'usage', false)
{%- endmacro %}

{# is_another(column): whether both states of a change have such a value, and it is another one. #}
{% macro is_another(column) -%}
    coalesce(previous_{{ column }} <> {{ column }}, false)
{%- endmacro %}
