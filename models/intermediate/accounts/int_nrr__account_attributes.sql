{%- set attributes = nrr.attribute_columns() -%}
-- One row per account and run of months with the same row of accounts in force at their ends.
with accounts as (
    select
        accounts.*,
        {{ nrr.month_of('valid_from') }} as first_month
    from {{ ref('stg_nrr__accounts') }} as accounts
    where {{ nrr.is_touched('account_id', by='stg_nrr__touched_accounts') }}
),

last_of_month as (
    select
        accounts.*,
        row_number() over (partition by account_id, first_month order by valid_from desc) as newest_first
    from accounts
)

select
    account_id,
    first_month,
    {%- for attribute in attributes %}
    {{ attribute }},
    {%- endfor %}
    lead(first_month) over (partition by account_id order by first_month) as end_month
from last_of_month
where newest_first = 1
