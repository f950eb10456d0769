{{ config(enabled=nrr.rebuilds_stripe(), materialized='table') }}
-- One row per item and price that it had: its newest line of a whole period, which shows what a price row does not: the
-- part of it that is tax, the currency that was billed, and all of it where there is no price row.
with lines as (
    select
        *,
        row_number() over (
            partition by subscription_item_id, price_id
            order by period_starts_at desc, amount desc
        ) as number_from_last
    from {{ ref('stg_stripe__item_lines') }}
    where line_kind = 'cycle' and amount > 0
)

select
    subscription_item_id,
    subscription_id,
    price_id,
    currency,
    amount,
    quantity,
    unit_amount_excluding_tax,
    amount_excluding_tax,
    {{ nrr.days_between('period_starts_at', 'period_ends_at') }} as period_days
from lines
where number_from_last = 1
