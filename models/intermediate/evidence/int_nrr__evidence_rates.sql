-- One row per subject, outcome and group of accounts: how many of it came to the outcome, with Wilson's interval, and
-- its NRR over the horizon, with the standard error.
with counted as (
    select
        subjects.subject_kind,
        subjects.subject,
        subjects.outcome,
        subjects.is_more_expected,
        accounts.is_exposed,
        accounts.landmarks,
        -- who leaves cannot contract, and has not failed to
        accounts.starting_accounts
        - case subjects.outcome when 'contracted' then accounts.churned_accounts else 0 end as cases,
        case subjects.outcome
            when 'churned' then accounts.churned_accounts
            when 'contracted' then accounts.contracted_accounts
            else accounts.expanded_accounts
        end as events,
        {{ nrr.divide('accounts.ending_mrr', 'accounts.starting_mrr') }} as nrr,
        {{ nrr.ratio_error(
            'accounts.change_mrr', 'accounts.change_mrr_squared', 'accounts.change_by_starting_mrr'
        ) }} as nrr_error
    from {{ ref('int_nrr__evidence_groups') }} as accounts
    inner join {{ ref('int_nrr__evidence_subjects') }} as subjects
        on accounts.subject_kind = subjects.subject_kind and accounts.subject = subjects.subject
),

rates as (
    select
        counted.*,
        {{ nrr.divide('events', 'cases') }} as rate
    from counted
)

select
    rates.*,
    {{ nrr.wilson_low('rate', 'cases') }} as rate_low,
    {{ nrr.wilson_high('rate', 'cases') }} as rate_high
from rates
