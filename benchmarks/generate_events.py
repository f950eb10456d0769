"""Write the input files of a large company, as Parquet.

    python benchmarks/generate_events.py FOLDER [ACCOUNTS]

The demo's generator plays 10,000 accounts through 60 months. DuckDB multiplies them: in every
copy each account has its own ids, prices and dates, so that it is no plain repetition. Late rows,
redeliveries, broken rows, currencies, discounts and so on come along in their shares.
The rows stand in the order in which they were recorded, as a loader lands them. The same number
of accounts gives the same rows on every machine.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "demo"))

import customers

# Before the demo's generator takes them over: 60 months up to the demo's newest one.
customers.FIRST_YEAR, customers.FIRST_MONTH = 2021, 11
customers.MONTHS = 60
customers.HORIZON = customers.MONTHS + 3
# Quantities change less often, so that the longer history is still about 6 events per account.
customers.CHANGES_PER_MONTH = {
    model: 0.58 * chance for model, chance in customers.CHANGES_PER_MONTH.items()
}

from generate import SEED, generate  # noqa: E402

BASE_ACCOUNTS = 10_000
MEMORY_LIMIT = "3GB"

# The generator's files as their types. What cannot be read as its type is null, as in a typed file.
READ_EVENTS = """
create temp table base_events as
-- materialized: DuckDB 2.0 lets the CSV reader do a try_cast, and that one fails instead of null
with lines as materialized (
    from read_csv($file, all_varchar = true)
)

select
    event_id,
    account_id,
    subscription_id,
    subscription_item_id,
    try_cast(effective_at as timestamp) as effective_at,
    try_cast(recorded_at as timestamp) as recorded_at,
    status,
    product_id,
    plan_id,
    pricing_model,
    try_cast(quantity as decimal(12, 2)) as quantity,
    try_cast(unit_amount as decimal(18, 4)) as unit_amount,
    currency,
    billing_interval,
    try_cast(billing_interval_count as integer) as billing_interval_count,
    try_cast(discount_percent as decimal(5, 2)) as discount_percent,
    try_cast(discount_amount as decimal(18, 2)) as discount_amount,
    try_cast(discount_ends_at as timestamp) as discount_ends_at,
    -- a broken row may lack its account; its subscription says whose it is
    max(account_id) over (partition by subscription_id) as owner_id
from lines
"""

READ_ACCOUNTS = """
create temp table base_accounts as
select * replace (try_cast(valid_from as timestamp) as valid_from)
from read_csv($file, all_varchar = true)
"""

# How each copy of an account differs: in its prices, and in when its history begins. It begins up
# to eleven months later, but not after the newest month, and up to a day later in the month, but
# at midnight where it began at midnight.
MAKE_COPIES = """
create temp table copies as
with owners as (
    select
        owner_id,
        -- mixed, so that a part of a copy is like the whole
        row_number() over (order by md5_number_lower(owner_id), owner_id) - 1 as owner_number,
        min(effective_at) as began_at
    from base_events
    group by owner_id
),

numbered as (
    select
        owners.*,
        copy_number,
        '_' || lpad(cast(copy_number as varchar), 3, '0') as suffix,
        md5_number_lower(owner_id || '/' || copy_number) as chance
    from owners
    cross join range(cast(ceil($accounts / $base_accounts) as bigint)) as numbers (copy_number)
    where copy_number * $base_accounts + owner_number < $accounts
)

select
    owner_id,
    suffix,
    cast(0.85 + 0.30 * (chance % 1009) / 1008 as decimal(6, 4)) as price_factor,
    to_months(cast(
        chance // 1009 % greatest(1, least(12, date_diff('month', began_at, $as_of::timestamp)))
        as integer
    )) + to_seconds(case
        when began_at = date_trunc('day', began_at) then 0
        else cast(chance // 1000003 % 86400 as integer)
    end) as delay
from numbered
"""

WRITE_EVENTS = """
copy (
    select
        event_id || suffix as event_id,
        account_id || suffix as account_id,
        subscription_id || suffix as subscription_id,
        subscription_item_id || suffix as subscription_item_id,
        effective_at + delay as effective_at,
        recorded_at + delay as recorded_at,
        status,
        product_id,
        plan_id,
        pricing_model,
        quantity,
        cast(case
            when pricing_model = 'usage' then round(unit_amount * price_factor, 4)
            else round(unit_amount * price_factor, 2)
        end as decimal(18, 4)) as unit_amount,
        currency,
        billing_interval,
        billing_interval_count,
        discount_percent,
        cast(round(discount_amount * price_factor) as decimal(18, 2)) as discount_amount,
        discount_ends_at + delay as discount_ends_at
    from base_events
    inner join copies using (owner_id)
    -- not known yet
    where recorded_at is null or recorded_at + delay <= $as_of
    order by coalesce(recorded_at, effective_at) + delay, event_id, owner_id, suffix
) to $file (format parquet)
"""

WRITE_ACCOUNTS = """
copy (
    select
        account_id || suffix as account_id,
        valid_from + delay as valid_from,
        parent_account_id || suffix as parent_account_id,
        industry,
        region,
        acquisition_channel
    from base_accounts
    inner join copies on base_accounts.account_id = copies.owner_id
    where valid_from is null or valid_from + delay <= $as_of
    order by all
) to $file (format parquet)
"""

WRITE_RATES = """
copy (
    select
        currency,
        cast(rate_date as date) as rate_date,
        cast(rate as decimal(20, 12)) as rate
    from read_csv($rates, all_varchar = true)
    order by currency, rate_date
) to $file (format parquet)
"""

READ = {"subscription_events": READ_EVENTS, "accounts": READ_ACCOUNTS}
WRITE = {"subscription_events": WRITE_EVENTS, "accounts": WRITE_ACCOUNTS}


def write_events(folder: str | Path, accounts: int) -> None:
    """Write the three files for so many accounts into the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    base_accounts = min(accounts, BASE_ACCOUNTS)
    as_of = str(customers.AS_OF)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        generate(work, base_accounts, SEED, stories=("leak",))
        settings = {"memory_limit": MEMORY_LIMIT, "temp_directory": f"{work}/spill"}
        with duckdb.connect(config=settings) as database:
            for name, statement in READ.items():
                database.execute(statement, {"file": f"{work}/{name}.csv"})
            counts = {"accounts": accounts, "base_accounts": base_accounts}
            database.execute(MAKE_COPIES, {"as_of": as_of, **counts})
            for name, statement in WRITE.items():
                file = str(folder / f"{name}.parquet")
                database.execute(statement, {"as_of": as_of, "file": file})
            file = str(folder / "exchange_rates.parquet")
            database.execute(WRITE_RATES, {"rates": f"{work}/exchange_rates.csv", "file": file})


if __name__ == "__main__":
    write_events(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
