"""What every engine builds: the demo; a random history, in full and then a batch; the sources."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import chapters
from found_inputs import found_inputs
from load import TYPES
from reference.batches import arrive, batches, held_in
from reference.files import read_csv
from reference.random_customers import COLUMNS as CUSTOMERS
from reference.random_history import EVENT_COLUMNS, SEGMENTS, write_history
from source_folders import source_folders

ROOT = Path(__file__).parents[3]
# Few, since each takes every engine a quarter of its time: many batches are tested on DuckDB.
LATER_BATCHES = {"demo": 0, "random": 1}
# Explanation and customers do not know where states came from, but for the terms of contracts.
LEFT_OUT_OF_SOURCES = [
    *(f"nrr.intermediate.{name}" for name in ("cohorts", "bridges", "findings")),
    *["nrr__mrr_drivers", "nrr__retention_bridges", "nrr__retention_cohorts"],
    "nrr__retention_findings",
    *chapters.CUSTOMERS,
]
# What every run makes anew as the first one did: a later batch shows nothing more of it.
LEFT_OUT_OF_BATCHES = ["nrr.intermediate.methods", "nrr.marts.explanation", *LEFT_OUT_OF_SOURCES]
# Ways to write a value, or something that is none: each is read, or refused, alike everywhere.
INSTANTS = [
    *["2024-05-31", "2024-05-31 23:59", "2024-05-31T23:59:59", "2024-05-31 23:59:59.5"],
    *["2024-05-31 23:59:59.999999", "2024-05-31T22:30:00Z", "2024-05-31 22:30:00 UTC"],
    *["2024-05-31T23:30:00-02:00", "2024-06-01 00:30:00+02", "2024-06-01 00:30:00 +0200"],
    *["2024-06-01T05:29:59.123456+05:30", "2024-05-31 12:00:00-12:00", " 2024-05-31 10:00:00 "],
    *["2024-06-01", "\t2024-06-01\u00a0", "\u00a02024-06-01 00:00Z\r\n", "2024-06-01 +02:00"],
    *["1900-01-01", "2199-12-31", "2199-12-31 23:59:59.999999", "2024-05-31 10:"],
    *["2024-02-29", "2023-02-29", "2024-02-30 10:00:00Z", "2024-13-01", "2024-00-10", "2024-06-31"],
    *["24-01-15", "1899-12-31", "2200-01-01", "2024-05-31 24:00:01", "2024-05-31 10:60"],
    *[
        "2024-05-31 10:00:00 Mars/Base",
        "2024-05-31x",
        "31.05.2024",
        "May 31, 2024",
        "now",
        "x",
        "0",
    ],
    *["infinity", "20240531", "2024-05", "2024-05-31 10", "2024-05-31 10:00:00+25:00"],
]
NUMBERS = [
    *["10", "10.5", " 10 ", "+10", "-10", "10.", ".5", "0010", "1e2", "1.5E+2", "1e-3", "-0"],
    *["12.3456784", "12.3456785", "0.0000005", "0.0000004", "999999", "1e7", "1e12"],
    *["\u00a010\u00a0", "\t10\r\n", "1\u00a0000", "\u00a0", "10\u200b"],
    *["999999999999.9999999", "1000000000000", "123456789012345678901234567890", "1e400"],
    *["1,000", "1_000", "$10", "ten", "NaN", "inf", "0x10", "1e", ".", "-", "1 0", "true"],
]
# Which of two states of one instant comes last, its sequence says.
WHOLE_NUMBERS = [
    *["3.0", "1.5", "3.0000001", "3.0000000000001", "999999999999", "9007199254740993"],
    *["9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"],
    *["9223372036854775807.0", "9223372036854775806.5", "1e18", "1e19", "1_000", "ten", " 4 "],
    *["\u00a04\t", "\u00a0"],
]
RIVALS = ["-9223372036854775807", "", "3", "9007199254740992", "9223372036854775806"]
TEXTS = [
    *[
        "x",
        " x",
        "x  ",
        "\tx\r\n",
        "\u00a0x\u00a0",
        " \u00a0\tx y \n",
        "x\u00a0y",
        "X",
        "É",
        "~x!",
        " ",
    ],
    *["\u00a0\t"],
]
STATUSES = [
    *[
        "Active",
        " ACTIVE ",
        "active\u00a0",
        "\tlive",
        "canceled",
        "past due",
        "Past-Due",
        "in_trial",
    ],
    *["Paused", "draft", "active!", "_active", "\u00a0"],
]
INTERVALS = [
    *[
        "Month",
        " monthly",
        "Annual\t",
        "quarterly",
        "semi-annual",
        "biennial",
        "Weekly\u00a0",
        "daily",
    ],
    *["one_time", "One Time", "one-off", "fortnight", "aeon", " "],
]
CURRENCIES = ["usd", " Usd ", "eur", "Eur\u00a0", "\tGBP", "xyz", "US", "€", " "]
# May's is another where one is of June.
RATE_DATES = [
    *[
        "2024-06-01",
        "\t2024-06-01\u00a0",
        "2024-06-01 01:30:00+02:00",
        "2024-05-31 23:59:59.999999",
    ],
    *["2024-06-31", "1 June 2024", ""],
]
RATES = ["\u00a02.5\t", "2,5", "0", "-1", "1e-3", "0.0000000000005", "99999999.5", "100000000", ""]


@dataclass
class Stage:
    """One state of the input: its files and how the tables are built from it."""

    name: str
    folder: str
    inputs: str  # for NRR_INPUTS
    typed: bool
    full_refresh: bool
    variables: dict
    models: list[str] = field(default_factory=list)  # of sources; else all
    left_out: list[str] = field(default_factory=list)


def stages(folder: Path) -> list[Stage]:
    """Writes the input files of every stage into the folder."""
    write_history(folder / "random", seed=20261122, accounts=40, months=26)
    histories = {
        # a loader makes some columns dates, which begin in the time zone
        "demo": (
            ROOT / "demo/data",
            True,
            1.0,
            {"nrr_timezone": "America/Sao_Paulo", "nrr_as_of": "2026-11-01"},
        ),
        "random": (
            folder / "random",
            False,
            0.8,
            {"nrr_timezone": "America/New_York", "nrr_fx": "actual"},
        ),
    }
    made = []
    for name, (source, typed, at_first, settings) in histories.items():
        held = held_in(source)
        if not typed:
            held["subscription_events"] += [*written_in_many_ways()]
            held["accounts"] += [*accounts_written_in_many_ways()]
            held["exchange_rates"] += [*rates_written_in_many_ways()]
        else:
            held |= customers_of_some_accounts(source)
            # the demo has no discount that ends
            for day in ("2026-03-31", "2026-04-01"):
                event = of_its_own(f"until {day}", discount_percent="10", discount_ends_at=day)
                columns = held["subscription_events"][0]
                held["subscription_events"].append({column: event[column] for column in columns})
        states = batches(held, Random(name), LATER_BATCHES[name], at_first)
        for number, held in enumerate(states):
            data = folder / f"{name}_{number}"
            arrive(data, {input_: loadable(rows, typed) for input_, rows in held.items()})
            variables = {"nrr_segments": SEGMENTS, "nrr_rejected_rows_allowed": 1, **settings}
            inputs = " ".join(held)
            stage = Stage(f"{name} {number}", str(data), inputs, typed, number == 0, variables)
            stage.left_out = LEFT_OUT_OF_BATCHES if number else []
            made.append(stage)
    for name, (data, variables, models) in source_folders(folder).items():
        inputs = " ".join(found_inputs(data))
        left_out = [] if models else LEFT_OUT_OF_SOURCES
        made.append(Stage(name, str(data), inputs, False, True, variables, models, left_out))
    return made


def customers_of_some_accounts(source: Path) -> dict[str, list[dict]]:
    """What every tenth account does, since a row takes an emulator a while."""
    held = {name: read_csv(source / f"{name}.csv") for name in CUSTOMERS}
    for name, rows in held.items():
        held[name] = [row for row in rows if row["account_id"][-1:] in ("", "0")]
        for row in held[name]:
            # a loader makes it a timestamp: that is of the same day everywhere at noon
            row["recorded_at"] = row["recorded_at"] and f"{row['recorded_at'][:10]} 12:00:00"
    return held | {"signals": read_csv(source / "signals.csv")}


PLAIN = {
    **dict.fromkeys(EVENT_COLUMNS, ""),
    **{"effective_at": "2024-01-15 08:00:00", "recorded_at": "2024-01-15 08:00:00"},
    **{"status": "active", "unit_amount": "100", "currency": "USD", "billing_interval": "month"},
}


def of_its_own(name: str, **values: str) -> dict:
    """An event of an account of its own."""
    return {**PLAIN, "event_id": name, "account_id": name, "subscription_id": name, **values}


def written_in_many_ways():
    """An event of an account of its own for each way to write a value, and rows without any."""
    ways = [(column, INSTANTS) for column in ("effective_at", "recorded_at", "discount_ends_at")]
    ways += [(column, NUMBERS) for column in ("quantity", "unit_amount", "billing_interval_count")]
    ways += [(column, NUMBERS) for column in ("discount_percent", "discount_amount")]
    ways += [(column, TEXTS) for column in ("subscription_item_id", "plan_id", "pricing_model")]
    ways += [("status", STATUSES), ("billing_interval", INTERVALS), ("currency", CURRENCIES)]
    for column, values in ways:
        discount = {"discount_percent": "10"} if column == "discount_ends_at" else {}
        for number, value in enumerate(values):
            # every month since would be compared
            if (column, value) != ("effective_at", "1900-01-01"):
                yield of_its_own(f"{column} {number}", **{**discount, column: value})
    # the same ids, so that one of these rows is used
    for number, text in enumerate(TEXTS):
        ids = dict.fromkeys(["account_id", "subscription_id", "subscription_item_id"], text)
        yield of_its_own(text, **ids, recorded_at=f"2024-01-{number + 1:02}")
    for account, value, rival in sequences():
        ids = {"account_id": account, "subscription_id": account}
        yield {**PLAIN, **ids, "event_id": "rival", "sequence": rival, "unit_amount": "200"}
        yield {**PLAIN, **ids, "event_id": "value", "sequence": value}
    for number in range(len(RATE_DATES)):
        yield of_its_own(f"rate_date {number}", currency=f"D{number:02}")
    for number in range(len(RATES)):
        yield of_its_own(f"rate {number}", currency=f"r{number:02} ")
    for value in ("", " ", "\u00a0\t"):
        yield dict.fromkeys(EVENT_COLUMNS, value)


def sequences():
    """Accounts with two states of one instant: the account, the sequence and its rival."""
    for number, value in enumerate(WHOLE_NUMBERS):
        for rival in RIVALS:
            yield f"sequence {number} or {rival}", value, rival


def accounts_written_in_many_ways():
    """A row of some of these accounts for each way to write a value."""
    plain = dict.fromkeys(["valid_from", "parent_account_id", *SEGMENTS], "")
    names = [account for account, *_ in sequences()]
    for name, value in zip(names, INSTANTS, strict=False):
        yield {**plain, "account_id": f" {name}\u00a0", "valid_from": value, "region": "EMEA"}
    for name, value in zip(reversed(names), TEXTS, strict=False):
        yield {**plain, "account_id": f"{name}\t", "valid_from": "2024-06-01", "region": value}


def rates_written_in_many_ways():
    """Rates of the currencies of their own that some of these events are in."""
    for number, value in enumerate(RATE_DATES):
        yield {"currency": f"D{number:02}", "rate_date": "2024-05-31", "rate": "3"}
        yield {"currency": f"D{number:02}", "rate_date": value, "rate": "2"}
    for number, value in enumerate(RATES):
        yield {"currency": f" r{number:02}", "rate_date": "2024-05-31", "rate": value}


def loadable(rows: list[dict], typed: bool) -> list[dict]:
    """The rows as a loader leaves them: where columns have types, what has not is missing."""
    if not typed:
        return rows
    return [{column: typed_text(column, value) for column, value in row.items()} for row in rows]


def typed_text(column: str, value: str) -> str:
    """The value as its column's type can hold it."""
    if not is_typed(column, value):
        return ""
    return value[:10] if TYPES.get(column) == "date" else value


def is_typed(column: str, value: str) -> bool:
    readers = {"decimal(18, 6)": Decimal, "integer": int, "bigint": int}
    readers |= dict.fromkeys(["timestamp", "date"], datetime.fromisoformat)
    read = readers.get(TYPES.get(column), str)
    try:
        read(value)
    except (ValueError, ArithmeticError):
        return False
    return True
