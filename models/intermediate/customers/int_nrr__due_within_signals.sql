-- One row per account, observation and signal of the rule due_within that holds: what is known to come next, and when.
with due as (
    select
        facts.account_id,
        observations.month,
        observations.observed_on,
        signals.signal,
        facts.occurred_on as due_on,
        sum(facts.mrr) as mrr,
        row_number() over (
            partition by facts.account_id, observations.month, signals.signal order by facts.occurred_on
        ) as earliest_first
    from {{ ref('int_nrr__account_facts') }} as facts
    inner join {{ ref('int_nrr__signals') }} as signals
        on facts.fact = signals.fact and (signals.label is null or facts.label = signals.label)
    inner join {{ ref('int_nrr__observation_days') }} as observations
        on
            facts.known_on <= observations.observed_on
            and facts.occurred_on > observations.observed_on
            and {{ nrr.days_between('observations.observed_on', 'facts.occurred_on') }} <= signals.days
            and {{ nrr.days_between('observations.observed_on', 'facts.occurred_on') }} > coalesce(signals.from_days, 0)
    where signals.rule = 'due_within'
    group by facts.account_id, observations.month, observations.observed_on, signals.signal, facts.occurred_on
)

select
    account_id,
    month,
    signal,
    cast({{ nrr.days_between('observed_on', 'due_on') }} as {{ nrr.type_double() }}) as figure,
    cast(null as {{ nrr.type_double() }}) as baseline,
    due_on,
    mrr
from due
where earliest_first = 1
