{{ config(enabled=nrr.has_source('zuora'), materialized='table') }}
{%- set has_tiers = nrr.has_zuora('rate_plan_charge_tier') -%}
{%- set has_accounts = nrr.has_zuora('account') -%}
{%- set has_tax_rates = nrr.has_zuora('taxation_item') or nrr.has_zuora('invoice_item') -%}
{%- set at_cancellation = nrr.setting('nrr_churn_at') == 'cancellation' -%}
{%- set untold = 'cast(null as decimal(18, 6))' -%}
-- One row per recurring charge or discount and segment of it, in the version of its subscription that counts: from when
-- until when, and what it costs or takes off; or the reason why that cannot be said.
with versions as (
    select * from {{ ref('stg_zuora__subscription') }}
),
{%- if has_accounts %}

accounts as (
    select
        id as account_id,
        max(upper(currency)) as currency
    from {{ nrr.zuora_rows('account', ['id', 'currency']) }} as given
    group by id
),
{%- endif %}

-- of rows of one segment that were loaded several times, or replaced by a correction, the newest
charges as (
    select
        charges.*,
        versions.subscription_id,
        versions.account_id as owner_id,
        versions.status,
        versions.is_pending,
        versions.is_cancelled,
        versions.has_ended,
        versions.term_interval,
        versions.term_count,
        versions.cancelled_at,
        versions.term_ends_at,
        {%- if at_cancellation %}
        cancellations.asked_at,
        {%- endif %}
        versions.recorded_at as version_recorded_at,
        {%- if has_accounts %}
        coalesce(charges.currency, accounts.currency) as paid_currency,
        {%- else %}
        charges.currency as paid_currency,
        {%- endif %}
        -- an old version may be missing where only the latest ones are loaded
        max(case when versions.version_id is not null then 1 else 0 end) over (partition by charges.item_id)
            as is_known,
        row_number() over (
            partition by coalesce(versions.subscription_id, charges.charge_id), charges.item_id, charges.segment
            order by charges.version_number desc nulls last, charges.recorded_at desc nulls last, charges.charge_id
        ) as newest_first
    from {{ ref('stg_zuora__rate_plan_charge') }} as charges
    left join versions on charges.version_id = versions.version_id
    {%- if at_cancellation %}
    left join {{ ref('stg_zuora__cancellation') }} as cancellations
        on versions.subscription_id = cancellations.subscription_id
    {%- endif %}
    {%- if has_accounts %}
    left join accounts on coalesce(versions.account_id, charges.account_id) = accounts.account_id
    {%- endif %}
    where
        -- old versions repeat what the one that counts has; of a charge without any version nothing is known
        (versions.is_current or versions.version_id is null)
        and not coalesce(versions.is_pending, false)
        and coalesce(charges.kind, '') not in ('once', 'usage')
),

periods as (
    select
        charges.*,
        case when billing_period = 'subscriptionterm' then term_interval
            else {{ nrr.zuora_period('billing_period', 'specific_billing_period', 'interval') }}
        end as period_interval,
        case when billing_period = 'subscriptionterm' then term_count
            else {{ nrr.zuora_period('billing_period', 'specific_billing_period', 'count') }}
        end as period_count,
        -- 'Per Month', 'Per Week', 'Per Specific Months'
        {% set base = 'substr(list_price_base, 4)' -%}
        {{ nrr.zuora_period(base, 'specific_list_price_base', 'interval') }} as base_interval,
        {{ nrr.zuora_period(base, 'specific_list_price_base', 'count') }} as base_count
    from charges
    where newest_first = 1 and (subscription_id is not null or is_known = 0)
),
{%- if has_tiers %}

