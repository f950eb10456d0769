{# What accounts are segmented by (definitions 3.2). #}

{# built_in_dimensions(): the dimensions that every company has. #}
{% macro built_in_dimensions() %}
    {%- do return(['size'] + nrr.set_dimensions()) -%}
{% endmacro %}

{# set_dimensions(): those that come with an account's set of segments; the size follows from its MRR when it is read. #}
{% macro set_dimensions() %}
    {%- do return(nrr.item_dimensions() + ['currency', 'acquisition_quarter']) -%}
{% endmacro %}

{# item_dimensions(): those that an account takes from its items: the value with the largest share of its MRR. #}
{% macro item_dimensions() %}
    {%- do return(['pricing_model', 'product', 'plan', 'billing_interval']) -%}
{% endmacro %}

{# attribute_columns(): the columns of stg_nrr__accounts that hold the attributes of nrr_segments, in its order. #}
{% macro attribute_columns() %}
    {%- set columns = [] -%}
    {%- for attribute in nrr.setting('nrr_segments') -%} {%- do columns.append('attribute_' ~ loop.index) -%} {%- endfor -%}
    {%- do return(columns) -%}
{% endmacro %}

{# unknown_attributes(): the attributes of an account that has none, as a JSON object. #}
{% macro unknown_attributes() -%}
    {%- set unknown = [] -%}
    {%- for attribute in nrr.setting('nrr_segments') -%} {%- do unknown.append("'(unknown)'") -%} {%- endfor -%}
    {{ nrr.json_object(nrr.setting('nrr_segments'), unknown) }}
{%- endmacro %}

{#
  segment_key(relation, prefix): the key of the set of segments in the columns of a relation; `prefix` stands before the
  names of those that change.
#}
{% macro segment_key(relation, prefix='') -%}
    {%- set columns = [relation ~ '.currency', relation ~ '.acquisition_quarter'] -%}
    {%- for column in nrr.item_dimensions() + ['attributes'] -%}
        {%- do columns.append(relation ~ '.' ~ prefix ~ column) -%}
    {%- endfor -%}
    {{ nrr.fingerprint(columns) }}
{%- endmacro %}
