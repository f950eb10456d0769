-- One row per account, observation and signal of the rule at_most that holds: the newest value, such as a rating.
select
    newest.account_id,
    newest.month,
    newest.signal,
    cast(newest.value as {{ nrr.type_double() }}) as figure,
    cast(null as {{ nrr.type_double() }}) as baseline,
    cast(null as date) as due_on,
    cast(null as decimal(18, 4)) as mrr
from {{ ref('int_nrr__newest_values') }} as newest
inner join {{ ref('int_nrr__signals') }} as signals on newest.signal = signals.signal
where newest.value <= signals.threshold
