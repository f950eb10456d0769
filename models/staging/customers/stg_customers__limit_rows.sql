{{ config(enabled=nrr.is_given('plan_limits')) }}
{%- set columns = ['plan_id', 'account_id', 'metric', 'limit_value', 'valid_from', 'recorded_at'] -%}
-- One row per row of the input plan_limits: its values as their types (null where missing or unreadable), the row as it
-- was given, and the reason for which it cannot be used.
with typed as (
    select
        {{ nrr.read_text('plan_id') }} as plan_id,
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_word('metric') }} as metric,
        {{- nrr.read_values(['limit_value'], nrr.read_decimal) }}
        {{- nrr.read_values(['valid_from', 'recorded_at'], nrr.read_timestamp) }}
        {{ nrr.row_as_text(columns) }} as given_row
    from {{ nrr.input_rows('plan_limits', columns) }} as input
),

dated as (
    select
        typed.*,
        cast(limit_value as decimal(18, 4)) as rounded_limit,
        {{ nrr.truncate_to_day(nrr.local_time('valid_from')) }} as valid_from_on,
        {{ nrr.truncate_to_day(nrr.local_time('recorded_at')) }} as recorded_on
    from typed
)

select
    account_id,
    -- a limit that names both is the account's
    case when account_id is null then plan_id end as plan_id,
    metric,
    rounded_limit as limit_value,
    valid_from_on,
    coalesce(recorded_on, valid_from_on) as known_on,
    given_row,
    case
        when plan_id is null and account_id is null then 'missing_plan_id'
        when metric is null then 'missing_metric'
        when given_limit_value is null then 'missing_limit_value'
        {{- nrr.given_but_unread(['limit_value', 'valid_from', 'recorded_at']) }}
        when rounded_limit <= 0 then 'invalid_limit_value'
    end as reason
from dated
-- a row without any value is no row
where coalesce(plan_id, account_id, metric, given_limit_value, given_valid_from, given_recorded_at) is not null
