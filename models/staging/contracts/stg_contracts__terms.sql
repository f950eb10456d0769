{{ config(enabled=nrr.has_source('contracts'), materialized='table') }}
{%- set grace = nrr.grace_days('contracts') -%}
-- One row per contract that is no amendment and can be used: from when to when it runs, once what renews it is looked
-- at.
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
),

renewals as (
    select
        account_id,
        row_of_account,
        renewed_day
    from possible_renewals
    where nearest_first = 1

    union all

    -- of what nobody says what it is, what begins behind another follows it
    select
        contracts.account_id,
        contracts.row_of_account,
        followers.start_day as renewed_day
    from contracts
    inner join contracts as followers
        on
            contracts.account_id = followers.account_id
            and contracts.start_day < followers.start_day
            and followers.contract_type = 'unnamed'
            and followers.start_day >= {{ nrr.add_days('contracts.end_day', -1) }}
            and followers.start_day <= {{ nrr.add_days('contracts.end_day', grace) }}
),

first_renewals as (
    select
        account_id,
        row_of_account,
        min(renewed_day) as renewed_day
    from renewals
    group by account_id, row_of_account
),

stopped as (
    select
        contracts.*,
        first_renewals.renewed_day,
        case
            when contracts.churned_before_day < contracts.end_day then contracts.churned_before_day
            else contracts.end_day
        end as stop_day,
        contracts.churned_before_day is null
        and first_renewals.renewed_day >= contracts.end_day
        and first_renewals.renewed_day <= {{ nrr.add_days('contracts.end_day', grace) }} as is_renewed_in_time
    from contracts
    left join first_renewals
        on
            contracts.account_id = first_renewals.account_id
            and contracts.row_of_account = first_renewals.row_of_account
)

select
    stopped.*,  -- noqa: AM04
    case
        when renewed_day < stop_day or is_renewed_in_time then renewed_day
        else stop_day
    end as runs_until_day,
    case when is_renewed_in_time and renewed_day > end_day then end_day end as bridged_from_day,
    cast(row_number() over (
        partition by coalesce(contract_id, account_id), start_day order by account_id, row_of_account
    ) as bigint) as row_of_start
from stopped
