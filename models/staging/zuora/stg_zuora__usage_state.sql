{{ config(enabled=nrr.has_zuora('invoice_item') and nrr.setting('nrr_usage_counts')) }}
{%- set has_invoices = nrr.has_zuora('invoice') -%}
-- One row per usage charge and period that was invoiced, from the end of the period on: what was used in it counts
-- until the next is over. One row more where no next one comes, or the charge ends.
with items as (
    select
        id,
        invoice_id,
        account_id,
        rate_plan_charge_id as charge_id,
        {{ nrr.read_decimal('charge_amount') }} as amount,
        upper(transaction_currency) as currency,
        {{ nrr.read_timestamp('service_start_date') }} as starts_at,
        {{ nrr.read_date('service_end_date') }} as last_day,
        {{ nrr.read_timestamp('recorded_at') }} as recorded_at
    from {{ nrr.zuora_rows(
        'invoice_item',
        ['id', 'invoice_id', 'account_id', 'rate_plan_charge_id', 'charge_amount', 'transaction_currency'],
        days=['service_start_date', 'service_end_date'],
    ) }} as given
    where not is_deleted
),
{%- if has_invoices %}

posted as (
    select id as invoice_id
    from {{ nrr.zuora_rows('invoice', ['id', 'status']) }} as given
    where not is_deleted and coalesce({{ nrr.plain_word('status') }}, 'posted') = 'posted'
    group by id
),
{%- endif %}

charges as (
    select
        charges.*,
        versions.subscription_id,
        versions.is_current and not versions.is_pending as is_current
    from {{ ref('stg_zuora__rate_plan_charge') }} as charges
    inner join {{ ref('stg_zuora__subscription') }} as versions on charges.version_id = versions.version_id
    where charges.kind = 'usage'
),

-- when the charge ends, by the version that counts
ends as (
    select
        charges.subscription_id,
        charges.item_id,
        {%- set end = 'coalesce(charges.ends_at, ' ~ nrr.timestamp_literal('2300-01-01') ~ ')' %}
        {%- if nrr.setting('nrr_churn_at') == 'cancellation' %}
        max(case
            when cancellations.asked_at < {{ end }} then cancellations.asked_at
            else {{ end }}
        end) as ends_at
        {%- else %}
        max({{ end }}) as ends_at
        {%- endif %}
    from charges
    {%- if nrr.setting('nrr_churn_at') == 'cancellation' %}
    left join {{ ref('stg_zuora__cancellation') }} as cancellations
        on charges.subscription_id = cancellations.subscription_id
    {%- endif %}
    where charges.is_current
    group by charges.subscription_id, charges.item_id
),

-- one invoice may have several lines for a period
periods as (
    select
        charges.subscription_id,
        charges.item_id,
        {{ nrr.begin_of_day(nrr.day_after('items.last_day')) }} as effective_at,
        min(items.starts_at) as starts_at,
        min(items.id) as invoice_item_id,
        min(items.account_id) as account_id,
        min(coalesce(items.currency, charges.currency)) as currency,
        sum(items.amount) as amount,
        max(items.recorded_at) as recorded_at,
        min(charges.product_id) as product_id,
        min(charges.plan_id) as plan_id,
        min({{ nrr.zuora_period('charges.billing_period', 'charges.specific_billing_period', 'interval') }})
            as billing_interval,
        min({{ nrr.zuora_period('charges.billing_period', 'charges.specific_billing_period', 'count') }})
            as billing_interval_count
    from items
    inner join charges on items.charge_id = charges.charge_id
    {%- if has_invoices %}
    inner join posted on items.invoice_id = posted.invoice_id
    {%- endif %}
    where items.amount is not null and items.starts_at is not null and items.last_day is not null
    group by charges.subscription_id, charges.item_id, {{ nrr.begin_of_day(nrr.day_after('items.last_day')) }}
),

-- a period as long as this one: if it brings nothing, nothing was used
bounded as (
    select
        periods.*,
        ends.ends_at as charge_ends_at,
        lead(periods.effective_at) over (
            partition by periods.subscription_id, periods.item_id order by periods.effective_at
        ) as next_effective_at,
        {{ nrr.usage_lapses_at(nrr.moved(
            'periods.effective_at', 'day', nrr.days_between('periods.starts_at', 'periods.effective_at')
        )) }} as lapses_at
    from periods
    inner join ends
        on
            periods.subscription_id = ends.subscription_id
            and periods.item_id = ends.item_id
            and periods.effective_at < ends.ends_at
)

select
    subscription_id,
    item_id,
    invoice_item_id,
    account_id,
    effective_at,
    'active' as status,
    recorded_at,
    product_id,
    plan_id,
    amount,
    currency,
    coalesce(billing_interval, 'month') as billing_interval,
    coalesce(billing_interval_count, 1) as billing_interval_count
from bounded

union all

select
    subscription_id,
    item_id,
    invoice_item_id,
    account_id,
    case when charge_ends_at < lapses_at then charge_ends_at else lapses_at end as effective_at,
    'cancelled' as status,
    recorded_at,
    product_id,
    plan_id,
    cast(null as decimal(18, 6)) as amount,
    currency,
    coalesce(billing_interval, 'month') as billing_interval,
    coalesce(billing_interval_count, 1) as billing_interval_count
from bounded
where
    next_effective_at is null
    or next_effective_at > case when charge_ends_at < lapses_at then charge_ends_at else lapses_at end
