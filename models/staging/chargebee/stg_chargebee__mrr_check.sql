{{ config(enabled=nrr.has_source('chargebee'), materialized='table') }}
-- One row per subscription of which Chargebee tells its own MRR: that of its newest state, and ours then.
with states as (
    select * from {{ ref('stg_chargebee__states') }}
    where mrr is not null and effective_at is not null
),

in_order as (
    select
        states.*,
        row_number() over (partition by subscription_id order by state_number desc) as newest_first
    from states
),

items as (
    select
        subscription_id,
        state_number,
        starts_at,
        status,
        quantity,
        unit_amount,
        discount_percent,
        discount_amount,
        billing_interval,
        billing_interval_count
    from {{ ref('stg_chargebee__item_points') }}
    where point_reason is null
    {%- if nrr.is_given('chargebee_invoice') and nrr.setting('nrr_usage_counts') %}

    union all

    select
        subscription_id,
        state_number,
        starts_at,
        status,
        1 as quantity,
        unit_amount,
        0 as discount_percent,
        discount_amount,
        'month' as billing_interval,
        billing_interval_count
    from {{ ref('stg_chargebee__metered_points') }}
    {%- endif %}
),

compared as (
    select
        newest.subscription_id,
        coalesce(newest.account_id, newest.some_account_id) as account_id,
        newest.currency,
        newest.effective_at,
        coalesce(sum(case when {{ nrr.carries_mrr('items.status') }} then {{ nrr.state_mrr(
            'items.quantity', 'items.unit_amount', 'items.discount_percent', 'items.discount_amount',
            'items.billing_interval', 'items.billing_interval_count'
        ) }} end), 0) as mrr,
        {{ nrr.major_units(nrr.read_minor_units('newest.mrr'), nrr.chargebee_exponent()) }} as chargebee_mrr
    from in_order as newest
    left join items
        on
            newest.subscription_id = items.subscription_id
            and newest.state_number = items.state_number
            and newest.effective_at = items.starts_at
    left join {{ ref('nrr_currency_exponents') }} as exponents on newest.currency = exponents.currency
    where newest.newest_first = 1
    group by
        newest.subscription_id, newest.account_id, newest.some_account_id, newest.currency, newest.effective_at,
        newest.mrr, exponents.iso_exponent
)

select
    cast(subscription_id as {{ nrr.type_text() }}) as subscription_id,
    cast(account_id as {{ nrr.type_text() }}) as account_id,
    cast(currency as {{ nrr.type_text() }}) as currency,
    cast(effective_at as {{ nrr.type_instant() }}) as effective_at,
    cast(mrr as decimal(18, 4)) as mrr,
    cast(chargebee_mrr as decimal(18, 4)) as chargebee_mrr,
    cast(mrr - chargebee_mrr as decimal(18, 4)) as difference
from compared
