"""What every engine builds: the demo and a random history, in full and then in three batches."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from load import TYPES
from reference.batches import arrive, batches, held_in
from reference.random_history import SEGMENTS, write_history

ROOT = Path(__file__).parents[2]
LATER_BATCHES = 3


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
        states = batches(held_in(source), Random(name), LATER_BATCHES, at_first)
        for number, held in enumerate(states):
            data = folder / f"{name}_{number}"
            arrive(data, {input_: loadable(rows, typed) for input_, rows in held.items()})
            variables = {"nrr_segments": SEGMENTS, "nrr_rejected_rows_allowed": 1, **settings}
            made.append(Stage(f"{name} {number}", str(data), typed, number == 0, variables))
    return made


def loadable(rows: list[dict], typed: bool) -> list[dict]:
    """The rows as a loader leaves them: where columns have types, what has not is missing."""
    if not typed:
        return rows
    return [
        {column: value if is_typed(column, value) else "" for column, value in row.items()}
        for row in rows
    ]


def is_typed(column: str, value: str) -> bool:
    read = Decimal if "numeric" in TYPES.get(column, "") or TYPES.get(column) == "integer" else str
    if TYPES.get(column) in ("timestamp", "date"):
        read = datetime.fromisoformat
    try:
        read(value)
    except (ValueError, ArithmeticError):
        return False
    return True
