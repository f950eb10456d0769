-- One row per account, observation and signal of the rule rise that holds: the last 28 days beside as many of its usual
-- ones, the 182 before.
select
    account_id,
    month,
    signal,
    cast(last_28_days as {{ nrr.type_double() }}) as figure,
    {{ nrr.usual_28_days('previous_182_days') }} as baseline,
    cast(null as date) as due_on,
    cast(null as decimal(18, 4)) as mrr
from {{ ref('int_nrr__measured_windows') }}
where
    rule = 'rise'
    and last_28_days >= coalesce(minimum, 0)
    -- as far above the usual as chance, where things happen one by one, hardly brings it
    and {{ nrr.rise_above_usual('last_28_days', 'previous_182_days') }} >= threshold
