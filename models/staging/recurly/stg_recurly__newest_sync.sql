{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{{ config(enabled=nrr.has_source('recurly'), materialized='table') }}
{%- set tables = [
    'recurly_subscriptions', 'recurly_plans', 'recurly_line_items', 'recurly_accounts', 'recurly_coupons',
    'recurly_account_coupon_redemptions',
] if is_airbyte else [
    'recurly_subscription_history', 'recurly_plan_history', 'recurly_line_item_history', 'recurly_account_history',
    'recurly_subscription_add_on_history', 'recurly_subscription_change_history', 'recurly_coupon_redemption_history',
] -%}
{%- set columns = ['_airbyte_extracted_at', '_airbyte_emitted_at'] if is_airbyte else ['_fivetran_synced'] -%}
-- One row: when the newest row of any table was loaded, up to when the tables are complete though nothing changed.
with syncs as (
    {%- for table in nrr.given_of(tables) %}
    select max({{ 'coalesce(' ~ nrr.read_timestamp(columns[0]) ~ ', ' ~ nrr.read_timestamp(columns[1]) ~ ')'
        if is_airbyte else nrr.read_timestamp(columns[0]) }}) as synced_at
    from {{ nrr.input_rows(table, columns) }} as input
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select max(synced_at) as synced_at
from syncs
