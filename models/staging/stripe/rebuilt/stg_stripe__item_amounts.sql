{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per item and change of what it costs before discounts, without tax, up to the next one.
with segments as (
    select
        changes.*,
        prices.price_id is not null as has_price,
        prices.product_id,
        coalesce(prices.is_metered, false) as is_metered,
        coalesce(prices.is_tiered, false) as is_tiered,
        prices.tiers_mode,
        prices.package_size,
        prices.package_round,
        prices.unit_amount as price_unit_amount,
        prices.currency as price_currency,
        prices.billing_interval as price_interval,
        prices.billing_interval_count as price_interval_count,
        prices.is_tax_inclusive,
        lines.currency as line_currency,
        lines.amount as line_amount,
        coalesce(lines.quantity, 1) as line_quantity,
        lines.unit_amount_excluding_tax as line_unit_excluding_tax,
        lines.amount_excluding_tax as line_excluding_tax,
        lines.period_days,
        coalesce(item_taxes.tax_percent, subscription_taxes.tax_percent) as tax_percent
    from {{ ref('stg_stripe__item_changes') }} as changes
    left join {{ ref('stg_stripe__prices') }} as prices on changes.price_id = prices.price_id
    left join {{ ref('stg_stripe__item_prices') }} as lines
        on changes.subscription_item_id = lines.subscription_item_id and changes.price_id = lines.price_id
    left join {{ ref('stg_stripe__inclusive_taxes') }} as item_taxes
        on changes.subscription_item_id = item_taxes.subscription_item_id
    left join {{ ref('stg_stripe__inclusive_taxes') }} as subscription_taxes
        on
            changes.subscription_id = subscription_taxes.subscription_id
            and subscription_taxes.subscription_item_id is null
),

-- what all the tiers of a price come to for a quantity
tiered as (
    select
        segments.subscription_item_id,
        segments.changes_at,
        cast(sum({{ nrr.tier_amount(
            'segments.tiers_mode', 'coalesce(segments.quantity, 1)', 'tiers.from_quantity', 'tiers.up_to',
            'tiers.unit_amount', 'tiers.flat_amount'
        ) }}) as decimal(18, 6)) as amount
    from segments
    inner join {{ ref('stg_stripe__price_tiers') }} as tiers on segments.price_id = tiers.price_id
    where segments.is_tiered and not segments.is_metered
    group by segments.subscription_item_id, segments.changes_at
),

-- The price row says the amount. A line does where there is none, or where another currency was billed.
judged as (
    select
        segments.*,
        tiered.amount as tiers_amount,
        segments.line_amount is not null and (
            not segments.has_price
            or segments.line_currency <> segments.price_currency
            or (segments.is_tiered and tiered.amount is null)
        ) as is_by_line
    from segments
    left join tiered
        on segments.subscription_item_id = tiered.subscription_item_id and segments.changes_at = tiered.changes_at
),

counted as (
    select
        *,
        case
            when is_by_line or is_tiered then cast(1 as decimal(18, 6))
            when package_size > 0
                then {{ nrr.packages('coalesce(quantity, 1)', 'package_size', 'package_round') }}
            else coalesce(quantity, 1)
        end as units,
        case
            when is_by_line then {{ nrr.scaled('line_amount', 'coalesce(quantity, 1)', "nullif(line_quantity, 0)") }}
            when is_tiered then tiers_amount
            else cast(price_unit_amount as decimal(18, 6))
        end as unit_minor,
        -- the part of it that is no tax: net_share of net_whole
        case
            when is_tax_inclusive = false then cast(1 as decimal(18, 6))
            when
                line_unit_excluding_tax > 0
                and line_unit_excluding_tax < price_unit_amount * cast(0.995 as decimal(4, 3))
                and not is_by_line and not is_tiered and package_size is null
                then line_unit_excluding_tax
            when line_excluding_tax > 0 and line_excluding_tax < line_amount - line_quantity then line_excluding_tax
            when line_excluding_tax > 0 then 1
            when tax_percent > 0 then 100
            else 1
        end as net_share,
        case
            when is_tax_inclusive = false then cast(1 as decimal(18, 6))
            when
                line_unit_excluding_tax > 0
                and line_unit_excluding_tax < price_unit_amount * cast(0.995 as decimal(4, 3))
                and not is_by_line and not is_tiered and package_size is null
                then price_unit_amount
            when line_excluding_tax > 0 and line_excluding_tax < line_amount - line_quantity then line_amount
            when line_excluding_tax > 0 then 1
            when tax_percent > 0 then 100 + tax_percent
            else 1
        end as net_whole,
        coalesce(case when is_by_line then line_currency end, price_currency) as currency
    from judged
),

net as (
    select
        *,
        {{ nrr.scaled('unit_minor', 'net_share', 'net_whole') }} as net_unit_minor
    from counted
),

-- One unit for one period, where that is exact to the sixth decimal of the major unit; else all units together.
licensed as (
    select
        net.*,
        coalesce(
            {{ nrr.millionths('net_unit_minor') }} * {{ nrr.millionths('net_whole') }}
            = {{ nrr.millionths('unit_minor') }} * {{ nrr.millionths('net_share') }}
            and net_unit_minor = round(net_unit_minor, 4)
            and (is_by_line or is_tiered or price_unit_amount = unit_minor),
            true
        ) as is_exact,
        case
            -- a price with more decimals than six of a cent
            when not is_by_line and not is_tiered and price_unit_amount <> unit_minor and price_unit_amount < 1000000
                then {{ nrr.scaled(nrr.finely_priced('price_unit_amount', 'units'), 'net_share', 'net_whole') }}
            else {{ nrr.scaled(nrr.scaled('unit_minor', 'units', '1'), 'net_share', 'net_whole') }}
        end as period_minor
    from net
),

amounts as (
    select
        subscription_item_id,
        subscription_id,
        changes_at,
        2 as trust,
        price_id,
        product_id,
        case
            when is_metered then 'usage'
            when is_tiered then 'tiered'
        end as pricing_model,
        case when is_metered or not is_exact then cast(1 as decimal(18, 6)) else units end as quantity,
        case when is_metered then cast(0 as decimal(18, 6)) when is_exact then net_unit_minor else period_minor end
            as unit_minor,
        case when is_metered then cast(0 as decimal(18, 6)) else period_minor end as period_minor,
        net_share,
        net_whole,
        currency,
        case
            when has_price then price_interval
            when period_days between 27 and 32 or period_days between 58 and 63 or period_days between 88 and 93
                or period_days between 180 and 185 then 'month'
            when period_days between 363 and 367 then 'year'
            when period_days in (7, 14, 21) then 'week'
            when period_days > 0 then 'day'
        end as billing_interval,
        case
            when has_price then price_interval_count
            when period_days between 58 and 63 then 2
            when period_days between 88 and 93 then 3
            when period_days between 180 and 185 then 6
            when period_days = 14 then 2
            when period_days = 21 then 3
            when period_days between 27 and 32 or period_days between 363 and 367 or period_days = 7 then 1
            when period_days > 0 then period_days
        end as billing_interval_count,
        is_gone,
        is_reconstructed,
        recorded_at,
        case
            when is_gone or is_metered then null
            when not has_price and not is_by_line then 'missing_price'
            when is_tiered and tiers_amount is null and not is_by_line then 'missing_tiers'
        end as source_reason
    from licensed
)
{%- if nrr.setting('nrr_usage_counts') %},

-- what was used, while the item has a price by which it is measured: the one by which it was, or one that came later
used as (
    select
        segments.*,
        periods.amount as usage_amount,
        periods.currency as usage_currency,
        periods.billing_interval as usage_interval,
        periods.billing_interval_count as usage_interval_count,
        periods.recorded_at as usage_recorded_at,
        {{ nrr.later_of('periods.holds_from', 'segments.changes_at') }} as usage_from,
        case
            when segments.next_change_at <= periods.holds_to then segments.next_change_at
            else periods.holds_to
        end as usage_to
    from segments
    inner join {{ ref('stg_stripe__usage') }} as periods
        on
            segments.subscription_item_id = periods.subscription_item_id
            and periods.holds_to > segments.changes_at
            and (periods.holds_from < segments.next_change_at or segments.next_change_at is null)
    where segments.is_metered and not segments.is_gone
),

usage_amounts as (
    {%- for at, amount, trust in [('usage_from', 'usage_amount', 1), ('usage_to', 'cast(0 as decimal(18, 6))', 3)] %}
    select
        subscription_item_id,
        subscription_id,
        {{ at }} as changes_at,
        {{ trust }} as trust,
        price_id,
        product_id,
        'usage' as pricing_model,
        cast(1 as decimal(18, 6)) as quantity,
        {{ amount }} as unit_minor,
        {{ amount }} as period_minor,
        cast(1 as decimal(18, 6)) as net_share,
        cast(1 as decimal(18, 6)) as net_whole,
        usage_currency as currency,
        usage_interval as billing_interval,
        usage_interval_count as billing_interval_count,
        false as is_gone,
        false as is_reconstructed,
        usage_recorded_at as recorded_at,
        cast(null as {{ nrr.type_text() }}) as source_reason
    from used
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)
{%- endif %},

all_amounts as (
    select * from amounts
    {%- if nrr.setting('nrr_usage_counts') %}
    union all
    select * from usage_amounts
    {%- endif %}
),

ranked as (
    select
        *,
        row_number() over (partition by subscription_item_id, changes_at order by trust, unit_minor desc) as choice
    from all_amounts
)

select
    ranked.subscription_item_id,
    ranked.subscription_id,
    ranked.changes_at,
    lead(ranked.changes_at) over (partition by ranked.subscription_item_id order by ranked.changes_at)
        as next_change_at,
    ranked.price_id,
    ranked.product_id,
    cast(ranked.pricing_model as {{ nrr.type_text() }}) as pricing_model,
    cast(ranked.quantity as decimal(18, 6)) as quantity,
    {{ nrr.major_units('ranked.unit_minor', 'coalesce(exponents.exponent, 2)') }} as unit_amount,
    cast(ranked.period_minor as decimal(18, 6)) as period_minor,
    ranked.net_share,
    ranked.net_whole,
    ranked.currency,
    coalesce(exponents.exponent, 2) as exponent,
    ranked.billing_interval,
    cast(coalesce(ranked.billing_interval_count, 1) as decimal(18, 6)) as billing_interval_count,
    ranked.is_gone,
    ranked.is_reconstructed,
    ranked.recorded_at,
    ranked.source_reason
from ranked
left join {{ ref('nrr_currency_exponents') }} as exponents on ranked.currency = exponents.currency
where ranked.choice = 1
