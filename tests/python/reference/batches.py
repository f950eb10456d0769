"""Inputs as they arrive: what the source holds at first and after each of a few batches."""

from pathlib import Path
from random import Random

from reference.files import read_csv, write_csv

INPUTS = ["subscription_events", "accounts", "exchange_rates"]


def held_in(folder: Path) -> dict[str, list[dict]]:
    """The rows of a folder's input files by input."""
    return {name: read_csv(folder / f"{name}.csv") for name in INPUTS}


def corrected(event: dict, dice: Random) -> dict:
    """The event as its source corrects it later, under the same id, in one of its columns."""
    value = {
        "unit_amount": ["10", "250.50", "", "x"],
        "status": ["ACTIVE ", "canceled", "Paused", "unheard of", "draft"],
        "quantity": ["1", "2", "7.5", "many"],
        "billing_interval": ["month", "Annual", "one_time", "aeon"],
        "plan_id": ["basic", "pro", ""],
        "account_id": ["acc_0001", "acc_0002", ""],
        "effective_at": ["2023-05-31 23:59:59", "2024-02-29", "2030-01-01"],
        "sequence": ["", "1", "-1", "x"],
    }
    column = dice.choice([column for column in value if column in event])
    return {**event, column: dice.choice(value[column])}


def changed_at_the_source(events: list[dict], dice: Random) -> list[dict]:
    """The events after a few were corrected, delivered again or taken back."""
    events = list(events)
    for _ in range(3):
        event = events.pop(dice.randrange(len(events)))
        again = {**event, "recorded_at": "2023-04-05 10:00:00"}
        events += dice.choice(
            [[], [corrected(event, dice)], [event, again], [event, corrected(again, dice)]]
        )
    return events


def batches(
    history: dict[str, list[dict]], dice: Random, later: int = 2, at_first: float = 0.8
) -> list[dict[str, list[dict]]]:
    """What the source holds at first, and after each of the later batches, rows in random order.

    `at_first` is the share of the rows that the first state has.
    """
    waiting = {name: dice.sample(rows, len(rows)) for name, rows in history.items()}
    held = {name: [] for name in history}
    states = []
    for number in range(1 + later):
        for name, rows in waiting.items():
            # a new rate of a month that is over touches every account: not each time
            comes = not number or name != "exchange_rates" or dice.random() < 0.3
            share = dice.choice([0.02, 0.1, 0.5]) if number else at_first
            held[name] = held[name] + [rows.pop() for _ in range(round(len(rows) * share * comes))]
        if number:
            held["subscription_events"] = changed_at_the_source(held["subscription_events"], dice)
        states.append(dict(held))
    return states


def arrive(folder: Path, held: dict[str, list[dict]]) -> None:
    for name, rows in held.items():
        write_csv(folder / f"{name}.csv", rows)
