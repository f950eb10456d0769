{%- set has_discounts = nrr.recurly_has('redemptions') -%}
{{ config(enabled=nrr.has_source('recurly'), materialized='table') }}
-- One row per item of a subscription and instant at which its status, its price or what is taken off changes: all that
-- it is from then on.
with statuses as (
    select * from {{ ref('stg_recurly__statuses') }}
),

prices as (
    select * from {{ ref('stg_recurly__prices') }}
),

begun as (
    select
        subscription_id,
        min(starts_at) as began_at
    from statuses
    group by subscription_id
),

changes as (
    select
        subscription_id,
        starts_at
    from statuses

    union all

    select
        subscription_id,
        starts_at
    from prices
    {%- if has_discounts %}

    union all

    select
        subscription_id,
        starts_at
    from {{ ref('stg_recurly__discounts') }}

    union all

    select
        subscription_id,
        ends_at as starts_at
    from {{ ref('stg_recurly__discounts') }}
    where ends_at is not null
    {%- endif %}
),

instants as (
    select distinct
        changes.subscription_id,
        changes.starts_at
    from changes
    inner join begun on changes.subscription_id = begun.subscription_id
    where changes.starts_at >= begun.began_at
),
{%- if has_discounts %}

discounts_in_force as (
    select
        instants.subscription_id,
        instants.starts_at,
        discounts.discount_percent,
        discounts.discount_amount,
        discounts.unknown_coupon_id,
        -- percents come first, of equals the oldest
        row_number() over (
            partition by instants.subscription_id, instants.starts_at order by
                case when discounts.discount_percent is not null then 0 else 1 end,
                discounts.created_at, discounts.redemption_id
        ) as discount_rank
    from instants
    inner join {{ ref('stg_recurly__discounts') }} as discounts
        on
            instants.subscription_id = discounts.subscription_id
            and instants.starts_at >= discounts.starts_at
            and (instants.starts_at < discounts.ends_at or discounts.ends_at is null)
),

stacked_discounts as (
    select
        subscription_id,
        starts_at,
        count(*) as number_of_discounts,
        max(unknown_coupon_id) as unknown_coupon_id,
        {{- nrr.discounts_in_order('discount_rank', 'discount_percent', 'discount_amount') | indent(4) }}
    from discounts_in_force
    group by subscription_id, starts_at
),

discounts as (
    select
        subscription_id,
        starts_at,
        number_of_discounts,
        unknown_coupon_id,
        {{- nrr.folded_discounts() | indent(4) }}
    from stacked_discounts
),
{%- endif %}

items as (
    select
        instants.subscription_id,
        prices.item_id,
        prices.is_plan,
        instants.starts_at,
        statuses.status,
        statuses.is_reconstructed,
        prices.is_live,
        prices.product_id,
        prices.pricing_model,
        prices.quantity,
        prices.unit_amount,
        prices.source_reason,
        {%- for column in ['plan_id', 'currency', 'interval_unit'] %}
        max(prices.{{ column }}) over (partition by instants.subscription_id, instants.starts_at) as {{ column }},
        {%- endfor %}
        max(prices.interval_length) over (partition by instants.subscription_id, instants.starts_at) as interval_length,
        max(case when prices.is_plan then prices.source_reason end) over (
            partition by instants.subscription_id, instants.starts_at
        ) as reason_of_plan,
        {%- if has_discounts %}
        coalesce(discounts.number_of_discounts, 0) as number_of_discounts,
        discounts.unknown_coupon_id,
        coalesce(discounts.discount_percent, 0) as discount_percent,
        coalesce(discounts.discount_amount, 0) as whole_discount_amount,
        cast(
            cast(cast({{ nrr.times('prices.quantity', 'prices.unit_amount') }} as decimal(24, 6))
            * cast(100 - coalesce(discounts.discount_percent, 0) as decimal(9, 6)) as decimal(30, 6))
            * cast(0.01 as decimal(3, 2)) as decimal(24, 6)
        ) as discounted_amount
        {%- else %}
        0 as number_of_discounts,
        cast(null as {{ nrr.type_text() }}) as unknown_coupon_id,
        0 as discount_percent,
        0 as whole_discount_amount,
        0 as discounted_amount
        {%- endif %}
    from instants
    inner join statuses
        on
            instants.subscription_id = statuses.subscription_id
            and instants.starts_at >= statuses.starts_at
            and (instants.starts_at < statuses.ends_at or statuses.ends_at is null)
    inner join prices
        on
            instants.subscription_id = prices.subscription_id
            and instants.starts_at >= prices.starts_at
            and (instants.starts_at < prices.ends_at or prices.ends_at is null)
    {%- if has_discounts %}
    left join discounts
        on instants.subscription_id = discounts.subscription_id and instants.starts_at = discounts.starts_at
    {%- endif %}
),

-- An amount is taken off the plan and, if that costs less, off the add-ons one after the other.
in_order as (
    select
        items.*,
        coalesce(sum(case when is_live then discounted_amount else 0 end) over (
            partition by subscription_id, starts_at
            order by case when is_plan then 0 else 1 end, item_id rows between unbounded preceding and 1 preceding
        ), 0) as amount_before,
        count(*) over (partition by subscription_id, starts_at) as number_of_items
    from items
),

with_discounts as (
    select
        in_order.*,
        case
            when whole_discount_amount <= amount_before then 0
            when number_of_items > 1 and whole_discount_amount - amount_before > discounted_amount
                then discounted_amount
            else whole_discount_amount - amount_before
        end as discount_amount
    from in_order
),

states as (
    select
        subscription_id,
        item_id,
        starts_at,
        is_reconstructed,
        case when is_live then status else 'cancelled' end as status,
        plan_id,
        product_id,
        pricing_model,
        quantity,
        unit_amount,
        currency,
        interval_unit,
        interval_length,
        cast(discount_percent as decimal(18, 6)) as discount_percent,
        cast(discount_amount as decimal(18, 6)) as discount_amount,
        -- what carries no MRR needs no price
        case
            when not is_live or status <> 'active' then null
            when number_of_discounts > {{ nrr.most_discounts() }} then 'too_many_discounts'
            -- what they take off is not known, nor what is left
            else coalesce(
                source_reason, reason_of_plan, case when unknown_coupon_id is not null then 'unknown_coupon_id' end
            )
        end as source_reason,
        unknown_coupon_id
    from with_discounts
),

compared as (
    select
        states.*,
        {{ nrr.fingerprint([
            dbt.cast_bool_to_text('is_reconstructed'), 'status', 'plan_id', 'product_id', 'pricing_model', 'quantity',
            'unit_amount', 'currency', 'interval_unit', 'interval_length', 'discount_percent', 'discount_amount',
            'source_reason', 'unknown_coupon_id',
        ]) }} as fingerprint_of_row
    from states
),

changed as (
    select
        compared.*,
        lag(fingerprint_of_row) over (partition by item_id order by starts_at) as previous_fingerprint
    from compared
)

select
    subscription_id,
    item_id,
    starts_at,
    is_reconstructed,
    status,
    plan_id,
    product_id,
    pricing_model,
    quantity,
    unit_amount,
    currency,
    interval_unit,
    interval_length,
    discount_percent,
    discount_amount,
    source_reason,
    unknown_coupon_id
from changed
where previous_fingerprint is null or previous_fingerprint <> fingerprint_of_row
