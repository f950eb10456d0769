-- One row per item and part of one of its states: what the item pays from starts_at up to, not including, ends_at, and
-- what that is made of. An account without any usable row has one row without a state.
with
{%- if is_incremental() %}
built as (
    select distinct
        account_id,
        fingerprint
    from {{ this }}
    {%- if flags.EMPTY %}
    -- where no input is read, none is gone
    where false
    {%- endif %}
),

{% endif %}
accounts as (
    {%- if is_incremental() %}
    -- whose input is another than the one that their rows were made from, or gone
    select
        coalesce(input.account_id, built.account_id) as account_id,
        input.fingerprint
    from {{ ref('int_nrr__account_fingerprints') }} as input
    full outer join built on input.account_id = built.account_id
    where {{ nrr.is_other('input.fingerprint', 'built.fingerprint') }}
    {%- else %}
    select
        account_id,
        fingerprint
    from {{ ref('int_nrr__account_fingerprints') }}
    {%- endif %}
),

usable_events as (
    select * from {{ ref('int_nrr__checked_events') }}
    where reason is null
),

states as (
    select
        accounts.account_id,
        accounts.fingerprint,
        events.subscription_id,
        -- what is said of a whole subscription holds for each of its items that has begun
        coalesce(items.subscription_item_id, events.subscription_item_id) as subscription_item_id,
        events.event_id,
        events.effective_at,
        events.sequence,
        events.recorded_at,
        events.has_recorded_at,
        events.status,
        events.carries_mrr,
        events.product_id,
        events.plan_id,
        events.pricing_model,
        events.quantity,
        events.unit_amount,
        events.currency,
        events.billing_interval,
        events.billing_interval_count,
        events.discount_percent,
        events.discount_amount,
        events.discount_ends_at,
        events.source_system,
        events.is_reconstructed
    from accounts
    left join usable_events as events on accounts.account_id = events.account_id
    left join {{ ref('int_nrr__subscription_items') }} as items
        on
            events.is_of_whole_subscription
            and events.subscription_id = items.subscription_id
            and events.effective_at >= items.begins_at
),

in_order as (
    select
        states.*,
        -- A discount that ends splits its state in two, although no event says so: before its end, and after.
        case
            when carries_mrr and (discount_percent > 0 or discount_amount > 0) then discount_ends_at
        end as discount_stops_at,
        lead(effective_at) over (
            partition by subscription_id, subscription_item_id
            order by
                {{ nrr.state_order() | indent(16) }}
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
        case when is_before_discount_end then discount_percent else 0 end as part_discount_percent,
        case when is_before_discount_end then discount_amount else 0 end as part_discount_amount
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
    recorded_at,
    has_recorded_at,
    status,
    product_id,
    plan_id,
    pricing_model,
    quantity,
    unit_amount,
    currency,
    billing_interval,
    billing_interval_count,
    cast(part_discount_percent as decimal(18, 6)) as discount_percent,
    cast(part_discount_amount as decimal(18, 6)) as discount_amount,
    cast(case when carries_mrr then {{ nrr.state_mrr(
        'quantity', 'unit_amount', 'part_discount_percent', 'part_discount_amount', 'billing_interval',
        'billing_interval_count'
    ) }} else 0 end as decimal(18, 4)) as mrr,
    source_system,
    is_reconstructed,
    fingerprint
from parts
where
    starts_at < ends_at
    or ends_at is null
    -- what another state replaces at the same instant lasts no time; redeliveries are found by that, and it may be all
    -- that its account has
    or (starts_at = ends_at and effective_at = next_effective_at)
