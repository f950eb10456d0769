{%- set methods = nrr.retention_methods() -%}
-- One row per month, segment dimension, segment and method: NRR and GRR as this method has them.
with rates as (
    select * from {{ ref('int_nrr__method_rates') }}
),

-- a segment has a row of every method in a month in which one of them has a rate
segments as (
    select distinct
        month,
        segment_dimension,
        segment
    from rates
),

methods as (
    {%- for method in methods %}
    select '{{ method }}' as method, '{{ methods[method].pair }}' as pair{{ ' union all' if not loop.last }}
    {%- endfor %}
)

select
    segments.month,
    segments.segment_dimension,
    segments.segment,
    cast(methods.method as {{ nrr.type_text() }}) as method
    {%- for rate in ['nrr', 'grr'] %},
    {{ nrr.as_ratio(nrr.method_rate(rate)) }} as {{ rate }}
    {%- endfor %}
from segments
cross join methods
left join rates
    on
        methods.pair = rates.pair
        and segments.month = rates.month
        and segments.segment_dimension = rates.segment_dimension
        and segments.segment = rates.segment
