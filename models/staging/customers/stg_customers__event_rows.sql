{{ config(enabled=nrr.is_given('customer_events')) }}
{%- set columns = ['account_id', 'occurred_at', 'event', 'subject_id', 'label', 'value', 'recorded_at'] -%}
-- One row per row of the input customer_events whose word is not to be ignored: its values as their types (null where
-- missing or unreadable), what its word means, the row as it was given, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{- nrr.read_values(['occurred_at'], nrr.read_timestamp) }}
        {{ nrr.read_word('event') }} as event_word,
        {{ nrr.read_text('subject_id') }} as subject_id,
        {{- nrr.read_values(['label'], nrr.read_word) }}
        {{- nrr.read_values(['value'], nrr.read_decimal) }}
        {{- nrr.read_values(['recorded_at'], nrr.read_timestamp) }}
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('customer_events', columns) }} as input
),

known as (
    select
        typed.*,
        meanings.event,
        {{ nrr.truncate_to_day(nrr.local_time('typed.occurred_at')) }} as occurred_on,
        {{ nrr.truncate_to_day(nrr.local_time('typed.recorded_at')) }} as recorded_on
    from typed
    left join {{ ref('nrr_customer_events') }} as meanings on typed.event_word = meanings.value
)

select
    account_id,
    event,
    event_word,
    subject_id,
    label,
    occurred_on,
    coalesce(recorded_on, occurred_on) as known_on,
    cast(value as decimal(18, 4)) as value,
    given_row,
    case
        when account_id is null then 'missing_account_id'
        when given_occurred_at is null then 'missing_occurred_at'
        {{- nrr.given_but_unread(['occurred_at']) }}
        when event_word is null then 'missing_event'
        {{- nrr.given_but_unread(['value', 'recorded_at']) }}
        when event is null then 'unknown_event'
    end as reason
from known
where
    -- a row without any value is no row
    coalesce(account_id, given_occurred_at, event_word, subject_id, label, given_value, given_recorded_at) is not null
    and coalesce(event, '') <> 'ignore'
