-- One row per account and observation at which a milestone of it is known: when it first got value, and how many
-- milestones it has reached (definitions 16.4).
select
    accounts.account_id,
    accounts.month,
    min(case when facts.label = 'activated' then facts.occurred_on end) as first_value_at,
    count(distinct facts.label) as milestones_reached
from {{ ref('int_nrr__observed_accounts') }} as accounts
inner join {{ ref('int_nrr__account_facts') }} as facts
    on
        accounts.account_id = facts.account_id
        and accounts.observed_on >= facts.occurred_on
        and accounts.observed_on >= facts.known_on
where facts.fact = 'milestone' and facts.label is not null
group by accounts.account_id, accounts.month
