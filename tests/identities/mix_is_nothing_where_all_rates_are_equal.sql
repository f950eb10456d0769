-- The package is wrong: segments changed the company's rate by their shares although all of them have the same rate in
-- both months. Points are of floating point and rounded to 9 decimals. Report it.
with equal_rates as (
    select
        month,
        segment_dimension,
        max(nrr) as common_nrr,
        max(grr) as common_grr
    from {{ ref('nrr__retention') }}
    where starting_accounts > 0
    group by month, segment_dimension
    having min(nrr) = max(nrr) and min(grr) = max(grr)
)

select
    bridges.month,
    bridges.compared_month,
    bridges.segment_dimension,
    bridges.segment,
    bridges.points_nrr,
    bridges.points_grr
from {{ ref('nrr__retention_bridges') }} as bridges
inner join equal_rates
    on bridges.month = equal_rates.month and bridges.segment_dimension = equal_rates.segment_dimension
inner join equal_rates as compared_rates
    on
        bridges.compared_month = compared_rates.month
        and bridges.segment_dimension = compared_rates.segment_dimension
        and equal_rates.common_nrr = compared_rates.common_nrr
        and equal_rates.common_grr = compared_rates.common_grr
where
    bridges.effect = 'mix'
    and (
        abs(bridges.points_nrr) > 0.00000001 * (1 + cast(equal_rates.common_nrr as {{ nrr.type_double() }}))
        or abs(bridges.points_grr) > 0.00000001
    )
