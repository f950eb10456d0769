{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{{ config(enabled=nrr.has_source('recurly')) }}
{%- set type = nrr.column_name('type') -%}
{%- set terms = ['duration', 'temporal_amount', 'temporal_unit', 'redemption_resource', 'applies_to_all_plans'] -%}
-- One row per coupon and currency that it takes an amount off in, or coupon that takes off a percent: what it takes off
-- and for how long, null where no table tells.
{%- if is_airbyte %}
with input as (
    {%- if nrr.is_given('recurly_coupons') %}
    select * from {{ nrr.input_rows('recurly_coupons', ['id', 'discount', 'updated_at'] + terms) }} as input
    {%- else %}
    -- a redemption has the whole coupon in it
    select
        {%- for column in ['id', 'discount', 'updated_at'] + terms %}
        {{ nrr.json_value('coupon', column) }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ nrr.input_rows('recurly_account_coupon_redemptions', ['coupon']) }} as input
    {%- endif %}
),

coupons as (
    select
        input.*,
        {{ nrr.read_text('id') }} as coupon_id,
        {{ nrr.json_value('discount', 'currencies') }} as currencies,
        row_number() over (
            partition by {{ nrr.read_text('id') }}
            order by {{ nrr.read_timestamp('updated_at') }} desc nulls last, {{ nrr.json_value('discount', 'type') }}
        ) as newest_first
    from input
),

amounts as (
    select * from {{ nrr.json_elements('coupons', ['coupon_id', 'newest_first'], 'currencies') }} as amounts
)

select
    coupons.coupon_id,
    lower({{ nrr.json_value('coupons.discount', 'type') }}) as discount_type,
    {{ nrr.read_decimal(nrr.json_value('coupons.discount', 'percent')) }} as percentage,
    {{ nrr.read_decimal(nrr.json_value('amounts.element', 'amount')) }} as amount,
    upper({{ nrr.json_value('amounts.element', 'currency') }}) as currency,
    {{ nrr.read_word('coupons.duration') }} as duration,
    {{ nrr.read_whole_number('coupons.temporal_amount') }} as temporal_amount,
    {{ nrr.read_word('coupons.temporal_unit') }} as temporal_unit,
    {{ nrr.read_word('coupons.redemption_resource') }} as redemption_resource,
    coalesce({{ nrr.read_word('coupons.applies_to_all_plans') }}, 'true') in ('true', 't', '1', 'yes')
        as applies_to_all_plans
from coupons
left join amounts on coupons.coupon_id = amounts.coupon_id and amounts.newest_first = 1
where coupons.newest_first = 1 and coupons.coupon_id is not null
{%- else %}
with discount_input as (
    select * from {{ nrr.input_rows(
        'recurly_coupon_discount',
        ['coupon_id', 'fivetran_id', 'amount', 'currency', 'percentage', 'type', '_fivetran_synced'] + terms
    ) }} as input
),

discounts as (
    select
        {{ nrr.read_text('coupon_id') }} as coupon_id,
        coalesce({{ nrr.read_word(type) }}, case
            when {{ nrr.read_decimal('percentage') }} is not null then 'percent'
            when {{ nrr.read_decimal('amount') }} is not null then 'fixed'
        end) as discount_type,
        {{ nrr.read_decimal('percentage') }} as percentage,
        {{ nrr.read_decimal('amount') }} as amount,
        upper({{ nrr.read_text('currency') }}) as currency,
        {%- for column in terms %}
        {{ nrr.read_whole_number(column) if column == 'temporal_amount' else nrr.read_word(column) }} as {{ column }},
        {%- endfor %}
        row_number() over (
            partition by
                {{ nrr.read_text('coupon_id') }},
                case when {{ nrr.read_decimal('percentage') }} is null then upper({{ nrr.read_text('currency') }}) end
            order by {{ nrr.read_timestamp('_fivetran_synced') }} desc nulls last, {{ nrr.read_text('fivetran_id') }}
        ) as newest_first
    from discount_input
),

coupon_input as (
    select * from {{ nrr.input_rows('recurly_coupon_history', ['id', 'updated_at'] + terms) }} as input
),

coupons as (
    select
        {{ nrr.read_text('id') }} as coupon_id,
        {%- for column in terms %}
        {{ nrr.read_whole_number(column) if column == 'temporal_amount' else nrr.read_word(column) }} as {{ column }},
        {%- endfor %}
        row_number() over (
            partition by {{ nrr.read_text('id') }} order by {{ nrr.read_timestamp('updated_at') }} desc nulls last
        ) as newest_first
    from coupon_input
)

select
    discounts.coupon_id,
    discounts.discount_type,
    discounts.percentage,
    discounts.amount,
    discounts.currency,
    {%- for column in terms if column != 'applies_to_all_plans' %}
    coalesce(coupons.{{ column }}, discounts.{{ column }}) as {{ column }},
    {%- endfor %}
    coalesce(coupons.applies_to_all_plans, discounts.applies_to_all_plans, 'true') in ('true', 't', '1', 'yes')
        as applies_to_all_plans
from discounts
left join coupons on discounts.coupon_id = coupons.coupon_id and coupons.newest_first = 1
where discounts.newest_first = 1 and discounts.coupon_id is not null
{%- endif %}
