-- One row per signal that is looked for: what it is seen in, and for how long an account must have been paying for it.
select
    signal,
    kind,
    rule,
    fact,
    label,
    other_fact,
    days,
    from_days,
    threshold,
    minimum,
    response,
    case
        when rule = 'drop' then 119
        when rule = 'rise' then 210
        when rule = 'silence' then days
        else 0
    end as needed_days
from {{ ref('nrr_signals') }}
