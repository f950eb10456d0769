"""Write the input files as they are a day later: 0.1% of the accounts have changed.

    python benchmarks/generate_batch.py FOLDER NEW_FOLDER

Of the accounts that pay, one in 750 is picked. A quarter of them each has an event of today, one
that comes late and changes the past, a redelivery with a corrected price, or another industry. No
month ends. The new folder links to the files of the old one and adds a file to them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb

NEW_EVENTS = """
create temp table last_events as
with events as (
    from read_parquet($events)
),

as_of as (
    select max(recorded_at) as as_of_at from events
)

select
    events.*,
    as_of.as_of_at,
    hash(account_id) // 750 % 4 as what_happens
from events
cross join as_of
where
    hash(account_id) % 750 = 0
    and account_id <> ''
    and status = 'active'
    and unit_amount > 0
    and effective_at < as_of_at - interval 200 day
qualify row_number() over (partition by account_id order by effective_at desc, event_id) = 1;

create temp table new_events as
select * exclude (as_of_at, what_happens) replace (
    case when what_happens = 2 then event_id else event_id || '_new' end as event_id,
    case what_happens
        when 0 then as_of_at
        when 1 then effective_at + interval 100 day
        else effective_at
    end as effective_at,
    as_of_at as recorded_at,
    unit_amount * 2 as unit_amount
)
from last_events
where what_happens < 3;

create temp table new_accounts as
select accounts.* replace (as_of_at - interval 100 day as valid_from, 'Fishing' as industry)
from read_parquet($accounts) as accounts
inner join last_events on accounts.account_id = last_events.account_id and what_happens = 3
qualify row_number() over (partition by accounts.account_id order by accounts.valid_from) = 1;
"""


def main() -> None:
    folder, new_folder = Path(sys.argv[1]), Path(sys.argv[2])
    files = {name: folder / f"{name}.parquet" for name in ("subscription_events", "accounts")}
    new_folder.mkdir(parents=True)
    os.link(folder / "exchange_rates.parquet", new_folder / "exchange_rates.parquet")
    with duckdb.connect() as connection:
        events, accounts = map(str, files.values())
        for statement in connection.extract_statements(NEW_EVENTS):
            names = statement.named_parameters
            values = {"events": events, "accounts": accounts}
            connection.execute(statement, {name: values[name] for name in names})
        for name, table in zip(files, ("new_events", "new_accounts"), strict=True):
            part = new_folder / name
            part.mkdir()
            os.link(files[name], part / "before.parquet")
            connection.execute(f"copy {table} to '{part / 'new.parquet'}'")


if __name__ == "__main__":
    main()
