{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
{%- set has_coupons = nrr.is_given('chargebee_coupon') -%}
{%- set keys = ['subscription_id', 'state_number'] -%}
{%- set terms = [
    'duration_type', 'period', 'period_unit', 'apply_on', 'item_constraints', 'item_constraint_criteria',
] -%}
{%- set own_end = nrr.intervals_later('given_at', 'period_unit', 'period') -%}
-- One row per coupon or discount that a state of a subscription lists: what it takes off, from when and until when.
with states as (
    select
        states.*,
        case
            when coupons like '%coupon_id%' then coupons
            when coupon is not null then {{ dbt.concat(["'[{\"coupon_id\": \"'", 'coupon', "'\"}]'"]) }}
        end as all_coupons
    from {{ ref('stg_chargebee__states') }} as states
),

coupon_elements as (
    select * from {{ nrr.json_elements('states', keys, 'all_coupons') }} as elements
),

discount_elements as (
    select * from {{ nrr.json_elements('states', keys, 'discounts') }} as elements
),

manual as (
    select
        subscription_id,
        state_number,
        element_index,
        {{ nrr.json_value('element', 'id') }} as discount_id,
        {{ nrr.json_value('element', 'coupon_id') }} as coupon_id,
        {{ nrr.json_value('element', 'type') }} as discount_type,
        {{ nrr.json_value('element', 'percentage') }} as percentage,
        {{ nrr.json_value('element', 'amount') }} as amount,
        {{ nrr.json_value('element', 'quantity') }} as quantity,
        {{ nrr.json_value('element', 'duration_type') }} as duration_type,
        {{ nrr.json_value('element', 'period') }} as period,
        {{ nrr.json_value('element', 'period_unit') }} as period_unit,
        {{ nrr.json_value('element', 'apply_on') }} as apply_on,
        {{ nrr.json_value('element', 'item_price_id') }} as item_price_id,
        {{ nrr.json_value('element', 'created_at') }} as created_at,
        {{ nrr.json_value('element', 'apply_till') }} as apply_till
    from discount_elements
),

of_coupons as (
    select
        coupon_elements.subscription_id,
        coupon_elements.state_number,
        coupon_elements.element_index,
        {{ nrr.json_value('coupon_elements.element', 'coupon_id') }} as coupon_id,
        {{ nrr.json_value('coupon_elements.element', 'apply_till') }} as apply_till
    from coupon_elements
),

listed as (
    select
        of_coupons.subscription_id,
        of_coupons.state_number,
        1 as list_number,
        of_coupons.element_index,
        {{ dbt.concat(["'coupon:'", 'of_coupons.coupon_id']) }} as discount_id,
        of_coupons.coupon_id,
        {%- if has_coupons %}
        coupons.coupon_id is null as is_unknown,
        coupons.discount_type,
        coupons.percentage,
        coupons.amount,
        coupons.quantity,
        {%- for term in terms %}
        coupons.{{ term }},
        {%- endfor %}
        {%- else %}
        true as is_unknown,
        {%- for term in ['discount_type', 'percentage', 'amount', 'quantity'] + terms %}
        cast(null as {{ nrr.type_text() }}) as {{ term }},
        {%- endfor %}
        {%- endif %}
        cast(null as {{ nrr.type_text() }}) as item_price_id,
        cast(null as {{ nrr.type_text() }}) as created_at,
        of_coupons.apply_till
    from of_coupons
    -- what a coupon became in this subscription goes before what it is
    left join manual
        on
            of_coupons.subscription_id = manual.subscription_id
            and of_coupons.state_number = manual.state_number
            and of_coupons.coupon_id = manual.coupon_id
    {%- if has_coupons %}
    left join {{ ref('stg_chargebee__coupon') }} as coupons on of_coupons.coupon_id = coupons.coupon_id
    {%- endif %}
    where manual.coupon_id is null and of_coupons.coupon_id is not null

    union all

    select
        subscription_id,
        state_number,
        2 as list_number,
        element_index,
        {{ dbt.concat(["'discount:'", "coalesce(discount_id, coupon_id, '')"]) }} as discount_id,
        coupon_id,
        discount_type is null and percentage is null and amount is null as is_unknown,
        discount_type,
        percentage,
        amount,
        quantity,
        duration_type,
        period,
        period_unit,
        apply_on,
        cast(null as {{ nrr.type_text() }}) as item_constraints,
        cast(null as {{ nrr.type_text() }}) as item_constraint_criteria,
        item_price_id,
        created_at,
        apply_till
    from manual
),

typed as (
    select
        listed.subscription_id,
        listed.state_number,
        listed.list_number,
        listed.element_index,
        listed.discount_id,
        listed.coupon_id,
        listed.is_unknown,
        case
            when listed.discount_type in ('percentage', 'fixed_amount', 'offer_quantity') then listed.discount_type
            when listed.percentage is not null then 'percentage'
            else 'fixed_amount'
        end as discount_type,
        {{ nrr.read_decimal('listed.percentage') }} as percentage,
        {{ nrr.major_units(nrr.read_minor_units('listed.amount'), nrr.chargebee_exponent()) }} as amount,
        {{ nrr.read_decimal('listed.quantity') }} as quantity,
        case
            when listed.duration_type is not null then listed.duration_type
            when listed.apply_till is not null then 'limited_period'
            else 'forever'
        end as duration_type,
        {{ nrr.read_whole_number('listed.period') }} as period,
        listed.period_unit,
        coalesce(listed.apply_on, 'invoice_amount') as apply_on,
        listed.item_constraints,
        listed.item_constraint_criteria,
        listed.item_price_id,
        {{ nrr.read_epoch('listed.created_at') }} as created_at,
        {{ nrr.read_epoch('listed.apply_till') }} as apply_till,
        states.effective_at,
        states.live_from,
        states.known_status,
        states.told_by,
        states.current_term_start,
        case
            -- what a row of the table lists, it may have had from the beginning
            when states.state_number = 1 and states.told_by = 'row' then coalesce(states.live_from, states.effective_at)
            when states.live_from > states.effective_at then states.live_from
            else states.effective_at
        end as paid_from,
        -- states in a row that list it have the same of these
        listed.state_number - row_number() over (
            partition by listed.subscription_id, listed.discount_id order by listed.state_number, listed.element_index
        ) as run
    from listed
    inner join states
        on listed.subscription_id = states.subscription_id and listed.state_number = states.state_number
    left join {{ ref('nrr_currency_exponents') }} as exponents
        on coalesce(states.currency, states.some_currency) = exponents.currency
),

begun as (
    select
        typed.*,
        coalesce(
            min(case when known_status not in ('in_trial', 'future') then paid_from end) over (
                partition by subscription_id, discount_id, run
            ),
            max(paid_from) over (partition by subscription_id, discount_id, run)
        ) as given_at
    from typed
)

select
    subscription_id,
    state_number,
    cast(row_number() over (
        partition by subscription_id, state_number order by list_number, element_index, discount_id
    ) as bigint) as place_of_discount,
    list_number = 1 as is_coupon,
    discount_id,
    coupon_id,
    is_unknown,
    discount_type,
    percentage,
    amount,
    quantity,
    apply_on,
    item_price_id,
    -- periods begin at this time, and so many months or days before and after it
    case
        when known_status in ('in_trial', 'future') then coalesce(live_from, effective_at)
        else coalesce(current_term_start, live_from, effective_at)
    end as anchor_at,
    case
        when duration_type = 'forever' then null
        when duration_type = 'one_time' then {{ nrr.moved('given_at', 'second', 1) }}
        -- a coupon that is over some hours after a period has begun was not meant for that period, too
        else {{ nrr.moved('coalesce(apply_till, ' ~ own_end ~ ')', 'day', -1) }}
    end as bills_until,
    case
        when created_at is not null then created_at
        when duration_type = 'one_time' then given_at
        when duration_type = 'limited_period' and period is not null
            then {{ nrr.intervals_later('apply_till', 'period_unit', '-period') }}
    end as begins_at
from begun
