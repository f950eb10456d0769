{{ config(enabled=nrr.has_source('zuora'), materialized='table') }}
{%- set levels = nrr.zuora_discount_levels() | map(attribute=0) | list -%}
{%- set left_by_percents -%}
cast(gross_of_month * cast((100 - percent_off) * cast(0.01 as decimal(3, 2)) as decimal(10, 8)) as decimal(28, 8))
{%- endset -%}
-- One row per recurring charge and time at which something about it changes: what it costs from then on, whether it has
-- ended or is suspended, and who owns it.
with points as (
    select * from {{ ref('stg_zuora__change_point') }}
),

segments as (
    select * from {{ ref('stg_zuora__charge_segment') }}
    where kind = 'recurring' and reason is null and (ends_at is null or starts_at < ends_at)
),

discounts as (
    select * from {{ ref('stg_zuora__discounted_segment') }}
),

suspensions as (
    select * from {{ ref('stg_zuora__suspension') }}
),

owners as (
    select * from {{ ref('stg_zuora__owner') }}
),

segments_then as (
    select
        points.changes_at,
        segments.*,
        coalesce(points.changes_at < segments.ends_at, true) as is_live,
        row_number() over (
            partition by points.subscription_id, points.item_id, points.changes_at
            order by segments.starts_at desc, segments.charge_id
        ) as newest_first
    from points
    inner join segments
        on
            points.subscription_id = segments.subscription_id
            and points.item_id = segments.item_id
            and segments.starts_at <= points.changes_at
),

-- the segment that began last, whether it still lasts or not
states as (
    select * from segments_then
    where newest_first = 1
),

owners_then as (
    select
        states.subscription_id,
        states.item_id,
        states.changes_at,
        owners.account_id,
        row_number() over (
            partition by states.subscription_id, states.item_id, states.changes_at order by owners.version_number desc
        ) as newest_first
    from states
    inner join owners
        on
            states.subscription_id = owners.subscription_id
            and (owners.owned_from is null or owners.owned_from <= states.changes_at)
),

-- A segment that ends when the suspension begins is suspended with it: where Zuora splits segments, it looks so.
suspended as (
    select
        states.subscription_id,
        states.item_id,
        states.changes_at,
        max(case when suspensions.is_reconstructed then 1 else 0 end) as is_reconstructed
    from states
    inner join suspensions
        on
            states.subscription_id = suspensions.subscription_id
            and suspensions.suspended_at <= states.changes_at
            and (suspensions.resumed_at is null or states.changes_at < suspensions.resumed_at)
            and (states.is_live or states.ends_at = suspensions.suspended_at)
    group by states.subscription_id, states.item_id, states.changes_at
),

discounts_then as (
    select
        states.subscription_id,
        states.item_id,
        states.changes_at,
        discounts.discount_id,
        discounts.discount_number,
        discounts.discount_level,
        discounts.is_stacked,
        discounts.discount_percent,
        discounts.monthly_amount
    from states
    inner join discounts
        on
            states.charge_id = discounts.charge_id
            and discounts.starts_at <= states.changes_at
            and (discounts.ends_at is null or states.changes_at < discounts.ends_at)
),

-- percents that are stacked are added up, the others are taken off one after the other
percents as (
    select
        subscription_id,
        item_id,
        changes_at,
        cast(sum(discount_percent) as decimal(18, 6)) as discount_percent
    from discounts_then
    where discount_percent is not null
    group by subscription_id, item_id, changes_at, case when is_stacked then '' else discount_id end
),

ranked_percents as (
    select
        percents.*,
        row_number() over (
            partition by subscription_id, item_id, changes_at order by discount_percent
        ) as discount_rank
    from percents
),

percents_then as (
    select
        subscription_id,
        item_id,
        changes_at,
        max(discount_rank) as number_of_discounts,
        {{ nrr.discounts_in_order('discount_rank', 'discount_percent', 'cast(null as decimal(18, 6))') }}
    from ranked_percents
    group by subscription_id, item_id, changes_at
),

folded_percents as (
    select
        subscription_id,
        item_id,
        changes_at,
        number_of_discounts,
        {{ nrr.folded_discounts() }}
    from percents_then
),

amounts_then as (
    select
        subscription_id,
        item_id,
        changes_at,
        {%- for level in levels %}
        coalesce(sum(case when discount_level = '{{ level }}' then monthly_amount end), 0) as {{ level }}_amount
        {{- ',' if not loop.last }}
        {%- endfor %}
    from discounts_then
    where monthly_amount is not null
    group by subscription_id, item_id, changes_at
),

