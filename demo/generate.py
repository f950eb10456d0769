"""Write the demo company's subscriptions, accounts, exchange rates and what its customers do.

    python demo/generate.py [FOLDER] [DATE]

With DATE only what was recorded before it, as it was known then: 2026-10-15.
The same seed gives the same bytes on every machine (customers.py says how).
"""

from __future__ import annotations

import csv
import sys
from copy import copy
from dataclasses import fields
from datetime import date, datetime, timedelta
from operator import attrgetter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from customers import (
    AS_OF,
    MONTHS,
    SIZES,
    STORIES,
    Account,
    Dice,
    Event,
    moment,
    month_start,
    play,
    weighted,
)
from usage import COLUMNS, DAYS, OWN_SIGNALS, SIGNAL_COLUMNS, plan_rows, tell

SEED = 2041  # one in which the newest year is close to what all seeds are on average
BASE_SHARE, BASE_MONTHS = 0.36, 3  # the installed base, taken over in the first months
MODELS = {"seat": 0.50, "usage": 0.26, "flat": 0.24}
CURRENCIES = {
    "North America": {"USD": 1.0},
    "EMEA": {"EUR": 0.52, "GBP": 0.36, "USD": 0.12},
    "APAC": {"USD": 1.0},
}
REGIONS = {"North America": 0.55, "EMEA": 0.33, "APAC": 0.12}
INDUSTRIES = {
    "Logistics": 0.28, "Retail": 0.24, "Manufacturing": 0.20, "Healthcare": 0.14, "Food": 0.14,
}  # fmt: skip
CHANNELS = {"inbound": 0.32, "outbound": 0.22, "partner": 0.16, "paid_ads": 0.18, "referral": 0.12}
RATES = {"EUR": 1.085, "GBP": 1.262}
OWN_DICE = 8_000_000_000_000  # for what customers do, which changes no subscription
BROKEN_SHARE = 0.0023
BREAKS = (
    ("unit_amount", "n/a"), ("discount_ends_at", "never"), ("currency", "CHF"), ("account_id", ""),
    ("quantity", "a dozen"), ("discount_percent", 150), ("effective_at", ""),
    ("quantity", -4), ("event_id", ""),
)  # fmt: skip


def joining_month(number: int, accounts: int) -> int:
    """The installed base in the first months, then a little more every month."""
    base = int(accounts * BASE_SHARE)
    if number < base:
        return number * BASE_MONTHS // base
    position = (number - base) / (accounts - base)
    return BASE_MONTHS + int((MONTHS - BASE_MONTHS) * position * (1.2 - 0.2 * position))


def new_account(number: int, accounts: int, seed: int, stories=STORIES) -> Account:
    """Size and pricing model are spread evenly, so that their shares hold at any number."""
    dice = Dice(seed * 1_000_003 + number)
    size = weighted({k: v.share for k, v in SIZES.items()}, number * 0.7548776662466927 % 1)
    model = weighted(MODELS, number * 0.5698402909980532 % 1)
    month, region = joining_month(number, accounts), dice.pick(REGIONS)
    width = max(4, len(str(accounts)))
    account = Account(
        f"acc_{number + 1:0{width}d}", dice, size, model, month,
        number < int(accounts * BASE_SHARE), region, dice.pick(CHANNELS),
        dice.pick(CURRENCIES[region]), month_start(month), frozenset(stories),
        number * 0.6180339887498949 % 1, since=month,
    )  # fmt: skip
    if size != "ent" or dice.chance(0.4):  # the other large contracts begin at midnight on the 1st
        account.anchor = moment(account, month, last_day=26)
    return account


def account_rows(account: Account, parents: list[str]) -> list[list]:
    """The account's attributes; a few have no row, lack a value, or change over time."""
    dice = account.dice
    values = {"industry": dice.pick(INDUSTRIES), "region": account.region,
              "acquisition_channel": account.channel}  # fmt: skip
    parent = None
    if account.size != "ent" and parents and dice.chance(0.07):
        parent = parents[dice.whole(0, len(parents) - 1)]
    for name in values:
        if dice.chance(0.015):
            values[name] = None
    created = None if account.base else account.anchor - timedelta(days=dice.whole(1, 30))
    rows = [[account.account_id, created, parent, *values.values()]]
    if dice.chance(0.06):
        moved = moment(account, dice.whole(account.month, MONTHS + 1))
        if dice.chance(0.5):
            values["region"] = dice.pick(REGIONS)
        else:
            values["industry"] = dice.pick(INDUSTRIES)
        if moved < AS_OF and list(values.values()) != rows[0][3:]:
            rows.append([account.account_id, moved, parent, *values.values()])
    return [] if dice.chance(0.012) else rows


