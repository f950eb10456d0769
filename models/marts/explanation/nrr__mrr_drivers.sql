-- One row per account, month, item and driver: what changed the account's MRR, and which event did.
with movements as (
    select
        account_id,
        month,
        movement,
        movement_mrr,
        fx_mrr,
        movement in ('new', 'reactivation', 'churn') as is_whole_account
    from {{ ref('int_nrr__account_movements') }}
),

-- the account's total is converted before and after each change, so that what is rounded adds up
item_drivers as (
    select
        drivers.account_id,
        drivers.month,
        drivers.subscription_id,
        drivers.subscription_item_id,
        drivers.driver,
        min(drivers.replaced_subscription_id) as replaced_subscription_id,
        min(drivers.replaced_subscription_item_id) as replaced_subscription_item_id,
        min(drivers.event_id) as event_id,
        sum(
            {{ nrr.convert('drivers.total_after', 'rates.previous_month_rate') }}
            - {{ nrr.convert('drivers.total_before', 'rates.previous_month_rate') }}
        ) as driver_mrr
    from {{ ref('int_nrr__item_drivers') }} as drivers
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on drivers.currency = rates.currency and drivers.month = rates.month
    group by
        drivers.account_id,
        drivers.month,
        drivers.subscription_id,
        drivers.subscription_item_id,
        drivers.driver
),

-- of an account that comes or goes: the event of its largest item
in_order as (
    select
        account_id,
        month,
        event_id,
        row_number() over (
            partition by account_id, month
            order by abs(driver_mrr) desc, subscription_id, subscription_item_id, driver
        ) as largest_first
    from item_drivers
),

parts as (
    select
        item_drivers.account_id,
        item_drivers.month,
        item_drivers.subscription_id,
        item_drivers.subscription_item_id,
        item_drivers.driver,
        item_drivers.driver_mrr,
        item_drivers.event_id,
        item_drivers.replaced_subscription_id,
        item_drivers.replaced_subscription_item_id
    from item_drivers
    left join movements
        on item_drivers.account_id = movements.account_id and item_drivers.month = movements.month
    where not coalesce(movements.is_whole_account, false)

    union all

    select
        movements.account_id,
        movements.month,
        cast(null as {{ nrr.type_text() }}) as subscription_id,
        cast(null as {{ nrr.type_text() }}) as subscription_item_id,
        movements.movement as driver,
        movements.movement_mrr as driver_mrr,
        in_order.event_id,
        cast(null as {{ nrr.type_text() }}) as replaced_subscription_id,
        cast(null as {{ nrr.type_text() }}) as replaced_subscription_item_id
    from movements
    left join in_order
        on
            movements.account_id = in_order.account_id
            and movements.month = in_order.month
            and in_order.largest_first = 1
    where movements.is_whole_account

    union all

    select
        account_id,
        month,
        cast(null as {{ nrr.type_text() }}) as subscription_id,
        cast(null as {{ nrr.type_text() }}) as subscription_item_id,
        'fx' as driver,
        fx_mrr as driver_mrr,
        cast(null as {{ nrr.type_text() }}) as event_id,
        cast(null as {{ nrr.type_text() }}) as replaced_subscription_id,
        cast(null as {{ nrr.type_text() }}) as replaced_subscription_item_id
    from movements
)

select
    account_id,
    month,
    subscription_id,
    subscription_item_id,
    {{ nrr.as_text('driver') }} as driver,
    cast(driver_mrr as decimal(18, 4)) as driver_mrr,
    event_id,
    replaced_subscription_id,
    replaced_subscription_item_id
from parts
where driver_mrr <> 0
