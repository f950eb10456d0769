-- One row per item and part of one of its states: MRR from starts_at up to, not including, ends_at.
with states as (
    select
        account_id,
        subscription_id,
        subscription_item_id,
        event_id,
        effective_at,
        recorded_at,
        currency,
        product_id,
        plan_id,
        pricing_model,
        billing_interval,
        case when carries_mrr then {{ nrr.state_mrr(
            'quantity', 'unit_amount', 'discount_percent', 'discount_amount', 'billing_interval', 'billing_interval_count'
        ) }} else 0 end as mrr,
        -- A discount that ends splits its state in two, although no event says so: before its end, and after.
        case
            when carries_mrr and (discount_percent > 0 or discount_amount > 0) then discount_ends_at
        end as discount_stops_at,
        case when carries_mrr and discount_ends_at is not null then {{ nrr.state_mrr(
            'quantity', 'unit_amount', '0', '0', 'billing_interval', 'billing_interval_count'
        ) }} end as mrr_without_discount
    from {{ ref('stg_nrr__subscription_events') }}
    where
        rejection_reason is null
        and {{ nrr.is_touched('account_id', by='stg_nrr__touched_accounts') }}
),

in_order as (
    select
        states.*,
        lead(effective_at) over (
            partition by subscription_id, subscription_item_id
            order by effective_at, recorded_at, event_id
        ) as next_effective_at
    from states
),

sides as (
    select true as is_before_discount_end
    union all
    select false as is_before_discount_end
),

parts as (
    select
        in_order.*,
        case
            when is_before_discount_end or discount_stops_at <= effective_at then effective_at
            else discount_stops_at
        end as starts_at,
        case
            when is_before_discount_end and (discount_stops_at < next_effective_at or next_effective_at is null)
                then discount_stops_at
            else next_effective_at
        end as ends_at,
        case when is_before_discount_end then mrr else mrr_without_discount end as part_mrr
    from in_order
    cross join sides
    -- a state without a discount's end has only the first part
    where is_before_discount_end or discount_stops_at is not null
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
    part_mrr as mrr
from parts
where starts_at < ends_at or ends_at is null
