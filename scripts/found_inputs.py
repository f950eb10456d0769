"""Which inputs a folder holds: its files, and the tables in the folders of billing systems.

Run as `python scripts/found_inputs.py`; it prints what NRR_INPUTS has to say of NRR_DATA, so that
dbt knows before it has read a file which models there are. `make build` does that by itself.
"""

import os
import re
import sys
from pathlib import Path

from found_files import COLUMNS, InputError, kind, parquet_files, path_of
from likely_inputs import renamings

# each of these alone is enough to compute from
SOURCES = [
    "subscription_events",
    "mrr_snapshots",
    "mrr_movements",
    "subscription_periods",
    "contracts",
]
# folders with the tables of a billing system
SYSTEMS = ["stripe", "chargebee", "recurly", "zuora"]
DEMO = Path(__file__).resolve().parents[1] / "demo" / "data"


def tables_of(folder: Path) -> list[str]:
    """The tables in the folder of a billing system, by the names of their files."""
    names = set()
    for path in folder.iterdir():
        if path.is_dir() and parquet_files(path):
            names.add(path.name)
        elif kind(path):
            names.add(path.name[: -len(kind(path) or "")])
    return sorted({name.lower() for name in names if re.fullmatch(r"\w+", name)})


def system_folders(folder: Path) -> dict[str, Path]:
    """Billing system -> its folder, where there is one."""
    paths = {path.name.lower(): path for path in folder.iterdir() if path.is_dir()}
    return {system: paths[system] for system in SYSTEMS if system in paths}


def place_of(folder: Path, name: str) -> tuple[Path, str]:
    """The folder in which the file of an input is, and what the file is called there."""
    system, _, table = name.partition("_")
    return (system_folders(folder)[system], table) if system in SYSTEMS else (folder, name)


def found_inputs(folder: Path) -> list[str]:
    """The names of the inputs that the folder holds; raises InputError where none can be used."""
    found = [name for name in COLUMNS if path_of(folder, name)]
    tables = {system: tables_of(path) for system, path in system_folders(folder).items()}
    for system, names in tables.items():
        found += [f"{system}_{table}" for table in names]
    if not {*found} & {*SOURCES} and not any(tables.values()):
        there = ", ".join([path.name for path in sorted(folder.iterdir())][:5])
        meant = renamings(folder)
        if meant:
            raise InputError(
                f"{folder} holds no file that is called as an input. {' '.join(meant)}"
            )
        raise InputError(
            f"{folder} holds no subscription_events.parquet, subscription_events/*.parquet or "
            f"subscription_events.csv, but {there or 'nothing'}. Put one there, or another that "
            f"figures can be computed from ({', '.join(SOURCES[1:])}, or a folder "
            f"{', '.join(SYSTEMS)}), or set NRR_DATA to the folder that has it."
        )
    return found


def check_known(folder: Path, found: list[str]) -> None:
    """Raises InputError where dbt has not been told of the inputs that are there."""
    told = "subscription_events accounts exchange_rates"
    if folder.resolve() == DEMO.resolve() and not os.environ.get("NRR_DATA"):
        told += " product_usage customer_events plan_limits signals"
    known = os.environ.get("NRR_INPUTS", told).split()
    optional = {"accounts", "exchange_rates"}
    if "all" in known or {*found} <= {*known} <= {*found} | optional:
        return
    raise InputError(
        f"{folder} holds the inputs {' '.join(found)}, but dbt was told of {' '.join(known)}. "
        f"`make build` looks by itself; for a command of dbt set NRR_INPUTS='{' '.join(found)}'."
    )


if __name__ == "__main__":
    try:
        print(*found_inputs(Path(os.environ.get("NRR_DATA") or DEMO)))
    except (InputError, OSError) as error:
        sys.exit(f"{error}")
