{{ config(tags=['nrr_weekly']) }}
{%- set is_events_alone = nrr.event_sources() == ['subscription_events'] and not nrr.is_given('account_links')
    and not nrr.is_given('subscription_links') -%}
-- The package is wrong: rows of the sources were lost or doubled on the way. Report it.
with rows_in as (
    select count(*) as number_of_rows
    {%- if is_events_alone %}
    from {{ nrr.input_rows('subscription_events', nrr.event_columns()) }} as input
    where {{ nrr.has_any_value(nrr.event_columns()) }}
    {%- else %}
    from {{ ref('int_nrr__united_events') }}
    where account_id is not null or {{ nrr.has_any_value(nrr.given_event_columns()) }} or source_reason is not null
    {%- endif %}
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
