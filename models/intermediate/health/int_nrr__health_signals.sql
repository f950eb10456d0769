-- One row per signal that health looks at: of which component it is, and since when it tells one account from another.
with ruled as (
    select distinct
        signal,
        component
    from {{ ref('nrr_health_rules') }}
),

looked_at as (
    select
        signals.signal,
        signals.rule,
        signals.fact,
        signals.label,
        signals.other_fact,
        signals.needed_days,
        coalesce(ruled.component, signals.component) as component,
        ruled.signal is not null as has_rules
    from {{ ref('int_nrr__signals') }} as signals
    left join ruled on signals.signal = ruled.signal
    where ruled.component is not null or signals.component is not null
),

known as (
    select
        looked_at.signal,
        min({{ nrr.later('measured.occurred_on', 'measured.known_on') }}) as known_on
    from {{ ref('int_nrr__measured_days') }} as measured
    inner join looked_at
        on measured.fact = looked_at.fact and (looked_at.label is null or measured.label = looked_at.label)
    group by looked_at.signal
)

select
    looked_at.signal,
    looked_at.rule,
    looked_at.component,
    looked_at.other_fact,
    looked_at.needed_days,
    looked_at.has_rules,
    -- what billing says is always there; of what nobody does or has, nothing can be said
    case when looked_at.component = 'billing' then cast('1800-01-01' as date) else known.known_on end as begins_on
from looked_at
left join known on looked_at.signal = known.signal
where looked_at.component = 'billing' or known.known_on is not null
