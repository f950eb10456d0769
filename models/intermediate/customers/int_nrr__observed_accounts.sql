-- One row per account and observation at which it pays: its MRR then, and for how many days it has been paying.
with open_amounts as (
    select
        states.account_id,
        states.currency,
        as_of.newest_month,
        sum(states.mrr) as mrr
    from {{ ref('int_nrr__item_states') }} as states
    inner join {{ ref('int_nrr__as_of') }} as as_of
        on
            states.starts_at <= as_of.as_of_at
            and (states.ends_at > as_of.as_of_at or states.ends_at is null)
    where states.mrr > 0
    group by states.account_id, states.currency, as_of.newest_month
),

paying as (
    select
        account_id,
        month,
        mrr
    from {{ ref('int_nrr__account_months') }}
    where mrr > 0

    union all

    select
        amounts.account_id,
        {{ nrr.add_months('amounts.newest_month', 1) }} as month,
        cast(sum({{ nrr.convert('amounts.mrr', 'rates.rate') }}) as decimal(18, 4)) as mrr
    from open_amounts as amounts
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on amounts.currency = rates.currency and amounts.newest_month = rates.month
    group by amounts.account_id, amounts.newest_month
),

first_payments as (
    select
        account_id,
        {{ nrr.truncate_to_day(nrr.local_time('min(starts_at)')) }} as first_paid_on
    from {{ ref('int_nrr__item_states') }}
    -- what another state replaces at the same instant lasts no time
    where mrr > 0 and (starts_at < ends_at or ends_at is null)
    group by account_id
)

select
    paying.account_id,
    paying.month,
    observations.observed_on,
    cast(paying.mrr as decimal(18, 4)) as mrr,
    first_payments.first_paid_on,
    {{ nrr.days_between('first_payments.first_paid_on', 'observations.observed_on') }} as days_since_first_payment
from paying
inner join {{ ref('int_nrr__observation_days') }} as observations on paying.month = observations.month
inner join first_payments on paying.account_id = first_payments.account_id
-- of an amount in another currency nothing may be left at the as-of instant
where paying.mrr > 0
