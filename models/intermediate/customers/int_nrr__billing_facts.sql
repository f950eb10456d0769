{%- set columns = [
    'account_id', 'status', 'currency', 'mrr', 'quantity', 'unit_amount', 'billing_interval', 'billing_interval_count',
    'discount_percent', 'discount_amount',
] -%}
-- One row per thing that billing says of an account and a day: what is past due, booked to end or to shrink, a discount
-- that ends, and MRR that has shrunk.
with states as (
    select
        starts_at,
        ends_at,
        recorded_at,
        {%- for column in columns %}
        {{ column }},
        lag({{ column }}) over (
            partition by subscription_id, subscription_item_id order by starts_at
        ) as previous_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_nrr__item_states') }}
    -- what another state replaces at the same instant lasts no time
    where starts_at < ends_at or (starts_at is not null and ends_at is null)
),

changes as (
    select
        states.*,
        case
            when status = 'cancelled' and mrr = 0 and previous_mrr > 0 then 'scheduled_cancellation'
            when mrr > 0 and mrr < previous_mrr then 'scheduled_downgrade'
            when
                mrr > previous_mrr
                and (previous_discount_percent > 0 or previous_discount_amount > 0)
                and discount_percent = 0
                and discount_amount = 0
                -- and nothing else is another
                and status = previous_status
                and quantity = previous_quantity
                and unit_amount = previous_unit_amount
                and billing_interval = previous_billing_interval
                and billing_interval_count = previous_billing_interval_count
                then 'discount_end'
        end as fact,
        abs(previous_mrr - mrr) as amount
    from states
    where account_id = previous_account_id and (currency = previous_currency or mrr = 0)
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
        previous_currency as currency,
        amount
    from changes
    where fact is not null
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
    cast({{ nrr.convert('facts.amount', 'rates.rate') }} as decimal(18, 4)) as mrr
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
    cast(null as decimal(18, 4)) as mrr
from {{ ref('int_nrr__account_movements') }}
where movement = 'contraction'
