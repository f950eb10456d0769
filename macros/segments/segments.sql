{# What accounts are segmented by. A dimension is a column of the account months of the same name. #}

{# built_in_dimensions(): the dimensions that every company has. #}
{% macro built_in_dimensions() %}
    {%- do return(['size'] + nrr.item_dimensions() + ['acquisition_quarter']) -%}
{% endmacro %}

{# item_dimensions(): those that an account takes from its items: the value with the largest share of its MRR. #}
{% macro item_dimensions() %}
    {%- do return(['pricing_model', 'plan', 'billing_interval', 'currency']) -%}
{% endmacro %}

{# attribute_columns(): the columns that hold the attributes of nrr_segments, in its order. #}
{% macro attribute_columns() %}
    {%- set columns = [] -%}
    {%- for attribute in nrr.setting('nrr_segments') -%} {%- do columns.append('attribute_' ~ loop.index) -%} {%- endfor -%}
    {%- do return(columns) -%}
{% endmacro %}

{# segment_columns(): the columns that hold an account's segments. #}
{% macro segment_columns() %}
    {%- do return(nrr.built_in_dimensions() + nrr.attribute_columns()) -%}
{% endmacro %}
