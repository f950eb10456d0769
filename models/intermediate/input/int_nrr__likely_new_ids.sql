-- One row per account that left on a day on which another came with precisely what it paid, where nobody else with that
-- MRR left or came in the month: perhaps one customer with a new id.
with spans as (
    select
        account_id,
        currency,
        first_month,
        acquisition_month,
        opening_mrr,
        mrr
    from {{ ref('int_nrr__account_spans') }}
    where first_month is not null
),

-- for good: no later span has MRR
left_for_good as (
    select
        account_id,
        max(first_month) as month
    from spans
    group by account_id
),

leaving as (
    select
        spans.currency,
        spans.opening_mrr as mrr,
        spans.first_month as month,
        min(spans.account_id) as account_id
    from spans
    inner join left_for_good
        on spans.account_id = left_for_good.account_id and spans.first_month = left_for_good.month
    where spans.mrr = 0 and spans.opening_mrr > 0
    group by spans.currency, spans.opening_mrr, spans.first_month
    having count(*) = 1
),

coming as (
    select
        currency,
        mrr,
        first_month as month,
        min(account_id) as account_id
    from spans
    where first_month = acquisition_month and mrr > 0
    group by currency, mrr, first_month
    having count(*) = 1
),

pairs as (
    select
        leaving.account_id as old_account_id,
        coming.account_id as new_account_id
    from leaving
    inner join coming
        on leaving.currency = coming.currency and leaving.mrr = coming.mrr and leaving.month = coming.month
),

-- on the same day
departures as (
    select
        pairs.old_account_id,
        pairs.new_account_id,
        max(states.ends_at) as left_at
    from pairs
    inner join {{ ref('int_nrr__item_states') }} as states on pairs.old_account_id = states.account_id
    where states.mrr > 0 and states.starts_at < states.ends_at
    group by pairs.old_account_id, pairs.new_account_id
),

arrivals as (
    select
        departures.old_account_id,
        departures.new_account_id,
        departures.left_at,
        min(states.starts_at) as came_at
    from departures
    inner join {{ ref('int_nrr__item_states') }} as states on departures.new_account_id = states.account_id
    where states.mrr > 0 and (states.starts_at < states.ends_at or states.ends_at is null)
    group by departures.old_account_id, departures.new_account_id, departures.left_at
)

select
    cast('{{ nrr.name_of_events() }}' as {{ nrr.type_text() }}) as input,
    cast('likely_new_id' as {{ nrr.type_text() }}) as reason,
    {{ dbt.concat([
        'old_account_id', "' left and '", 'new_account_id', "' came on '",
        'substr(' ~ nrr.as_text(nrr.truncate_to_day(nrr.local_time('left_at'))) ~ ', 1, 10)'
    ]) }} as value,
    1 as number_of_rows,
    false as is_failure
from arrivals
where
    {{ nrr.truncate_to_day(nrr.local_time('left_at')) }} = {{ nrr.truncate_to_day(nrr.local_time('came_at')) }}
