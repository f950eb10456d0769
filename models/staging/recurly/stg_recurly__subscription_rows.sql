{{ config(enabled=nrr.has_source('recurly')) }}
{%- set is_airbyte = nrr.recurly_loader() == 'airbyte' -%}
{%- set times = [
    'updated_at', 'created_at', 'activated_at', 'canceled_at', 'expires_at', 'trial_started_at', 'trial_ends_at',
    'current_period_started_at', 'current_period_ends_at', 'current_term_started_at', 'current_term_ends_at',
    'paused_at', 'resume_at',
] -%}
{%- set numbers = ['unit_amount', 'quantity', 'remaining_pause_cycles', 'add_ons_total', 'subtotal', 'tax', 'total'] -%}
{%- set columns = ['id', 'state', 'currency', 'tax_inclusive', 'tax_info', 'ramp_intervals'] + times + numbers
    + (['account', 'plan', 'add_ons', '_airbyte_extracted_at', '_airbyte_emitted_at'] if is_airbyte
        else ['account_id', 'plan_id', '_fivetran_synced']) -%}
-- One row per row of Recurly's subscriptions, each a version of one: its values as their types, and the one reason
-- for which it cannot be used, if there is one.
with input as (
    select * from {{ nrr.input_rows(nrr.recurly_input('subscriptions'), columns) }}
    as input
),

read as (
    select
        {{ nrr.read_text('id') }} as subscription_id,
        {%- if is_airbyte %}
        {{ nrr.json_value('account', 'id') }} as account_id,
        {{ nrr.json_value('plan', 'id') }} as plan_id,
        add_ons,
        coalesce({{ nrr.read_timestamp('_airbyte_extracted_at') }}, {{ nrr.read_timestamp('_airbyte_emitted_at') }})
            as synced_at,
        {%- else %}
        {{ nrr.read_text('account_id') }} as account_id,
        {{ nrr.read_text('plan_id') }} as plan_id,
        cast(null as {{ nrr.type_text() }}) as add_ons,
        {{ nrr.read_timestamp('_fivetran_synced') }} as synced_at,
        {%- endif %}
        replace({{ nrr.read_word('state') }}, 'cancelled', 'canceled') as state,
        upper({{ nrr.read_text('currency') }}) as currency,
        {{ nrr.read_word('tax_inclusive') }} in ('true', 't', '1', 'yes') as is_tax_inclusive,
        {{ nrr.read_decimal(nrr.json_value('tax_info', 'rate')) }} as tax_rate,
        ramp_intervals,
        {{- nrr.read_values(times, nrr.read_timestamp) }}
        {{- nrr.read_values(numbers, nrr.read_decimal) }}
        {{ nrr.row_as_text(columns) }} as source_row
    from input
)

select
    subscription_id,
    account_id,
    plan_id,
    state,
    currency,
    is_tax_inclusive,
    tax_rate,
    ramp_intervals,
    add_ons,
    synced_at,
    {%- for column in times + numbers %}
    {{ column }},
    {%- endfor %}
    case
        when subscription_id is null then 'missing_subscription_id'
        when account_id is null then 'missing_account_id'
        when plan_id is null then 'missing_plan_id'
        when state is null then 'missing_state'
        {{- nrr.given_but_unread(times + numbers) }}
        when updated_at is null then 'missing_updated_at'
        when state not in ('active', 'canceled', 'expired', 'failed', 'future', 'paused') then 'unknown_state'
    end as source_reason,
    source_row
from read
