-- One row per account, observation and signal of the rule missed that holds: days since what was planned, and did not
-- happen, should have.
with signals as (
    select * from {{ ref('int_nrr__signals') }}
    where rule = 'missed'
),

planned as (
    select
        facts.account_id,
        facts.subject_id,
        facts.occurred_on,
        observations.month,
        observations.observed_on,
        signals.signal,
        signals.other_fact
    from {{ ref('int_nrr__account_facts') }} as facts
    inner join signals on facts.fact = signals.fact and (signals.label is null or facts.label = signals.label)
    inner join {{ ref('int_nrr__observation_days') }} as observations
        on
            facts.known_on <= observations.observed_on
            and facts.occurred_on < observations.observed_on
            and {{ nrr.days_between('facts.occurred_on', 'observations.observed_on') }} >= signals.days
            and {{ nrr.days_between('facts.occurred_on', 'observations.observed_on') }} < signals.from_days
    where facts.subject_id is not null
),

happened as (
    select
        account_id,
        fact,
        subject_id,
        min({{ nrr.later('occurred_on', 'known_on') }}) as known_on
    from {{ ref('int_nrr__account_facts') }}
    where subject_id is not null
    group by account_id, fact, subject_id
),

missed as (
    select
        planned.account_id,
        planned.month,
        planned.signal,
        planned.observed_on,
        min(planned.occurred_on) as planned_on
    from planned
    left join happened
        on
            planned.account_id = happened.account_id
            and planned.subject_id = happened.subject_id
            and planned.other_fact = happened.fact
            and planned.observed_on >= happened.known_on
    where happened.account_id is null
    group by planned.account_id, planned.month, planned.signal, planned.observed_on
)

select
    account_id,
    month,
    signal,
    cast({{ nrr.days_between('planned_on', 'observed_on') }} as {{ nrr.type_double() }}) as figure,
    cast(null as {{ nrr.type_double() }}) as baseline,
    cast(null as date) as due_on,
    cast(null as decimal(18, 4)) as mrr
from missed
