-- One row per month, segment dimension and segment in which the MRR of an account changed: by how much, by movement.
with changes as (
    select
        movements.month,
        movements.segment_key,
        buckets.arr_bucket,
        {%- for column, movement in nrr.movement_columns().items() %}
        sum(case when movements.movement = '{{ movement }}' then movements.movement_mrr else 0 end) as {{ column }},
        {%- endfor %}
        sum(movements.fx_mrr) as fx_mrr
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
        sets.segment_id,
        {%- for column in nrr.movement_columns() %}
        sum(changes.{{ column }}) as {{ column }},
        {%- endfor %}
        sum(changes.fx_mrr) as fx_mrr
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
    segments.segment,
    {%- for column in nrr.movement_columns() %}
    cast(changes.{{ column }} as decimal(28, 4)) as {{ column }},
    {%- endfor %}
    cast(changes.fx_mrr as decimal(28, 4)) as fx_mrr
from changes_by_segment_id as changes
inner join segments on changes.segment_id = segments.segment_id

union all

select
    changes.month,
    'size' as segment_dimension,
    buckets.size as segment,
    {%- for column in nrr.movement_columns() %}
    cast(sum(changes.{{ column }}) as decimal(28, 4)) as {{ column }},
    {%- endfor %}
    cast(sum(changes.fx_mrr) as decimal(28, 4)) as fx_mrr
from changes
inner join {{ ref('int_nrr__arr_buckets') }} as buckets on changes.arr_bucket = buckets.arr_bucket
group by changes.month, buckets.size
