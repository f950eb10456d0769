{{ config(
    enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_invoice') and nrr.setting('nrr_usage_counts'),
) }}
{%- set months = nrr.months_between('date_from', 'date_to') -%}
-- One row per metered item and billed period: what it came to, and the time for which that is its MRR: from the end of
-- the period until the next one is over. After a period without a line it was nothing.
with lines as (
    select
        subscription_id,
        item_price_id,
        date_from,
        date_to,
        sum(amount) as amount,
        sum(discount_amount) as discount_amount
    from {{ ref('stg_chargebee__invoice_lines') }}
    where is_metered
    group by subscription_id, item_price_id, date_from, date_to
),

periods as (
    select
        lines.*,
        -- a period has whole months, or is one of those of the subscription
        case
            when {{ months }} > 1 then {{ months }}
            else 1
        end as months,
        lead(date_to) over (partition by subscription_id, item_price_id order by date_to, date_from) as next_ends_at
    from lines
),

due as (
    select
        periods.*,
        {{ nrr.usage_lapses_at(nrr.moved('date_to', 'month', 'months')) }} as next_is_due_by
    from periods
)

select
    subscription_id,
    item_price_id,
    date_to as holds_from,
    next_ends_at,
    next_is_due_by,
    months,
    amount,
    discount_amount
from due
