-- One row per account, month in which an outlook is made, and month that it is made of: by how much its MRR changes
-- between them that is booked by then, in its currency, or the reporting currency where it pays in several.
with several_currencies as (
    select account_id from {{ ref('int_nrr__account_spans') }}
    where has_several_currencies
),

changes as (
    select
        facts.account_id,
        {{ nrr.truncate_to_month('facts.known_on') }} as known_month,
        {{ nrr.truncate_to_month('facts.occurred_on') }} as month,
        case when facts.fact = 'discount_end' then 1 else -1 end
        * case when several_currencies.account_id is null then facts.own_mrr else facts.mrr end as change_mrr
    from {{ ref('int_nrr__billing_facts') }} as facts
    left join several_currencies on facts.account_id = several_currencies.account_id
    where facts.fact in ('scheduled_cancellation', 'scheduled_downgrade', 'discount_end')
)

select
    changes.account_id,
    windows.made_month,
    windows.month,
    cast(sum(changes.change_mrr) as decimal(18, 4)) as change_mrr
from changes
inner join {{ ref('int_nrr__outlook_windows') }} as windows
    on
        changes.known_month <= windows.made_month
        and changes.month > windows.made_month
        and changes.month <= windows.month
group by changes.account_id, windows.made_month, windows.month
