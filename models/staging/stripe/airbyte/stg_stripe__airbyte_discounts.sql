{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set told = {
    'starts_at': 'min', 'ends_at': 'min', 'coupon_id': 'max', 'percent_off': 'max', 'amount_off': 'max', 'currency': 'max',
    'duration': 'max', 'duration_in_months': 'max', 'recorded_at': 'max', 'list_place': 'max', 'account_id': 'max',
} -%}
-- One row per discount that was given, with its coupon; of discounts that only invoices show, one per invoice.
with sightings as (
    select * from {{ ref('stg_stripe__airbyte_discount_sightings') }}
),

-- what all places together say of it
known as (
    select
        discount_id,
        {%- for column, aggregate in told.items() %}
        {{ aggregate }}({{ column }}) as {{ column }},
        {%- endfor %}
        min(version_at) as first_seen_at,
        min(
            case target_level when 'item' then 1 when 'subscription' then 2 when 'customer' then 3 else 4 end
        ) as level_rank
    from sightings
    group by discount_id
),

-- whose it is: seen on invoices alone, the subscription's of each
targets as (
    select
        sightings.discount_id,
        sightings.target_level,
        case when sightings.target_level <> 'customer' then sightings.subscription_id end as subscription_id,
        sightings.subscription_item_id,
        case when sightings.target_level = 'invoice' then sightings.invoice_id end as invoice_id,
        max(sightings.version_at) as last_seen_at
    from sightings
    inner join known on sightings.discount_id = known.discount_id
    where
        known.level_rank
        = case sightings.target_level when 'item' then 1 when 'subscription' then 2 when 'customer' then 3 else 4 end
    group by
        sightings.discount_id,
        sightings.target_level,
        case when sightings.target_level <> 'customer' then sightings.subscription_id end,
        sightings.subscription_item_id,
        case when sightings.target_level = 'invoice' then sightings.invoice_id end
),

-- A version that does not show it shows that it was taken away, unless it shows the first one only.
versions as (
    select
        subscription_id,
        version_at,
        discounts is not null as shows_lists
    from {{ ref('stg_stripe__airbyte_versions') }}
    where source_reason is null and (discount is null or discounts is not null)
),

taken_away as (
    select
        targets.discount_id,
        targets.subscription_id,
        min(versions.version_at) as taken_away_at
    from targets
    inner join versions
        on targets.subscription_id = versions.subscription_id and versions.version_at > targets.last_seen_at
    where targets.target_level = 'subscription' or (targets.target_level = 'item' and versions.shows_lists)
    group by targets.discount_id, targets.subscription_id
),

coupons as (
    select
        {{ nrr.read_text('id') }} as coupon_id,
        max({{ nrr.read_decimal('percent_off') }}) as percent_off,
        max({{ nrr.read_decimal('amount_off') }}) as amount_off,
        max(upper({{ nrr.read_text('currency') }})) as currency,
        max({{ nrr.read_word('duration') }}) as duration,
        max({{ nrr.read_whole_number('duration_in_months') }}) as duration_in_months
    from {{ nrr.input_rows('stripe_coupons', [
        'id', 'percent_off', 'amount_off', 'currency', 'duration', 'duration_in_months',
    ]) }} as input
    group by {{ nrr.read_text('id') }}
)

select
    targets.discount_id,
    targets.target_level as discount_level,
    targets.subscription_item_id,
    targets.subscription_id,
    known.account_id,
    targets.invoice_id,
    known.coupon_id,
    cast(known.list_place as bigint) as place,
    coalesce(known.starts_at, known.first_seen_at) as starts_at,
    case
        when taken_away.taken_away_at < known.ends_at or known.ends_at is null then taken_away.taken_away_at
        else known.ends_at
    end as ends_at,
    coalesce(known.percent_off, coupons.percent_off) as percent_off,
    coalesce(known.amount_off, coupons.amount_off) as amount_off,
    coalesce(known.currency, coupons.currency) as currency,
    coalesce(known.duration, coupons.duration) as duration,
    coalesce(known.duration_in_months, coupons.duration_in_months) as duration_in_months,
    known.recorded_at
from targets
inner join known on targets.discount_id = known.discount_id
left join taken_away
    on targets.discount_id = taken_away.discount_id and targets.subscription_id = taken_away.subscription_id
left join coupons on known.coupon_id = coupons.coupon_id
