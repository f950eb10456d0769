{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per metered item and finished billing period: what it came to, and the time for which that is its MRR: from
-- the end of the period until the next one is finished. After a period without a line it was nothing.
with lines as (
    select
        lines.*,
        prices.billing_interval,
        coalesce(prices.billing_interval_count, 1) as billing_interval_count,
        coalesce(item_taxes.tax_percent, subscription_taxes.tax_percent) as tax_percent
    from {{ ref('stg_stripe__item_lines') }} as lines
    inner join {{ ref('stg_stripe__prices') }} as prices on lines.price_id = prices.price_id
    left join {{ ref('stg_stripe__inclusive_taxes') }} as item_taxes
        on lines.subscription_item_id = item_taxes.subscription_item_id
    left join {{ ref('stg_stripe__inclusive_taxes') }} as subscription_taxes
        on
            lines.subscription_id = subscription_taxes.subscription_id
            and subscription_taxes.subscription_item_id is null
    where lines.is_metered and lines.line_kind = 'cycle' and lines.period_ends_at > lines.period_starts_at
),

periods as (
    select
        *,
        {{ nrr.usage_lapses_at(
            nrr.intervals_later('period_ends_at', 'billing_interval', 'billing_interval_count')
        ) }} as next_is_due_by,
        lead(period_starts_at) over (partition by subscription_item_id order by period_ends_at, period_starts_at)
            as next_starts_at,
        lead(period_ends_at) over (partition by subscription_item_id order by period_ends_at, period_starts_at)
            as next_ends_at
    from lines
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    period_ends_at as holds_from,
    case
        when next_ends_at <= next_is_due_by or next_starts_at <= period_ends_at then next_ends_at
        else next_is_due_by
    end as holds_to,
    currency,
    billing_interval,
    billing_interval_count,
    case
        when amount <= 0 then cast(0 as decimal(18, 6))
        when tax_percent > 0 then {{ nrr.amount_without_tax('amount', 'tax_percent') }}
        -- a unit without tax may be rounded: a difference that small is no tax
        when
            amount_excluding_tax > 0
            and amount_excluding_tax < cast(amount as decimal(28, 6)) * cast(0.995 as decimal(4, 3))
            then amount_excluding_tax
        else amount
    end as amount,
    recorded_at
from periods
