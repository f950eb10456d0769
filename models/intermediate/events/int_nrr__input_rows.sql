-- One row per reason for which input rows are not used, and one without a reason: how many are used.
with input as (
    select count(*) as number_of_rows from {{ ref('int_nrr__judged_events') }}
),

rejected as (
    select
        reason,
        count(*) as number_of_rows
    from {{ ref('nrr__rejected_events') }}
    group by reason
),

used as (
    select
        cast(null as {{ nrr.type_text() }}) as reason,
        input.number_of_rows - coalesce(sum(rejected.number_of_rows), 0) as number_of_rows
    from input
    left join rejected on 1 = 1
    group by input.number_of_rows
),

by_reason as (
    select * from used
    union all
    select * from rejected
)

select
    reason,
    cast(number_of_rows as bigint) as number_of_rows
from by_reason
