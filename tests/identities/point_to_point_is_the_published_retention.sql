-- The package is wrong: the method point_to_point is not what nrr__retention says. Report it.
select
    methods.month,
    methods.segment_dimension,
    methods.segment
from {{ ref('nrr__retention_by_method') }} as methods
left join {{ ref('nrr__retention') }} as retention
    on
        methods.month = retention.month
        and methods.segment_dimension = retention.segment_dimension
        and methods.segment = retention.segment
where
    methods.method = 'point_to_point'
    and (
        coalesce(methods.nrr, -1) <> coalesce(retention.nrr, -1)
        or coalesce(methods.grr, -1) <> coalesce(retention.grr, -1)
    )

union all

select
    retention.month,
    retention.segment_dimension,
    retention.segment
from {{ ref('nrr__retention') }} as retention
left join {{ ref('nrr__retention_by_method') }} as methods
    on
        retention.month = methods.month
        and retention.segment_dimension = methods.segment_dimension
        and retention.segment = methods.segment
        and methods.method = 'point_to_point'
where retention.starting_accounts > 0 and methods.month is null
