{{ config(enabled=nrr.has_source('contracts'), materialized='table') }}
{%- set reporting_currency = nrr.setting('nrr_reporting_currency') -%}
-- One row per amendment that can be read: the contract that it amends, or the reason for which nobody knows.
with amendments as (
    select * from {{ ref('stg_contracts__rows') }}
    where source_reason is null and contract_type = 'amendment'
),

-- what it names and runs; or what renewed that; or what it names and has yet to begin; or what runs
possible_contracts as (
    select
        amendments.account_id,
        amendments.row_of_account,
        terms.row_of_account as contract_row,
        terms.currency as contract_currency,
        terms.start_day as contract_start_day,
        terms.paid_from_day as contract_paid_from_day,
        terms.months_of_term as contract_months_of_term,
        terms.end_day as contract_end_day,
        terms.renewed_day,
        terms.churned_before_day as contract_churned_before_day,
        terms.runs_until_day,
        terms.is_renewed_in_time,
        case
            when terms.contract_id in (amendments.contract_id, amendments.renewal_of)
                then case when terms.start_day <= amendments.start_day then 0 else 2 end
            when terms.renewal_of in (amendments.contract_id, amendments.renewal_of) then 1
            else 3
        end as preference
    from amendments
    inner join {{ ref('stg_contracts__terms') }} as terms
        on
            amendments.account_id = terms.account_id
            and amendments.start_day < terms.runs_until_day
            and (
                terms.start_day <= amendments.start_day
                or terms.contract_id = amendments.contract_id
                or terms.contract_id = amendments.renewal_of
            )
),

ranked as (
    select
        possible_contracts.*,
        rank() over (partition by account_id, row_of_account order by preference) as preference_rank
    from possible_contracts
),

counted as (
    select
        ranked.*,
        count(*) over (partition by account_id, row_of_account) as number_of_contracts,
        row_number() over (partition by account_id, row_of_account order by contract_row) as contract_number
    from ranked
    where preference_rank = 1
)

select
    amendments.*,  -- noqa: AM04
    counted.contract_row,
    counted.contract_start_day,
    counted.contract_paid_from_day,
    counted.contract_months_of_term,
    counted.contract_end_day,
    counted.renewed_day,
    counted.contract_churned_before_day,
    counted.runs_until_day,
    counted.is_renewed_in_time,
    case
        when counted.contract_row is null then 'amendment_without_contract'
        when counted.number_of_contracts > 1 then 'ambiguous_amendment'
        -- without one it is in that of its contract
        when amendments.currency <> coalesce(counted.contract_currency, '{{ reporting_currency }}')
            then 'amendment_in_other_currency'
        when
            amendments.amount_is = 'total'
            and amendments.amendment_is = 'difference'
            and amendments.end_day is null
            and amendments.paid_from_day >= counted.contract_end_day
            then 'missing_ends_on'
    end as amendment_reason
from amendments
left join counted
    on
        amendments.account_id = counted.account_id
        and amendments.row_of_account = counted.row_of_account
        and counted.contract_number = 1
