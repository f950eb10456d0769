{{ config(enabled=nrr.has_zuora('rate_plan_charge_tier')) }}
-- One row per price tier of a charge's segment, with where the tier begins and ends.
with given as (
    select * from {{ nrr.zuora_rows('rate_plan_charge_tier', [
        'id', 'rate_plan_charge_id', 'tier', 'currency', 'starting_unit', 'ending_unit', 'price', 'price_format',
        'included_units', 'overage_price', 'discount_amount', 'discount_percentage',
    ]) }} as given
),

typed as (
    select
        id,
        rate_plan_charge_id as charge_id,
        coalesce({{ nrr.read_whole_number('tier') }}, 1) as tier,
        upper(currency) as currency,
        {{ nrr.read_decimal('ending_unit') }} as ending_unit,
        {{ nrr.read_decimal('price') }} as price,
        {{ nrr.plain_word('price_format') }} like 'flat%' as is_flat,
        {{ nrr.read_decimal('included_units') }} as included_units,
        {{ nrr.read_decimal('overage_price') }} as overage_price,
        {{ nrr.read_decimal('discount_amount') }} as discount_amount,
        {{ nrr.read_decimal('discount_percentage') }} as discount_percent,
        {{ nrr.read_timestamp('recorded_at') }} as recorded_at
    from given
    where not is_deleted
),

-- of rows of one tier that were loaded several times, the newest
newest as (
    select
        typed.*,
        row_number() over (
            partition by charge_id, tier, currency order by recorded_at desc nulls last, id
        ) as newest_first
    from typed
)

select
    charge_id,
    tier,
    currency,
    -- a tier begins where the one before it ends, whichever number its starting_unit counts from; the last has no end
    coalesce(lag(ending_unit) over (partition by charge_id, currency order by tier), 0) as from_quantity,
    case when lead(tier) over (partition by charge_id, currency order by tier) is not null then ending_unit end
        as up_to,
    price,
    coalesce(is_flat, false) as is_flat,
    included_units,
    overage_price,
    discount_amount,
    discount_percent,
    row_number() over (partition by charge_id, currency order by tier) = 1 as is_first
from newest
where newest_first = 1
