{# What is summed over accounts, by month and segment. #}

{# movement_sums(): column -> what an account's movement of a month adds to it, amounts first, then accounts. #}
{% macro movement_sums() %}
    {%- set movements = {
        'new': 'new', 'reactivation': 'reactivation', 'expansion': 'expansion', 'contraction': 'contraction',
        'churned': 'churn',
    } -%}
    {%- set sums = {} -%}
    {%- for column, movement in movements.items() -%}
        {%- do sums.update({column ~ '_mrr': "case when movement = '" ~ movement ~ "' then movement_mrr else 0 end"}) -%}
    {%- endfor -%}
    {%- do sums.update({'fx_mrr': 'fx_mrr'}) -%}
    {%- for column, movement in movements.items() -%}
        {%- do sums.update({column ~ '_accounts': "case when movement = '" ~ movement ~ "' then 1 else 0 end"}) -%}
    {%- endfor -%}
    {%- do sums.update({'fx_accounts': 'case when fx_mrr <> 0 then 1 else 0 end'}) -%}
    {%- do return(sums) -%}
{% endmacro %}

{# retention_sums(): column -> what an account of the base adds to it; everything that retention needs. #}
{% macro retention_sums() %}
    {%- do return({
        'starting_accounts': '1',
        'retained_accounts': 'case when ending_mrr > 0 then 1 else 0 end',
        'expanding_accounts': 'case when ending_mrr > starting_mrr then 1 else 0 end',
        'starting_mrr': 'starting_mrr',
        'ending_mrr': 'ending_mrr',
        'expansion_mrr': 'case when ending_mrr > starting_mrr then ending_mrr - starting_mrr else 0 end',
        'contraction_mrr': 'case when ending_mrr < starting_mrr and ending_mrr > 0 then ending_mrr - starting_mrr else 0 end',
        'churned_mrr': 'case when ending_mrr = 0 then -starting_mrr else 0 end',
        'starting_mrr_squared': nrr.product('starting_mrr', 'starting_mrr'),
        'expansion_mrr_squared': 'case when ending_mrr > starting_mrr then ' ~ nrr.product('change_mrr', 'change_mrr')
            ~ ' else 0 end',
        'change_mrr_squared': nrr.product('change_mrr', 'change_mrr'),
        'change_by_starting_mrr': nrr.product('change_mrr', 'starting_mrr'),
    }) -%}
{% endmacro %}

{#
  outlook_sums(): column -> what an account of a month's base adds to it: what it is weighed by, what it came to pay, and
  all that the error of their ratio needs.
#}
{% macro outlook_sums() %}
    {%- do return({
        'weight_mrr': 'weight_mrr',
        'retained_weight_mrr': 'retained_weight_mrr',
        'ending_mrr': 'ending_mrr',
        'retained_mrr': 'retained_mrr',
        'weight_mrr_squared': nrr.product('weight_mrr', 'weight_mrr'),
        'ending_mrr_squared': nrr.product('ending_mrr', 'ending_mrr'),
        'ending_by_weight_mrr': nrr.product('ending_mrr', 'weight_mrr'),
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

{# method_lines(): the lines of int_nrr__method_runs: of what was paid at first, of changes, of losses. #}
{% macro method_lines() %}
    {%- do return(['starting_mrr', 'starting_growth', 'change_mrr', 'change_growth', 'loss_mrr', 'loss_growth']) -%}
{% endmacro %}
