{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{{ config(enabled=nrr.has_source('recurly')) }}
-- One row per coupon and plan that it is for, of coupons that are for some plans only.
{%- if is_airbyte %}
with input as (
    {%- if nrr.is_given('recurly_coupons') %}
    select * from {{ nrr.input_rows('recurly_coupons', ['id', 'plans']) }} as input
    {%- else %}
    select
        {{ nrr.json_value('coupon', 'id') }} as id,
        {{ nrr.json_value('coupon', 'plans') }} as plans
    from {{ nrr.input_rows('recurly_account_coupon_redemptions', ['coupon']) }} as input
    {%- endif %}
),

elements as (
    select * from {{ nrr.json_elements('input', ['id'], 'plans') }} as elements
)

select distinct
    {{ nrr.read_text('id') }} as coupon_id,
    {{ nrr.json_value('element', 'id') }} as plan_id
from elements
{%- else %}
with input as (
    select * from {{ nrr.input_rows('recurly_coupon_plan_history', ['coupon_id', 'plan_id']) }} as input
)

select distinct
    {{ nrr.read_text('coupon_id') }} as coupon_id,
    {{ nrr.read_text('plan_id') }} as plan_id
from input
where coupon_id is not null
{%- endif %}
