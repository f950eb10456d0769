{# retention_sums(): column -> its aggregate over twelve-month pairs; everything that retention needs. #}
{% macro retention_sums() %}
    {%- do return({
        'starting_accounts': 'count(*)',
        'retained_accounts': nrr.sum_where('1', 'ending_mrr > 0'),
        'starting_mrr': 'sum(starting_mrr)',
        'ending_mrr': 'sum(ending_mrr)',
        'expansion_mrr': nrr.sum_where('change_mrr', 'change_mrr > 0'),
        'contraction_mrr': nrr.sum_where('-change_mrr', 'change_mrr < 0 and ending_mrr > 0'),
        'churned_mrr': nrr.sum_where('starting_mrr', 'ending_mrr = 0'),
        'starting_mrr_squared': nrr.sum_of_products('starting_mrr', 'starting_mrr'),
        'change_mrr_squared': nrr.sum_of_products('change_mrr', 'change_mrr'),
        'change_by_starting_mrr': nrr.sum_of_products('change_mrr', 'starting_mrr'),
        'loss_mrr_squared': nrr.sum_of_products('loss_mrr', 'loss_mrr'),
        'loss_by_starting_mrr': nrr.sum_of_products('loss_mrr', 'starting_mrr'),
    }) -%}
{% endmacro %}

{# sum_where(expression, condition): the sum over the rows for which the condition holds. #}
{% macro sum_where(expression, condition) -%}
    sum(case when {{ condition }} then {{ expression }} else 0 end)
{%- endmacro %}

{# sum_of_products(a, b): the exact sum of the products of two amounts of numeric(18, 4). #}
{% macro sum_of_products(a, b) -%}
    sum(cast({{ a }} as numeric(19, 4)) * cast({{ b }} as numeric(19, 4)))
{%- endmacro %}
