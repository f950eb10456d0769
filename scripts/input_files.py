"""dbt-duckdb plugin: the files of a folder as the tables `nrr_files.<input>`.

The views live in the in-memory database of the connection, so that every dbt command sees the
files as they are now and nothing about them is stored. A folder that cannot be used stops the
command here, before anything is built.
"""

import csv
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

# input -> the columns without which nothing can be computed
REQUIRED_COLUMNS = {
    "subscription_events": ["account_id", "subscription_id", "effective_at", "status"],
    "accounts": ["account_id"],
    "exchange_rates": ["currency", "rate_date", "rate"],
}
OPTIONAL_INPUTS = ["accounts", "exchange_rates"]
# The one database that every connection of this profile has besides the file it writes.
SCHEMA = "memory.nrr_files"


class InputError(DbtRuntimeError):
    """What is wrong with the input files, and what to do."""

    MESSAGE = "Input files"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def csv_columns(path: Path) -> list[str]:
    """The names in the header row of a CSV file; none if the file is empty."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [name.strip() for name in next(csv.reader(file), [])]


def scan_of(folder: Path, name: str) -> str | None:
    """The DuckDB table function that reads the input `name`, or None if it has no file."""
    parquet = folder / f"{name}.parquet"
    if parquet.exists():
        return f"read_parquet({quoted(str(parquet))})"
    if any((folder / name).glob("*.parquet")):
        return f"read_parquet({quoted(str(folder / name / '*.parquet'))}, union_by_name = true)"
    text = folder / f"{name}.csv"
    if text.exists():
        # Everything is read as text: what a value is, the staging models decide. A line that
        # is too short is a row with missing values (which needs the serial reader).
        columns = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in csv_columns(text))
        return (
            f"read_csv({quoted(str(text))}, auto_detect = false, header = true, delim = ',', "
            f"quote = '\"', escape = '\"', null_padding = true, parallel = false, "
            f"columns = {{{columns}}})"
        )
    return None


def check_columns(folder: Path, name: str, columns: list[str]) -> None:
    """Raises InputError if a required column is missing."""
    missing = [c for c in REQUIRED_COLUMNS[name] if c not in [c.lower() for c in columns]]
    if missing:
        raise InputError(
            f"{name} in {folder} lacks the column {', '.join(missing)}. It has: "
            f"{', '.join(columns) or 'none'}. Add the missing column to the file."
        )


def view_of(conn: duckdb.DuckDBPyConnection, folder: Path, name: str) -> str:
    """The select behind the view of the input `name`; raises InputError if it cannot be used."""
    try:
        scan = scan_of(folder, name)
        if scan is None and name in OPTIONAL_INPUTS:
            columns = ", ".join(f"null::varchar as {c}" for c in REQUIRED_COLUMNS[name])
            return f"select {columns} where false"
        if scan is None:
            raise InputError(
                f"{folder} holds no {name}.parquet, {name}/*.parquet or {name}.csv. "
                f"Put one there, or set NRR_DATA to the folder that has it."
            )
        counts = "count(*)"
        if scan.startswith("read_csv"):
            check_columns(folder, name, csv_columns(folder / f"{name}.csv"))
            # Reads every value of a CSV, and so finds the line that cannot be read.
            counts = "count(*), count(columns(*))"
        rows = conn.execute(f"select {counts} from {scan}").fetchone()[0]
        check_columns(
            folder, name, [row[0] for row in conn.execute(f"describe from {scan}").fetchall()]
        )
    except (duckdb.Error, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"the file of {name} in {folder} cannot be read. Write it anew as Parquet, or as CSV "
            f"in UTF-8 with commas and a header row. The reader says: {error}"
        ) from error
    if not rows and name not in OPTIONAL_INPUTS:
        raise InputError(f"{name} in {folder} has no rows. Nothing can be computed from it.")
    return f"from {scan}"


class Plugin(BasePlugin):
    def initialize(self, plugin_config):
        self.folder = Path(plugin_config["folder"])

    def configure_connection(self, conn):
        if not self.folder.is_dir():
            raise InputError(f"there is no folder {self.folder}. Set NRR_DATA to an existing one.")
        conn.execute(f"create schema if not exists {SCHEMA}")
        for name in REQUIRED_COLUMNS:
            select = view_of(conn, self.folder, name)
            conn.execute(f"create or replace view {SCHEMA}.{name} as {select}")
