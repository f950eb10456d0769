{{ config(enabled=nrr.has_source('contracts'), materialized='table') }}
{%- set grace = nrr.grace_days('contracts') -%}
{#- renewals of renewals that are followed -#}
{%- set most_renewals = 12 -%}
-- One row per term of a contract that was due and is settled, and currency: what the contract paid at its end, and what
-- its renewals pay when the grace is over.
with contracts as (
    select
        account_id as contract_account_id,
        row_of_account as contract_row,
        end_day,
        {{ nrr.id_in_source("'contracts'", 'subscription_id') }} as subscription_id,
        {{ nrr.id_in_source("'contracts'", 'subscription_item_id') }} as subscription_item_id,
        {{ nrr.begin_of_day(nrr.earlier('runs_until_day', 'end_day')) }} as stopped_at,
        {{ nrr.truncate_to_month('end_day') }} as due_month,
        {{ nrr.truncate_to_month(nrr.add_days('end_day', grace)) }} as settled_month,
        -- a shorter one is paid by the month
        end_day >= {{ nrr.add_months('start_day', 3) }} as is_term
    from {{ ref('stg_contracts__terms') }}
),

states as (
    select * from {{ ref('int_nrr__item_states') }}
    where mrr > 0
),

-- what each paid before it stopped; nothing, if it was renewed in its free months
ends as (
    select
        contracts.*,
        states.account_id,
        states.currency,
        states.mrr
    from contracts
    left join states
        on
            contracts.subscription_id = states.subscription_id
            and contracts.subscription_item_id = states.subscription_item_id
            and states.starts_at < contracts.stopped_at
            and (states.ends_at >= contracts.stopped_at or states.ends_at is null)
),

renewals as (
    select
        ends.contract_account_id,
        ends.contract_row,
        renewals.renewal_row,
        {{ nrr.truncate_to_month('renewals.renewed_day') }} as renewed_month,
        coalesce({{ nrr.convert('ends.mrr', 'rates.rate') }}, 0) as renewed_mrr
    from ends
    inner join {{ ref('stg_contracts__renewals') }} as renewals
        on ends.contract_account_id = renewals.account_id and ends.contract_row = renewals.row_of_account
    left join {{ ref('int_nrr__month_rates') }} as rates
        on ends.currency = rates.currency and {{ nrr.truncate_to_month('renewals.renewed_day') }} = rates.month
    where renewals.renewed_day <= {{ nrr.add_days('ends.end_day', grace) }}
),

-- of one that renews several contracts, each has a share, as large as its own MRR is among theirs
shares as (
    select
        renewals.*,
        coalesce(
            {{ nrr.divide(
                'renewed_mrr', 'sum(renewed_mrr) over (partition by contract_account_id, renewal_row)'
            ) }},
            1 / cast(count(*) over (partition by contract_account_id, renewal_row) as {{ nrr.type_double() }})
        ) as share
    from renewals
),

terms as (
    select ends.*
    from ends
    inner join {{ ref('int_nrr__months') }} as months on ends.settled_month = months.month
    where ends.is_term and ends.mrr > 0
),

-- who stands in for the contract by then: itself, or what renewed it, or what renewed that
step_0 as (
    select
        contract_account_id,
        contract_row,
        settled_month,
        contract_row as renewal_row,
        cast(1 as {{ nrr.type_double() }}) as share
    from terms
),
{%- for step in range(1, most_renewals + 1) %}

step_{{ step }} as (
    select
        steps.contract_account_id,
        steps.contract_row,
        steps.settled_month,
        coalesce(shares.renewal_row, steps.renewal_row) as renewal_row,
        sum(steps.share * coalesce(shares.share, 1)) as share
    from step_{{ step - 1 }} as steps
    left join shares
        on
            steps.contract_account_id = shares.contract_account_id
            and steps.renewal_row = shares.contract_row
            and steps.settled_month >= shares.renewed_month
    group by
        steps.contract_account_id, steps.contract_row, steps.settled_month,
        coalesce(shares.renewal_row, steps.renewal_row)
),
{%- endfor %}

amounts as (
    select
        contract_account_id,
        contract_row,
        currency,
        mrr as target_mrr,
        cast(0 as decimal(18, 4)) as final_mrr
    from terms

    union all

    select
        steps.contract_account_id,
        steps.contract_row,
        states.currency,
        cast(0 as decimal(18, 4)) as target_mrr,
        cast({{ nrr.as_ratio(
            'steps.share * cast(states.mrr as ' ~ nrr.type_double() ~ ')'
        ) }} as decimal(18, 4)) as final_mrr
    from step_{{ most_renewals }} as steps
    inner join contracts
        on steps.contract_account_id = contracts.contract_account_id and steps.renewal_row = contracts.contract_row
    inner join states
        on
            contracts.subscription_id = states.subscription_id
            and contracts.subscription_item_id = states.subscription_item_id
            and steps.settled_month >= {{ nrr.month_of('states.starts_at') }}
            and (steps.settled_month < {{ nrr.month_of('states.ends_at') }} or states.ends_at is null)
)

select
    terms.contract_account_id,
    terms.contract_row,
    terms.account_id,
    terms.due_month,
    terms.settled_month,
    amounts.currency,
    cast(sum(amounts.target_mrr) as decimal(18, 4)) as target_mrr,
    cast(sum(amounts.final_mrr) as decimal(18, 4)) as final_mrr
from terms
inner join amounts
    on terms.contract_account_id = amounts.contract_account_id and terms.contract_row = amounts.contract_row
group by
    terms.contract_account_id, terms.contract_row, terms.account_id, terms.due_month, terms.settled_month,
    amounts.currency
