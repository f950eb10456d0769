{{ config(enabled=nrr.has_source('mrr_snapshots')) }}
{%- set columns = ['account_id', 'month', 'mrr', 'currency', 'product_id', 'plan_id', 'quantity'] -%}
-- One row per row of the input mrr_snapshots: its values as their types (null where missing or unreadable), the row as
-- it was given, and the reason for which it cannot be used.
with input as (
    select
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('product_id') }} as product_id,
        {{ nrr.read_text('plan_id') }} as plan_id,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.read_text('month') }} as given_month,
        {{ nrr.month_as_day('month') }} as day_of_month,
        {{- nrr.read_values(['mrr', 'quantity'], nrr.read_decimal) }}
        {{ nrr.row_as_text(columns) }} as source_row
    from {{ nrr.input_rows('mrr_snapshots', columns) }} as input
),

instants as (
    select
        input.*,
        {{ nrr.read_instant('day_of_month') }} as instant_of_month
    from input
),

typed as (
    select
        instants.*,
        {{ nrr.truncate_to_month(nrr.day_named('instant_of_month')) }} as month
    from instants
)

select
    account_id,
    month,
    -- an empty cell is no MRR
    case when given_mrr is null then 0 else mrr end as mrr,
    given_mrr is not null as has_mrr,
    currency,
    product_id,
    plan_id,
    quantity,
    source_row,
    case
        when account_id is null then 'missing_account_id'
        when given_month is null then 'missing_month'
        {{- nrr.given_but_unread(['month', 'mrr', 'quantity']) }}
        when mrr < 0 then 'negative_mrr'
        when quantity < 0 then 'negative_quantity'
    end as source_reason
from typed
-- a month alone is no row
where coalesce(account_id, given_mrr, given_quantity, product_id, plan_id) is not null
