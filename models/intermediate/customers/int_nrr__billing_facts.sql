-- One row per thing that billing says of an account and a day: what is past due, booked to end or to shrink, a discount
-- that ends, and MRR that has shrunk.
with states as (
    select * from {{ ref('int_nrr__item_states') }}
    -- what another state replaces at the same instant lasts no time
    where starts_at < ends_at or (starts_at is not null and ends_at is null)
),

-- an item's state begins when that before ends
changes as (
    select
        states.account_id,
        states.starts_at,
        states.recorded_at,
        previous.currency,
        previous.mrr - states.mrr as lost_mrr,
        case
            when states.mrr = 0 then 'scheduled_cancellation'
            when states.mrr < previous.mrr then 'scheduled_downgrade'
            else 'discount_end'
        end as fact
    from states
    inner join states as previous
        on
            states.subscription_id = previous.subscription_id
            and states.subscription_item_id = previous.subscription_item_id
            and states.starts_at = previous.ends_at
            and states.account_id = previous.account_id
    where
        (
            states.status = 'cancelled'
            and states.mrr = 0
            and previous.mrr > 0
            -- the end of a contract was agreed when it began: it is due for renewal then, and nobody has cancelled
            and coalesce(states.source_system <> 'contracts', true)
        )
        or (states.mrr > 0 and states.mrr < previous.mrr and states.currency = previous.currency)
        or (
            states.mrr > previous.mrr
            and (previous.discount_percent > 0 or previous.discount_amount > 0)
            and states.discount_percent = 0
            and states.discount_amount = 0
            -- and nothing else is another
            and states.status = previous.status
            and states.quantity = previous.quantity
            and states.unit_amount = previous.unit_amount
            and states.currency = previous.currency
            and states.billing_interval = previous.billing_interval
            and states.billing_interval_count = previous.billing_interval_count
        )
),

facts as (
    select
        account_id,
        'past_due' as fact,
        starts_at,
        ends_at,
        recorded_at,
        currency,
        mrr as amount
    from states
    where status = 'past_due' and mrr > 0

    union all

    select
        account_id,
        fact,
        starts_at,
        cast(null as {{ nrr.type_instant() }}) as ends_at,
        recorded_at,
        currency,
        abs(lost_mrr) as amount
    from changes
),

dated_facts as (
    select
        facts.*,
        {{ nrr.earlier(nrr.month_of('facts.starts_at'), 'as_of.newest_month') }} as rate_month
    from facts
    cross join {{ ref('int_nrr__as_of') }} as as_of
)

select
    facts.account_id,
    cast(facts.fact as {{ nrr.type_text() }}) as fact,
    {{ nrr.truncate_to_day(nrr.local_time('facts.starts_at')) }} as occurred_on,
    {{ nrr.truncate_to_day(nrr.local_time('facts.ends_at')) }} as ends_on,
    {{ nrr.truncate_to_day(nrr.local_time('facts.recorded_at')) }} as known_on,
    cast({{ nrr.convert('facts.amount', 'rates.rate') }} as decimal(18, 4)) as mrr,
    facts.currency,
    cast(facts.amount as decimal(18, 4)) as own_mrr
from dated_facts as facts
inner join {{ ref('int_nrr__rates') }} as rates
    on
        facts.currency = rates.currency
        and facts.rate_month >= rates.first_month
        and (facts.rate_month < rates.end_month or rates.end_month is null)

union all

select
    account_id,
    cast('contraction' as {{ nrr.type_text() }}) as fact,
    {{ nrr.add_days(nrr.add_months('month', 1), -1) }} as occurred_on,
    cast(null as date) as ends_on,
    {{ nrr.add_days(nrr.add_months('month', 1), -1) }} as known_on,
    cast(null as decimal(18, 4)) as mrr,
    cast(null as {{ nrr.type_text() }}) as currency,
    cast(null as decimal(18, 4)) as own_mrr
from {{ ref('int_nrr__account_movements') }}
where movement = 'contraction'
