{{ config(enabled=nrr.has_source('contracts'), materialized='table') }}
-- One row per contract and day on which its MRR changes, or row of the input that cannot be used.
with terms as (
    select * from {{ ref('stg_contracts__terms') }}
),

parts as (
    select * from {{ ref('stg_contracts__parts') }}
    where from_day < until_day
),

-- An end that was agreed beforehand says nothing of how new the list is.
points as (
    select
        account_id,
        contract_row,
        from_day as change_day,
        from_day as recorded_day,
        mrr as mrr_change
    from parts

    union all

    select
        account_id,
        contract_row,
        until_day as change_day,
        from_day as recorded_day,
        -mrr as mrr_change
    from parts

    union all

    select
        account_id,
        row_of_account as contract_row,
        start_day as change_day,
        start_day as recorded_day,
        cast(0 as decimal(28, 9)) as mrr_change
    from terms

    union all

    select
        account_id,
        row_of_account as contract_row,
        bridged_from_day as change_day,
        start_day as recorded_day,
        cast(0 as decimal(28, 9)) as mrr_change
    from terms
    where bridged_from_day is not null

    union all

    select
        account_id,
        row_of_account as contract_row,
        churned_before_day as change_day,
        churned_before_day as recorded_day,
        cast(0 as decimal(28, 9)) as mrr_change
    from terms
    where churned_before_day > start_day
),

days as (
    select
        account_id,
        contract_row,
        change_day,
        max(recorded_day) as recorded_day,
        sum(mrr_change) as mrr_change
    from points
    group by account_id, contract_row, change_day
),

sums as (
    select
        days.*,
        round(sum(mrr_change) over (
            partition by account_id, contract_row order by change_day rows between unbounded preceding and current row
        ), 4) as mrr
    from days
),

states as (
    select
        terms.account_id,
        terms.subscription_id,
        terms.subscription_item_id,
        terms.currency,
        terms.source_row,
        sums.change_day,
        sums.mrr,
        {{ nrr.begin_of_day('sums.change_day') }} as effective_at,
        {{ nrr.begin_of_day('sums.recorded_day') }} as recorded_at,
        case when sums.mrr > 0 or sums.change_day < terms.runs_until_day then 'active' else 'cancelled' end as status,
        coalesce(sums.change_day >= terms.bridged_from_day and sums.change_day < terms.runs_until_day, false)
            as is_reconstructed
    from terms
    inner join sums on terms.account_id = sums.account_id and terms.row_of_account = sums.contract_row
)

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'subscription_id': 'subscription_id',
        'subscription_item_id': 'subscription_item_id',
        'effective_at': 'effective_at',
        'recorded_at': 'case when recorded_at <= ' ~ nrr.time_of_the_run() ~ ' then recorded_at end',
        'status': 'status',
        'unit_amount': 'case when mrr > 0 then mrr else 0 end',
        'currency': 'currency',
        'billing_interval': "'month'",
    }, 'contracts', is_reconstructed='is_reconstructed') }}
from states

union all

-- counts as 0, which may be wrong
select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'effective_at': 'effective_at',
        'currency': 'currency',
    }, 'contracts', reason="'contract_below_zero'", row=dbt.concat([
        'source_row', "': from '", nrr.as_text('change_day')
    ])) }}
from states
where mrr < 0

union all

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'effective_at': nrr.begin_of_day('start_day'),
        'currency': 'currency',
    }, 'contracts', reason='source_reason', row='source_row') }}
from {{ ref('stg_contracts__rows') }}
where source_reason is not null

union all

select
    {{- nrr.state_columns({
        'account_id': 'account_id',
        'effective_at': nrr.begin_of_day('start_day'),
        'currency': 'currency',
    }, 'contracts', reason='amendment_reason', row='source_row') }}
from {{ ref('stg_contracts__amendments') }}
where amendment_reason is not null
