{%- set columns = ['starting_accounts', 'retained_accounts', 'starting_mrr', 'ending_mrr', 'retained_mrr'] -%}
-- The package is wrong: twelve months after their start, the accounts of a cohort pay something else than as accounts
-- of the base of nrr__retention. Report it.
with acquisitions as (
    select
        account_id,
        min(month) as acquisition_month
    from {{ ref('nrr__account_months') }}
    group by account_id
),

accounts as (
    select
        acquisitions.acquisition_month,
        count(*) as starting_accounts,
        sum(case when accounts.ending_mrr > 0 then 1 else 0 end) as retained_accounts,
        sum(accounts.starting_mrr) as starting_mrr,
        sum(accounts.ending_mrr) as ending_mrr,
        sum(accounts.retained_mrr) as retained_mrr
    from {{ ref('nrr__retention_accounts') }} as accounts
    inner join acquisitions
        on
            accounts.account_id = acquisitions.account_id
            and {{ nrr.add_months('acquisitions.acquisition_month', 12) }} = accounts.month
    group by acquisitions.acquisition_month
),

cohorts as (
    select
        cohort as acquisition_month,
        segment_dimension,
        sum(old_enough_accounts) as starting_accounts,
        sum(retained_accounts) as retained_accounts,
        sum(starting_mrr) as starting_mrr,
        sum(current_mrr) as ending_mrr,
        sum(retained_mrr) as retained_mrr
    from {{ ref('nrr__retention_cohorts') }}
    where cohort_grain = 'month' and months_since_start = 12
    group by cohort, segment_dimension
)

select
    cohorts.acquisition_month,
    cohorts.segment_dimension
from cohorts
left join accounts on cohorts.acquisition_month = accounts.acquisition_month
where
    accounts.acquisition_month is null
    {%- for column in columns %}
    or cohorts.{{ column }} <> accounts.{{ column }}
    {%- endfor %}

union all

select
    accounts.acquisition_month,
    'accounts' as segment_dimension
from accounts
left join cohorts on accounts.acquisition_month = cohorts.acquisition_month and cohorts.segment_dimension = 'all'
where cohorts.acquisition_month is null
