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
        'starting_mrr_squared': 'sum(starting_mrr * starting_mrr)',
        'change_mrr_squared': 'sum(change_mrr * change_mrr)',
        'change_by_starting_mrr': 'sum(change_mrr * starting_mrr)',
        'loss_mrr_squared': 'sum(loss_mrr * loss_mrr)',
        'loss_by_starting_mrr': 'sum(loss_mrr * starting_mrr)',
    }) -%}
{% endmacro %}

{# sum_where(expression, condition): the sum over the rows for which the condition holds. #}
{% macro sum_where(expression, condition) -%}
    sum(case when {{ condition }} then {{ expression }} else 0 end)
{%- endmacro %}
