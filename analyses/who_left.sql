-- One row per account of the newest month's base that left or pays less, the largest loss first.
-- Compile it with `dbt compile --select who_left`, or look at it with `dbt show --select who_left`.
with newest as (
    select max(month) as month from {{ ref('nrr__retention') }}
)

select
    accounts.account_id,
    accounts.size,
    accounts.plan,
    accounts.starting_mrr,
    accounts.ending_mrr,
    accounts.retained_mrr - accounts.starting_mrr as loss_mrr
from {{ ref('nrr__retention_accounts') }} as accounts
inner join newest on accounts.month = newest.month
where accounts.retained_mrr < accounts.starting_mrr
order by loss_mrr
