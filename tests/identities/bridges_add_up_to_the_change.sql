-- The package is wrong: the steps between two months do not add up to the change of a segment's rates, or the rates and
-- mix of a dimension's segments to the change of the company's. Points are rounded to 9 decimals. Report it.
with bridges as (
    select * from {{ ref('nrr__retention_bridges') }}
    where compared_month is not null
),

dimensions as (
    select
        month,
        compared_month,
        segment_dimension as explained_by,
        sum(points_nrr) as points_nrr,
        sum(points_grr) as points_grr
    from bridges
    where effect <> 'driver'
    group by month, compared_month, segment_dimension
),

changes as (
    select
        month,
        compared_month,
        segment_dimension,
        segment,
        segment_dimension as explained_by,
        sum(points_nrr) as points_nrr,
        sum(points_grr) as points_grr
    from bridges
    where effect = 'driver'
    group by month, compared_month, segment_dimension, segment

    union all

    select
        month,
        compared_month,
        'all' as segment_dimension,
        'all' as segment,
        explained_by,
        points_nrr,
        points_grr
    from dimensions
)

select
    changes.month,
    changes.compared_month,
    changes.segment_dimension,
    changes.segment,
    changes.explained_by
from changes
inner join {{ ref('nrr__retention') }} as retention
    on
        changes.month = retention.month
        and changes.segment_dimension = retention.segment_dimension
        and changes.segment = retention.segment
inner join {{ ref('nrr__retention') }} as compared
    on
        changes.compared_month = compared.month
        and changes.segment_dimension = compared.segment_dimension
        and changes.segment = compared.segment
where
    abs(retention.nrr - compared.nrr - changes.points_nrr) > 0.000001
    or abs(retention.grr - compared.grr - changes.points_grr) > 0.000001
