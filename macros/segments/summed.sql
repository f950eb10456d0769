{# What is summed over accounts, by month and segment: see sums_by_segment.sql for how. #}

{# closing_sums(): column -> its aggregate over account months. #}
{% macro closing_sums() %}
    {%- do return({'accounts': 'count(*)', 'closing_mrr': 'sum(mrr)'}) -%}
{% endmacro %}

{# movement_sums(): column -> its aggregate over account movements. #}
{% macro movement_sums() %}
    {%- set sums = {'movements': 'count(*)'} -%}
    {%- for column, movement in {
        'new_mrr': 'new', 'reactivation_mrr': 'reactivation', 'expansion_mrr': 'expansion',
        'contraction_mrr': 'contraction', 'churned_mrr': 'churn',
    }.items() -%}
        {%- do sums.update({column: nrr.sum_where('movement_mrr', "movement = '" ~ movement ~ "'")}) -%}
    {%- endfor -%}
    {%- do sums.update({'fx_mrr': 'sum(fx_mrr)'}) -%}
    {%- do return(sums) -%}
{% endmacro %}

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

{# sum_of_products(a, b): the exact sum of the products of two amounts of decimal(18, 4). #}
{% macro sum_of_products(a, b) -%}
    {#- 38 digits with Spark's one more: it rounds a wider product. DuckDB's of twice 18 has but 18. -#}
    sum(cast({{ a }} as decimal(18, 4)) * cast({{ b }} as decimal(19, 4)))
{%- endmacro %}
