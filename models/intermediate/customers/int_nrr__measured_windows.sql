-- One row per account, observation and signal that compares the last 28 days with those before: what was counted in
-- each, of what was known by then.
select
    measured.account_id,
    observations.month,
    signals.signal,
    signals.rule,
    signals.threshold,
    signals.minimum,
    cast(sum(
        case
            when measured.occurred_on > {{ nrr.add_days('observations.observed_on', -28) }} then measured.amount
            else 0
        end
    ) as decimal(24, 4)) as last_28_days,
    cast(sum(
        case
            when
                measured.occurred_on <= {{ nrr.add_days('observations.observed_on', -28) }}
                and measured.occurred_on > {{ nrr.add_days('observations.observed_on', -119) }}
                then measured.amount
            else 0
        end
    ) as decimal(24, 4)) as previous_91_days,
    cast(sum(
        case
            when measured.occurred_on <= {{ nrr.add_days('observations.observed_on', -28) }} then measured.amount
            else 0
        end
    ) as decimal(24, 4)) as previous_182_days
from {{ ref('int_nrr__measured_days') }} as measured
inner join {{ ref('int_nrr__signals') }} as signals
    on measured.fact = signals.fact and (signals.label is null or measured.label = signals.label)
inner join {{ ref('int_nrr__observation_days') }} as observations
    on
        measured.occurred_on <= observations.observed_on
        and measured.known_on <= observations.observed_on
        and measured.occurred_on > {{ nrr.add_days('observations.observed_on', -210) }}
where signals.rule in ('drop', 'rise')
group by
    measured.account_id,
    observations.month,
    signals.signal,
    signals.rule,
    signals.threshold,
    signals.minimum
