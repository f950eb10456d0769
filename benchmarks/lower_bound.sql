-- The least work that gives every account's MRR per month and the company's twelve-month retention:
-- no segments, grades, movements or rejected rows. The package's default settings are built in.
-- Inside, a month is a number (year x 12 + month - 1) and money a whole number of ten-thousandths,
-- for which 64 bits are enough here; an amount that is too large stops the script.

create temp table rates as
with bounds as (
    select
        date_trunc('month', min(effective_at)) as first_month,
        date_trunc('month', max(recorded_at)) - interval 1 month as newest_month
    from read_parquet(getvariable('folder') || '/subscription_events.parquet')
),

months as (
    select cast(unnest(range(first_month, newest_month + interval 1 day, interval 1 month)) as date) as month_date
    from bounds
),

last_rates as (
    select
        months.month_date,
        input.currency,
        cast(max_by(input.rate, input.rate_date) * 1000000 as bigint) as rate
    from months
    inner join read_parquet(getvariable('folder') || '/exchange_rates.parquet') as input
        on input.rate_date < months.month_date + interval 1 month
    where input.rate > 0
    group by all

    union all

    select
        month_date,
        'USD' as currency,
        1000000 as rate
    from months
)

select
    currency,
    year(month_date) * 12 + month(month_date) - 1 as month,
    month_date,
    rate,
    lag(rate, 12) over (partition by currency order by month_date) as year_ago_rate
from last_rates;

set variable end_month = (select max(month) + 1 from rates);

create temp table events as
with usable_events as (
    select
        event_id,
        account_id,
        subscription_id,
        coalesce(subscription_item_id, subscription_id) as item_id,
        effective_at,
        coalesce(recorded_at, effective_at) as recorded_at,
        coalesce(currency, 'USD') as currency,
        year(effective_at) * 12 + month(effective_at) - 1 as month,
        year(discount_ends_at) * 12 + month(discount_ends_at) - 1 as discount_end_month,
        status in ('active', 'past_due') as carries_mrr,
        cast(coalesce(quantity, 1) * 100 as bigint) as quantity,
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
)

select
    event_id,
    account_id,
    subscription_id,
    item_id,
    effective_at,
    recorded_at,
    currency,
    month,
    discount_end_month,
    case
        when carries_mrr then (
            2 * greatest(quantity * unit_amount * (10000 - discount_percent) - discount_amount * 100000000, 0)
            * periods_per_year + 1000000 * count_per_year
        ) // (2000000 * count_per_year)
        else 0
    end as mrr,
    case
        when carries_mrr
            then (2 * quantity * unit_amount * 10000 * periods_per_year + 1000000 * count_per_year)
            // (2000000 * count_per_year)
        else 0
    end as full_mrr
from usable_events;

-- A redelivery is rare, so that only its rows need an order.
create temp table superseded as
with redelivered as (
    select event_id
    from events
    group by event_id
    having count(*) > 1
),

deliveries as (
    select
        rowid as row_number_in_events,
        row_number() over (partition by event_id order by recorded_at desc, rowid) as newest_first
    from events
    where event_id in (from redelivered)
)

select row_number_in_events from deliveries
where newest_first > 1;

-- One row per item and run of months with the same MRR.
create temp table item_runs as
with states as (
    select
        account_id,
        currency,
        month,
        discount_end_month,
        mrr,
        full_mrr,
        lead(month, 1, getvariable('end_month')) over (
            partition by subscription_id, item_id order by effective_at, recorded_at, event_id
        ) as end_month
    from events
    where rowid not in (from superseded)
),

-- the last state of each month, up to the newest month
last_states as (
    select * replace (least(end_month, getvariable('end_month')) as end_month)
    from states
    where month < least(end_month, getvariable('end_month'))
)

select
    account_id,
    currency,
    month,
    least(end_month, coalesce(discount_end_month, end_month)) as end_month,
    mrr
from last_states
where mrr > 0 and (discount_end_month > month or discount_end_month is null)

union all

select
    account_id,
    currency,
    greatest(month, discount_end_month) as month,
    end_month,
    full_mrr as mrr
from last_states
where full_mrr > 0 and discount_end_month < end_month;

-- One row per account, currency and run of months, to the newest month, also without MRR.
create temp table account_runs as
with changes as (
    select account_id, currency, month, mrr as change from item_runs
    union all
    select account_id, currency, end_month as month, -mrr as change from item_runs
    where end_month < getvariable('end_month')
),