def spoil(rows: list[Event], dice: Dice) -> list[Event]:
    """Broken versions of good rows, sent shortly before them: a different reason each time."""
    usable = [row for row in rows if row.status == "active" and row.recorded_at]
    broken = []
    for index in range(round(len(rows) * BROKEN_SHARE)):
        row = copy(usable[dice.whole(0, len(usable) - 1)])
        name, value = BREAKS[index % len(BREAKS)]
        setattr(row, name, value)
        row.recorded_at -= timedelta(seconds=dice.whole(60, 7200))
        broken.append(row)
    return broken


def redeliver(rows: list[Event], dice: Dice) -> list[Event]:
    """The same event once more: an exact copy, the same sent later, or a corrected version."""
    again = []
    for row in rows:
        if row.event_id and row.recorded_at and dice.chance(0.02):
            second, kind = copy(row), dice.roll()
            if kind >= 0.45:
                second.recorded_at += timedelta(hours=dice.whole(2, 240))
            if kind >= 0.7 and row.quantity and second.recorded_at <= AS_OF:
                wrong = row.quantity * 1.5  # the first version; the second has it right
                row.quantity = round(wrong) if row.pricing_model == "seat" else round(wrong, 2)
            if second.recorded_at <= AS_OF:
                again.append(second)
    return again


def arrival(row: Event) -> tuple[datetime, str]:
    return row.recorded_at or row.effective_at, row.event_id or ""


def exchange_rates(dice: Dice) -> list[list]:
    """Month-end rates that wander and are pulled back to where they started."""
    rows = []
    for currency, level in RATES.items():
        rate = level
        for month in range(MONTHS + 1):
            noise = dice.roll() + dice.roll() + dice.roll() + dice.roll() - 2
            rate = rate * (1 + 0.028 * noise) + 0.06 * (level - rate)
            day = month_start(month) - timedelta(days=1)
            rows.append([currency, date(day.year, day.month, day.day), round(rate, 5)])
    return rows


def write(path: Path, header: list[str], rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_told(folder: Path, told: dict[str, list[list]], until: datetime) -> None:
    """What was known when the day before `until` was over, in the order of its days."""
    for name, columns in COLUMNS.items():
        at = columns.index(DAYS[name])
        rows = [row for row in told[name] if (row[-1] or row[at] or date.min) < until.date()]
        rows.sort(key=lambda row: row[at] or date.min)
        write(folder / f"{name}.csv", columns, rows)


def generate(
    folder: str | Path,
    accounts: int = 600,
    seed: int = SEED,
    stories: tuple[str, ...] = STORIES,
    until: datetime = AS_OF,
    customers: bool = False,
) -> None:
    """Write the three files for about so many accounts; the traits' shares stay the same.

    `stories` are those that are planted; nothing is written that was recorded after `until`.
    With `customers` four more: what they do in the product and with the company's people, and
    signals of the company's own.
    """
    folder, dice = Path(folder), Dice(seed)
    folder.mkdir(parents=True, exist_ok=True)
    events, attributes, parents = [], [], []
    told = {"product_usage": [], "customer_events": [], "plan_limits": plan_rows()}
    parts = [story for story in ("concentration", "restatement") if story in stories]
    for number in range(accounts):
        account = new_account(number, accounts, seed, stories)
        if parts and (account.size, account.model) == ("ent", "seat"):
            account.plays = parts.pop(0)
        attributes += account_rows(account, parents)
        if account.size == "ent":
            parents.append(account.account_id)
        events += play(account)
        if customers:  # before redeliver changes rows
            for name, rows in tell(account, Dice(seed * 1_000_003 + number + OWN_DICE)).items():
                told[name] += rows
    events += spoil(events, dice)
    events.sort(key=arrival)
    for index, row in enumerate(events, 1):
        row.event_id = f"evt_{index:06d}" if row.event_id is None else row.event_id
    events += redeliver(events, dice)
    events.sort(key=arrival)
    events = [row for row in events if arrival(row)[0] <= until]
    attributes = [row for row in attributes if row[1] is None or row[1] <= until]
    rates = [row for row in exchange_rates(dice) if row[1] <= until.date()]
    columns = [column.name for column in fields(Event)]
    write(folder / "subscription_events.csv", columns, map(attrgetter(*columns), events))
    names = ["account_id", "valid_from", "parent_account_id", "industry", "region"]
    write(folder / "accounts.csv", [*names, "acquisition_channel"], attributes)
    write(folder / "exchange_rates.csv", ["currency", "rate_date", "rate"], rates)
    if customers:
        write_told(folder, told, until)
        write(folder / "signals.csv", SIGNAL_COLUMNS, OWN_SIGNALS)


if __name__ == "__main__":
    arguments = sys.argv[1:] or [Path(__file__).resolve().parent / "data"]
    until = datetime.fromisoformat([*arguments, str(AS_OF)][1])
    generate(arguments[0], until=until, customers=True)
