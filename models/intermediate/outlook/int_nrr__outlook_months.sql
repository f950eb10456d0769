-- One row per account and month, from its first month with MRR to the newest: what it pays, and of which kind it is by
-- what is known then.
with payers as (
    select distinct
        account_id,
        month
    from {{ ref('int_nrr__several_currency_amounts') }}
    where mrr > 0
),

amounts as (
    select
        spans.account_id,
        rates.month,
        spans.currency,
        spans.mrr as own_mrr,
        spans.mrr > 0 as pays,
        {{ nrr.convert('spans.mrr', 'rates.rate') }} as mrr,
        spans.segment_key
    from {{ ref('int_nrr__account_spans') }} as spans
    inner join {{ ref('int_nrr__month_rates') }} as rates
        on
            spans.currency = rates.currency
            and spans.first_month <= rates.month
            and (rates.month < spans.end_month or spans.end_month is null)

    union all

    -- int_nrr__several_currency_outlooks says what these come to
    select
        months.account_id,
        months.month,
        cast(null as {{ nrr.type_text() }}) as currency,
        cast(null as decimal(18, 4)) as own_mrr,
        payers.account_id is not null as pays,
        months.mrr,
        months.segment_key
    from {{ ref('int_nrr__several_currency_months') }} as months
    left join payers on months.account_id = payers.account_id and months.month = payers.month
),

health as (
    select
        health.account_id,
        observations.month,
        health.colour
    from {{ ref('nrr__account_health') }} as health
    inner join {{ ref('int_nrr__observation_days') }} as observations
        on health.observed_on = observations.observed_on
    where not observations.is_open
),

booked as (
    select distinct
        account_id,
        made_month
    from {{ ref('int_nrr__booked_changes') }}
)

select
    amounts.account_id,
    amounts.month,
    cast(amounts.currency as {{ nrr.type_text() }}) as currency,
    cast(amounts.own_mrr as decimal(18, 4)) as own_mrr,
    amounts.pays,
    cast(amounts.mrr as decimal(18, 4)) as mrr,
    max(case when not amounts.pays then amounts.month end) over (
        partition by amounts.account_id order by amounts.month rows between unbounded preceding and current row
    ) as last_gap_month,
    amounts.segment_key,
    buckets.size,
    health.colour,
    cast(next_renewals.months_to_renewal as integer) as months_to_renewal,
    booked.account_id is not null as has_booked_change
from amounts
left join {{ ref('int_nrr__arr_buckets') }} as buckets
    -- the lowest bucket is that of 0: MRR that converts to nothing is none
    on {{ nrr.is_in_bucket('amounts.mrr') }} and buckets.mrr_from > 0
left join health on amounts.account_id = health.account_id and amounts.month = health.month
left join {{ ref('int_nrr__next_renewals') }} as next_renewals
    on amounts.account_id = next_renewals.account_id and amounts.month = next_renewals.month
left join booked on amounts.account_id = booked.account_id and amounts.month = booked.made_month
