-- One row per account, observation and signal of the rule silence that holds: for how many days nothing has happened.
select
    silences.account_id,
    silences.month,
    silences.signal,
    cast(silences.silent_days as {{ nrr.type_double() }}) as figure,
    cast(null as {{ nrr.type_double() }}) as baseline,
    cast(null as date) as due_on,
    cast(null as decimal(18, 4)) as mrr
from {{ ref('int_nrr__silences') }} as silences
inner join {{ ref('int_nrr__signals') }} as signals on silences.signal = signals.signal
where
    silences.silent_days >= signals.days
    and (not silences.has_happened or coalesce(signals.other_fact, '') <> 'ever')
