{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per item, price, instant and kind of invoice line: what a subscription's lines say of the item that they are
-- for. A tiered price has a line for each tier. One-off lines are of no item.
with lines as (
    select
        lines.*,
        coalesce(prices.is_metered, false) as is_metered,
        coalesce(prices.is_tiered, false) as is_tiered
    from {{ ref('stg_stripe__invoice_lines') }} as lines
    left join {{ ref('stg_stripe__prices') }} as prices on lines.price_id = prices.price_id
    where lines.subscription_id is not null and (lines.is_cycle or lines.is_proration)
),

-- a line that names no item is its subscription's only one's
items as (
    select
        subscription_id,
        subscription_item_id
    from {{ ref('stg_stripe__items') }}
    where source_reason is null

    union distinct

    select
        subscription_id,
        subscription_item_id
    from lines
    where subscription_item_id is not null
),

only_items as (
    select
        subscription_id,
        max(subscription_item_id) as subscription_item_id,
        count(*) as number_of_items
    from items
    group by subscription_id
),

of_items as (
    select
        lines.*,
        case
            when lines.subscription_item_id is not null then lines.subscription_item_id
            when only_items.number_of_items = 1 then only_items.subscription_item_id
            when only_items.number_of_items is null then {{ dbt.concat([
                'lines.subscription_id', "':'", "coalesce(lines.price_id, '')",
            ]) }}
        end as item_id
    from lines
    left join only_items
        on lines.subscription_id = only_items.subscription_id and lines.subscription_item_id is null
)

select
    item_id as subscription_item_id,
    subscription_id,
    price_id,
    period_starts_at,
    max(period_ends_at) as period_ends_at,
    case when is_credit then 'credit' when is_proration then 'debit' else 'cycle' end as line_kind,
    is_metered,
    max(currency) as currency,
    cast(sum(amount) as decimal(18, 6)) as amount,
    cast(
        case when is_tiered then sum(case when is_flat_fee then 0 else quantity end) else max(quantity) end
        as decimal(18, 6)
    ) as quantity,
    -- of one line alone: the lines of tiers have different ones
    case when count(*) = 1 then max(unit_amount_excluding_tax) end as unit_amount_excluding_tax,
    cast(sum({{ nrr.times('unit_amount_excluding_tax', 'coalesce(quantity, 1)') }}) as decimal(18, 6)) as amount_excluding_tax,
    max(recorded_at) as recorded_at
from of_items
where item_id is not null
group by
    item_id,
    subscription_id,
    price_id,
    period_starts_at,
    case when is_credit then 'credit' when is_proration then 'debit' else 'cycle' end,
    is_metered,
    is_tiered
