{%- set rate_month = 'base_month' if nrr.setting('nrr_fx') == 'constant' else 'made_month' -%}
-- One row per account that pays in several currencies, month in which an outlook is made, and month that it is made of,
-- and of each of these the month itself: what is known then to be paid, at the rates that retention has.
with windows as (
    select
        base_month,
        made_month,
        month
    from {{ ref('int_nrr__outlook_windows') }}

    union all

    select
        base.month as base_month,
        months.month as made_month,
        months.month
    from {{ ref('int_nrr__months') }} as base
    inner join {{ ref('int_nrr__months') }} as months on {{ nrr.add_months('base.month', 12) }} = months.month
)

select
    amounts.account_id,
    windows.made_month,
    windows.month,
    cast(sum({{ nrr.convert(
        nrr.later('amounts.mrr + coalesce(booked.change_mrr, 0)', '0'), 'rates.rate'
    ) }}) as decimal(18, 4)) as mrr
from {{ ref('int_nrr__several_currency_amounts') }} as amounts
inner join windows on amounts.month = windows.made_month
inner join {{ ref('int_nrr__month_rates') }} as rates
    on amounts.currency = rates.currency and windows.{{ rate_month }} = rates.month
left join {{ ref('int_nrr__booked_changes') }} as booked
    on
        amounts.account_id = booked.account_id
        and amounts.currency = booked.currency
        and windows.made_month = booked.made_month
        and windows.month = booked.month
group by amounts.account_id, windows.made_month, windows.month
