-- One row per account and run of months with the same row of accounts in force at their ends: its attributes, as
-- one JSON object.
with accounts as (
    select
        account_id,
        valid_from,
        {{ nrr.month_of('valid_from') }} as first_month,
        {{ nrr.json_object(nrr.setting('nrr_segments'), nrr.attribute_columns()) }} as attributes
    from {{ ref('stg_nrr__accounts') }}
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
    lead(first_month) over (partition by account_id order by first_month) as end_month,
    attributes
from last_of_month
where newest_first = 1
