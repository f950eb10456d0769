{#- rows that figures rest on fail the build, and what was set up on purpose -#}
{%- set failing = ['accounts', 'exchange_rates', 'signals'] -%}
{%- set rows_of = {'accounts': 'stg_nrr__account_rows', 'exchange_rates': 'stg_nrr__exchange_rate_rows'} -%}
{%- for name, model in {
    'billing_totals': 'stg_nrr__billing_total_rows',
    'product_usage': 'stg_customers__usage_rows',
    'plan_limits': 'stg_customers__limit_rows',
    'signals': 'stg_customers__signal_rows',
}.items() if nrr.is_given(name) -%}
    {%- do rows_of.update({name: model}) -%}
{%- endfor -%}
-- One row per input, reason and row of accounts, exchange_rates, billing_totals, product_usage, customer_events,
-- plan_limits and signals that cannot be used; where an event is unknown, per word.
with found as (
    {%- for name, model in rows_of.items() %}
    select
        cast('{{ name }}' as {{ nrr.type_text() }}) as input,
        reason,
        given_row as value,
        {{ 'true' if name in failing else 'false' }} as is_failure
    from {{ ref(model) }}
    where reason is not null

    union all
    {% endfor %}
    -- it converts at 1, whatever is given: perhaps all rates are into another currency
    select
        cast('exchange_rates' as {{ nrr.type_text() }}) as input,
        cast('rate_of_reporting_currency' as {{ nrr.type_text() }}) as reason,
        given_row as value,
        false as is_failure
    from {{ ref('stg_nrr__exchange_rate_rows') }}
    where reason is null and currency = '{{ nrr.setting('nrr_reporting_currency') }}' and rate <> 1
    {%- if nrr.is_given('customer_events') %}

    union all

    -- of a word that the seed lacks, the word says what to add
    select
        cast('customer_events' as {{ nrr.type_text() }}) as input,
        reason,
        case when reason = 'unknown_event' then event_word else given_row end as value,
        reason = 'unknown_event' as is_failure
    from {{ ref('stg_customers__event_rows') }}
    where reason is not null
    {%- endif %}
)

select
    input,
    reason,
    value,
    count(*) as number_of_rows,
    is_failure
from found
group by input, reason, value, is_failure
