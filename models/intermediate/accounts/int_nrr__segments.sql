{%- set attributes = nrr.setting('nrr_segments') -%}
-- One row per set of segments and segment dimension: the segment, and its id, by which sums group faster than by two
-- names. The company ('all') is a dimension of every set.
with sets as (
    select * from {{ ref('int_nrr__segment_sets') }}
),
{%- if attributes %}

attribute_sets as (
    select
        {{ nrr.json_object(attributes, nrr.attribute_columns()) }} as attributes,
        {{ nrr.attribute_columns() | join(',\n        ') }}
    from {{ ref('stg_nrr__accounts') }}
    group by {{ nrr.attribute_columns() | join(', ') }}
),
{%- endif %}

dimensions as (
    {%- for dimension in ['all'] + nrr.set_dimensions() + attributes %}
    select {{ nrr.text_literal(dimension) }} as segment_dimension{{ ' union all' if not loop.last }}
    {%- endfor %}
),
{%- set segment %}
    case dimensions.segment_dimension
        when 'all' then 'all'
        {%- for dimension in nrr.set_dimensions() %}
        when '{{ dimension }}' then sets.{{ dimension }}
        {%- endfor %}
        {%- for attribute in attributes %}
        when {{ nrr.text_literal(attribute) }} then coalesce(attribute_sets.attribute_{{ loop.index }}, '(unknown)')
        {%- endfor %}
    end
{%- endset %}

named as (
    select
        sets.segment_key,
        {{ nrr.as_text('dimensions.segment_dimension') }} as segment_dimension,
        {{ nrr.as_text(segment | trim) }} as segment
    from sets
    {%- if attributes %}
    left join attribute_sets on sets.attributes = attribute_sets.attributes
    {%- endif %}
    cross join dimensions
)

select
    segment_key,
    {{ nrr.fingerprint(['segment_dimension', 'segment']) }} as segment_id,
    segment_dimension,
    segment
from named
