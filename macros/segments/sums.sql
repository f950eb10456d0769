{# What is summed over accounts, by month and segment. #}

{# movement_columns(): column of the sums -> the movement that it is the sum of. #}
{% macro movement_columns() %}
    {%- do return({
        'new_mrr': 'new', 'reactivation_mrr': 'reactivation', 'expansion_mrr': 'expansion',
        'contraction_mrr': 'contraction', 'churned_mrr': 'churn',
    }) -%}
{% endmacro %}

{# retention_sums(): column -> what an account of the base adds to it; everything that retention needs. #}
{% macro retention_sums() %}
    {%- do return({
        'starting_accounts': '1',
        'retained_accounts': 'case when ending_mrr > 0 then 1 else 0 end',
        'starting_mrr': 'starting_mrr',
        'ending_mrr': 'ending_mrr',
        'expansion_mrr': 'case when ending_mrr > starting_mrr then ending_mrr - starting_mrr else 0 end',
        'contraction_mrr': 'case when ending_mrr < starting_mrr and ending_mrr > 0 then ending_mrr - starting_mrr else 0 end',
        'churned_mrr': 'case when ending_mrr = 0 then -starting_mrr else 0 end',
        'starting_mrr_squared': nrr.product('starting_mrr', 'starting_mrr'),
        'change_mrr_squared': nrr.product('change_mrr', 'change_mrr'),
        'change_by_starting_mrr': nrr.product('change_mrr', 'starting_mrr'),
        'loss_mrr_squared': nrr.product('loss_mrr', 'loss_mrr'),
        'loss_by_starting_mrr': nrr.product('loss_mrr', 'starting_mrr'),
    }) -%}
{% endmacro %}

{# product(a, b): the exact product of two amounts of decimal(18, 4). #}
{% macro product(a, b) -%}
    {#- 38 digits with Spark's one more: it rounds a wider product. DuckDB's of twice 18 has but 18. -#}
    cast({{ a }} as decimal(18, 4)) * cast({{ b }} as decimal(19, 4))
{%- endmacro %}

{# sum_type(column): the type of such a sum in a table: a number of accounts, an amount, or a product of amounts. #}
{% macro sum_type(column) -%}
    {%- if column.endswith('_accounts') -%} integer
    {%- elif column.endswith('_squared') or '_by_' in column -%} decimal(37, 8)
    {%- else -%} decimal(28, 4)
    {%- endif -%}
{%- endmacro %}
