{{ config(tags=['nrr_weekly']) }}
-- The package is wrong: rows of subscription_events were lost or doubled on the way. Report it.
with rows_in as (
    select count(*) as number_of_rows
    from {{ nrr.input_rows('subscription_events', nrr.event_columns()) }} as input
    where {{ nrr.has_any_value(nrr.event_columns()) }}
),

usable as (
    select count(*) as number_of_rows from {{ ref('int_nrr__checked_events') }}
    where reason is null
),

rejected as (
    select count(*) as number_of_rows from {{ ref('nrr__rejected_events') }}
    where reason <> 'duplicate'
),

counted as (
    select sum(number_of_rows) as number_of_rows from {{ ref('int_nrr__input_rows') }}
)

select
    rows_in.number_of_rows as rows_in,
    usable.number_of_rows as usable_rows,
    rejected.number_of_rows as rejected_rows,
    counted.number_of_rows as counted_rows
from rows_in
cross join usable
cross join rejected
cross join counted
where
    rows_in.number_of_rows <> usable.number_of_rows + rejected.number_of_rows
    or rows_in.number_of_rows <> counted.number_of_rows
