-- One row per account, observation and signal of the rule silence, whether it holds or not: days since a fact happened
-- last, or since the account began to pay.
with signals as (
    select * from {{ ref('int_nrr__signals') }}
    where rule = 'silence'
),

bounds as (
    select
        min(month) as first_month,
        max(observed_on) as last_day
    from {{ ref('int_nrr__observation_days') }}
),

known_facts as (
    select
        measured.account_id,
        signals.signal,
        measured.occurred_on,
        {{ nrr.later('measured.occurred_on', 'measured.known_on') }} as known_on
    from {{ ref('int_nrr__measured_days') }} as measured
    inner join signals on measured.fact = signals.fact and (signals.label is null or measured.label = signals.label)
),

-- by the observation that is the first to know of them
dated_facts as (
    select
        known_facts.account_id,
        known_facts.signal,
        known_facts.occurred_on,
        {{ nrr.later(nrr.truncate_to_month('known_facts.known_on'), 'bounds.first_month') }} as month
    from known_facts
    inner join bounds on known_facts.known_on <= bounds.last_day
),

facts as (
    select
        account_id,
        signal,
        month,
        max(occurred_on) as occurred_on
    from dated_facts
    group by account_id, signal, month
),

-- what nobody does, its absence says nothing of
begun as (
    select
        signal,
        min(month) as first_month
    from facts
    group by signal
),

timeline as (
    select
        account_id,
        signal,
        month,
        occurred_on,
        cast(null as date) as observed_on,
        cast(null as date) as first_paid_on
    from facts

    union all

    select
        observed.account_id,
        begun.signal,
        observed.month,
        cast(null as date) as occurred_on,
        observed.observed_on,
        observed.first_paid_on
    from {{ ref('int_nrr__observed_accounts') }} as observed
    inner join begun on observed.month >= begun.first_month
),

last_facts as (
    select
        account_id,
        signal,
        month,
        observed_on,
        first_paid_on,
        -- of the months up to this one, itself included
        max(occurred_on) over (partition by account_id, signal order by month) as occurred_on
    from timeline
)

select
    account_id,
    month,
    signal,
    occurred_on is not null as has_happened,
    {{ nrr.days_between(
        nrr.later('coalesce(occurred_on, first_paid_on)', 'first_paid_on'), 'observed_on'
    ) }} as silent_days
from last_facts
where observed_on is not null
