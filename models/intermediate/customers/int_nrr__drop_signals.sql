-- One row per account, observation and signal of the rule drop that holds: per day, the last 28 days beside the 91
-- before.
select
    account_id,
    month,
    signal,
    {{ nrr.divide('last_28_days', '28') }} as figure,
    {{ nrr.divide('previous_91_days', '91') }} as baseline,
    cast(null as date) as due_on,
    cast(null as decimal(18, 4)) as mrr
from {{ ref('int_nrr__drops') }}
-- exactly, in whole numbers of days
where last_28_days * 91 <= previous_91_days * cast(threshold * 28 as decimal(10, 4))
