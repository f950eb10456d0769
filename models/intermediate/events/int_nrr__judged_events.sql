{%- set reporting_currency = nrr.setting('nrr_reporting_currency') -%}
-- One row per input row of any source: its values with their defaults and, judged by itself, the one reason for which
-- it cannot be used.
with events as (
    select * from {{ ref('stg_nrr__subscription_events') }}
),

convertible_currencies as (
    select distinct currency from {{ ref('stg_nrr__exchange_rates') }}
),

defaulted as (
    select
        event_id,
        account_id,
        subscription_id,
        coalesce(subscription_item_id, subscription_id) as subscription_item_id,
        subscription_item_id is null as is_without_item,
        effective_at,
        coalesce(sequence, 0) as sequence,
        coalesce(recorded_at, effective_at) as recorded_at,
        recorded_at is not null as has_recorded_at,
        status,
        coalesce({{ nrr.carries_mrr('status') }}, false) as carries_mrr,
        product_id,
        plan_id,
        pricing_model,
        coalesce(quantity, 1) as quantity,
        unit_amount,
        coalesce(currency, '{{ reporting_currency }}') as currency,
        billing_interval,
        coalesce(billing_interval_count, 1) as billing_interval_count,
        coalesce(discount_percent, 0) as discount_percent,
        coalesce(discount_amount, 0) as discount_amount,
        discount_ends_at
        {%- for column in nrr.event_columns() %},
        given_{{ column }}
        {%- endfor %}
    from events
)

select
    defaulted.*,
    case
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
            defaulted.currency <> '{{ reporting_currency }}'
            and convertible_currencies.currency is null
            then 'no_exchange_rate'
    end as own_reason
from defaulted
left join convertible_currencies on defaulted.currency = convertible_currencies.currency
