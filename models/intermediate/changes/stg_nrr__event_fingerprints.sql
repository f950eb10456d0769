{%- set columns = nrr.event_columns() -%}
{%- set settings = [
    (config.get('meta') or {}).get('package_version', ''), nrr.setting('nrr_reporting_currency'),
    nrr.setting('nrr_timezone'), nrr.setting('nrr_segments'), nrr.setting('nrr_past_due_counts'),
    nrr.setting('nrr_reactivation_counts'), nrr.setting('nrr_fx'),
] | tojson -%}
-- One row per input row: a fingerprint of it and of all that decides what becomes of it (the settings, the package's
-- version, whether there are rates of its currency), and fingerprints of its account, event id and item.
with currencies as (
    select distinct currency from {{ ref('stg_nrr__exchange_rates') }}
),

events as (
    select
        {%- for column in columns %}
        input.{{ column }},
        {%- endfor %}
        currencies.currency is not null as is_convertible,
        {{ nrr.read_text('input.account_id') }} as account_key,
        {{ nrr.read_text('input.event_id') }} as event_key,
        {{ nrr.read_text('input.subscription_id') }} as subscription_key,
        coalesce(
            {{ nrr.read_text('input.subscription_item_id') }}, {{ nrr.read_text('input.subscription_id') }}
        ) as item_key
    from {{ nrr.input_rows('subscription_events', columns) }} as input
    left join currencies on {{ nrr.read_text('input.currency') }} = currencies.currency
)

select
    coalesce(account_key, '') as account_id,
    {{ nrr.fingerprint(
        columns + [dbt.cast_bool_to_text('is_convertible'), nrr.text_literal(settings)]
    ) }} as fingerprint,
    {{ nrr.fingerprint(['account_key']) }} as account_fingerprint,
    -- null where the row is rejected whatever the others are
    case
        when account_key is not null and event_key is not null then {{ nrr.fingerprint(['event_key']) }}
    end as event_fingerprint,
    case
        when account_key is not null and subscription_key is not null
            then {{ nrr.fingerprint(['subscription_key', 'item_key']) }}
    end as item_fingerprint
from events
