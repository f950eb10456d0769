{{ config(post_hook='{{ nrr.print_reconstructed_mrr() }}') }}
-- One row per source and month, of the newest month and the one twelve months before it: MRR of the source's items at
-- the month's end, and how much of it rests on states that were concluded from something else than evidence.
with months as (
    select newest_month as month from {{ ref('int_nrr__as_of') }}
    union all
    select {{ nrr.add_months('newest_month', -12) }} as month from {{ ref('int_nrr__as_of') }}
),

sums as (
    select
        months.month,
        states.source_system,
        states.currency,
        sum(states.mrr) as mrr,
        sum(case when states.is_reconstructed then states.mrr else 0 end) as reconstructed_mrr
    from {{ ref('int_nrr__item_states') }} as states
    inner join months
        on
            {{ nrr.month_of('states.starts_at') }} <= months.month
            and (states.ends_at is null or {{ nrr.month_of('states.ends_at') }} > months.month)
    where states.mrr > 0
    group by months.month, states.source_system, states.currency
),

converted as (
    select
        sums.month,
        sums.source_system,
        sum({{ nrr.convert('cast(sums.mrr as decimal(18, 4))', 'rates.rate') }}) as mrr,
        sum({{ nrr.convert('cast(sums.reconstructed_mrr as decimal(18, 4))', 'rates.rate') }}) as reconstructed_mrr
    from sums
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on sums.currency = rates.currency and sums.month = rates.month
    group by sums.month, sums.source_system
)

select
    month,
    source_system,
    cast(mrr as decimal(18, 4)) as mrr,
    cast(reconstructed_mrr as decimal(18, 4)) as reconstructed_mrr,
    {{ nrr.as_ratio(nrr.divide('reconstructed_mrr', 'mrr')) }} as reconstructed_share
from converted