-- what a segment's price tiers come to for its quantity
prices as (
    select
        periods.charge_id,
        sum(case
            when periods.charge_model like 'flatfee%' or periods.charge_model like 'overage%'
                then case when tiers.is_first then tiers.price end
            when periods.charge_model like 'perunit%'
                then case when tiers.is_first then
                    {{ nrr.tier_amount("'volume'", 'periods.quantity', '0', untold, 'tiers.price', untold) }}
                end
            when tiers.price is not null and periods.charge_model like 'volume%'
                then {{ nrr.tier_amount(
                    "'volume'", 'periods.quantity', 'tiers.from_quantity', 'tiers.up_to',
                    'case when not tiers.is_flat then tiers.price end', 'case when tiers.is_flat then tiers.price end',
                ) }}
            when tiers.price is not null and periods.charge_model like 'tiered%'
                then {{ nrr.tier_amount(
                    "'graduated'", 'periods.quantity', 'tiers.from_quantity', 'tiers.up_to',
                    'case when not tiers.is_flat then tiers.price end', 'case when tiers.is_flat then tiers.price end',
                ) }}
        end) as price,
        max(tiers.discount_percent) as discount_percent,
        max(tiers.discount_amount) as discount_amount
    from periods
    inner join {{ ref('stg_zuora__rate_plan_charge_tier') }} as tiers
        on
            periods.charge_id = tiers.charge_id
            and coalesce(tiers.currency, periods.paid_currency, '')
            = coalesce(periods.paid_currency, tiers.currency, '')
    group by periods.charge_id
),
{%- endif %}

priced as (
    select
        periods.*,
        {%- if has_tiers %}
        prices.price,
        prices.discount_percent,
        prices.discount_amount,
        {%- else %}
        cast(null as decimal(18, 6)) as price,
        cast(null as decimal(18, 6)) as discount_percent,
        cast(null as decimal(18, 6)) as discount_amount,
        {%- endif %}
        {%- if has_tax_rates %}
        case when periods.is_tax_inclusive then tax_rates.tax_rate else 0 end as tax_rate,
        {%- else %}
        case when not periods.is_tax_inclusive then 0 end as tax_rate,
        {%- endif %}
        coalesce(periods.base_interval, periods.period_interval) as price_interval,
        coalesce(periods.base_count, periods.period_count) as price_count
    from periods
    {%- if has_tiers %}
    left join prices on periods.charge_id = prices.charge_id
    {%- endif %}
    {%- if has_tax_rates %}
    left join {{ ref('stg_zuora__tax_rate') }} as tax_rates on periods.item_id = tax_rates.item_id
    {%- endif %}
),

months as (
    select
        priced.*,
        {{ nrr.months_in('period_interval', 'period_count') }} as period_months,
        {{ nrr.months_in('price_interval', 'price_count') }} as price_months
    from priced
),

-- The reason comes first: nothing is computed of what cannot be used.
judged as (
    select
        months.*,
        case
            when subscription_id is null then 'unmatched_subscription'
            when kind is null and charge_type is null then 'missing_charge_type'
            when kind is null then 'unknown_charge_type'
            when starts_at is null and given_starts_at is not null then 'unreadable_effective_start_date'
            when starts_at is null then 'missing_effective_start_date'
            when ends_at is null and given_ends_at is not null then 'unreadable_effective_end_date'
            when mrr is null and given_mrr is not null then 'unreadable_charge_mrr'
            when abs(mrr) >= 10000000000 or abs(price) >= 10000000000 then 'unreadable_charge_mrr'
            when quantity is null and given_quantity is not null then 'unreadable_quantity'
            when
                kind = 'percent_off'
                and coalesce(discount_percent, case when mrr <> 0 then mrr end) is null
                then 'missing_discount_percentage'
            when
                kind = 'amount_off'
                and coalesce(discount_amount, case when mrr <> 0 then mrr end) is null
                then 'missing_discount_amount'
            when kind = 'recurring' and mrr is null and price is null then 'missing_mrr'
            when kind = 'recurring' and tax_rate is null and coalesce(mrr, price) <> 0 then 'missing_tax_rate'
            when
                (kind = 'recurring' and mrr is null) or (kind = 'amount_off' and discount_amount is not null)
                then case
                    when billing_period is null and price_interval is null then 'missing_billing_period'
                    when price_interval is null or price_count is null then 'unknown_billing_period'
                end
        end as reason
    from months
),

