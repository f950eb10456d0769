-- One row per account, observation and signal that health looks at, where it can be told: its figure, whether the
-- signal holds or not (definitions 16.1).
with looked_at as (
    select
        accounts.account_id,
        accounts.month,
        accounts.observed_on,
        signals.signal,
        signals.rule
    from {{ ref('int_nrr__observed_accounts') }} as accounts
    inner join {{ ref('int_nrr__health_signals') }} as signals
        on
            accounts.observed_on >= signals.begins_on
            and accounts.days_since_first_payment >= signals.needed_days
    where signals.rule in ('rise', 'at_least', 'missed', 'due_within', 'happened')
),

rises as (
    select
        account_id,
        month,
        signal,
        {{ nrr.rise_above_usual('last_28_days', 'previous_182_days') }} as figure
    from {{ ref('int_nrr__measured_windows') }}
    where rule = 'rise'
)

select
    looked_at.account_id,
    looked_at.month,
    looked_at.signal,
    case
        when looked_at.rule = 'rise' then coalesce(rises.figure, 0)
        when held.account_id is null then 0
        else 1
    end as figure
from looked_at
left join rises
    on
        looked_at.account_id = rises.account_id
        and looked_at.month = rises.month
        and looked_at.signal = rises.signal
left join {{ ref('nrr__account_signals') }} as held
    on
        looked_at.account_id = held.account_id
        and looked_at.observed_on = held.observed_on
        and looked_at.signal = held.signal

union all

select
    drops.account_id,
    drops.month,
    drops.signal,
    {{ nrr.divide('drops.last_28_days * 91', 'drops.previous_91_days * 28') }} as figure
from {{ ref('int_nrr__drops') }} as drops
inner join {{ ref('int_nrr__health_signals') }} as signals on drops.signal = signals.signal
inner join {{ ref('int_nrr__observed_accounts') }} as accounts
    on
        drops.account_id = accounts.account_id
        and drops.month = accounts.month
        and accounts.days_since_first_payment >= signals.needed_days

union all

select
    newest.account_id,
    newest.month,
    newest.signal,
    cast(newest.value as {{ nrr.type_double() }}) as figure
from {{ ref('int_nrr__newest_values') }} as newest
inner join {{ ref('int_nrr__health_signals') }} as signals on newest.signal = signals.signal

union all

select
    silences.account_id,
    silences.month,
    silences.signal,
    -- what is about accounts that it has never happened to is over when it has
    cast(
        case when silences.has_happened and signals.other_fact = 'ever' then 0 else silences.silent_days end
        as {{ nrr.type_double() }}
    ) as figure
from {{ ref('int_nrr__silences') }} as silences
inner join {{ ref('int_nrr__health_signals') }} as signals on silences.signal = signals.signal
