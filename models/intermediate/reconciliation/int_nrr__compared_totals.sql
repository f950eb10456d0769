{{ config(enabled=nrr.is_given('billing_totals')) }}
{%- set sums = [
    'mrr', 'previous_mrr', 'undiscounted_mrr', 'usage_mrr', 'past_due_mrr', 'trialing_mrr', 'unpaid_mrr', 'paused_mrr',
] -%}
-- One row per month, currency and account of which billing_totals or a state says something, and per month and currency
-- of all accounts: what billing reports, and what the states come to, in all and by what others count differently.
with billed as (
    select
        month,
        currency,
        account_id,
        sum(cast(mrr as decimal(28, 4))) as billing_mrr
    from {{ ref('stg_nrr__billing_total_rows') }}
    where reason is null
    group by month, currency, account_id
),

compared as (
    select
        month,
        currency,
        max(case when account_id is null then 0 else 1 end) as has_accounts,
        max(case when account_id is null then 1 else 0 end) as has_total,
        sum(case when account_id is null then billing_mrr else 0 end) as total_mrr,
        sum(case when account_id is null then 0 else billing_mrr end) as accounts_mrr
    from billed
    group by month, currency
),

ends as (
    select
        month,
        currency,
        month as end_month
    from compared

    union all

    select
        month,
        currency,
        {{ nrr.add_months('month', -1) }} as end_month
    from compared
),

states as (
    select
        ends.month,
        ends.currency,
        ends.end_month = ends.month as is_now,
        states.account_id,
        states.status,
        states.pricing_model,
        states.mrr,
        {%- for name, percent, amount in [
            ('list_mrr', '0', '0'), ('told_mrr', 'states.discount_percent', 'states.discount_amount'),
        ] %}
        coalesce(cast({{ nrr.state_mrr(
            'states.quantity', 'states.unit_amount', percent, amount, 'states.billing_interval',
            'states.billing_interval_count'
        ) }} as decimal(18, 4)), 0) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ends
    inner join {{ ref('int_nrr__item_states') }} as states
        on
            ends.currency = states.currency
            and {{ nrr.month_of('states.starts_at') }} <= ends.end_month
            and (states.ends_at is null or {{ nrr.month_of('states.ends_at') }} > ends.end_month)
),

by_account as (
    select
        month,
        currency,
        account_id,
        sum(case when is_now then mrr else 0 end) as mrr,
        sum(case when is_now then 0 else mrr end) as previous_mrr,
        sum(case when is_now and (mrr > 0 or status = 'active') then list_mrr else 0 end) as undiscounted_mrr,
        sum(case when is_now and pricing_model = 'usage' then mrr else 0 end) as usage_mrr,
        sum(case when is_now and status = 'past_due' then mrr else 0 end) as past_due_mrr,
        {%- for status in ['trialing', 'unpaid', 'paused'] %}
        sum(case when is_now and mrr = 0 and status = '{{ status }}' then told_mrr else 0 end) as {{ status }}_mrr
        {{- ',' if not loop.last }}
        {%- endfor %}
    from states
    group by month, currency, account_id
),

with_states as (
    select distinct account_id from {{ ref('int_nrr__item_states') }}
),

accounts as (
    select
        by_account.*,
        cast(0 as decimal(28, 4)) as billing_mrr
    from by_account
    inner join compared
        on by_account.month = compared.month and by_account.currency = compared.currency and compared.has_accounts = 1

    union all

    select
        month,
        currency,
        account_id,
        {%- for column in sums %}
        cast(0 as decimal(28, 4)) as {{ column }},
        {%- endfor %}
        billing_mrr
    from billed
    where account_id is not null
),

summed_accounts as (
    select
        month,
        currency,
        account_id,
        {%- for column in sums + ['billing_mrr'] %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from accounts
    group by month, currency, account_id
),

summed_months as (
    select
        month,
        currency,
        {%- for column in sums %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_account
    group by month, currency
)

select
    summed_accounts.month,
    summed_accounts.currency,
    summed_accounts.account_id,
    {%- for column in ['billing_mrr'] + sums %}
    summed_accounts.{{ column }},
    {%- endfor %}
    with_states.account_id is null as is_unknown
from summed_accounts
left join with_states on summed_accounts.account_id = with_states.account_id

union all

select
    compared.month,
    compared.currency,
    cast(null as {{ nrr.type_text() }}) as account_id,
    case when compared.has_total = 1 then compared.total_mrr else compared.accounts_mrr end as billing_mrr,
    {%- for column in sums %}
    coalesce(summed_months.{{ column }}, 0) as {{ column }},
    {%- endfor %}
    false as is_unknown
from compared
left join summed_months on compared.month = summed_months.month and compared.currency = summed_months.currency
