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

{#
  is_published(dimension): whether a segment dimension is one that the company is segmented by, `all` included, and none
  that only benchmarks cut; a condition.
#}
{% macro is_published(dimension) -%}
    {{ dimension }} in (
        {%- for name in ['all'] + nrr.built_in_dimensions() + nrr.setting('nrr_segments') %}
        {{ nrr.text_literal(name) }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

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

{# attributes_key(attributes): the key of attributes, a whole number of 37 digits; 0 where none is known. #}
{% macro attributes_key(attributes) -%}
    case
        when {{ attributes }} = {{ nrr.unknown_attributes() }} then 0
        else cast({{ nrr.fingerprint([attributes]) }} as {{ nrr.type_wide_integer() }})
    end
{%- endmacro %}

{#
  segment_key(relation, prefix): the key of the set of segments in a relation with the keys `dimensions_key`, the
  fingerprint of item_dimensions(), and `attributes_key`; `prefix` stands before the names of those two.
#}
{% macro segment_key(relation, prefix='') -%}
    {{ nrr.fingerprint([
        relation ~ '.currency', relation ~ '.acquisition_quarter', relation ~ '.' ~ prefix ~ 'dimensions_key',
        relation ~ '.' ~ prefix ~ 'attributes_key',
    ]) }}
{%- endmacro %}
