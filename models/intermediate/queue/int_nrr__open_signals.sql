-- One row per account and signal that it has on the newest day of observation: the MRR that it may lose or gain by it,
-- and how much of that is to be expected (definitions 15.1).
with newest as (
    select max(observed_on) as observed_on from {{ ref('int_nrr__observation_days') }}
),

held as (
    select
        signals.account_id,
        signals.signal,
        signals.kind,
        signals.first_observed_on,
        signals.response,
        accounts.mrr,
        case
            -- an amount of its own, such as that of a discount, or what is usual
            when signals.kind = 'expansion' and signals.mrr_at_stake = accounts.mrr
                then cast(accounts.mrr as {{ nrr.type_double() }}) * coalesce(expansion.share, 0)
            else cast(signals.mrr_at_stake as {{ nrr.type_double() }})
        end as mrr_at_stake
    from {{ ref('nrr__account_signals') }} as signals
    inner join newest on signals.observed_on = newest.observed_on
    inner join {{ ref('int_nrr__observed_accounts') }} as accounts
        on signals.account_id = accounts.account_id and signals.observed_on = accounts.observed_on
    cross join {{ ref('int_nrr__usual_expansion') }} as expansion
)

select
    held.account_id,
    held.signal,
    held.kind,
    held.first_observed_on,
    held.response,
    held.mrr,
    chances.chance,
    chances.verdict,
    cast({{ nrr.as_ratio('held.mrr_at_stake') }} as decimal(18, 4)) as mrr_at_stake,
    cast(
        {{ nrr.as_ratio('held.mrr_at_stake * coalesce(cast(chances.chance as ' ~ nrr.type_double() ~ '), 0)') }}
        as decimal(18, 4)
    ) as expected_mrr
from held
inner join {{ ref('int_nrr__signal_chances') }} as chances on held.signal = chances.signal
