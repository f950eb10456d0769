-- One row per month, segment dimension and segment: trailing-twelve-month retention.
select
    month,
    segment_dimension,
    segment,
    cast(starting_accounts as integer) as starting_accounts,
    cast(retained_accounts as integer) as retained_accounts,
    {%- for column in [
        'starting_mrr', 'expansion_mrr', 'contraction_mrr', 'churned_mrr', 'retained_mrr', 'ending_mrr',
    ] %}
    cast({{ column }} as decimal(28, 4)) as {{ column }},
    {%- endfor %}
    {%- for column in [
        'nrr', 'grr', 'logo_retention', 'nrr_low', 'nrr_high', 'grr_low', 'grr_high', 'logo_low', 'logo_high',
        'effective_accounts',
    ] %}
    {{ nrr.as_ratio(column) }} as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_nrr__retention_rates') }}
-- not the segments that only benchmarks cut
where {{ nrr.is_published('segment_dimension') }}
