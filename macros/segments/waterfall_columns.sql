{# waterfall_columns(): the amounts of nrr__mrr_waterfall, from opening to closing, and the accounts of each. #}
{% macro waterfall_columns() %}
    {%- set columns = [] -%}
    {%- for unit in ['mrr', 'accounts'] -%}
        {%- for part in [
            'opening', 'new', 'reactivation', 'expansion', 'contraction', 'churned', 'fx', 'segment_transfer', 'closing',
        ] -%}
            {%- do columns.append(part ~ '_' ~ unit) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(columns) -%}
{% endmacro %}
