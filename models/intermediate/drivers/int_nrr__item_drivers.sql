-- One row per account, month, item, driver and currency: what the account pays in the currency before and after this
-- changed it, one change after the other. Also where the account is new or leaves.
with changes as (
    select
        changes.*,
        {{ nrr.is_usage('case when previous_mrr is null then pricing_model else previous_pricing_model end') }}
        and {{ nrr.is_usage('case when mrr is null then previous_pricing_model else pricing_model end') }} as is_usage,
        {{ nrr.is_another('currency') }} as is_other_currency,
        {{ nrr.is_another('pricing_model') }} as is_other_pricing
    from {{ ref('int_nrr__paired_changes') }} as changes
),

-- what is not told apart any further
named as (
    select
        changes.*,
        case
            when is_usage then 'usage'
            when previous_mrr is null then 'add_on'
            when mrr is null then 'removal'
            when previous_quantity = 0 then 'seats'
        end as whole_driver,
        case
            when
                is_other_currency
                or is_other_pricing
                or coalesce(previous_plan_id, '') <> coalesce(plan_id, '')
                or coalesce(previous_product_id, '') <> coalesce(product_id, '')
                or previous_billing_interval <> billing_interval
                or previous_billing_interval_count <> billing_interval_count
                then 'plan'
            else 'price'
        end as price_driver,
        -- units of another pricing model are no seats, and a price may be far too much for so many
        is_other_pricing
        or cast(quantity as decimal(20, 6)) * previous_unit_amount >= 1000000000000 as is_one_step
    from changes
),

terms as (
    select
        named.*,
        case when whole_driver is null and not is_one_step then quantity end as step_quantity,
        -- an amount off in one currency is none in another
        case
            when is_other_currency and previous_discount_amount > 0 then discount_percent else previous_discount_percent
        end as step_discount_percent,
        case
            when is_other_currency and previous_discount_amount > 0 then discount_amount else previous_discount_amount
        end as step_discount_amount
    from named
),

substituted as (
    select
        terms.*,
        coalesce(previous_mrr, 0) as mrr_0,
        case
            when step_quantity is null then coalesce(previous_mrr, 0)
            else {{ nrr.state_mrr(
                'step_quantity', 'previous_unit_amount', 'previous_discount_percent', 'previous_discount_amount',
                'previous_billing_interval', 'previous_billing_interval_count'
            ) }}
        end as mrr_1,
        case
            when whole_driver is not null then coalesce(mrr, 0)
            else {{ nrr.state_mrr(
                'quantity', 'unit_amount', 'step_discount_percent', 'step_discount_amount', 'billing_interval',
                'billing_interval_count'
            ) }}
        end as mrr_2,
        coalesce(mrr, 0) as mrr_3
    from terms
),

steps as (
    select 1 as step_number
    union all
    select 2 as step_number
    union all
    select 3 as step_number
    union all
    select 4 as step_number
),

stepped as (
    select
        substituted.account_id,
        substituted.month,
        substituted.subscription_id,
        substituted.subscription_item_id,
        substituted.replaced_subscription_id,
        substituted.replaced_subscription_item_id,
        substituted.event_id,
        steps.step_number,
        case
            when steps.step_number = 1 then 'seats'
            when steps.step_number = 4 then 'discount'
            else coalesce(substituted.whole_driver, substituted.price_driver)
        end as driver,
        case
            when steps.step_number <= 2 then coalesce(substituted.previous_currency, substituted.currency)
            else coalesce(substituted.currency, substituted.previous_currency)
        end as currency,
        case steps.step_number
            when 1 then substituted.mrr_1 - substituted.mrr_0
            -- a price in another currency takes off the old one and adds the new one
            when 2 then case when substituted.is_other_currency then 0 else substituted.mrr_2 end - substituted.mrr_1
            when 3 then case when substituted.is_other_currency then substituted.mrr_2 else 0 end
            else substituted.mrr_3 - substituted.mrr_2
        end as difference
    from substituted
    cross join steps
),

totals as (
    select
        stepped.*,
        sum(difference) over (
            partition by account_id, currency order by month, subscription_id, subscription_item_id, step_number
            rows between unbounded preceding and current row
        ) as total_after
    from stepped
    where difference <> 0
)

select
    account_id,
    month,
    subscription_id,
    subscription_item_id,
    replaced_subscription_id,
    replaced_subscription_item_id,
    event_id,
    driver,
    currency,
    cast(total_after - difference as decimal(18, 4)) as total_before,
    cast(total_after as decimal(18, 4)) as total_after
from totals
