{{ config(enabled=nrr.has_source('contracts'), materialized='table') }}
{%- set grace = nrr.grace_days('contracts') -%}
-- One row per contract that is no amendment and can be used: from when to when it runs, once what renews it is looked
-- at.
with contracts as (
    select * from {{ ref('stg_contracts__rows') }}
    where source_reason is null and contract_type <> 'amendment'
),

first_renewals as (
    select
        account_id,
        row_of_account,
        min(renewed_day) as renewed_day
    from {{ ref('stg_contracts__renewals') }}
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
),

numbered as (
    select
        stopped.*,
        row_number() over (
            partition by coalesce(contract_id, account_id), start_day order by account_id, row_of_account
        ) as row_of_start
    from stopped
)

select
    account_id,
    contract_id,
    start_day,
    paid_from_day,
    end_day,
    churned_before_day,
    months_of_term,
    amount,
    amount_is,
    contract_type,
    amendment_is,
    renewal_of,
    currency,
    source_row,
    row_of_account,
    source_reason,
    renewed_day,
    stop_day,
    is_renewed_in_time,
    case
        when renewed_day < stop_day or is_renewed_in_time then renewed_day
        else stop_day
    end as runs_until_day,
    case when is_renewed_in_time and renewed_day > end_day then end_day end as bridged_from_day,
    coalesce(contract_id, account_id) as subscription_id,
    {{ nrr.json_object(['starts_on', 'row'], [nrr.as_text('start_day'), nrr.as_text('row_of_start')]) }}
        as subscription_item_id
from numbered
