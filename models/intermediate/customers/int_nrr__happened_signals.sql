-- One row per account, observation and signal of the rule happened that holds: how often it did of late, or still
-- lasts.
select
    facts.account_id,
    observations.month,
    signals.signal,
    cast(count(*) as {{ nrr.type_double() }}) as figure,
    cast(null as {{ nrr.type_double() }}) as baseline,
    cast(null as date) as due_on,
    sum(facts.mrr) as mrr
from {{ ref('int_nrr__account_facts') }} as facts
inner join {{ ref('int_nrr__signals') }} as signals
    on facts.fact = signals.fact and (signals.label is null or facts.label = signals.label)
inner join {{ ref('int_nrr__observation_days') }} as observations
    on
        facts.known_on <= observations.observed_on
        and facts.occurred_on <= observations.observed_on
        and (facts.ends_on > observations.observed_on or facts.ends_on is null)
        and (
            signals.days is null
            or {{ nrr.days_between('facts.occurred_on', 'observations.observed_on') }} < signals.days
        )
where signals.rule = 'happened'
group by facts.account_id, observations.month, signals.signal
