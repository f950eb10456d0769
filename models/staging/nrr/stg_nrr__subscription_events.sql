{%- set columns = nrr.event_columns() -%}
-- One row per input row: its values as their types and, where it cannot be used, the one reason.
with input as (
    select * from {{ nrr.input_rows('subscription_events', columns) }} as input
    where {{ nrr.is_touched("coalesce(" ~ nrr.read_text('account_id') ~ ", '')", by='stg_nrr__touched_accounts') }}
),

typed as (
    select
        {{ nrr.read_text('event_id') }} as event_id,
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        coalesce(
            {{ nrr.read_text('subscription_item_id') }}, {{ nrr.read_text('subscription_id') }}
        ) as subscription_item_id,
        {{ nrr.read_timestamp('effective_at') }} as effective_at,
        {{ nrr.read_timestamp('recorded_at') }} as given_recorded_at,
        {{ nrr.read_text('status') }} as status,
        {{ nrr.read_text('product_id') }} as product_id,
        {{ nrr.read_text('plan_id') }} as plan_id,
        {{ nrr.read_text('pricing_model') }} as pricing_model,
        coalesce({{ nrr.read_decimal('quantity') }}, 1) as quantity,
        {{ nrr.read_decimal('unit_amount') }} as unit_amount,
        coalesce({{ nrr.read_text('currency') }}, '{{ nrr.setting('nrr_reporting_currency') }}') as currency,
        {{ nrr.read_text('billing_interval') }} as billing_interval,
        coalesce({{ nrr.read_decimal('billing_interval_count') }}, 1) as billing_interval_count,
        coalesce({{ nrr.read_decimal('discount_percent') }}, 0) as discount_percent,
        coalesce({{ nrr.read_decimal('discount_amount') }}, 0) as discount_amount,
        {{ nrr.read_timestamp('discount_ends_at') }} as discount_ends_at
        {%- for column in columns %},
        {{ column }} as raw_{{ column }}
        {%- endfor %}
    from input
),

defaulted as (
    select
        typed.*,
        coalesce(given_recorded_at, effective_at) as recorded_at,
        coalesce({{ nrr.carries_mrr('status') }}, false) as carries_mrr
    from typed
),

convertible_currencies as (
    select distinct currency from {{ ref('stg_nrr__exchange_rates') }}
),

checked as (
    select
        defaulted.*,
        case
            when event_id is null then 'missing_event_id'
            when account_id is null then 'missing_account_id'
            when subscription_id is null then 'missing_subscription_id'
            when effective_at is null then 'missing_effective_at'
            when
                coalesce(status, '') not in ('trialing', 'active', 'past_due', 'unpaid', 'paused', 'cancelled')
                then 'unknown_status'
            when carries_mrr and unit_amount is null then 'missing_unit_amount'
            -- more than the money type holds: the amount cannot be read
            when cast(quantity as decimal(20, 6)) * unit_amount >= 1000000000000 then 'missing_unit_amount'
            when unit_amount < 0 then 'negative_amount'
            when quantity < 0 then 'negative_quantity'
            when
                {{ nrr.periods_per_year('billing_interval') }} is null
                and (carries_mrr or billing_interval is not null)
                then 'unknown_billing_interval'
            when
                billing_interval_count < 1 or billing_interval_count <> floor(billing_interval_count)
                then 'invalid_billing_interval_count'
            when
                discount_percent < 0 or discount_percent > 100 or discount_amount < 0
                then 'invalid_discount'
            when
                defaulted.currency <> '{{ nrr.setting('nrr_reporting_currency') }}'
                and convertible_currencies.currency is null
                then 'no_exchange_rate'
        end as reason
    from defaulted
    left join convertible_currencies on defaulted.currency = convertible_currencies.currency
),

-- redeliveries are rare, so that only their rows need an order
redelivered_ids as (
    select event_id
    from checked
    where reason is null
    group by event_id
    having count(*) > 1
),

redeliveries as (
    select
        checked.*,
        row_number() over (
            partition by checked.event_id
            order by
                checked.recorded_at desc
                {%- for column in columns %},
                {{ nrr.as_text('checked.raw_' ~ column) }} nulls last
                {%- endfor %}
        ) as delivery_rank
    from checked
    inner join redelivered_ids on checked.event_id = redelivered_ids.event_id
    where checked.reason is null
),

judged as (
    select
        checked.*,
        1 as delivery_rank
    from checked
    left join redelivered_ids on checked.event_id = redelivered_ids.event_id
    where checked.reason is not null or redelivered_ids.event_id is null

    union all

    select * from redeliveries
),

rejected as (
    select
        judged.*,
        case when delivery_rank > 1 then 'duplicate' else reason end as rejection_reason
    from judged
)

select
    event_id,
    account_id,
    subscription_id,
    subscription_item_id,
    effective_at,
    recorded_at,
    given_recorded_at is not null as has_recorded_at,
    carries_mrr,
    product_id,
    plan_id,
    pricing_model,
    quantity,
    unit_amount,
    currency,
    billing_interval,
    billing_interval_count,
    discount_percent,
    discount_amount,
    discount_ends_at,
    -- as they were given, for the row that is not used
    {%- for column in columns %}
    case when rejection_reason is not null then {{ nrr.as_text('raw_' ~ column) }} end as raw_{{ column }},
    {%- endfor %}
    rejection_reason
from rejected
