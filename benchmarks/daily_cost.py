"""What a daily run reads and writes, from the demo: rows and bytes, as warehouses bill them.

    python benchmarks/daily_cost.py

Builds the demo in full, adds one event, and runs again. A statement reads every table that it or
a view under it names, once and with all its columns, whatever its conditions: what a warehouse
without clustering scans at most. Bytes are those of BigQuery's types (8 a number of 64 bits or a
timestamp, 16 a decimal, 2 and its UTF-8 a text).
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
DATA = ROOT / "demo/data"
# DuckDB's type -> bytes of a value
SIZES = {"BIGINT": 8, "INTEGER": 8, "DATE": 8, "BOOLEAN": 1, "TIMESTAMP": 8, "DOUBLE": 8}
DECIMAL_SIZE = 16
TABLE = re.compile(r'"(?:nrr|memory)"\."(?:main|nrr_files)"\."(\w+)"')
# A statement in dbt's log: behind a comment that names its node, up to the next line of the log.
STATEMENT = re.compile(
    r'"node_id": "(model|operation)\.nrr\.([\w-]+)"\} \*/(.*?)\n[0-9:.]+ \[', re.S
)


def dbt(folder: Path, *arguments: str) -> None:
    """Runs dbt on the demo with the input of the folder; its SQL is left in folder/target/run."""
    environment = os.environ | {
        "NRR_DATA": str(folder / "data"),
        "NRR_DUCKDB_PATH": str(folder / "nrr.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROJECT_DIR": str(ROOT),
        "DBT_PROFILES_DIR": str(ROOT),
    }
    command = [
        str(Path(sys.executable).with_name("dbt")),
        "--quiet",
        "--no-use-colors-file",
        *arguments,
    ]
    variables = {"nrr_segments": ["industry", "region", "acquisition_channel"]}
    command += ["--vars", json.dumps(variables)]
    subprocess.run(command, env=environment, check=True)


def sizes(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Table -> its rows and bytes."""
    found = {}
    for (table,) in connection.execute(
        "select table_name from information_schema.tables where table_type = 'BASE TABLE'"
    ).fetchall():
        described = connection.execute(f"describe {table}").fetchall()
        per_row = " + ".join(
            f"coalesce(2 + strlen({name}), 0)"
            if kind == "VARCHAR"
            else f"case when {name} is null then 0 else "
            f"{SIZES.get(kind.split(' ')[0], DECIMAL_SIZE)} end"
            for name, kind, *_ in described
        )
        found[table] = connection.execute(
            f"select count(*), coalesce(sum({per_row}), 0) from {table}"
        ).fetchone()
    return found


def statements(folder: Path) -> list[tuple[str, str]]:
    """Every statement of the last dbt command, as its model and SQL."""
    log = (folder / "logs/dbt.log").read_text(encoding="utf-8")
    return [(name, sql) for _, name, sql in STATEMENT.findall(log)]


def read_tables(sql: str, views: dict[str, str]) -> set[str]:
    """The tables that a statement names, and those under its views."""
    found = set()
    # an insert only writes the table that it names first
    for name in set(TABLE.findall(re.sub(r"^\s*insert into \S+", "", sql, flags=re.I))):
        found |= read_tables(views[name], views) if name in views else {name}
    return found


def cost_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Model -> rows and bytes that the last dbt command's statements read."""
    with duckdb.connect(folder / "nrr.duckdb") as connection:
        held = sizes(connection)
    ran = statements(folder)
    views = {name: sql for name, sql in ran if "create view" in sql.lower()}
    for name in ["subscription_events", "accounts", "exchange_rates"]:
        held[name] = size_of_file(folder / f"data/{name}.csv")
    found = {}
    for name, sql in ran:
        if name in views or re.match(r"\s*(drop|alter|begin|commit|describe)", sql, re.I):
            continue
        read = [held[table] for table in read_tables(sql, views) if table in held]
        rows, size = found.get(name, (0, 0))
        found[name] = (rows + sum(r for r, _ in read), size + sum(b for _, b in read))
    return found


def size_of_file(path: Path) -> tuple[int, int]:
    with path.open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    return len(rows), sum(2 + len(value.encode()) for row in rows for value in row if value)


def add_event(folder: Path) -> None:
    """One more state of the account of the last event."""
    path = folder / "data/subscription_events.csv"
    *_, last = path.read_text(encoding="utf-8").splitlines()
    with path.open("a", encoding="utf-8") as file:
        file.write(last.replace("evt_", "new_") + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(DATA, folder / "data")
        dbt(folder, "seed")
        costs = {}
        for kind in ["in full", "a day later"]:
            (folder / "logs/dbt.log").unlink(missing_ok=True)
            dbt(folder, "run")
            costs[kind] = cost_of(folder)
            add_event(folder)
    table = Table("model", *(f"{unit} {kind}" for kind in costs for unit in ("rows", "kB")))
    for model in sorted(costs["in full"], key=lambda name: -costs["in full"][name][1]):
        cells = [costs[kind].get(model, (0, 0)) for kind in costs]
        table.add_row(model, *(f"{n:,}" for rows, size in cells for n in (rows, size // 1000)))
    totals = [[sum(column) for column in zip(*costs[kind].values(), strict=True)] for kind in costs]
    table.add_section()
    table.add_row("all", *(f"{n:,}" for rows, size in totals for n in (rows, size // 1000)))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
