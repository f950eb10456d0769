-- One row per account, currency, month in which an outlook is made, and month that it is made of: by how much its MRR
-- changes between them that is booked by then.
select
    facts.account_id,
    facts.currency,
    windows.made_month,
    windows.month,
    cast(-sum(facts.own_mrr) as decimal(18, 4)) as change_mrr
from {{ ref('int_nrr__billing_facts') }} as facts
inner join {{ ref('int_nrr__outlook_windows') }} as windows
    on
        {{ nrr.truncate_to_month('facts.known_on') }} <= windows.made_month
        and {{ nrr.truncate_to_month('facts.occurred_on') }} > windows.made_month
        and {{ nrr.truncate_to_month('facts.occurred_on') }} <= windows.month
-- what discounts leave when they end is in the ratios: of the past, states do not tell which were known to end
where facts.fact in ('scheduled_cancellation', 'scheduled_downgrade')
group by facts.account_id, facts.currency, windows.made_month, windows.month
