-- The method of most published packages, written for comparison: every customer is joined to the
-- months since its first one, those months to the customer's subscription periods by date range,
-- and window functions over the customer's months give its movements and its twelve-month pairs.
-- Redeliveries, discounts and exchange rates are treated as the package treats them by default, so
-- that the company's figures are the same; movements, as in those packages, are not.

create temp table months as
with bounds as (
    select
        date_trunc('month', min(effective_at)) as first_month,
        date_trunc('month', max(recorded_at)) - interval 1 month as newest_month
    from read_parquet(getvariable('folder') || '/subscription_events.parquet')
),

month_starts as (
    select unnest(range(first_month, newest_month + interval 1 day, interval 1 month)) as date_month
    from bounds
)

select
    cast(date_month as date) as date_month,
    cast(date_month + interval 1 month as date) as next_month
from month_starts;

create temp table rates as
with last_rates as (
    select
        months.date_month,
        input.currency,
        max_by(input.rate, input.rate_date) as rate
    from months
    inner join read_parquet(getvariable('folder') || '/exchange_rates.parquet') as input
        on months.next_month > input.rate_date
    where input.rate > 0
    group by all

    union all

    select
        date_month,
        'USD' as currency,
        1 as rate
    from months
)

select
    currency,
    date_month,
    rate,
    lag(rate, 12, rate) over (partition by currency order by date_month) as year_ago_rate
from last_rates;

create temp table subscription_periods as
with usable_events as (
    select
        event_id,
        account_id,
        subscription_id,
        coalesce(subscription_item_id, subscription_id) as subscription_item_id,
        effective_at,
        coalesce(recorded_at, effective_at) as recorded_at,
        coalesce(currency, 'USD') as currency,
        discount_ends_at,
        status in ('active', 'past_due') as carries_mrr,
        cast(coalesce(quantity, 1) * 100 as bigint) as hundredths_of_units,
        cast(unit_amount * 10000 as bigint) as unit_amount,
        cast(coalesce(discount_percent, 0) * 100 as bigint) as discount_percent,
        cast(coalesce(discount_amount, 0) * 100 as bigint) as discount_amount,
        case billing_interval
            when 'day' then 365 when 'week' then 52 when 'month' then 12 when 'quarter' then 4 when 'year' then 1
        end as periods_per_year,
        12 * coalesce(billing_interval_count, 1) as count_per_year
    from read_parquet(getvariable('folder') || '/subscription_events.parquet')
    where
        event_id <> ''
        and account_id <> ''
        and subscription_id <> ''
        and effective_at is not null
        and status in ('trialing', 'active', 'past_due', 'unpaid', 'paused', 'cancelled')
        and (billing_interval is null or periods_per_year is not null)
        and coalesce(billing_interval_count, 1) >= 1
        and coalesce(quantity, 1) >= 0
        and coalesce(unit_amount, 0) >= 0
        and coalesce(discount_percent, 0) between 0 and 100
        and coalesce(discount_amount, 0) >= 0
        and (not carries_mrr or (unit_amount is not null and periods_per_year is not null))
        and coalesce(currency, 'USD') in (select currency from rates)
),

deduplicated as (
    select * from usable_events
    qualify row_number() over (partition by event_id order by recorded_at desc) = 1
),

states as (
    select
        deduplicated.*,
        -- in ten-thousandths, rounded half up
        (
            2 * greatest(
                hundredths_of_units * unit_amount * (10000 - discount_percent) - discount_amount * 100000000, 0
            ) * periods_per_year + 1000000 * count_per_year
        ) // (2000000 * count_per_year) as discounted_mrr,
        (2 * hundredths_of_units * unit_amount * 10000 * periods_per_year + 1000000 * count_per_year)
        // (2000000 * count_per_year) as full_mrr,
        lead(effective_at, 1, 'infinity') over (
            partition by subscription_id, subscription_item_id order by effective_at, recorded_at, event_id
        ) as next_effective_at
    from deduplicated
),

periods as (
    select
        account_id,
        currency,
        effective_at as starts_at,
        least(next_effective_at, coalesce(discount_ends_at, next_effective_at)) as ends_at,
        discounted_mrr as mrr
    from states
    where carries_mrr

    union all

    select
        account_id,
        currency,
        greatest(effective_at, discount_ends_at) as starts_at,
        next_effective_at as ends_at,
        full_mrr as mrr
    from states
    where carries_mrr and discount_ends_at < next_effective_at
)

select
    account_id,
    currency,
    starts_at,
    ends_at,
    cast(mrr / 10000 as decimal(18, 4)) as mrr
from periods
where starts_at < ends_at;

create table account_months as
with customers as (
    select
        account_id,
        min(starts_at) as first_start_at
    from subscription_periods
    group by account_id
),

customer_months as (
    select
        customers.account_id,
        months.date_month,
        months.next_month
    from customers
    inner join months on customers.first_start_at < months.next_month
),

currency_months as (
    select
        customer_months.account_id,
        customer_months.date_month,
        coalesce(subscription_periods.currency, 'USD') as currency,
        coalesce(sum(subscription_periods.mrr), 0) as mrr
    from customer_months
    left join subscription_periods
        on
            customer_months.account_id = subscription_periods.account_id
            and customer_months.next_month > subscription_periods.starts_at
            and customer_months.next_month <= subscription_periods.ends_at
    group by all
)

select
    account_id,
    date_month as month,
    cast(sum(round(mrr * rate, 4)) as decimal(18, 4)) as mrr,
    cast(sum(round(mrr * year_ago_rate, 4)) as decimal(18, 4)) as mrr_at_year_ago_rates
from currency_months
inner join rates using (currency, date_month)
group by account_id, date_month;

create table mrr_movements as
with previous_months as (
    select
        account_id,
        month,
        mrr,
        mrr_at_year_ago_rates,
        coalesce(lag(mrr) over by_month, 0) as previous_month_mrr,
        lag(mrr, 12) over by_month as year_ago_mrr,
        coalesce(max(mrr) over (by_month rows between unbounded preceding and 1 preceding), 0) as highest_mrr_before
    from account_months
    window by_month as (partition by account_id order by month)
)

select
    account_id,
    month,
    mrr,
    mrr_at_year_ago_rates,
    previous_month_mrr,
    year_ago_mrr,
    mrr - previous_month_mrr as mrr_change,
    case
        when previous_month_mrr = 0 and mrr > 0 and highest_mrr_before = 0 then 'new'
        when previous_month_mrr = 0 and mrr > 0 then 'reactivation'
        when previous_month_mrr > 0 and mrr = 0 then 'churn'
        when mrr > previous_month_mrr then 'expansion'
        when mrr < previous_month_mrr then 'contraction'
    end as movement
from previous_months;

create table retention as
with pairs as (
    select
        month,
        year_ago_mrr as starting_mrr,
        mrr_at_year_ago_rates as ending_mrr
    from mrr_movements
    where year_ago_mrr > 0
)

select
    month,
    sum(starting_mrr) as starting_mrr,
    sum(ending_mrr) as ending_mrr,
    sum(greatest(ending_mrr - starting_mrr, 0)) as expansion_mrr,
    sum(case when ending_mrr > 0 then least(ending_mrr - starting_mrr, 0) else 0 end) as contraction_mrr,
    sum(case when ending_mrr = 0 then -starting_mrr else 0 end) as churned_mrr,
    sum(least(starting_mrr, ending_mrr)) as retained_mrr,
    round(sum(ending_mrr) / sum(starting_mrr), 9) as nrr,
    round(sum(least(starting_mrr, ending_mrr)) / sum(starting_mrr), 9) as grr
from pairs
group by month
order by month;
