{{ config(enabled=nrr.has_source('recurly'), materialized='table') }}
-- One row per item of a subscription and time in which it has one price and quantity; the last has no end. The plan's
-- item is named like the subscription, and its first price holds from the subscription's beginning on.
with points as (
    select
        subscription_id,
        subscription_id as item_id,
        true as is_plan,
        starts_at,
        true as is_live,
        plan_id,
        plan_code as product_id,
        cast(null as {{ nrr.type_text() }}) as pricing_model,
        currency,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(unit_amount as decimal(18, 6)) as unit_amount,
        interval_unit,
        interval_length,
        case
            when not is_known_plan then 'unknown_plan_id'
            when interval_length is null then 'unreadable_interval_length'
            when lacks_tax_rate then 'missing_tax_rate'
        end as source_reason
    from {{ ref('stg_recurly__plan_prices') }}

    union all

    select
        subscription_id,
        item_id,
        false as is_plan,
        starts_at,
        is_live,
        cast(null as {{ nrr.type_text() }}) as plan_id,
        add_on_code as product_id,
        pricing_model,
        cast(null as {{ nrr.type_text() }}) as currency,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(unit_amount as decimal(18, 6)) as unit_amount,
        cast(null as {{ nrr.type_text() }}) as interval_unit,
        cast(null as bigint) as interval_length,
        case when is_live and lacks_tax_rate then 'missing_tax_rate' end as source_reason
    from {{ ref('stg_recurly__add_on_prices') }}
),

compared as (
    select
        points.*,
        {{ nrr.fingerprint([
            dbt.cast_bool_to_text('is_live'), 'plan_id', 'product_id', 'pricing_model', 'currency', 'quantity',
            'unit_amount', 'interval_unit', 'interval_length', 'source_reason',
        ]) }} as fingerprint_of_row,
        row_number() over (partition by item_id order by starts_at) as number_of_item
    from points
),

changed as (
    select
        compared.*,
        lag(fingerprint_of_row) over (partition by item_id order by starts_at) as previous_fingerprint
    from compared
)

select
    changed.subscription_id,
    changed.item_id,
    changed.is_plan,
    case
        when changed.is_plan and changed.number_of_item = 1 then {{ nrr.timestamp_literal('1900-01-01 00:00:00') }}
        else changed.starts_at
    end as starts_at,
    lead(changed.starts_at) over (partition by changed.item_id order by changed.starts_at) as ends_at,
    changed.is_live,
    changed.plan_id,
    changed.product_id,
    changed.pricing_model,
    changed.currency,
    changed.quantity,
    changed.unit_amount,
    changed.interval_unit,
    changed.interval_length,
    changed.source_reason
from changed
where
    (changed.number_of_item = 1 or changed.fingerprint_of_row <> changed.previous_fingerprint)
    -- what has not been there cannot end
    and (changed.number_of_item > 1 or changed.is_live)
