{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{%- set links_input = 'recurly_subscription_coupon_redemption_history' -%}
{%- set has_links = not is_airbyte and nrr.is_given(links_input) -%}
{{ config(
    enabled=nrr.has_source('recurly')
    and nrr.recurly_has('redemptions'),
    materialized='table',
) }}
-- One row per subscription and coupon that is taken off its bills: from when until when, a percent or an amount, or
-- neither of a coupon that is not there.
with redemptions as (
    select * from {{ ref('stg_recurly__redemption_rows') }}
    where source_reason is null
),
{%- if has_links %}

links as (
    select
        coalesce({{ nrr.read_text('coupon_redemption_id') }}, {{ nrr.read_text('redemption_id') }}) as redemption_id,
        max({{ nrr.read_text('subscription_id') }}) as subscription_id
    from {{ nrr.input_rows(links_input, ['subscription_id', 'coupon_redemption_id', 'redemption_id']) }} as input
    group by coalesce({{ nrr.read_text('coupon_redemption_id') }}, {{ nrr.read_text('redemption_id') }})
),
{%- endif %}

coupons as (
    select * from {{ ref('stg_recurly__coupons') }}
),

terms as (
    select
        redemptions.redemption_id,
        redemptions.account_id,
        {%- if has_links %}
        coalesce(redemptions.subscription_id, links.subscription_id) as redeemed_subscription_id,
        {%- else %}
        redemptions.subscription_id as redeemed_subscription_id,
        {%- endif %}
        redemptions.coupon_id,
        redemptions.created_at,
        redemptions.removed_at,
        redemptions.inactive_at,
        coupons.discount_type,
        coupons.percentage,
        coupons.amount,
        coupons.currency,
        coalesce(coupons.duration, redemptions.duration) as duration,
        coalesce(coupons.temporal_amount, redemptions.temporal_amount) as temporal_amount,
        coalesce(coupons.temporal_unit, redemptions.temporal_unit) as temporal_unit,
        coalesce(coupons.redemption_resource, redemptions.redemption_resource) as redemption_resource,
        coupons.applies_to_all_plans
    from redemptions
    left join coupons on redemptions.coupon_id = coupons.coupon_id
    {%- if has_links %}
    left join links on redemptions.redemption_id = links.redemption_id
    {%- endif %}
    -- a free trial is a trial of the subscription
    where coupons.coupon_id is null or coupons.discount_type in ('percent', 'percentage', 'fixed')
),

-- what a subscription was when the coupon was redeemed, or when it is first seen
subscriptions as (
    select
        versions.subscription_id,
        versions.account_id,
        versions.plan_id,
        versions.currency,
        versions.updated_at,
        versions.next_updated_at,
        versions.version_number,
        versions.started_at,
        case when versions.trial_ends_at > versions.started_at then versions.trial_ends_at else versions.started_at end
            as billed_from,
        plan_periods.period_months,
        plan_periods.period_days
    from {{ ref('stg_recurly__subscription_versions') }} as versions
    left join {{ ref('stg_recurly__plans') }} as plan_periods on versions.plan_id = plan_periods.plan_id
    where versions.started_at is not null
),

given as (
    select
        terms.*,
        subscriptions.subscription_id,
        subscriptions.plan_id,
        subscriptions.period_months,
        subscriptions.period_days,
        {{ nrr.day_earlier('terms.created_at') }} as redeemed_by,
        subscriptions.billed_from,
        row_number() over (
            partition by terms.redemption_id order by
                case when subscriptions.started_at <= {{ nrr.day_later('terms.created_at') }} then 0 else 1 end,
                subscriptions.started_at desc, subscriptions.subscription_id
        ) as likeliest_first
    from terms
    inner join subscriptions
        on
            terms.account_id = subscriptions.account_id
            and coalesce(terms.redeemed_subscription_id, subscriptions.subscription_id) = subscriptions.subscription_id
            and (
                subscriptions.version_number = 1
                or subscriptions.updated_at <= {{ nrr.day_later('terms.created_at') }}
            )
            and (
                subscriptions.next_updated_at is null
                or subscriptions.next_updated_at > {{ nrr.day_later('terms.created_at') }}
            )
    -- an amount is one of its currency
    where coalesce(terms.discount_type, '') <> 'fixed' or terms.currency = subscriptions.currency
),

limited_coupons as (
    select distinct coupon_id from {{ ref('stg_recurly__coupon_plans') }}
),

eligible as (
    select
        given.*,
        period_months > 1 or period_days > 31 as is_billed_seldom,
        {{ nrr.periods_passed('billed_from', 'redeemed_by', 'period_months', 'period_days') }} as periods_before,
        cast(temporal_amount * case
            when temporal_unit in ('month', 'months') then 1
            when temporal_unit in ('year', 'years') then 12
            when temporal_unit in ('billing_period', 'billing_periods') then period_months
            when temporal_unit in ('day', 'days', 'week', 'weeks') then 0
        end as integer) as temporal_months,
        cast(temporal_amount * case
            when temporal_unit in ('day', 'days') then 1
            when temporal_unit in ('week', 'weeks') then 7
            when temporal_unit in ('billing_period', 'billing_periods') then period_days
            when temporal_unit in ('month', 'months', 'year', 'years') then 0
        end as integer) as temporal_days
    from given
    left join limited_coupons
        on not given.applies_to_all_plans and given.coupon_id = limited_coupons.coupon_id
    left join {{ ref('stg_recurly__coupon_plans') }} as coupon_plans
        on given.coupon_id = coupon_plans.coupon_id and given.plan_id = coupon_plans.plan_id
    where
        (limited_coupons.coupon_id is null or coupon_plans.plan_id is not null)
        -- of which subscription is not told: of the one that began with it
        and (
            given.redeemed_subscription_id is not null
            or coalesce(given.redemption_resource, 'account') <> 'subscription'
            or given.likeliest_first = 1
        )
),

billed as (
    select
        eligible.*,
        {{ nrr.period_from('redeemed_by', 'billed_from', 'periods_before', 'period_months', 'period_days') }}
            as next_billed_at,
        {{ nrr.periods_later('created_at', '1', 'temporal_months', 'temporal_days') }} as expires_at
    from eligible
),

-- ... of a subscription that is still there
first_bills as (
    select
        billed.*,
        {{ nrr.periods_later('billed.next_billed_at', '1', 'billed.period_months', 'billed.period_days') }}
            as second_billed_at,
        {{ nrr.day_earlier('billed.expires_at') }} as expires_by,
        {{ nrr.periods_passed(
            'billed.billed_from', 'billed.expires_at', 'billed.period_months', 'billed.period_days'
        ) }} as periods_until,
        min(case when statuses.status <> 'cancelled' then next_billed_at end) over (partition by redemption_id)
            as first_billed_at
    from billed
    left join {{ ref('stg_recurly__statuses') }} as statuses
        on
            billed.subscription_id = statuses.subscription_id
            and billed.next_billed_at >= statuses.starts_at
            and (billed.next_billed_at < statuses.ends_at or statuses.ends_at is null)
),

lasting as (
    select
        first_bills.*,
        case
            when duration = 'single_use' or is_billed_seldom then next_billed_at
            else created_at
        end as starts_at,
        case
            when duration = 'single_use'
                then second_billed_at
            -- the last bill that it is taken off lasts its whole period
            when duration = 'temporal' and is_billed_seldom
                then {{ nrr.period_from('expires_by', 'billed_from', 'periods_until', 'period_months', 'period_days') }}
            when duration = 'temporal' then expires_at
            -- how long is not told, but that its first bill has used it up
            when removed_at is null and duration is null and inactive_at <= {{ nrr.day_later('next_billed_at') }}
                then second_billed_at
            when removed_at is null then inactive_at
        end as lasts_until
    from first_bills
    -- the first bill of the account, and that alone
    where
        (coalesce(duration, 'forever') <> 'single_use' or next_billed_at <= {{ nrr.day_later('first_billed_at') }})
    {%- if nrr.setting('nrr_discounts') == 'forever_only' %}
        and coalesce(duration, 'forever') = 'forever'
    {%- endif %}
),

spans as (
    select
        subscription_id,
        redemption_id,
        starts_at,
        case
            when removed_at < lasts_until or lasts_until is null then removed_at
            else lasts_until
        end as ends_at,
        case when discount_type <> 'fixed' then coalesce(percentage, 0) end as discount_percent,
        case when discount_type = 'fixed' then coalesce(amount, 0) end as discount_amount,
        case when discount_type is null then coupon_id end as unknown_coupon_id,
        created_at
    from lasting
)

select * from spans
where ends_at is null or starts_at < ends_at
