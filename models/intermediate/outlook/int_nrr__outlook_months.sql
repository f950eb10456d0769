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
        months.*,
        -- of several currencies int_nrr__several_currency_outlooks says what they come to
        case when months.currency is null then payers.account_id is not null else months.own_mrr > 0 end as pays
    from {{ ref('int_nrr__account_months') }} as months
    left join payers on months.account_id = payers.account_id and months.month = payers.month
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
    amounts.currency,
    amounts.own_mrr,
    amounts.pays,
    amounts.mrr,
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
left join {{ ref('nrr__account_health') }} as health
    on
        amounts.account_id = health.account_id
        and {{ nrr.add_days(nrr.add_months('amounts.month', 1), -1) }} = health.observed_on
left join {{ ref('int_nrr__next_renewals') }} as next_renewals
    on amounts.account_id = next_renewals.account_id and amounts.month = next_renewals.month
left join booked on amounts.account_id = booked.account_id and amounts.month = booked.made_month
