-- One row per month, segment dimension and segment in which the MRR of an account changed: by how much, by movement,
-- and of how many accounts.
with changes as (
    select
        movements.month,
        movements.segment_key,
        buckets.arr_bucket
        {%- for column, added in nrr.movement_sums().items() %},
        sum({{ added }}) as {{ column }}
        {%- endfor %}
    from {{ ref('int_nrr__account_movements') }} as movements
    inner join {{ ref('int_nrr__arr_buckets') }} as buckets
        -- the size too is the one before, if there is one
        on {{ nrr.is_in_bucket(
            'case when movements.opening_mrr > 0 then movements.opening_mrr else movements.closing_mrr end'
        ) }}
    group by movements.month, movements.segment_key, buckets.arr_bucket
),

changes_by_segment_id as (
    select
        changes.month,
        sets.segment_id
        {%- for column in nrr.movement_sums() %},
        sum(changes.{{ column }}) as {{ column }}
        {%- endfor %}
    from changes
    inner join {{ ref('int_nrr__segments') }} as sets on changes.segment_key = sets.segment_key
    group by changes.month, sets.segment_id
),

segments as (
    select distinct
        segment_id,
        segment_dimension,
        segment
    from {{ ref('int_nrr__segments') }}
)

select
    changes.month,
    segments.segment_dimension,
    segments.segment
    {%- for column in nrr.movement_sums() %},
    cast(changes.{{ column }} as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
from changes_by_segment_id as changes
inner join segments on changes.segment_id = segments.segment_id

union all

select
    changes.month,
    'size' as segment_dimension,
    buckets.size as segment
    {%- for column in nrr.movement_sums() %},
    cast(sum(changes.{{ column }}) as {{ nrr.sum_type(column) }}) as {{ column }}
    {%- endfor %}
from changes
inner join {{ ref('int_nrr__arr_buckets') }} as buckets on changes.arr_bucket = buckets.arr_bucket
group by changes.month, buckets.size
