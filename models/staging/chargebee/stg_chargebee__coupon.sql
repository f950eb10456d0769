{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_coupon')) }}
{%- set columns = [
    'id', 'discount_type', 'discount_percentage', 'discount_amount', 'discount_quantity', 'duration_type',
    'duration_month', 'period', 'period_unit', 'apply_on', 'updated_at', 'resource_version',
] -%}
{%- set lists = ['item_constraints', 'item_constraint_criteria'] -%}
-- One row per coupon: what it takes off, for how long and of what. Whether it can still be redeemed says nothing of
-- those who have it.
with input as (
    select * from {{ nrr.input_rows('chargebee_coupon', columns + lists) }} as input
),

coupons as (
    select
        {{ nrr.read_text('id') }} as coupon_id,
        {{ nrr.read_word('discount_type') }} as discount_type,
        {{ nrr.read_text('discount_percentage') }} as percentage,
        {{ nrr.read_text('discount_amount') }} as amount,
        {{ nrr.read_text('discount_quantity') }} as quantity,
        {{ nrr.read_word('duration_type') }} as duration_type,
        coalesce({{ nrr.read_text('period') }}, {{ nrr.read_text('duration_month') }}) as period,
        case
            when {{ nrr.read_text('period') }} is null and {{ nrr.read_text('duration_month') }} is not null
                then 'month'
            else {{ nrr.read_word('period_unit') }}
        end as period_unit,
        {{ nrr.read_word('apply_on') }} as apply_on,
        {{ nrr.json_text('item_constraints') }} as item_constraints,
        {{ nrr.json_text('item_constraint_criteria') }} as item_constraint_criteria,
        {{ nrr.read_epoch('updated_at') }} as updated_at,
        {{ nrr.read_whole_number('resource_version') }} as resource_version
    from input
),

in_order as (
    select
        coupons.*,
        row_number() over (
            partition by coupon_id
            order by resource_version desc nulls last, updated_at desc nulls last, percentage, amount
        ) as newest_first
    from coupons
    where coupon_id is not null
)

select
    coupon_id,
    discount_type,
    percentage,
    amount,
    quantity,
    duration_type,
    period,
    period_unit,
    apply_on,
    item_constraints,
    item_constraint_criteria
from in_order
where newest_first = 1
