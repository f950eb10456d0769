{{ config(enabled=nrr.rebuilds_stripe() and nrr.stripe_loader() == 'fivetran', materialized='table') }}
{%- set tables = nrr.given_of(['stripe_discount', 'stripe_subscription_discount', 'stripe_customer_discount']) -%}
{%- set columns = [
    'id', 'type', 'type_id', 'coupon_id', 'customer_id', 'subscription_id', 'invoice_id', 'start', 'end',
    '_fivetran_synced', '_fivetran_deleted',
] -%}
-- One row per discount that was given, with its coupon; of discounts that only invoices still show, one per invoice.
with
{%- for table in tables %}
{{ table }} as (
    select
        {{ loop.index }} as place_of_table,
        {{ nrr.read_text('id') }} as discount_id,
        {%- if table == 'stripe_discount' %}
        upper({{ nrr.read_text(nrr.column_name('type')) }}) as discount_type,
        {{ nrr.read_text('type_id') }} as type_id,
        {%- else %}
        cast(
            '{{ 'SUBSCRIPTION' if table == 'stripe_subscription_discount' else 'CUSTOMER' }}' as {{ nrr.type_text() }}
        ) as discount_type,
        cast(null as {{ nrr.type_text() }}) as type_id,
        {%- endif %}
        {{ nrr.read_text('coupon_id') }} as coupon_id,
        {{ nrr.read_text('customer_id') }} as account_id,
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_text('invoice_id') }} as invoice_id,
        {{ nrr.read_timestamp(nrr.column_name('start')) }} as starts_at,
        case
            when {{ nrr.is_true('_fivetran_deleted') }}
                then coalesce(
                    {{ nrr.read_timestamp(nrr.column_name('end')) }}, {{ nrr.read_timestamp('_fivetran_synced') }}
                )
            else {{ nrr.read_timestamp(nrr.column_name('end')) }}
        end as ends_at,
        {{ nrr.read_timestamp('_fivetran_synced') }} as recorded_at
    from {{ nrr.input_rows(table, columns) }} as input
),
{% endfor %}
given as (
    {%- for table in tables %}
    select * from {{ table }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if not tables %}
    select
        0 as place_of_table,
        {%- for column in [
            'discount_id', 'discount_type', 'type_id', 'coupon_id', 'account_id', 'subscription_id', 'invoice_id',
        ] %}
        cast(null as {{ nrr.type_text() }}) as {{ column }},
        {%- endfor %}
        {%- for column in ['starts_at', 'ends_at', 'recorded_at'] %}
        cast(null as {{ nrr.type_instant() }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (select 1 as one) as nothing
    where 1 = 0
    {%- endif %}
),

levels as (
    select
        given.*,
        case
            when substr(coalesce(type_id, ''), 1, 3) = 'si_' or discount_type = 'SUBSCRIPTION_ITEM' then 'item'
            when
                discount_type = 'SUBSCRIPTION'
                or (discount_type is null and invoice_id is null and subscription_id is not null)
                then 'subscription'
            -- Fivetran once wrote a subscription's discounts as its customer's, too
            when discount_type = 'CUSTOMER' and subscription_id is not null then null
            when discount_type = 'CUSTOMER' or (discount_type is null and invoice_id is null) then 'customer'
            -- a discount of a subscription, as an invoice or a line of one has it
            when subscription_id is not null and invoice_id is not null then 'invoice'
        end as discount_level
    from given
),

identified as (
    select
        *,
        coalesce(discount_id, subscription_id, account_id, type_id) as own_id,
        case when discount_level = 'item' then type_id end as subscription_item_id,
        case
            when discount_level = 'customer' then null
            when discount_level = 'subscription' then coalesce(subscription_id, type_id)
            else subscription_id
        end as own_subscription_id,
        case when discount_level = 'customer' then coalesce(account_id, type_id) else account_id end as own_account_id
    from levels
    where discount_level is not null
),

-- A discount that is still there needs no invoice to be known. The invoice's copy may have an id of its own.
still_there as (
    select
        own_id,
        own_subscription_id,
        own_account_id,
        coupon_id,
        discount_level,
        coalesce(starts_at, {{ nrr.timestamp_literal('1900-01-01') }}) as starts_at
    from identified
    where discount_level <> 'invoice'
),

ids_still_there as (
    select distinct own_id from still_there
),

coupons_still_there as (
    select
        own_subscription_id,
        own_account_id,
        coupon_id,
        min(starts_at) as starts_at
    from (
        select
            case when discount_level <> 'customer' then own_subscription_id end as own_subscription_id,
            case when discount_level = 'customer' then own_account_id end as own_account_id,
            coupon_id,
            starts_at
        from still_there
    ) as whose
    group by own_subscription_id, own_account_id, coupon_id
),

on_invoices_alone as (
    select
        identified.*,
        -- the copies of one discount are one
        min(identified.own_id) over (
            partition by identified.own_subscription_id, identified.coupon_id, identified.starts_at
        ) as id_of_all
    from identified
    left join ids_still_there on identified.own_id = ids_still_there.own_id
    left join coupons_still_there as of_subscription
        on
            identified.own_subscription_id = of_subscription.own_subscription_id
            and identified.coupon_id = of_subscription.coupon_id
            and {{ nrr.moved('identified.starts_at', 'second', 60) }} >= of_subscription.starts_at
    left join coupons_still_there as of_customer
        on
            identified.own_account_id = of_customer.own_account_id
            and identified.coupon_id = of_customer.coupon_id
            and {{ nrr.moved('identified.starts_at', 'second', 60) }} >= of_customer.starts_at
    where
        identified.discount_level = 'invoice'
        and ids_still_there.own_id is null
        and of_subscription.coupon_id is null
        and of_customer.coupon_id is null
),

known as (
    select
        identified.*,
        identified.own_id as id_of_all
    from identified
    where identified.discount_level <> 'invoice'

    union all

    select * from on_invoices_alone
),

ranked as (
    select
        *,
        row_number() over (
            partition by id_of_all, case when discount_level = 'invoice' then invoice_id end
            order by place_of_table, recorded_at desc nulls last, starts_at, discount_level
        ) as delivery
    from known
),

coupons as (
    select
        {{ nrr.read_text('id') }} as coupon_id,
        {{ nrr.read_decimal('percent_off') }} as percent_off,
        {{ nrr.read_decimal('amount_off') }} as amount_off,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.read_word('duration') }} as duration,
        {{ nrr.read_whole_number('duration_in_months') }} as duration_in_months,
        row_number() over (
            partition by {{ nrr.read_text('id') }}
            order by {{ nrr.read_timestamp('_fivetran_synced') }} desc nulls last
        ) as delivery
    from {{ nrr.input_rows('stripe_coupon', [
        'id', 'percent_off', 'amount_off', 'currency', 'duration', 'duration_in_months', '_fivetran_synced',
    ]) }} as input
)

select
    ranked.id_of_all as discount_id,
    ranked.discount_level,
    ranked.subscription_item_id,
    ranked.own_subscription_id as subscription_id,
    ranked.own_account_id as account_id,
    ranked.invoice_id,
    ranked.coupon_id,
    cast(null as bigint) as place,
    ranked.starts_at,
    ranked.ends_at,
    coupons.percent_off,
    coupons.amount_off,
    coupons.currency,
    coupons.duration,
    coupons.duration_in_months,
    ranked.recorded_at
from ranked
left join coupons on ranked.coupon_id = coupons.coupon_id and coupons.delivery = 1
where ranked.delivery = 1
