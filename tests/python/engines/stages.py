"""What every engine builds: the demo and a random history, in full and then in batches."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from load import TYPES
from reference.batches import arrive, batches, held_in
from reference.random_history import EVENT_COLUMNS, SEGMENTS, write_history

ROOT = Path(__file__).parents[3]
# Few, since each takes every engine a fifth of its time: many batches are tested on DuckDB.
LATER_BATCHES = {"demo": 1, "random": 2}
# Ways to write a value, or something that is none: each is read, or refused, alike everywhere.
INSTANTS = [
    *["2024-05-31", "2024-05-31 23:59", "2024-05-31T23:59:59", "2024-05-31 23:59:59.5"],
    *["2024-05-31 23:59:59.999999", "2024-05-31T22:30:00Z", "2024-05-31 22:30:00 UTC"],
    *["2024-05-31T23:30:00-02:00", "2024-06-01 00:30:00+02", "2024-06-01 00:30:00 +0200"],
    *["2024-06-01T05:29:59.123456+05:30", "2024-05-31 12:00:00-12:00", " 2024-05-31 10:00:00 "],
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
    *["999999999999.9999999", "1000000000000", "123456789012345678901234567890", "1e400"],
    *["1,000", "1_000", "$10", "ten", "NaN", "inf", "0x10", "1e", ".", "-", "1 0", "true"],
]
# Which of two states of one instant comes last, its sequence says.
WHOLE_NUMBERS = [
    *["3.0", "1.5", "3.0000001", "3.0000000000001", "999999999999", "9007199254740993"],
    *["9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"],
    *["9223372036854775807.0", "9223372036854775806.5", "1e18", "1e19", "1_000", "ten", " 4 "],
]
RIVALS = ["-9223372036854775807", "", "3", "9007199254740992", "9223372036854775806"]


@dataclass
class Stage:
    """One state of the input: its files and how the tables are built from it."""

    name: str
    folder: str
    typed: bool
    full_refresh: bool
    variables: dict


def stages(folder: Path) -> list[Stage]:
    """Writes the input files of every stage into the folder."""
    write_history(folder / "random", seed=20261122, accounts=40, months=26)
    histories = {
        "demo": (ROOT / "demo/data", True, 1.0, {}),
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
        states = batches(held, Random(name), LATER_BATCHES[name], at_first)
        for number, held in enumerate(states):
            data = folder / f"{name}_{number}"
            arrive(data, {input_: loadable(rows, typed) for input_, rows in held.items()})
            variables = {"nrr_segments": SEGMENTS, "nrr_rejected_rows_allowed": 1, **settings}
            made.append(Stage(f"{name} {number}", str(data), typed, number == 0, variables))
    return made


def written_in_many_ways():
    """An event of an account of its own for each way to write a value."""
    plain = {
        **dict.fromkeys(EVENT_COLUMNS, ""),
        **{"effective_at": "2024-01-15 08:00:00", "recorded_at": "2024-01-15 08:00:00"},
        **{
            "status": "active",
            "unit_amount": "100",
            "currency": "USD",
            "billing_interval": "month",
        },
    }
    ways = [("effective_at", INSTANTS), ("discount_ends_at", INSTANTS), ("quantity", NUMBERS)]
    ways += [("unit_amount", NUMBERS), ("discount_percent", NUMBERS)]
    for column, values in ways:
        for number, value in enumerate(values):
            name = f"{column} {number}"
            ids = {"event_id": name, "account_id": name, "subscription_id": name}
            discount = {"discount_percent": "10"} if column == "discount_ends_at" else {}
            yield {**plain, **ids, **discount, column: value}
    for number, value in enumerate(WHOLE_NUMBERS):
        for rival in RIVALS:
            name = f"sequence {number} or {rival}"
            ids = {"account_id": name, "subscription_id": name}
            yield {**plain, **ids, "event_id": "rival", "sequence": rival, "unit_amount": "200"}
            yield {**plain, **ids, "event_id": "value", "sequence": value}


def loadable(rows: list[dict], typed: bool) -> list[dict]:
    """The rows as a loader leaves them: where columns have types, what has not is missing."""
    if not typed:
        return rows
    return [
        {column: value if is_typed(column, value) else "" for column, value in row.items()}
        for row in rows
    ]


def is_typed(column: str, value: str) -> bool:
    readers = {"decimal(18, 6)": Decimal, "integer": int, "bigint": int}
    readers |= dict.fromkeys(["timestamp", "date"], datetime.fromisoformat)
    read = readers.get(TYPES.get(column), str)
    try:
        read(value)
    except (ValueError, ArithmeticError):
        return False
    return True
