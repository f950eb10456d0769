-- One row per signal that health looks at, tenure and bound of its figure: the points from there to the next bound
-- (definitions 16.2).
with rules as (
    select
        signal,
        tenure_from,
        tenure_to,
        cast(value as {{ nrr.type_double() }}) as value,
        cast(points as {{ nrr.type_double() }}) as points,
        form
    from {{ ref('nrr_health_rules') }}
),

-- of a signal of one's own: all points while the signal does not hold
{%- for value, points in ((0, 100), (1, 0)) %}
points_at_{{ value }} as (
    select
        signal,
        0 as tenure_from,
        cast(null as integer) as tenure_to,
        cast({{ value }} as {{ nrr.type_double() }}) as value,
        cast({{ points }} as {{ nrr.type_double() }}) as points,
        cast('step' as {{ nrr.type_text() }}) as form
    from {{ ref('int_nrr__health_signals') }}
    where not has_rules
),
{% endfor %}
bounds as (
    select * from rules
    union all
    select * from points_at_0
    union all
    select * from points_at_1
)

select
    signal,
    tenure_from,
    tenure_to,
    form,
    value,
    points,
    -- what is below the lowest bound has its points
    row_number() over (partition by signal, tenure_from order by value) = 1 as is_lowest,
    lead(value) over (partition by signal, tenure_from order by value) as next_value,
    lead(points) over (partition by signal, tenure_from order by value) as next_points
from bounds
