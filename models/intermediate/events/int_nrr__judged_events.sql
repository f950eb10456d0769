{%- set reporting_currency = nrr.setting('nrr_reporting_currency') -%}
{#- the columns that must be there, and where; those whose values may be unreadable: any text is text -#}
{%- set required = {
    'account_id': 'true', 'subscription_id': 'true', 'effective_at': 'true', 'status': 'true',
    'unit_amount': 'mapped.carries_mrr', 'billing_interval': 'mapped.carries_mrr',
} -%}
{%- set typed = [
    'effective_at', 'sequence', 'recorded_at', 'quantity', 'unit_amount', 'billing_interval_count', 'discount_percent',
    'discount_amount', 'discount_ends_at',
] -%}
-- One row per input row of any source: its values with their defaults and, judged by itself, the one reason for which
-- it cannot be used.
with events as (
    select * from {{ ref('int_nrr__united_events') }}
    -- a row without any value is no row
    where account_id is not null or {{ nrr.has_any_value(nrr.given_event_columns()) }} or source_reason is not null
),

convertible_currencies as (
    select distinct currency from {{ ref('stg_nrr__exchange_rates') }}
),

-- what the values of status and billing_interval mean: null where that is not known
mapped as (
    select
        events.*,
        statuses.status as known_status,
        coalesce({{ nrr.carries_mrr('statuses.status') }}, false) as carries_mrr,
        intervals.billing_interval as known_interval,
        -- a count of half years is one of months
        case
            when intervals.billing_interval_count > 1
                then
                    cast(coalesce(events.billing_interval_count, 1) as decimal(20, 6))
                    * intervals.billing_interval_count
            else coalesce(events.billing_interval_count, 1)
        end as interval_count
    from events
    left join {{ ref('nrr_status_values') }} as statuses on events.status = statuses.value
    left join {{ ref('nrr_interval_values') }} as intervals on events.billing_interval = intervals.value
)

select
    mapped.event_id,
    mapped.account_id,
    mapped.subscription_id,
    coalesce(mapped.subscription_item_id, mapped.subscription_id) as subscription_item_id,
    mapped.subscription_item_id is null as is_without_item,
    mapped.effective_at,
    coalesce(mapped.sequence, 0) as sequence,
    coalesce(mapped.recorded_at, mapped.effective_at) as recorded_at,
    mapped.recorded_at is not null as has_recorded_at,
    mapped.known_status as status,
    mapped.carries_mrr,
    mapped.product_id,
    mapped.plan_id,
    mapped.pricing_model,
    coalesce(mapped.quantity, 1) as quantity,
    mapped.unit_amount,
    coalesce(mapped.currency, '{{ reporting_currency }}') as currency,
    mapped.known_interval as billing_interval,
    case when mapped.interval_count < 1000000000000 then cast(mapped.interval_count as decimal(18, 6)) end
        as billing_interval_count,
    {%- if nrr.setting('nrr_discounts') == 'forever_only' %}
    case when mapped.discount_ends_at is null then coalesce(mapped.discount_percent, 0) else 0 end as discount_percent,
    case when mapped.discount_ends_at is null then coalesce(mapped.discount_amount, 0) else 0 end as discount_amount,
    {%- else %}
    coalesce(mapped.discount_percent, 0) as discount_percent,
    coalesce(mapped.discount_amount, 0) as discount_amount,
    {%- endif %}
    mapped.discount_ends_at,
    mapped.source_system,
    mapped.is_reconstructed,
    mapped.source_row,
    {%- for column in nrr.event_columns() %}
    mapped.given_{{ column }},
    {%- endfor %}
    case
        when mapped.source_reason is not null then mapped.source_reason
        when mapped.known_status = 'ignore' then 'ignored_status'
        {%- for column in nrr.event_columns() %}
        {%- set given = 'mapped.given_' ~ column %}
        {%- if column in required %}
        when mapped.{{ column }} is null and {{ required[column] }} and {{ nrr.read_text(given) }} is null
            then 'missing_{{ column }}'
        {%- endif %}
        {%- if column in typed %}
        when mapped.{{ column }} is null and {{ given }} is not null and {{ nrr.read_text(given) }} is not null
            then 'unreadable_{{ column }}'
        {%- endif %}
        {%- if column == 'unit_amount' %}
        -- more than the money type holds
        when cast(coalesce(mapped.quantity, 1) as decimal(20, 6)) * mapped.unit_amount >= 1000000000000
            then 'unreadable_unit_amount'
        {%- endif %}
        {%- endfor %}
        when mapped.known_status is null then 'unknown_status'
        when mapped.billing_interval is not null and mapped.known_interval is null then 'unknown_billing_interval'
        when mapped.unit_amount < 0 then 'negative_unit_amount'
        when mapped.quantity < 0 then 'negative_quantity'
        when
            mapped.billing_interval_count < 1
            or mapped.billing_interval_count <> floor(mapped.billing_interval_count)
            or mapped.interval_count >= 1000000000000
            then 'invalid_billing_interval_count'
        when mapped.discount_percent < 0 or mapped.discount_percent > 100 or mapped.discount_amount < 0
            then 'invalid_discount'
        when mapped.currency <> '{{ reporting_currency }}' and convertible_currencies.currency is null
            then 'no_exchange_rate'
    end as own_reason
from mapped
left join convertible_currencies on mapped.currency = convertible_currencies.currency
