{%- set attributes = nrr.setting('nrr_segments') -%}
-- One row per account and valid_from of which rows of accounts say different things, and per currency and date of which
-- exchange_rates has different rates. One of them is used, always the same.
{%- if attributes %}
with accounts as (
    select
        account_id,
        valid_from,
        count(*) as number_of_rows
    from {{ ref('stg_nrr__account_rows') }}
    where reason is null
    group by account_id, valid_from
    having
        {%- for attribute in attributes %}
        min(coalesce(attribute_{{ loop.index }}, '')) <> max(coalesce(attribute_{{ loop.index }}, ''))
        {{- ' or' if not loop.last }}
        {%- endfor %}
)

select
    cast('accounts' as {{ nrr.type_text() }}) as input,
    cast('conflicting_rows' as {{ nrr.type_text() }}) as reason,
    account_id as value,
    sum(number_of_rows) as number_of_rows,
    false as is_failure
from accounts
group by account_id

union all
{% endif %}
select
    cast('exchange_rates' as {{ nrr.type_text() }}) as input,
    cast('conflicting_rows' as {{ nrr.type_text() }}) as reason,
    {{ dbt.concat(['currency', "' '", 'substr(' ~ nrr.as_text('rate_date') ~ ', 1, 10)']) }} as value,
    count(*) as number_of_rows,
    false as is_failure
from {{ ref('stg_nrr__exchange_rate_rows') }}
where reason is null
group by currency, rate_date
having min(rate) <> max(rate)
