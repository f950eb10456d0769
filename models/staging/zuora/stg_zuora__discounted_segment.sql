{{ config(enabled=nrr.has_source('zuora'), materialized='table') }}
-- One row per segment of a recurring charge and segment of a discount that lowers it for some time.
with segments as (
    select * from {{ ref('stg_zuora__charge_segment') }}
    where reason is null and (ends_at is null or starts_at < ends_at)
),

charges as (
    select * from segments
    where kind = 'recurring'
),

discounts as (
    select * from segments
    where kind in ('percent_off', 'amount_off') and is_off_recurring
),

pairs as (
    {%- for level, key in nrr.zuora_discount_levels() %}
    select
        charges.charge_id,
        charges.subscription_id,
        charges.item_id,
        charges.starts_at as charge_starts_at,
        charges.ends_at as charge_ends_at,
        discounts.charge_id as discount_id,
        discounts.item_id as discount_number,
        discounts.discount_level,
        {{ dbt.concat(["'" ~ level ~ ":'", 'discounts.' ~ key]) }} as discount_scope,
        discounts.is_stacked,
        discounts.discount_percent,
        discounts.discount_amount,
        discounts.discount_interval,
        discounts.discount_count,
        discounts.starts_at,
        discounts.ends_at
    from charges
    inner join discounts
        on
            charges.{{ key }} = discounts.{{ key }}
            and discounts.discount_level = '{{ level }}'
            and (discounts.ends_at is null or charges.starts_at < discounts.ends_at)
            and (charges.ends_at is null or discounts.starts_at < charges.ends_at)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    charge_id,
    subscription_id,
    item_id,
    discount_id,
    discount_number,
    discount_level,
    discount_scope,
    is_stacked,
    discount_percent,
    -- what it takes off in a month
    cast(
        discount_amount * {{ nrr.periods_per_year('discount_interval') }} / (12 * discount_count) as decimal(28, 8)
    ) as monthly_amount,
    case when starts_at > charge_starts_at then starts_at else charge_starts_at end as starts_at,
    case when ends_at < charge_ends_at or charge_ends_at is null then ends_at else charge_ends_at end as ends_at
from pairs
{%- if nrr.setting('nrr_discounts') == 'forever_only' %}
-- one that ends before its charge does has an end
where ends_at is null or ends_at >= charge_ends_at
{%- endif %}
