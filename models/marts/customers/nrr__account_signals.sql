-- One row per account, observation and signal, while it holds: what is seen of the account, and what there is to do.
with observed as (
    select
        found.account_id,
        accounts.month,
        accounts.observed_on,
        accounts.mrr as account_mrr,
        found.signal,
        found.figure,
        found.baseline,
        found.due_on,
        found.mrr,
        -- the same for months that follow one another
        {{ nrr.month_number('accounts.month') }} - row_number() over (
            partition by found.account_id, found.signal order by accounts.month
        ) as run
    from {{ ref('int_nrr__found_signals') }} as found
    inner join {{ ref('int_nrr__signals') }} as signals on found.signal = signals.signal
    inner join {{ ref('int_nrr__observed_accounts') }} as accounts
        on
            found.account_id = accounts.account_id
            and found.month = accounts.month
            and signals.needed_days <= accounts.days_since_first_payment
)

select
    observed.account_id,
    observed.observed_on,
    signals.signal,
    signals.kind,
    {{ nrr.as_ratio('observed.figure') }} as figure,
    {{ nrr.as_ratio('observed.baseline') }} as baseline,
    {{ nrr.as_ratio(
        "case when signals.rule in ('silence', 'due_within') then signals.days else signals.threshold end"
    ) }} as threshold,
    min(observed.observed_on) over (
        partition by observed.account_id, observed.signal, observed.run
    ) as first_observed_on,
    -- all that the account pays, where the facts are about no amount of their own
    cast(
        case when observed.mrr < observed.account_mrr then observed.mrr else observed.account_mrr end as decimal(18, 4)
    ) as mrr_at_stake,
    observed.due_on,
    signals.response
from observed
inner join {{ ref('int_nrr__signals') }} as signals on observed.signal = signals.signal
