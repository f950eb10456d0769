{{ config(enabled=nrr.has_source('contracts'), materialized='table') }}
{%- set grace = nrr.grace_days('contracts') -%}
-- One row per contract and contract that renews it, however late.
with contracts as (
    select * from {{ ref('stg_contracts__rows') }}
    where source_reason is null and contract_type <> 'amendment'
),

renewed_by_name as (
    select distinct
        account_id,
        renewal_of
    from contracts
    where renewal_of is not null
),

-- A renewal renews the contract that it names; or else, of those that no other names, one with its own id; or else the
-- one whose end is nearest to its start.
possible_renewals as (
    select
        contracts.account_id,
        contracts.row_of_account,
        renewals.row_of_account as renewal_row,
        renewals.start_day as renewed_day,
        rank() over (
            partition by contracts.account_id, renewals.row_of_account
            order by
                case
                    when renewals.renewal_of = contracts.contract_id then 0
                    when renewals.contract_id = contracts.contract_id then 1
                    else 2
                end,
                abs({{ nrr.days_between('contracts.end_day', 'renewals.start_day') }})
        ) as nearest_first
    from contracts
    inner join contracts as renewals
        on contracts.account_id = renewals.account_id and contracts.start_day < renewals.start_day
    left join renewed_by_name
        on contracts.account_id = renewed_by_name.account_id and contracts.contract_id = renewed_by_name.renewal_of
    where
        renewals.contract_type = 'renewal'
        and (renewed_by_name.renewal_of is null or renewals.renewal_of = contracts.contract_id)
)

select
    account_id,
    row_of_account,
    renewal_row,
    renewed_day
from possible_renewals
where nearest_first = 1

union all

-- of what nobody says what it is, what begins behind another follows it
select
    contracts.account_id,
    contracts.row_of_account,
    followers.row_of_account as renewal_row,
    followers.start_day as renewed_day
from contracts
inner join contracts as followers
    on
        contracts.account_id = followers.account_id
        and contracts.start_day < followers.start_day
        and followers.contract_type = 'unnamed'
        and followers.start_day >= {{ nrr.add_days('contracts.end_day', -1) }}
        and followers.start_day <= {{ nrr.add_days('contracts.end_day', grace) }}
