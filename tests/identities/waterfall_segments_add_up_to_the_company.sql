-- The package is wrong: the segments of a dimension do not add up to the whole company, in each part of
-- the waterfall; what one segment gains by transfer another must lose. Report it.
with sums as (
    select
        month,
        segment_dimension
        {%- for column in nrr.waterfall_columns() %},
        sum({{ column }}) as {{ column }}
        {%- endfor %}
    from {{ ref('nrr__mrr_waterfall') }}
    group by month, segment_dimension
)

select
    dimensions.month,
    dimensions.segment_dimension
from sums as dimensions
inner join sums as company on dimensions.month = company.month and company.segment_dimension = 'all'
where
    company.segment_transfer_mrr <> 0
    {%- for column in nrr.waterfall_columns() %}
    or dimensions.{{ column }} <> company.{{ column }}
    {%- endfor %}
