"""Write one company twice: as own events, and as the tables that Fivetran lands from Stripe.

    python benchmarks/generate_stripe.py EVENTS FOLDER

EVENTS is a folder of generate_events.py. FOLDER gets `events/` and `stripe/`, both for NRR_DATA.
The company is that of EVENTS as Stripe can tell it: every item is a subscription of its own,
quantities are whole numbers, prices have two digits that are not 0, discounts begin with the first
paid period and end with one, nothing is unpaid, and most monthly items are billed by the year, so
that there are about six invoice lines for a subscription. Every change within a period is invoiced
at once, by a credit for the unused time and a line for the remaining time.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent))

from generate_events import customers

MEMORY_LIMIT = "6GB"
ONE_IN = 32  # of the monthly items stays monthly

STATES = """
create temp table states as
with usable as (
    select
        account_id,
        coalesce(subscription_item_id, 'si_' || substr(subscription_id, 5)) as item_id,
        effective_at as starts_at,
        recorded_at,
        case when status = 'unpaid' then 'cancelled' else status end as status,
        product_id,
        plan_id,
        pricing_model,
        greatest(1, cast(round(coalesce(quantity, 1)) as bigint)) as quantity,
        case when unit_amount > 0 then cast(
            round(unit_amount / pow(10, floor(log10(unit_amount)) - 1))
                * pow(10, floor(log10(unit_amount)) - 1)
            as decimal(18, 4)
        ) end as unit_amount,
        currency,
        case billing_interval when 'quarter' then 3 when 'year' then 12 else 1 end
            * billing_interval_count as months,
        discount_percent,
        discount_amount,
        date_diff('month', effective_at, discount_ends_at) as discount_months
    from read_parquet($events)
    where
        account_id is not null
        and effective_at <= $as_of
        and currency in ('USD', 'EUR', 'GBP')
        and coalesce(quantity, 1) > 0
        and unit_amount > 0
        and coalesce(discount_percent, 0) < 100
),

-- the last that is known of an instant
last_of_instant as (
    select *
    from usable
    qualify row_number() over (
        partition by item_id, starts_at order by recorded_at desc nulls last, status, quantity
    ) = 1
),

ended as (
    select
        *,
        min(case when status = 'cancelled' then starts_at end) over (partition by item_id)
            as ends_at,
        min(starts_at) over (partition by item_id) as begins_at,
        min(case when status <> 'trialing' then starts_at end) over (partition by item_id)
            as first_bill_at,
        first(months) over (partition by item_id order by starts_at) as given_months,
        first(discount_percent) over paid as first_percent,
        first(discount_amount) over paid as first_amount,
        first(discount_months) over paid as first_months
    from last_of_instant
    window paid as (partition by item_id order by status = 'trialing', starts_at)
),

billed as (
    select
        *,
        case
            when given_months = 12 or (given_months < 12 and hash(item_id) % $one_in > 0) then 12
            else given_months
        end as period_months
    from ended
    where starts_at <= coalesce(ends_at, starts_at) and (ends_at is null or ends_at > begins_at)
)

select
    account_id,
    item_id,
    'sub_' || item_id as subscription_id,
    starts_at,
    status,
    product_id,
    plan_id,
    pricing_model,
    quantity,
    cast(unit_amount * period_months / given_months as decimal(18, 4)) as unit_amount,
    currency,
    period_months,
    begins_at,
    first_bill_at,
    ends_at,
    case when status <> 'trialing' then first_percent end as discount_percent,
    case when status <> 'trialing' then
        cast(floor(first_amount * period_months / given_months) as bigint)
    end as discount_amount,
    case when status <> 'trialing' then
        first_bill_at + to_months(cast(
            ceil(greatest(first_months, 1) / period_months) * period_months as integer
        ))
    end as discount_ends_at,
    'price_' || plan_id || '_' || lower(currency) || '_' || period_months || 'm_'
        || cast(cast(unit_amount * period_months / given_months * 100 as decimal(18, 2)) as varchar)
        as price_id,
    lead(starts_at) over (partition by item_id order by starts_at) as next_starts_at
