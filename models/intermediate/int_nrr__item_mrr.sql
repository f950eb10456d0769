-- One row per item and part of one of its states: MRR from starts_at up to, not including, ends_at.
with events as (
    select * from {{ ref('stg_nrr__subscription_events') }}
    where
        rejection_reason is null
        and {{ nrr.is_touched('account_id', by='stg_nrr__touched_accounts') }}
),

states as (
    select
        events.*,
        case
            when carries_mrr and (discount_percent > 0 or discount_amount > 0) then discount_ends_at
        end as discount_stops_at,
        lead(effective_at) over (
            partition by subscription_id, subscription_item_id
            order by effective_at, recorded_at, event_id
        ) as next_effective_at
    from events
),

-- A discount that ends splits its state in two, although no event says so: before its end, and after.
sides as (
    select true as is_discounted
    union all
    select false as is_discounted
),

parts as (
    select
        states.*,
        case
            when is_discounted or discount_stops_at <= effective_at then effective_at
            else discount_stops_at
        end as starts_at,
        case
            when is_discounted and (discount_stops_at < next_effective_at or next_effective_at is null)
                then discount_stops_at
            else next_effective_at
        end as ends_at,
        case when is_discounted then discount_percent else 0 end as percent_off,
        case when is_discounted then discount_amount else 0 end as amount_off
    from states
    cross join sides
    -- a state without a discount's end has only the first part
    where is_discounted or discount_stops_at is not null
)

select
    account_id,
    subscription_id,
    subscription_item_id,
    event_id,
    starts_at,
    ends_at,
    {{ nrr.month_of('starts_at') }} as first_month,
    {{ nrr.month_of('ends_at') }} as end_month,
    currency,
    product_id,
    plan_id,
    pricing_model,
    billing_interval,
    case
        when carries_mrr then {{ nrr.state_mrr(
            'quantity', 'unit_amount', 'percent_off', 'amount_off', 'billing_interval', 'billing_interval_count'
        ) }}
        else 0
    end as mrr
from parts
where starts_at < ends_at or ends_at is null