-- a discount below nothing is a higher price
raised as (
    select
        states.*,
        cast(case
            when folded_percents.discount_percent < 0
                then
                    states.amount
                    * cast((100 - folded_percents.discount_percent) * cast(0.01 as decimal(3, 2)) as decimal(10, 8))
            else states.amount
        end as decimal(18, 6)) as raised_amount
    from states
    left join folded_percents
        on
            states.subscription_id = folded_percents.subscription_id
            and states.item_id = folded_percents.item_id
            and states.changes_at = folded_percents.changes_at
),

joined as (
    select
        states.*,
        owners_then.account_id,
        suspended.subscription_id is not null as is_suspended,
        coalesce(suspended.is_reconstructed, 0) = 1 as is_reconstructed,
        coalesce(folded_percents.number_of_discounts, 0) as number_of_discounts,
        case when folded_percents.discount_percent > 0 then folded_percents.discount_percent else 0 end as percent_off,
        {%- for level in levels %}
        cast(coalesce(amounts_then.{{ level }}_amount, 0) as decimal(28, 8)) as {{ level }}_amount,
        {%- endfor %}
        -- what is left of a month after percents
        cast(
            cast(states.raised_amount * {{ nrr.periods_per_year('states.billing_interval') }} as decimal(24, 6))
            / (12 * states.billing_interval_count) as decimal(28, 8)
        ) as gross_of_month
    from raised as states
    left join owners_then
        on
            states.subscription_id = owners_then.subscription_id
            and states.item_id = owners_then.item_id
            and states.changes_at = owners_then.changes_at
            and owners_then.newest_first = 1
    {%- for relation in ['suspended', 'folded_percents', 'amounts_then'] %}
    left join {{ relation }}
        on
            states.subscription_id = {{ relation }}.subscription_id
            and states.item_id = {{ relation }}.item_id
            and states.changes_at = {{ relation }}.changes_at
    {%- endfor %}
),

-- Amounts are taken off after percents, as Zuora does, and each from the charge with the lowest number first, as far as
-- it goes.
left_0 as (
    select
        joined.*,
        {{ left_by_percents }} as left_of_month
    from joined
)
{%- for level, key in nrr.zuora_discount_levels() %},

before_{{ loop.index }} as (
    select
        left_{{ loop.index0 }}.*,
        coalesce(sum(left_of_month) over (
            partition by
                {{ key }}, changes_at, is_live, is_suspended, case when {{ level }}_amount > 0 then 1 else 0 end
            order by item_id, subscription_id
            rows between unbounded preceding and 1 preceding
        ), 0) as left_of_others
    from left_{{ loop.index0 }}
),

left_{{ loop.index }} as (
    select
        {%- set kept = [
            'subscription_id', 'item_id', 'changes_at', 'charge_id', 'rate_plan_id', 'owner_id', 'account_id', 'status',
            'is_live', 'is_suspended', 'is_reconstructed', 'product_id', 'plan_id', 'charge_model', 'quantity',
            'raised_amount', 'currency', 'billing_interval', 'billing_interval_count', 'number_of_discounts', 'percent_off',
            'recorded_at', 'source_row', 'gross_of_month',
        ] -%}
        {%- for column in kept + ['rateplan_amount', 'subscription_amount', 'account_amount'] %}
        {{ column }},
        {%- endfor %}
        cast(left_of_month - case
            when {{ level }}_amount <= left_of_others then 0
            when {{ level }}_amount - left_of_others < left_of_month then {{ level }}_amount - left_of_others
            else left_of_month
        end as decimal(28, 8)) as left_of_month
    from before_{{ loop.index }}
)
{%- endfor %}

select
    {%- for column in [
        'subscription_id', 'item_id', 'changes_at', 'charge_id', 'account_id', 'status', 'is_live', 'is_suspended',
        'is_reconstructed', 'product_id', 'plan_id', 'charge_model', 'quantity', 'raised_amount as amount', 'currency',
        'billing_interval', 'billing_interval_count', 'number_of_discounts', 'percent_off', 'recorded_at', 'source_row',
    ] %}
    {{ column }},
    {%- endfor %}
    -- for a billing period, as the amount is
    case
        when rateplan_amount + subscription_amount + account_amount > 0
            then cast(
                cast(
                    {{ left_by_percents }} - left_of_month as decimal(28, 8)
                ) * (12 * billing_interval_count) / {{ nrr.periods_per_year('billing_interval') }} as decimal(18, 6)
            )
        else 0
    end as discount_amount
from left_3
