{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per item and instant at which discounts are taken off it: what they take off together.
with discounts as (
    select * from {{ ref('stg_stripe__discount_spans') }}
    where source_reason is null or source_reason <> 'discount_in_other_currency'
),
{%- if nrr.stripe_loader() == 'airbyte' %}

-- coupons that are limited to some products
limited as (
    select distinct coupon_id from {{ ref('stg_stripe__airbyte_coupon_products') }}
),
{%- endif %}

taken as (
    select
        moments.subscription_item_id,
        moments.subscription_id,
        moments.changes_at,
        moments.period_minor,
        moments.exponent,
        moments.net_share,
        moments.net_whole,
        discounts.discount_id,
        discounts.discount_level,
        discounts.place,
        discounts.given_at,
        discounts.percent_off,
        discounts.amount_off,
        discounts.coupon_id,
        discounts.source_reason,
        -- a customer's discount holds where the subscription has none of its own
        max(case when discounts.discount_level = 'subscription' then 1 else 0 end) over (
            partition by moments.subscription_item_id, moments.changes_at
        ) as has_own
    from {{ ref('stg_stripe__item_moments') }} as moments
    inner join discounts
        on
            moments.subscription_id = discounts.subscription_id
            and (
                discounts.subscription_item_id is null
                or moments.subscription_item_id = discounts.subscription_item_id
            )
            and moments.changes_at >= discounts.counts_from
            and (moments.changes_at < discounts.counts_to or discounts.counts_to is null)
    {%- if nrr.stripe_loader() == 'airbyte' %}
    left join limited on discounts.coupon_id = limited.coupon_id
    left join {{ ref('stg_stripe__airbyte_coupon_products') }} as products
        on discounts.coupon_id = products.coupon_id and moments.product_id = products.product_id
    {%- endif %}
    where
        not moments.is_gone
        -- an amount in another currency is named as a problem
        and (discounts.amount_off is null or discounts.currency is null or discounts.currency = moments.currency)
    {%- if nrr.stripe_loader() == 'airbyte' %}
        and (limited.coupon_id is null or products.coupon_id is not null)
    {%- endif %}
),

given as (
    select * from taken
    where discount_level <> 'customer' or has_own = 0
),

-- of which it is not known what they take off
not_known as (
    select
        subscription_item_id,
        changes_at,
        min(source_reason) as source_reason,
        min(
            {{ dbt.concat(['discount_id', "', '", "coalesce(coupon_id, '')", "', '", 'subscription_id']) }}
        ) as source_row
    from given
    where source_reason is not null
    group by subscription_item_id, changes_at
),

in_force as (
    select * from given
    where source_reason is null
),

-- those of the item come first
of_items as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, changes_at
            order by place, given_at, discount_id
        ) as discount_rank
    from in_force
    where discount_level = 'item'
),

items_in_order as (
    select
        subscription_item_id,
        changes_at,
        max(discount_rank) as number_of_discounts,
        {{ nrr.discounts_in_order('discount_rank', 'percent_off', 'amount_off') }}
    from of_items
    group by subscription_item_id, changes_at
),

items_folded as (
    select
        subscription_item_id,
        changes_at,
        number_of_discounts,
        {{ nrr.folded_discounts() }}
    from items_in_order
),

-- An amount off a subscription is split over its items by what is left of them, in whole minor units that sum up to it.
weighed as (
    select
        in_force.*,
        case
            when items_folded.subscription_item_id is null then in_force.period_minor
            else
                cast(in_force.period_minor as decimal(28, 6))
                * {{ nrr.share_left('items_folded.discount_percent') }}
                - items_folded.discount_amount
        end as remains
    from in_force
    left join items_folded
        on
            in_force.subscription_item_id = items_folded.subscription_item_id
            and in_force.changes_at = items_folded.changes_at
    where in_force.discount_level <> 'item'
),

left_over as (
    select
        weighed.*,
        cast(case when remains > 0 then remains else 0 end as decimal(18, 6)) as weight
    from weighed
),

sums as (
    select
        *,
        cast(sum(weight) over (
            partition by subscription_id, changes_at, discount_id
            order by subscription_item_id
            rows between unbounded preceding and current row
        ) as decimal(18, 6)) as weight_up_to_here,
        cast(sum(weight) over (partition by subscription_id, changes_at, discount_id) as decimal(18, 6)) as whole_weight
    from left_over
),

shares as (
    select
        *,
        case
            when amount_off is null then null
            when whole_weight <= 0 then amount_off
            else
                round({{ nrr.scaled('amount_off', 'weight_up_to_here', 'whole_weight') }}, 0)
                - round({{ nrr.scaled('amount_off', 'weight_up_to_here - weight', 'whole_weight') }}, 0)
        end as share_off,
        row_number() over (
            partition by subscription_item_id, changes_at
            order by place, given_at, discount_id
        ) as discount_rank
    from sums
),

all_discounts as (
    select
        subscription_item_id,
        changes_at,
        1 as discount_rank,
        number_of_discounts,
        discount_percent as percent_off,
        discount_amount as amount_off
    from items_folded

    union all

    select
        shares.subscription_item_id,
        shares.changes_at,
        shares.discount_rank
        + case when items_folded.subscription_item_id is null then 0 else 1 end as discount_rank,
        shares.discount_rank as number_of_discounts,
        shares.percent_off,
        cast(shares.share_off as decimal(18, 6)) as amount_off
    from shares
    left join items_folded
        on
            shares.subscription_item_id = items_folded.subscription_item_id
            and shares.changes_at = items_folded.changes_at
),

in_order as (
    select
        subscription_item_id,
        changes_at,
        max(case when number_of_discounts >= discount_rank then number_of_discounts else discount_rank end)
            as number_of_discounts,
        {{ nrr.discounts_in_order('discount_rank', 'percent_off', 'amount_off') }}
    from all_discounts
    group by subscription_item_id, changes_at
),

folded as (
    select
        subscription_item_id,
        changes_at,
        number_of_discounts,
        {{ nrr.folded_discounts() }}
    from in_order
),

taxes as (
    select distinct
        subscription_item_id,
        changes_at,
        exponent,
        net_share,
        net_whole
    from taken
)

select
    taxes.subscription_item_id,
    taxes.changes_at,
    folded.discount_percent,
    -- off a price with tax inside, an amount has tax inside, too
    {{ nrr.major_units(
        nrr.scaled('folded.discount_amount', 'taxes.net_share', 'taxes.net_whole'), 'taxes.exponent'
    ) }} as discount_amount,
    coalesce(folded.number_of_discounts > {{ nrr.most_discounts() }}, false) as has_too_many,
    not_known.source_reason,
    not_known.source_row
from taxes
left join folded on taxes.subscription_item_id = folded.subscription_item_id and taxes.changes_at = folded.changes_at
left join not_known
    on taxes.subscription_item_id = not_known.subscription_item_id and taxes.changes_at = not_known.changes_at
where folded.subscription_item_id is not null or not_known.subscription_item_id is not null
