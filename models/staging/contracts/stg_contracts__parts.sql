{{ config(enabled=nrr.has_source('contracts')) }}
-- One row per contract, and per amendment of one: the MRR that it adds to the contract, and from when to when.
with amendments as (
    select * from {{ ref('stg_contracts__amendments') }}
    where amendment_reason is null
),

amended as (
    select
        amendments.*,
        case when paid_from_day < contract_start_day then contract_start_day else paid_from_day end as from_day,
        -- a new total without an end of its own is that of the whole contract
        case
            when amendment_is = 'total' and end_day is null then contract_paid_from_day
            else paid_from_day
        end as spread_from_day,
        coalesce(end_day, contract_end_day) as spread_until_day,
        case
            when amendment_is = 'total' and end_day is null then contract_months_of_term
            else months_of_term
        end as months_of_spread,
        case
            when churned_before_day < end_day or end_day is null then churned_before_day
            else end_day
        end as own_end_day
    from amendments
),

together as (
    select
        account_id,
        row_of_account as contract_row,
        row_of_account,
        'contract' as part,
        paid_from_day as from_day,
        runs_until_day as until_day,
        paid_from_day as spread_from_day,
        end_day as spread_until_day,
        months_of_term as months_of_spread,
        amount,
        amount_is
    from {{ ref('stg_contracts__terms') }}

    union all

    select
        account_id,
        contract_row,
        row_of_account,
        amendment_is as part,
        from_day,
        case
            -- what ends with its contract, or is a difference to it
            when own_end_day is null or own_end_day = contract_end_day then runs_until_day
            when own_end_day < contract_end_day
                then case when own_end_day < runs_until_day then own_end_day else runs_until_day end
            when amount < 0 or is_renewed_in_time or contract_churned_before_day is not null then runs_until_day
            -- what outlasts it holds until then, unless a renewal is the new whole
            when renewed_day < own_end_day then renewed_day
            else own_end_day
        end as until_day,
        spread_from_day,
        spread_until_day,
        months_of_spread,
        amount,
        amount_is
    from amended
),

counted as (
    select
        together.*,
        coalesce(
            months_of_spread,
            {{ nrr.whole_months('spread_from_day', 'spread_until_day') }}
        ) as number_of_months,
        {{ nrr.days_between('spread_from_day', 'spread_until_day') }} as number_of_days
    from together
),

factors as (
    select
        counted.*,
        case when amount_is = 'total' and number_of_months is null then 365 else 1 end as times,
        case
            when amount_is = 'mrr' then 1
            when amount_is = 'arr' then 12
            when number_of_months is not null then number_of_months
            else 12 * number_of_days
        end as divided_by
    from counted
),

-- a new total takes the place of all that the contract was before
totals as (
    select
        account_id,
        contract_row,
        row_of_account,
        from_day,
        lead(from_day) over (
            partition by account_id, contract_row order by from_day, row_of_account
        ) as next_from_day
    from factors
    where part = 'total'
),

next_totals as (
    select
        factors.account_id,
        factors.row_of_account,
        min(totals.from_day) as replaced_day
    from factors
    inner join totals
        on
            factors.account_id = totals.account_id
            and factors.contract_row = totals.contract_row
            and (factors.part = 'contract' or factors.from_day < totals.from_day)
    where factors.part <> 'total'
    group by factors.account_id, factors.row_of_account

    union all

    select
        account_id,
        row_of_account,
        next_from_day as replaced_day
    from totals
)

select
    factors.account_id,
    factors.contract_row,
    factors.row_of_account,
    factors.part,
    factors.from_day,
    case
        when next_totals.replaced_day < factors.until_day then next_totals.replaced_day else factors.until_day
    end as until_day,
    {{ nrr.monthly_amount('factors.amount', 'factors.times', 'factors.divided_by') }} as mrr
from factors
left join next_totals
    on factors.account_id = next_totals.account_id and factors.row_of_account = next_totals.row_of_account