-- An amount for a billing period: the month's times its months, so that a yearly charge stays yearly; for other periods
-- (weeks, the unknown) a month's. A price for another time than the billing period is made one for it where it has a
-- whole number of those times.
amounts as (
    select
        judged.*,
        case
            when reason is not null then null
            when kind <> 'recurring' then null
            when mrr is not null and period_months is not null then cast(mrr * period_months as decimal(18, 6))
            when mrr is not null then mrr
            when period_months > price_months and mod(period_months, price_months) = 0
                then cast(
                    cast(price as decimal(18, 6)) * cast(period_months / price_months as decimal(18, 6))
                    as decimal(18, 6)
                )
            else cast(price as decimal(18, 6))
        end as amount,
        case
            when mrr is not null and period_months is null then 'month'
            when mrr is not null or (period_months > price_months and mod(period_months, price_months) = 0)
                then period_interval
            else price_interval
        end as billing_interval,
        case
            when mrr is not null and period_months is null then 1
            when mrr is not null or (period_months > price_months and mod(period_months, price_months) = 0)
                then period_count
            else price_count
        end as billing_interval_count
    from judged
),

ended as (
    select
        amounts.*,
        case when ends_at is null and has_ended then coalesce(cancelled_at, term_ends_at) else ends_at end as own_end
    from amounts
),

-- Segments of one charge follow each other: one that reaches into the next ends there.
bounded as (
    select
        ended.*,
        {%- if at_cancellation %}
        case when asked_at < own_end or own_end is null then coalesce(asked_at, own_end) else own_end end as last_end,
        {%- else %}
        own_end as last_end,
        {%- endif %}
        lead(starts_at) over (
            partition by subscription_id, item_id, case when reason is null then 1 else 0 end
            order by starts_at, segment, charge_id
        ) as next_starts_at
    from ended
)

select
    charge_id,
    subscription_id,
    item_id,
    segment,
    rate_plan_id,
    owner_id,
    kind,
    charge_model,
    status,
    is_cancelled,
    starts_at,
    case when next_starts_at < last_end or last_end is null then coalesce(next_starts_at, last_end) else last_end end
        as ends_at,
    product_id,
    plan_id,
    quantity,
    -- prices that include tax are made ones without it
    {%- set integer = nrr.type_wide_integer() %}
    {%- set gross -%} {{ nrr.millionths('amount') }} * cast(1000000000000 as {{ integer }}) {%- endset %}
    {%- set whole -%} cast((1 + tax_rate) * 1000000000000 as {{ integer }}) {%- endset %}
    cast(case
        when tax_rate > 0 and amount > 0
            then {{ nrr.money_of_millionths(
                nrr.divide_whole('(2 * ' ~ gross ~ ' + ' ~ whole ~ ')', '(2 * ' ~ whole ~ ')')
            ) }}
        else amount
    end as decimal(18, 6)) as amount,
    paid_currency as currency,
    billing_interval,
    cast(billing_interval_count as decimal(18, 6)) as billing_interval_count,
    -- a discount without the price table has what Zuora says of its month
    case when kind = 'percent_off' then discount_percent end as discount_percent,
    case
        when kind = 'percent_off' and discount_percent is not null then null
        when kind = 'amount_off' and discount_amount is not null then discount_amount
        when kind in ('percent_off', 'amount_off') then abs(mrr)
    end as discount_amount,
    case when discount_amount is not null then price_interval else 'month' end as discount_interval,
    case when discount_amount is not null then price_count else 1 end as discount_count,
    case
        when discount_level like '%account%' then 'account'
        when discount_level like '%subscription%' then 'subscription'
        else 'rateplan'
    end as discount_level,
    coalesce(apply_discount_to, 'recurring') like '%recurring%' as is_off_recurring,
    is_stacked,
    case
        when version_recorded_at > recorded_at then version_recorded_at
        else coalesce(recorded_at, version_recorded_at)
    end as recorded_at,
    -- a charge that waits for its activation or acceptance has no day yet
    case
        when
            reason = 'missing_effective_start_date'
            and coalesce(trigger_event, 'contracteffective') <> 'contracteffective'
            then 'not_yet_triggered'
        else reason
    end as reason,
    source_row
from bounded
