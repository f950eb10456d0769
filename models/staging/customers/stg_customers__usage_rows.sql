{{ config(enabled=nrr.is_given('product_usage')) }}
{%- set columns = ['account_id', 'usage_date', 'metric', 'value', 'feature', 'recorded_at'] -%}
-- One row per row of the input product_usage: its values as their types (null where missing or unreadable), the row as
-- it was given, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{- nrr.read_values(['usage_date'], nrr.read_instant) }}
        {{ nrr.read_word('metric') }} as metric,
        {{- nrr.read_values(['value'], nrr.read_decimal) }}
        {{ nrr.read_text('feature') }} as feature,
        {{- nrr.read_values(['recorded_at'], nrr.read_timestamp) }}
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('product_usage', columns) }} as input
),

dated as (
    select
        typed.*,
        {{ nrr.day_named('usage_date') }} as usage_on,
        {{ nrr.truncate_to_day(nrr.local_time('recorded_at')) }} as recorded_on
    from typed
)

select
    account_id,
    metric,
    feature,
    usage_on,
    coalesce(recorded_on, usage_on) as known_on,
    -- a row that does not say how much is one event
    cast(case when given_value is null then 1 else value end as decimal(18, 4)) as value,
    given_row,
    case
        when account_id is null then 'missing_account_id'
        when given_usage_date is null then 'missing_usage_date'
        {{- nrr.given_but_unread(['usage_date']) }}
        when metric is null then 'missing_metric'
        {{- nrr.given_but_unread(['value', 'recorded_at']) }}
        when value < 0 then 'negative_value'
    end as reason
from dated
-- a row without any value is no row
where coalesce(account_id, given_usage_date, metric, given_value, feature, given_recorded_at) is not null
