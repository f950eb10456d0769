{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per discount and subscription or item that it is taken off, with the time for which it is.
with lives as (
    select * from {{ ref('stg_stripe__subscription_lives') }}
),

given as (
    select * from {{ ref('stg_stripe__discounts') }}
    {%- if nrr.setting('nrr_discounts') == 'forever_only' %}
    -- it is not known whether one without a coupon ends
    where duration = 'forever' or duration is null
    {%- endif %}
),

cycles as (
    select
        subscription_id,
        invoice_id,
        period_starts_at,
        max(period_ends_at) as period_ends_at
    from {{ ref('stg_stripe__invoice_lines') }}
    where is_cycle and subscription_id is not null and period_ends_at > period_starts_at
    group by subscription_id, invoice_id, period_starts_at
),

-- A discount that only invoices show was taken away: it counted for what they billed.
invoiced_to as (
    select
        given.discount_id,
        max(cycles.period_ends_at) as period_ends_at
    from given
    inner join cycles on given.invoice_id = cycles.invoice_id and given.subscription_id = cycles.subscription_id
    where given.discount_level = 'invoice'
    group by given.discount_id
),

once_each as (
    select
        given.*,
        row_number() over (
            partition by given.discount_id
            order by given.recorded_at desc nulls last, given.invoice_id
        ) as choice
    from given
),

-- what each is taken off: an item's discount may not say whose item it is, and a customer's is for all subscriptions
targets as (
    select
        once_each.discount_id,
        coalesce(once_each.subscription_id, items.subscription_id) as subscription_id
    from once_each
    left join {{ ref('stg_stripe__items') }} as items on once_each.subscription_item_id = items.subscription_item_id
    where once_each.choice = 1 and once_each.discount_level <> 'customer'

    union all

    select
        once_each.discount_id,
        lives.subscription_id
    from once_each
    inner join lives on once_each.account_id = lives.account_id
    where once_each.choice = 1 and once_each.discount_level = 'customer'
),

of_subscriptions as (
    select
        discounts.discount_id,
        case when discounts.discount_level = 'invoice' then 'subscription' else discounts.discount_level end
            as discount_level,
        discounts.subscription_item_id,
        lives.subscription_id,
        lives.account_id,
        lives.begins_at,
        lives.trial_ends_at,
        discounts.coupon_id,
        discounts.place,
        -- given with the subscription, which may have been made some seconds before, and to begin earlier
        case
            when discounts.discount_level = 'customer' then {{ nrr.later_of('discounts.starts_at', 'lives.begins_at') }}
            when
                discounts.starts_at is null
                or discounts.starts_at <= {{ nrr.moved('lives.created_at', 'second', 60) }}
                then lives.begins_at
            else {{ nrr.later_of('discounts.starts_at', 'lives.begins_at') }}
        end as starts_at,
        case
            when discounts.discount_level <> 'invoice' then discounts.ends_at
            when discounts.ends_at < invoiced_to.period_ends_at then discounts.ends_at
            else coalesce(invoiced_to.period_ends_at, discounts.ends_at, discounts.starts_at)
        end as ends_at,
        discounts.percent_off,
        discounts.amount_off,
        discounts.currency,
        discounts.duration,
        discounts.duration_in_months,
        discounts.starts_at as given_at,
        discounts.recorded_at
    from once_each as discounts
    left join invoiced_to on discounts.discount_id = invoiced_to.discount_id
    inner join targets on discounts.discount_id = targets.discount_id
    inner join lives on targets.subscription_id = lives.subscription_id
    where discounts.choice = 1
),

-- The billing period of what it is taken off, as it was then: of several, the longest.
prices_then as (
    select
        discounts.discount_id,
        discounts.subscription_id,
        amounts.billing_interval,
        amounts.billing_interval_count,
        amounts.currency as billed_currency,
        row_number() over (
            partition by discounts.discount_id, discounts.subscription_id
            order by
                case amounts.billing_interval when 'year' then 360 when 'month' then 30 when 'week' then 7 else 1 end
                * amounts.billing_interval_count desc,
                amounts.subscription_item_id
        ) as choice
    from of_subscriptions as discounts
    inner join {{ ref('stg_stripe__item_amounts') }} as amounts
        on
            discounts.subscription_id = amounts.subscription_id
            and (
                discounts.subscription_item_id is null
                or discounts.subscription_item_id = amounts.subscription_item_id
            )
            and amounts.changes_at <= discounts.starts_at
            and (amounts.next_change_at > discounts.starts_at or amounts.next_change_at is null)
    where not amounts.is_gone
),

-- the first period that is billed after it was given
first_cycles as (
    select
        discounts.discount_id,
        discounts.subscription_id,
        min(cycles.period_starts_at) as period_starts_at
    from of_subscriptions as discounts
    inner join cycles
        on
            discounts.subscription_id = cycles.subscription_id
            and cycles.period_starts_at >= {{ nrr.moved('discounts.starts_at', 'second', -60) }}
            and (
                discounts.trial_ends_at is null
                or cycles.period_starts_at >= discounts.trial_ends_at
                or discounts.trial_ends_at < discounts.starts_at
            )
    where discounts.duration in ('once', 'repeating')
    group by discounts.discount_id, discounts.subscription_id
),

based as (
    select
        discounts.*,
        prices_then.billing_interval,
        prices_then.billing_interval_count,
        prices_then.billed_currency,
        case prices_then.billing_interval
            when 'month' then prices_then.billing_interval_count
            when 'year' then prices_then.billing_interval_count * 12
        end as period_months,
        case
            when discounts.starts_at = discounts.begins_at
                then {{ nrr.later_of('discounts.starts_at', 'discounts.trial_ends_at') }}
            else coalesce(first_cycles.period_starts_at, discounts.starts_at)
        end as first_period_at,
        case
            when discounts.duration = 'repeating'
                then coalesce(discounts.ends_at, {{ nrr.intervals_later(
                    'discounts.starts_at', "'month'", 'discounts.duration_in_months'
                ) }})
            else discounts.ends_at
        end as said_to_end_at
    from of_subscriptions as discounts
    left join prices_then
        on
            discounts.discount_id = prices_then.discount_id
            and discounts.subscription_id = prices_then.subscription_id
            and prices_then.choice = 1
    left join first_cycles
        on discounts.discount_id = first_cycles.discount_id and discounts.subscription_id = first_cycles.subscription_id
),

lengths as (
    select
        *,
        {{ nrr.months_between('first_period_at', 'said_to_end_at') }} as months_said
    from based
),

-- how many months of whole periods there are up to the end, or one period too few
counted as (
    select
        *,
        case
            when duration = 'repeating' and period_months > 1 and said_to_end_at > first_period_at
                then cast(ceil(months_said / period_months) * period_months as integer)
        end as months_billed
    from lengths
),

timed as (
    select
        *,
        case
            when duration = 'once'
                then {{ nrr.intervals_later('first_period_at', 'billing_interval', 'billing_interval_count') }}
            -- a period that has begun is billed with it, however long it is
            when {{ nrr.moved('first_period_at', 'month', 'months_billed') }} >= said_to_end_at
                then {{ nrr.moved('first_period_at', 'month', 'months_billed') }}
            when months_billed is not null
                then {{ nrr.moved('first_period_at', 'month', 'cast(months_billed + period_months as integer)') }}
            else said_to_end_at
        end as counts_to
    from counted
)

select
    discount_id,
    discount_level,
    subscription_id,
    subscription_item_id,
    account_id,
    coupon_id,
    coalesce(place, 0) as place,
    given_at,
    case
        when duration = 'once' and starts_at > begins_at then first_period_at
        else starts_at
    end as counts_from,
    counts_to,
    percent_off,
    amount_off,
    currency,
    recorded_at,
    case
        when duration is null and percent_off is null and amount_off is null then 'missing_coupon'
        when percent_off is null and amount_off is null then 'missing_discount'
        when percent_off is null and currency <> billed_currency then 'discount_in_other_currency'
    end as source_reason
from timed
where counts_to is null or counts_to > starts_at
