-- One row per input, reason and row of accounts, exchange_rates and billing_totals that cannot be used.
with found as (
    select
        cast('accounts' as {{ nrr.type_text() }}) as input,
        reason,
        given_row as value,
        true as is_failure
    from {{ ref('stg_nrr__account_rows') }}
    where reason is not null

    union all

    select
        cast('exchange_rates' as {{ nrr.type_text() }}) as input,
        reason,
        given_row as value,
        true as is_failure
    from {{ ref('stg_nrr__exchange_rate_rows') }}
    where reason is not null

    union all

    -- it converts at 1, whatever is given: perhaps all rates are into another currency
    select
        cast('exchange_rates' as {{ nrr.type_text() }}) as input,
        cast('rate_of_reporting_currency' as {{ nrr.type_text() }}) as reason,
        given_row as value,
        false as is_failure
    from {{ ref('stg_nrr__exchange_rate_rows') }}
    where reason is null and currency = '{{ nrr.setting('nrr_reporting_currency') }}' and rate <> 1
    {%- if nrr.is_given('billing_totals') %}

    union all

    -- no figure rests on it
    select
        cast('billing_totals' as {{ nrr.type_text() }}) as input,
        reason,
        given_row as value,
        false as is_failure
    from {{ ref('stg_nrr__billing_total_rows') }}
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
