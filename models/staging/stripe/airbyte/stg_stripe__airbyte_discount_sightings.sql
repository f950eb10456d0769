{{ config(enabled=nrr.reads_airbyte_stripe(), materialized='table') }}
{%- set kept = [
    'place', 'target_level', 'subscription_id', 'subscription_item_id', 'account_id', 'invoice_id', 'version_at', 'recorded_at',
] -%}
{%- set text = nrr.type_text() -%}
{%- set none_of_text = 'cast(null as ' ~ text ~ ')' -%}
-- One row per discount and place where it was seen: at a version of a subscription, at an item of one, at a customer,
-- on an invoice. Some places show only its id.
with versions as (
    select * from {{ ref('stg_stripe__airbyte_versions') }}
    where source_reason is null
),

lists as (
    -- older API versions show the first one only
    select
        0 as place,
        'subscription' as target_level,
        subscription_id,
        {{ none_of_text }} as subscription_item_id,
        account_id,
        {{ none_of_text }} as invoice_id,
        version_at,
        recorded_at,
        {{ dbt.concat(["'['", 'discount', "']'"]) }} as list_json
    from versions
    where substr(discount, 1, 1) = '{'

    union all

    select
        1 as place,
        'subscription' as target_level,
        subscription_id,
        {{ none_of_text }} as subscription_item_id,
        account_id,
        {{ none_of_text }} as invoice_id,
        version_at,
        recorded_at,
        discounts as list_json
    from versions
    where discounts is not null

    union all

    select
        1 as place,
        'item' as target_level,
        subscription_id,
        subscription_item_id,
        account_id,
        {{ none_of_text }} as invoice_id,
        version_at,
        recorded_at,
        {{ nrr.json_value('item_json', 'discounts') }} as list_json
    from {{ ref('stg_stripe__airbyte_version_items') }}

    union all

    select
        1 as place,
        'item' as target_level,
        subscription_id,
        subscription_item_id,
        {{ none_of_text }} as account_id,
        {{ none_of_text }} as invoice_id,
        recorded_at as version_at,
        recorded_at,
        discounts as list_json
    from {{ ref('stg_stripe__airbyte_item_rows') }}
    where source_reason is null and discounts is not null
    {%- if nrr.is_given('stripe_customers') %}

    union all

    select
        0 as place,
        'customer' as target_level,
        {{ none_of_text }} as subscription_id,
        {{ none_of_text }} as subscription_item_id,
        {{ nrr.read_text('id') }} as account_id,
        {{ none_of_text }} as invoice_id,
        {{ nrr.airbyte_synced_at() }} as version_at,
        {{ nrr.airbyte_synced_at() }} as recorded_at,
        {{ dbt.concat(["'['", nrr.json_text('discount'), "']'"]) }} as list_json
    from {{ nrr.input_rows('stripe_customers', ['id', 'discount'] + nrr.airbyte_columns()) }} as input
    where substr({{ nrr.json_text('discount') }}, 1, 1) = '{'
    {%- endif %}
    {%- if nrr.is_given('stripe_invoices') %}
    {%- for column in ['discount', 'discounts'] %}

    union all

    select
        {{ loop.index0 }} as place,
        'invoice' as target_level,
        coalesce(
            {{ nrr.json_id('subscription') }}, {{ nrr.json_id('parent', 'subscription_details.subscription') }}
        ) as subscription_id,
        {{ none_of_text }} as subscription_item_id,
        {{ nrr.json_id('customer') }} as account_id,
        {{ nrr.read_text('id') }} as invoice_id,
        cast(null as {{ nrr.type_instant() }}) as version_at,
        {{ nrr.airbyte_synced_at() }} as recorded_at,
        {% if column == 'discount' -%}
        {{ dbt.concat(["'['", nrr.json_text('discount'), "']'"]) }}
        {%- else -%}
        {{ nrr.json_text('discounts') }}
        {%- endif %} as list_json
    from {{ nrr.input_rows('stripe_invoices', [
        'id', 'subscription', 'parent', 'customer', 'status', 'discount', 'discounts',
    ] + nrr.airbyte_columns()) }} as input
    where
        coalesce({{ nrr.read_word('status') }}, '') not in ('draft', 'void', 'deleted')
        and substr({{ nrr.json_text(column) }}, 1, 1) = '{{ '{' if column == 'discount' else '[' }}'
    {%- endfor %}
    {%- endif %}
),

seen as (
    select * from {{ nrr.json_elements('lists', kept, 'list_json') }} as elements
),

-- the coupon, where newer API versions have it, too
with_coupons as (
    select
        seen.*,
        case when substr(element, 1, 1) = '{' then coalesce(
            {{ nrr.json_value('element', 'coupon') }}, {{ nrr.json_value('element', 'source.coupon') }}
        ) end as coupon,
        case when substr(element, 1, 1) = '{' then {{ nrr.json_value('element', 'id') }} else element end as own_id
    from seen
    where element is not null
),

texts as (
    select
        with_coupons.*,
        {{ nrr.json_id('coupon') }} as coupon_id,
        {{ nrr.json_id('element', 'subscription_item') }} as own_item_id,
        {{ nrr.json_value('element', 'start') }} as start_text,
        {{ nrr.json_value('element', 'end') }} as end_text,
        {{ nrr.json_value('coupon', 'percent_off') }} as percent_off_text,
        {{ nrr.json_value('coupon', 'amount_off') }} as amount_off_text,
        {{ nrr.json_value('coupon', 'currency') }} as currency_text,
        {{ nrr.json_value('coupon', 'duration') }} as duration_text,
        {{ nrr.json_value('coupon', 'duration_in_months') }} as duration_in_months_text,
        {{ nrr.json_value('coupon', 'applies_to.products') }} as products_json
    from with_coupons
)

select
    -- older objects have no id
    coalesce(own_id, {{ dbt.concat([
        "coalesce(subscription_item_id, subscription_id, account_id, '')", "':'", "coalesce(coupon_id, '')", "':'",
        "coalesce(start_text, '')",
    ]) }}) as discount_id,
    case
        when own_item_id is not null and target_level = 'subscription' then 'item'
        else target_level
    end as target_level,
    subscription_id,
    coalesce(subscription_item_id, own_item_id) as subscription_item_id,
    account_id,
    invoice_id,
    version_at,
    case when place = 1 then element_index end as list_place,
    coupon_id,
    {{ nrr.read_epoch('start_text') }} as starts_at,
    {{ nrr.read_epoch('end_text') }} as ends_at,
    {{ nrr.read_decimal('percent_off_text') }} as percent_off,
    {{ nrr.read_decimal('amount_off_text') }} as amount_off,
    upper(currency_text) as currency,
    {{ nrr.read_word('duration_text') }} as duration,
    {{ nrr.read_whole_number('duration_in_months_text') }} as duration_in_months,
    products_json,
    recorded_at
from texts
