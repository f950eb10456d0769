{{ config(enabled=nrr.has_source('chargebee') and nrr.is_given('chargebee_invoice')) }}
-- One row per subscription and item whose newest bill has tax in its price: the tax's rate.
with lines as (
    select
        subscription_id,
        item_price_id,
        inclusive_tax_rate,
        row_number() over (
            partition by subscription_id, item_price_id order by date_from desc, invoice_id desc, element_index desc
        ) as newest_first
    from {{ ref('stg_chargebee__invoice_lines') }}
)

select
    subscription_id,
    item_price_id,
    inclusive_tax_rate
from lines
where newest_first = 1 and inclusive_tax_rate > 0
