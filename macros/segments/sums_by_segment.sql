{#
  sums_by_segment(rows, sums, keys, more_dimensions): CTEs, the last of them `segment_sums`, that sum `rows`, to be
  read from, with a month and the segment columns for the company ('all', 'all') and each segment of each dimension.
  `sums` maps columns to aggregates that are themselves sums; `keys` are columns to group by besides;
  `more_dimensions` are further columns to segment by. Rows are first summed by combinations of the dimensions
  that have few values, since a pass over all rows for each dimension would take the time of all of them.
#}
{% macro sums_by_segment(rows, sums, keys=[], more_dimensions=[]) -%}
    {%- set cells = {
        'item_cells': ['size'] + nrr.item_dimensions() + more_dimensions,
        'account_cells': ['acquisition_quarter'] + nrr.attribute_columns(),
    } -%}
    {%- set names = dict(zip(nrr.segment_columns(), nrr.built_in_dimensions() + nrr.setting('nrr_segments'))) -%}
    {%- set keys = (['month'] + keys) | join(', ') -%}
    {%- for cell, columns in cells.items() %}
{{ cell }} as (
    select
        {{ keys }},
        {{ columns | join(', ') }}
        {%- for column, aggregate in sums.items() %},
        {{ aggregate }} as {{ column }}
        {%- endfor %}
    from {{ rows }}
    group by {{ keys }}, {{ columns | join(', ') }}
),
    {% endfor %}
{%- for cell, columns in cells.items() %}
{{ cell }}_by_segment as (
    select
        {{ cell }}.*,
        dimensions.segment_dimension,
        {%- set segment %}
        case dimensions.segment_dimension
            {%- for column in columns %}
            when {{ nrr.text_literal(names.get(column, column)) }} then {{ column }}
            {%- endfor %}
            else 'all'
        end
        {%- endset %}
        {{ nrr.as_text(segment) }} as segment
    from {{ cell }}
    cross join (
        {%- for column in (['all'] if loop.first else []) + columns %}
        select {{ nrr.text_literal(names.get(column, column)) }} as segment_dimension{{ ' union all' if not loop.last }}
        {%- endfor %}
    ) as dimensions
),
    {% endfor %}
segment_sums as (
    {%- for cell in cells %}
    select
        {{ keys }},
        segment_dimension,
        segment
        {%- for column in sums %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from {{ cell }}_by_segment
    group by {{ keys }}, segment_dimension, segment
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)
{%- endmacro %}
