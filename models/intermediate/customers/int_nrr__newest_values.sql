-- One row per account, observation and signal of the rule at_most, whether it holds or not: the newest value, such as a
-- rating, that is new enough.
with values_by_age as (
    select
        facts.account_id,
        observations.month,
        signals.signal,
        facts.value,
        row_number() over (
            partition by facts.account_id, observations.month, signals.signal
            order by facts.occurred_on desc, facts.value
        ) as newest_first
    from {{ ref('int_nrr__account_facts') }} as facts
    inner join {{ ref('int_nrr__signals') }} as signals
        on facts.fact = signals.fact and (signals.label is null or facts.label = signals.label)
    inner join {{ ref('int_nrr__observation_days') }} as observations
        on
            facts.occurred_on <= observations.observed_on
            and facts.known_on <= observations.observed_on
            and {{ nrr.days_between('facts.occurred_on', 'observations.observed_on') }} < signals.days
    where signals.rule = 'at_most' and facts.value is not null
)

select
    account_id,
    month,
    signal,
    value
from values_by_age
where newest_first = 1
