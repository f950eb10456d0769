{{ config(enabled=nrr.rebuilds_stripe()) }}
-- One row per item and change of anything that its MRR is made of: the union of its subscription's status, its own
-- price and quantity, and its discounts. Equal neighbours are one.
{%- set told = [
    'account_id', 'status', 'price_id', 'product_id', 'pricing_model', 'quantity', 'unit_amount', 'currency',
    'billing_interval', 'billing_interval_count', 'discount_percent', 'discount_amount', 'is_reconstructed',
    'source_reason', 'source_row',
] %}
with states as (
    select
        moments.subscription_item_id,
        moments.subscription_id,
        moments.account_id,
        moments.changes_at,
        moments.status,
        moments.price_id,
        moments.product_id,
        moments.pricing_model,
        moments.quantity,
        moments.unit_amount,
        moments.currency,
        moments.billing_interval,
        moments.billing_interval_count,
        coalesce(discounts.discount_percent, 0) as discount_percent,
        coalesce(discounts.discount_amount, 0) as discount_amount,
        moments.is_reconstructed,
        moments.recorded_at,
        case
            when moments.status = 'cancelled' then null
            when discounts.has_too_many then 'too_many_discounts'
            -- what they take off is not known, nor what is left
            else coalesce(moments.source_reason, discounts.source_reason)
        end as source_reason,
        case when moments.source_reason is null then discounts.source_row end as source_row
    from {{ ref('stg_stripe__item_moments') }} as moments
    left join {{ ref('stg_stripe__item_discounts') }} as discounts
        on
            moments.subscription_item_id = discounts.subscription_item_id
            and moments.changes_at = discounts.changes_at
    -- one that is incomplete has not begun
    where moments.status <> 'incomplete'
),

-- what ended has no price, and is the same however it ended
plain as (
    select
        subscription_item_id,
        subscription_id,
        changes_at,
        recorded_at,
        {%- for column in told %}
        {%- if column in ['account_id', 'status'] %}
        {{ column }},
        {%- elif column == 'is_reconstructed' %}
        is_reconstructed,
        {%- else %}
        case when status <> 'cancelled' then {{ column }} end as {{ column }},
        {%- endif %}
        {%- endfor %}
        row_number() over (partition by subscription_item_id order by changes_at) as nth
    from states
),

in_order as (
    select
        *,
        {%- for column in told %}
        lag({{ column }}) over (partition by subscription_item_id order by changes_at)
            as {{ column }}_before{{ ',' if not loop.last }}
        {%- endfor %}
    from plain
)

select
    subscription_item_id,
    subscription_id,
    changes_at,
    recorded_at,
    {{ told | join(',\n    ') }}
from in_order
where
    nth = 1
    {%- for column in told %}
    or {{ nrr.is_other(column, column ~ '_before') }}
    {%- endfor %}