-- of the changes in one month, the last has their sum
runs as (
    select
        account_id,
        currency,
        month,
        lead(month, 1, getvariable('end_month')) over by_month as end_month,
        cast(sum(change) over by_month as bigint) as mrr
    from changes
    window by_month as (partition by account_id, currency order by month)
)

from runs
where month < end_month;

-- The few accounts that pay in several currencies are the only ones that need a sum over them.
create temp table mixed_accounts as
select account_id from item_runs
group by account_id
having min(currency) <> max(currency);

create table account_months as
with run_months as (
    select
        account_id,
        currency,
        mrr,
        unnest(range(month, end_month)) as month
    from account_runs
    where account_id not in (from mixed_accounts)
),

mixed_run_months as (
    select
        account_id,
        currency,
        mrr,
        unnest(range(month, end_month)) as month
    from account_runs
    where account_id in (from mixed_accounts)
),

converted as (
    select
        account_id,
        month_date,
        (mrr * rate + 500000) // 1000000 as mrr
    from run_months
    inner join rates using (currency, month)

    union all

    select
        account_id,
        month_date,
        cast(sum((mrr * rate + 500000) // 1000000) as bigint) as mrr
    from mixed_run_months
    inner join rates using (currency, month)
    group by account_id, month_date
)

select
    account_id,
    month_date as month,
    cast(cast(mrr as decimal(14, 0)) * cast(0.0001 as decimal(4, 4)) as decimal(18, 4)) as mrr
from converted;

create table retention as
-- runs of months in which neither end of the pair changes in its currency
with run_pairs as (
    select
        starts.currency,
        starts.mrr as starting_mrr,
        ends.mrr as ending_mrr,
        unnest(range(
            greatest(starts.month + 12, ends.month), least(starts.end_month + 12, ends.end_month)
        )) as month
    from account_runs as starts
    inner join account_runs as ends
        on
            starts.account_id = ends.account_id
            and starts.month + 12 < ends.end_month
            and starts.end_month + 12 > ends.month
    where
        starts.mrr > 0
        and starts.month + 12 < getvariable('end_month')
        and starts.account_id not in (from mixed_accounts)
),

mixed_ends as (
    select
        account_id,
        currency,
        unnest(range(month + 12, least(end_month + 12, getvariable('end_month')))) as month,
        mrr as starting_mrr,
        0 as ending_mrr
    from account_runs
    where account_id in (from mixed_accounts)

    union all

    select
        account_id,
        currency,
        unnest(range(month, end_month)) as month,
        0 as starting_mrr,
        mrr as ending_mrr
    from account_runs
    where account_id in (from mixed_accounts)
),

pairs as (
    select
        month_date,
        (starting_mrr * year_ago_rate + 500000) // 1000000 as starting_mrr,
        (ending_mrr * year_ago_rate + 500000) // 1000000 as ending_mrr
    from run_pairs
    inner join rates using (currency, month)

    union all

    select
        month_date,
        cast(sum((starting_mrr * year_ago_rate + 500000) // 1000000) as bigint) as starting_mrr,
        cast(sum((ending_mrr * year_ago_rate + 500000) // 1000000) as bigint) as ending_mrr
    from mixed_ends
    inner join rates using (currency, month)
    group by account_id, month_date
    having sum(starting_mrr) > 0
)

select
    month_date as month,
    cast(sum(starting_mrr) / 10000 as decimal(28, 4)) as starting_mrr,
    cast(sum(ending_mrr) / 10000 as decimal(28, 4)) as ending_mrr,
    cast(sum(greatest(ending_mrr - starting_mrr, 0)) / 10000 as decimal(28, 4)) as expansion_mrr,
    cast(
        sum(case when ending_mrr > 0 then least(ending_mrr - starting_mrr, 0) else 0 end) / 10000 as decimal(28, 4)
    ) as contraction_mrr,
    cast(sum(case when ending_mrr = 0 then -starting_mrr else 0 end) / 10000 as decimal(28, 4)) as churned_mrr,
    cast(sum(least(starting_mrr, ending_mrr)) / 10000 as decimal(28, 4)) as retained_mrr,
    round(sum(ending_mrr) / sum(starting_mrr), 9) as nrr,
    round(sum(least(starting_mrr, ending_mrr)) / sum(starting_mrr), 9) as grr
from pairs
group by month_date
order by month_date;
