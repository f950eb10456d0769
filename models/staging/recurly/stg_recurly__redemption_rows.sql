{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{{ config(
    enabled=nrr.has_source('recurly')
    and nrr.recurly_has('redemptions')
) }}
{%- set terms = ['duration', 'temporal_amount', 'temporal_unit', 'redemption_resource'] -%}
{%- set times = ['created_at', 'updated_at', 'removed_at'] -%}
{%- set columns = ['id', 'subscription_id', 'state', 'currency'] + times
    + (['account', 'coupon'] if is_airbyte else ['account_id', 'coupon_id', '_fivetran_synced'] + terms) -%}
-- One row per redemption of a coupon: its newest version, and the one reason for which it cannot be used, if there is
-- one. inactive_at is when it was first seen to be used up or removed.
with input as (
    select * from {{ nrr.input_rows(
        nrr.recurly_input('redemptions'), columns
    ) }} as input
),

versions as (
    select
        {{ nrr.read_text('id') }} as redemption_id,
        {%- if is_airbyte %}
        {{ nrr.json_value('account', 'id') }} as account_id,
        {{ nrr.json_value('coupon', 'id') }} as coupon_id,
        {%- else %}
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('coupon_id') }} as coupon_id,
        {%- endif %}
        {{ nrr.read_text('subscription_id') }} as subscription_id,
        {{ nrr.read_word('state') }} as state,
        {%- for column in terms %}
        {%- if is_airbyte %}
        cast(null as {{ 'bigint' if column == 'temporal_amount' else nrr.type_text() }}) as {{ column }},
        {%- else %}
        {{ nrr.read_whole_number(column) if column == 'temporal_amount' else nrr.read_word(column) }} as {{ column }},
        {%- endif %}
        {%- endfor %}
        {{- nrr.read_values(times, nrr.read_timestamp) }}
        {{ nrr.row_as_text(columns) }} as source_row
    from input
),

in_order as (
    select
        versions.*,
        row_number() over (
            partition by coalesce(redemption_id, source_row) order by updated_at desc nulls last, source_row
        ) as newest_first,
        min(case when state = 'inactive' then coalesce(updated_at, created_at) end) over (
            partition by coalesce(redemption_id, source_row)
        ) as inactive_at
    from versions
)

select
    coalesce(redemption_id, source_row) as redemption_id,
    account_id,
    coupon_id,
    subscription_id,
    duration,
    temporal_amount,
    temporal_unit,
    redemption_resource,
    created_at,
    removed_at,
    case when state = 'inactive' then inactive_at end as inactive_at,
    case
        when account_id is null then 'missing_account_id'
        when coupon_id is null then 'missing_coupon_id'
        {{- nrr.given_but_unread(times) }}
        when created_at is null then 'missing_created_at'
    end as source_reason,
    source_row
from in_order
where newest_first = 1
