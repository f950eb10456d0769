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

{#
  sums_by_segment(relation, sums): CTEs, the last of them `segment_sums`, that sum a relation with a month and
  the segment columns for the company ('all', 'all') and each segment of each dimension. `sums` maps
  columns to aggregates that are themselves sums; `more_dimensions` are further columns to sum by. Rows are first summed by combinations of the dimensions
  that have few values, since a pass over all rows for each dimension would take the time of all of them.
#}
{% macro sums_by_segment(relation, sums, more_dimensions=[]) -%}
    {%- set cells = {
        'item_cells': ['size'] + nrr.item_dimensions() + more_dimensions,
        'account_cells': ['acquisition_quarter'] + nrr.attribute_columns(),
    } -%}
    {%- set names = dict(zip(nrr.segment_columns(), nrr.built_in_dimensions() + nrr.setting('nrr_segments'))) -%}
    {%- for cell, columns in cells.items() %}
{{ cell }} as (
    select
        month,
        {{ columns | join(', ') }}
        {%- for column, aggregate in sums.items() %},
        {{ aggregate }} as {{ column }}
        {%- endfor %}
    from {{ relation }}
    group by month, {{ columns | join(', ') }}
),
    {% endfor %}
segment_sums as (
    select
        month,
        'all' as segment_dimension,
        'all' as segment
        {%- for column in sums %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from item_cells
    group by month
    {%- for cell, columns in cells.items() %}
    {%- for segment in columns %}

    union all

    select
        month,
        {{ nrr.text_literal(names.get(segment, segment)) }} as segment_dimension,
        {{ segment }} as segment
        {%- for column in sums %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from {{ cell }}
    group by month, {{ segment }}
    {%- endfor %}
    {%- endfor %}
)
{%- endmacro %}
