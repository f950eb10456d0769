{{ config(enabled=nrr.has_source('recurly')) }}
{%- set has_lines = nrr.recurly_has('lines') -%}
-- One row per subscription whose prices have tax inside: the newest rate of that tax that is known, by the subscription
-- itself or else by a line of an invoice; null where none is.
with versions as (
    select
        subscription_id,
        case
            when tax_rate is not null then tax_rate
            when tax = 0 then 0
            when tax > 0 and total > tax then {{ nrr.scaled('tax', '1', '(total - tax)') }}
        end as tax_rate,
        row_number() over (
            partition by subscription_id
            order by case when coalesce(tax_rate, tax) is null then 1 else 0 end, updated_at desc
        ) as newest_first
    from {{ ref('stg_recurly__subscription_versions') }}
    where is_tax_inclusive
)
{%- if has_lines %},

lines as (
    select
        subscription_id,
        tax_rate,
        row_number() over (partition by subscription_id order by starts_at desc, line_item_id) as newest_first
    from {{ ref('stg_recurly__line_items') }}
    where tax_rate is not null and source_reason is null
)
{%- endif %}

select
    versions.subscription_id,
    cast({{ 'coalesce(versions.tax_rate, lines.tax_rate)' if has_lines else 'versions.tax_rate' }} as decimal(18, 6))
        as tax_rate
from versions
{%- if has_lines %}
left join lines on versions.subscription_id = lines.subscription_id and lines.newest_first = 1
{%- endif %}
where versions.newest_first = 1