from billed
"""

# A row for each billing period that has begun, with the state then.
PERIODS = """
create temp table periods as
with items as (
    select
        item_id,
        any_value(first_bill_at) as first_bill_at,
        any_value(period_months) as period_months,
        least(coalesce(any_value(ends_at), $as_of), $as_of) as until
    from states
    where first_bill_at is not null
    group by item_id
),

numbered as (
    select
        *,
        unnest(range(date_diff('month', first_bill_at, until) // period_months + 1)) as number
    from items
),

begun as (
    select
        item_id,
        number,
        first_bill_at + to_months(cast(number * period_months as integer)) as starts_at,
        first_bill_at + to_months(cast((number + 1) * period_months as integer)) as ends_at,
        until
    from numbered
)

select
    begun.item_id,
    begun.number,
    begun.starts_at,
    begun.ends_at
from begun
where begun.starts_at < begun.until
"""

LINES = """
create temp table lines as
with cycles as (
    select
        states.* exclude (starts_at, ends_at),
        periods.starts_at,
        periods.ends_at,
        false as proration,
        1 as sign,
        1.0 as share
    from periods
    asof inner join states
        on periods.item_id = states.item_id and periods.starts_at >= states.starts_at
),

trials as (
    select
        * exclude (ends_at),
        next_starts_at as ends_at,
        false as proration,
        1 as sign,
        0.0 as share
    from states
    where status = 'trialing' and next_starts_at is not null
),

changes as (
    select
        after.* exclude (ends_at),
        after.ends_at as subscription_ends_at,
        before.quantity as old_quantity,
        before.unit_amount as old_unit_amount,
        before.price_id as old_price_id
    from states as after
    inner join states as before
        on after.item_id = before.item_id and after.starts_at = before.next_starts_at
    where
        before.status <> 'trialing'
        and after.status <> 'cancelled'
        and (after.quantity, after.price_id) <> (before.quantity, before.price_id)
),

dated as (
    select
        changes.*,
        periods.ends_at as period_ends_at,
        epoch(periods.ends_at - changes.starts_at) / epoch(periods.ends_at - periods.starts_at)
            as share
    from changes
    asof inner join periods
        on changes.item_id = periods.item_id and changes.starts_at >= periods.starts_at
    where periods.starts_at < changes.starts_at
),

all_lines as (
    select
        account_id, item_id, subscription_id, starts_at, ends_at, currency, status, price_id,
        quantity, unit_amount, proration, sign, share
    from cycles
    union all
    select
        account_id, item_id, subscription_id, starts_at, ends_at, currency, status, price_id,
        quantity, unit_amount, proration, sign, share
    from trials
    union all
    select
        account_id, item_id, subscription_id, starts_at, period_ends_at, currency, status,
        case when sign < 0 then old_price_id else price_id end,
        case when sign < 0 then old_quantity else quantity end,
        case when sign < 0 then old_unit_amount else unit_amount end,
        true,
        sign,
        share
    from dated
    cross join (values (-1), (1)) as signs (sign)
)

select
    *,
    'in_' || substr(item_id, 4) || '_' || dense_rank() over (
        partition by item_id order by starts_at
    ) as invoice_id,
    cast(round(sign * share * quantity * unit_amount * 100) as bigint) as amount
from all_lines
"""

# How each table is written; `synced` is when Fivetran has looked last.
TABLES = {
    "subscription_history": """
        with moments as (
            select item_id, starts_at from states
            union
            select item_id, starts_at from periods
        ),

        versions as (
            select
                states.* exclude (starts_at),
                moments.starts_at,
                coalesce(periods.starts_at, states.begins_at) as period_starts_at,
                coalesce(periods.ends_at, states.first_bill_at) as period_ends_at
            from moments
            asof inner join states
                on moments.item_id = states.item_id and moments.starts_at >= states.starts_at
            asof left join periods
                on moments.item_id = periods.item_id and moments.starts_at >= periods.starts_at
        ),

        -- the subscription itself has not changed where its item alone has
        changed as (
            select *
            from versions
            qualify (status, period_starts_at) is distinct from
                lag((status, period_starts_at)) over (partition by item_id order by starts_at)
        ),

        dated as (
            select
                *,
                lead(starts_at) over (partition by item_id order by starts_at) as following_at
            from changed
        )

        select
            subscription_id as id,
            starts_at as _fivetran_start,
            coalesce(
                following_at - interval 1 millisecond, timestamp '9999-12-31 23:59:59.999'
            ) as _fivetran_end,
            following_at is null as _fivetran_active,
            $synced::timestamp as _fivetran_synced,
            begins_at as created,
            begins_at as start_date,
            account_id as customer_id,
            case status when 'cancelled' then 'canceled' when 'paused' then 'active' else status end
                as status,
            case when status = 'paused' then 'void' end as pause_collection_behavior,
            cast(null as timestamp) as pause_collection_resumes_at,
            false as cancel_at_period_end,
            case when status = 'cancelled' then ends_at end as canceled_at,
            case when status = 'cancelled' then ends_at end as ended_at,
            cast(null as timestamp) as cancel_at,
            period_starts_at as current_period_start,
            period_ends_at as current_period_end,
            case when begins_at < first_bill_at or first_bill_at is null then begins_at end
                as trial_start,
            case when begins_at < first_bill_at then first_bill_at end as trial_end,
            true as livemode
        from dated
        order by starts_at, item_id
    """,
    "subscription_item": """
        select
            item_id as id,
            subscription_id,
            begins_at as created,
            price_id as plan_id,
            quantity,
            $synced::timestamp as _fivetran_synced
        from states
        where next_starts_at is null
        order by begins_at, item_id
    """,
    "price": """
        select
            price_id as id,
            true as active,
            'per_unit' as billing_scheme,
            min(begins_at) as created,
            lower(any_value(currency)) as currency,
            false as is_deleted,
            any_value(plan_id) as nickname,
            any_value(product_id) as product_id,
            case any_value(period_months) when 12 then 'year' else 'month' end
                as recurring_interval,
            case any_value(period_months) when 12 then 1 else any_value(period_months) end
                as recurring_interval_count,
            'licensed' as recurring_usage_type,
            'recurring' as type,
            case when any_value(unit_amount) * 100 % 1 = 0
                then cast(any_value(unit_amount) * 100 as bigint)
            end as unit_amount,
            cast(any_value(unit_amount) * 100 as decimal(18, 2)) as unit_amount_decimal,
            $synced::timestamp as _fivetran_synced
        from states
        group by price_id
        order by price_id
    """,
    "coupon": """
        select distinct
            coupon_id as id,
            cast(amount_off as bigint) as amount_off,
            case when amount_off is not null then lower(currency) end as currency,
            case when months is null then 'forever' else 'repeating' end as duration,
            months as duration_in_months,
            percent_off,
            true as valid,
            $synced::timestamp as _fivetran_synced
        from given_discounts
        order by id
    """,
    "discount": """
        select
            'di_' || item_id as id,
            'SUBSCRIPTION' as type,
            subscription_id as type_id,
            coupon_id,
            account_id as customer_id,
            first_bill_at as start,
            discount_ends_at as "end",
            subscription_id,
            $synced::timestamp as _fivetran_synced
        from given_discounts
        order by start, id
    """,
    "invoice": """
        select
            invoice_id as id,
            any_value(account_id) as customer_id,
            any_value(subscription_id) as subscription_id,
            lower(any_value(currency)) as currency,
            starts_at as period_start,
            max(ends_at) as period_end,
            case when any_value(status) = 'paused' then 'void' else 'paid' end as status,
            case when bool_or(proration) then 'subscription_update' else 'subscription_cycle' end
                as billing_reason,
            sum(amount) as subtotal,
            sum(amount) as total,
            sum(amount) as amount_due,
            false as is_deleted,
            $synced::timestamp as _fivetran_synced
        from lines
        group by invoice_id, starts_at
        order by starts_at, invoice_id
    """,
    "invoice_line_item": """
        select
            invoice_id,
            'il_' || substr(invoice_id, 4) || case when sign < 0 then '_0' else '_1' end as id,
            id as unique_id,
            amount,
            lower(currency) as currency,
            case
                when sign < 0 then 'Unused time on '
                when proration then 'Remaining time on '
                else ''
            end || quantity || ' x ' || price_id as description,
            starts_at as period_start,
            ends_at as period_end,
            price_id as plan_id,
            price_id,
            proration,
            quantity,
            subscription_id,
            item_id as subscription_item_id,
            case when proration then 'invoiceitem' else 'subscription' end as type,
            cast(unit_amount * 100 as decimal(18, 2)) as unit_amount_excluding_tax,
            $synced::timestamp as _fivetran_synced
        from lines
        order by starts_at, invoice_id, sign
    """,
}

DISCOUNTS = """
create temp table given_discounts as
with first_of_item as (
    select
        *,
        case when discount_ends_at is not null
            then date_diff('month', first_bill_at, discount_ends_at)
        end as months,
        discount_percent as percent_off,
        case when discount_percent is null then discount_amount * 100 end as amount_off
    from states
    where starts_at = first_bill_at and (discount_percent > 0 or discount_amount > 0)
)

select
    *,
    coalesce(cast(percent_off as varchar) || 'pct', cast(amount_off as varchar) || lower(currency))
        || coalesce('_' || months || 'm', '_forever') as coupon_id
from first_of_item
"""

# Own events have what the tables of Stripe can tell, and were recorded when they took effect.
EVENTS = """
select
    'evt_' || item_id || '_' || row_number() over (partition by item_id order by starts_at)
        as event_id,
    account_id,
    subscription_id,
    item_id as subscription_item_id,
    starts_at as effective_at,
    case when starts_at = max(starts_at) over () then $synced::timestamp else starts_at end
        as recorded_at,
    status,
    product_id,
    price_id as plan_id,
    pricing_model,
    quantity,
    unit_amount,
    currency,
    case period_months when 12 then 'year' else 'month' end as billing_interval,
    case period_months when 12 then 1 else period_months end as billing_interval_count,
    discount_percent,
    case when discount_percent is null then cast(discount_amount as decimal(18, 2)) end
        as discount_amount,
    discount_ends_at
from states
order by starts_at, item_id
"""


def write_stripe(events: Path, folder: Path) -> None:
    """Both folders of the company whose events are in the folder `events`."""
    own, stripe = folder / "events", folder / "stripe"
    for target in (own, stripe / "stripe"):
        target.mkdir(parents=True, exist_ok=True)
    for target in (own, stripe):
        for name in ("accounts", "exchange_rates"):
            shutil.copy(events / f"{name}.parquet", target)
    as_of = str(customers.AS_OF)
    settings = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=settings) as database:
        file = str(events / "subscription_events.parquet")
        database.execute(STATES, {"events": file, "as_of": as_of, "one_in": ONE_IN})
        database.execute(PERIODS, {"as_of": as_of})
        database.execute(LINES)
        database.execute(DISCOUNTS)
        files = {stripe / "stripe" / name: select for name, select in TABLES.items()}
        for path, select in (files | {own / "subscription_events": EVENTS}).items():
            copy = f"copy ({select}) to '{path}.parquet' (format parquet)"
            database.execute(copy, {"synced": as_of})


if __name__ == "__main__":
    write_stripe(Path(sys.argv[1]), Path(sys.argv[2]))
