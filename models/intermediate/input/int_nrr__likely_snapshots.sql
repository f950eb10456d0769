-- One row where subscription_events looks like monthly snapshots that leave out who has gone: nearly every state begins
-- with a month and has MRR, nearly all last one month, and some items have no row in the newest month.
with states as (
    select
        starts_at,
        ends_at,
        mrr,
        {{ nrr.month_of('starts_at') }} as first_month,
        {{ nrr.month_of('ends_at') }} as end_month,
        {{ nrr.truncate_to_day(nrr.local_time('starts_at')) }} as first_day
    from {{ ref('int_nrr__item_states') }}
    where
        (starts_at < ends_at or (starts_at is not null and ends_at is null))
        -- they are told which months have no row
        and coalesce(source_system, '') <> 'mrr_snapshots'
),

newest as (
    select max(first_month) as month from states
),

counted as (
    select
        newest.month,
        count(*) as number_of_states,
        sum(case when states.first_day = states.first_month and states.mrr > 0 then 1 else 0 end) as paid_from_a_first,
        sum(case when states.end_month is not null then 1 else 0 end) as ended,
        sum(
            case when states.end_month = {{ nrr.add_months('states.first_month', 1) }} then 1 else 0 end
        ) as ended_after_a_month,
        sum(
            case
                when states.mrr > 0 and states.end_month is null and states.first_month < newest.month then 1
                else 0
            end
        ) as without_newest
    from states
    cross join newest
    group by newest.month
)

select
    cast('{{ nrr.name_of_events() }}' as {{ nrr.type_text() }}) as input,
    cast('likely_snapshots' as {{ nrr.type_text() }}) as reason,
    substr({{ nrr.as_text('month') }}, 1, 7) as value,
    without_newest as number_of_rows,
    false as is_failure
from counted
where
    10 * paid_from_a_first >= 9 * number_of_states
    and ended >= 3
    and 10 * ended_after_a_month >= 9 * ended
    and without_newest > 0
