-- One row per signal: how likely what it points to is within the horizon (definitions 15.1), and what the evidence
-- on it says.
with usual as (
    select
        {{ nrr.divide('sum(case when churned_month is not null then 1 else 0 end)', 'count(*)') }} as churned,
        {{ nrr.divide('sum(case when expanded_month is not null then 1 else 0 end)', 'count(*)') }} as expanded
    from {{ ref('int_nrr__landmark_accounts') }}
),

signals as (
    select
        signal,
        case when kind = 'expansion' then 'expanded' else 'churned' end as outcome
    from {{ ref('int_nrr__signals') }}
)

select
    signals.signal,
    signals.outcome,
    case
        when evidence.verdict = 'predicts' then evidence.exposed_rate
        when signals.outcome = 'expanded' then {{ nrr.as_ratio('usual.expanded') }}
        else {{ nrr.as_ratio('usual.churned') }}
    end as chance,
    coalesce(evidence.verdict, 'too few') as verdict
from signals
cross join usual
left join {{ ref('nrr__evidence') }} as evidence
    on
        signals.signal = evidence.subject
        and signals.outcome = evidence.outcome
        and evidence.subject_kind = 'signal'
