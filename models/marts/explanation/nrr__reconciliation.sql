{{ config(enabled=nrr.is_given('billing_totals')) }}
-- One row per month and currency of billing_totals, and per account of it whose MRR is another than billing reports:
-- the difference, and what it is likely to come from.
with compared as (
    select * from {{ ref('int_nrr__compared_totals') }}
),

explained as (
    select
        month,
        currency,
        account_id,
        billing_mrr,
        mrr,
        mrr - billing_mrr as difference_mrr,
        case
            when mrr = billing_mrr then null
            when is_unknown then 'unknown account'
            when billing_mrr = 12 * mrr then 'amount of a year'
            when mrr - billing_mrr = past_due_mrr then 'past due'
            when billing_mrr - mrr = trialing_mrr then 'trial'
            when billing_mrr - mrr = unpaid_mrr then 'unpaid'
            when billing_mrr - mrr = paused_mrr then 'paused'
            when mrr - billing_mrr = usage_mrr then 'usage'
            when billing_mrr = undiscounted_mrr then 'discount'
            when billing_mrr = previous_mrr then 'change of this month'
            when billing_mrr = 0 then 'not billed'
        end as likely_reason
    from compared
),

ranked as (
    select
        explained.*,
        row_number() over (
            partition by month, currency, case when account_id is null then 1 else 0 end
            order by abs(difference_mrr) desc, account_id
        ) as place
    from explained
    where account_id is null or difference_mrr <> 0
)

select
    month,
    cast(currency as {{ nrr.type_text() }}) as currency,
    cast(account_id as {{ nrr.type_text() }}) as account_id,
    cast(case when account_id is null then 0 else place end as integer) as place,
    cast(billing_mrr as decimal(28, 4)) as billing_mrr,
    cast(mrr as decimal(28, 4)) as mrr,
    cast(difference_mrr as decimal(28, 4)) as difference_mrr,
    cast(likely_reason as {{ nrr.type_text() }}) as likely_reason
from ranked
