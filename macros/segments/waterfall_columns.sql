{# waterfall_columns(): the amounts of nrr__mrr_waterfall, from opening to closing. #}
{% macro waterfall_columns() %}
    {%- do return([
        'opening_mrr', 'new_mrr', 'reactivation_mrr', 'expansion_mrr', 'contraction_mrr', 'churned_mrr',
        'fx_mrr', 'segment_transfer_mrr', 'closing_mrr',
    ]) -%}
{% endmacro %}
