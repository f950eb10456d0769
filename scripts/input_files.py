"""dbt-duckdb plugin: the files of a folder as the tables `nrr_files.<input>`.

The views live in the in-memory database of the connection, so that every dbt command sees the
files as they are now and nothing about them is stored. A folder that cannot be used stops the
command here, before anything is built.
"""

import csv
import difflib
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.events.logging import AdapterLogger
from dbt.flags import get_flags
from export_columns import LINE
from exports import Settings, finished, met_half_way
from found_files import (
    COLUMNS,
    OPTIONAL_INPUTS,
    REQUIRED_COLUMNS,
    SAVE_AGAIN,
    SCHEMA,
    File,
    InputError,
    file_of,
    identifier,
    misnamed,
)
from found_inputs import SOURCES, check_known, found_inputs, place_of
from given_values import PERCENT, look_at_all, rewritings
from input_summary import column_lines
from likely_inputs import renamings

# What print_retention.py reads: how the files were read.
FOUND = "nrr_input_files.json"
# What others call the columns of the contract, where the words are not alike.
OTHER_NAMES = {
    "account_id": ["customer_id", "customer", "client_id", "company_id", "organization_id"],
    "effective_at": ["date", "start_date", "started_at", "created_at", "timestamp", "valid_from"],
    "recorded_at": ["updated_at", "loaded_at", "ingested_at", "modified_at", "_fivetran_synced"],
    "status": ["state", "subscription_status"],
    "plan_id": ["plan", "price_id", "plan_name"],
    "product_id": ["product", "product_name"],
    "quantity": ["qty", "seats", "units", "licenses"],
    "unit_amount": ["price", "unit_price", "amount", "mrr", "monthly_amount", "plan_amount"],
    "billing_interval": ["interval", "billing_period", "frequency", "billing", "period"],
    "billing_interval_count": ["interval_count"],
    "discount_percent": ["discount", "percent_off"],
    "discount_amount": ["amount_off"],
    "parent_account_id": ["parent_id", "parent"],
    "rate_date": ["date", "day", "month"],
    "rate": ["exchange_rate", "fx_rate", "value"],
    "currency": ["currency_code", "from_currency"],
    "event_id": ["id"],
    "usage_date": ["date", "day", "used_on", "used_at", "occurred_at", "event_date", "timestamp"],
    "metric": ["metric_name", "measure", "event", "event_name", "event_type"],
    "occurred_at": ["date", "event_date", "event_time", "created_at", "timestamp"],
    "event": ["event_name", "event_type", "activity", "activity_type", "type"],
    "limit_value": ["limit", "quota", "allowance", "included", "entitlement", "max", "value"],
}


@dataclass
class Found:
    """An input as a view, and what the summary says of its file."""

    select: str
    notes: list[str]
    unused_columns: dict[str, str | None]
    currencies: set[str]


def guess(name: str, wanted: list[str]) -> str | None:
    """Which of the wanted columns a column of that name may have been meant as."""
    plain = re.sub(r"[\s-]+", "_", name).lower()
    for column in wanted:
        if plain in OTHER_NAMES.get(column, []):
            return column
    return next(iter(difflib.get_close_matches(plain, wanted, n=1, cutoff=0.7)), None)


def guesses(name: str, columns: list[str]) -> dict[str, str | None]:
    """The columns that are none of the contract's, with what each may have been meant as."""
    lower = [column.lower() for column in columns]
    wanted = [column for column in COLUMNS[name] if column not in lower]
    unused = [c for c in columns if c.lower() not in COLUMNS[name]]
    # what a data frame makes of its own index
    unused = [c for c in unused if not re.fullmatch(r"Unnamed: \d+|__index_level_\d+__", c)]
    return {column: guess(column, wanted) for column in unused}


def check_columns(file: File, name: str) -> None:
    """Raises InputError if a required column is missing."""
    columns = [column.name for column in file.columns if column.name]
    missing = [c for c in REQUIRED_COLUMNS[name] if not file.column(c)]
    if missing:
        meant = [f"Is {given} the {g}?" for given, g in guesses(name, columns).items() if g]
        raise InputError(
            f"{name} in {file.path} lacks the column {', '.join(missing)}. It has: "
            f"{', '.join(columns) or 'none'}. {' '.join([*meant, 'Rename'])} the column that "
            "holds it, or add it. docs/input.md says what each takes."
        )


def check_nameless(file: File, name: str, values: list[dict]) -> None:
    """Raises InputError where a column without a header holds more than nothing or row numbers."""
    nameless = [column for column in file.columns if not column.name]
    for column, found in zip(nameless, values, strict=True):
        if found["values"] == 0:
            continue
        if column is file.columns[0] and found["whole_numbers"] == found["values"]:
            file.notes.append(
                f"{name}: the first column of {file.path.name} has no name and holds row numbers. "
                "It is not used."
            )
            continue
        position = file.columns.index(column) + 1
        raise InputError(
            f"column {position} of {file.path} has no name in the header row, but values, such as "
            f"{found['example']}. Give it a name, or delete it."
        )


def found_in(
    conn: duckdb.DuckDBPyConnection,
    file: File,
    name: str,
    reporting_currency: str | None,
    date_order: str | None = None,
) -> Found:
    """What is in the file; raises InputError if it cannot be used. Reads all of it once."""
    check_columns(file, name)
    looks = look_at_all(name, file)
    contract = [c.sql for c in file.columns if c.name.lower() in COLUMNS[name]]
    nameless = [column.sql for column in file.columns if not column.name]
    currency, percent = file.column("currency"), file.column(PERCENT)
    # a line of commas is no row
    is_row = " or ".join(f"{column} <> ''" for column in contract) if file.delimiter else "true"
    aggregates = [
        f"count(*) filter ({is_row})",
        f"map_keys(histogram({currency.sql}))" if currency else "[]",
        f"max(try_cast({percent.sql} as double))" if percent else "null",
        *looks.values(),
        *(
            f"{{values: count({c}), example: min({c}), "
            f"whole_numbers: count(*) filter (regexp_full_match({c}, '[0-9]+'))}}"
            for c in nameless
        ),
    ]
    if file.delimiter:
        # every value, and so the line that cannot be read
        aggregates += [f"count({column.sql})" for column in file.columns]
    rows, currencies, most_percent, *found = conn.execute(
        f"select {', '.join(aggregates)} from {file.scan}"
    ).fetchone()
    if not rows and name not in OPTIONAL_INPUTS:
        raise InputError(f"{name} in {file.path} has no rows. Nothing can be computed from it.")
    if most_percent and 0 < most_percent < 1:
        file.notes.append(
            f"{PERCENT} in {file.path.name}: the largest is {most_percent}, which is read as "
            f"{most_percent}%, not as {most_percent:.0%}. It goes from 0 to 100."
        )
    check_nameless(file, name, found[len(looks) : len(looks) + len(nameless)])
    unusual = {column for column, is_so in zip(looks, found[: len(looks)], strict=True) if is_so}
    values = rewritings(conn, name, file, unusual, reporting_currency, date_order)
    select = ", ".join(
        f"{values.get(column.name.lower(), column.sql)} as {identifier(column.name)}"
        for column in file.columns
        if column.name
    )
    named = [column.name for column in file.columns if column.name]
    return Found(
        f"select {select} from {file.scan}",
        file.notes,
        guesses(name, [column for column in named if column != LINE]),
        {code.strip().upper() for code in map(str, currencies or [])} - {""},
    )


def reader_says(error: Exception) -> str:
    """What is wrong with a file that cannot be read, and what to do, in a sentence."""
    said = str(error)
    line = re.search(r"on Line: (\d+)", said)
    where = f"line {line[1]}" if line else "a line"
    if "not utf-8" in said or "unicode" in said.lower() or isinstance(error, UnicodeError):
        return f"{where} is not in UTF-8. Write the file anew as CSV in UTF-8."
    if "Expected Number of Columns" in said:
        return (
            f"{where} has more values than the header row has names. Mend the line (a value that "
            "holds a comma stands in quotes), or name the columns."
        )
    if "reached an invalid state" in said:
        return f"its lines do not all end alike. {SAVE_AGAIN}"
    if "quote" in said:
        return f"{where} has a quote that does not end, or text behind one (two stand for one)."
    first = said.strip().splitlines()[0] if said.strip() else type(error).__name__
    return (
        f"write it anew as Parquet, or as CSV in UTF-8 with a header row. The reader says: {first}"
    )


def all_named(file: File) -> str:
    """The columns that have a name, as they are."""
    return ", ".join(f"{c.sql} as {identifier(c.name)}" for c in file.columns if c.name)


def view_of(
    conn: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    reporting_currency: str | None = None,
    settings: Settings | None = None,
) -> Found:
    """Makes the view of the input `name`; raises InputError if it cannot be used."""
    settings = settings or Settings(reporting_currency)
    try:
        file = file_of(conn, *place_of(folder, name))
        if file is not None and name not in COLUMNS:
            # a table of a billing system is read as it stands
            found = Found(f"select {all_named(file)} from {file.scan}", file.notes, {}, set())
        elif file is None:
            columns = ", ".join(f"null::varchar as {c}" for c in REQUIRED_COLUMNS[name])
            found = Found(f"select {columns} where false", [], {}, set())
        else:
            file = met_half_way(conn, name, file, settings)
            found = found_in(conn, file, name, reporting_currency, settings.date_order)
            found.select = finished(conn, name, file, found.select)
        conn.execute(f"create or replace view {SCHEMA}.{name} as {found.select}")
    except (duckdb.Error, UnicodeError, csv.Error, OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"the file of {name} in {folder} cannot be read: {reader_says(error)}"
        ) from error
    return found


def check_currencies(
    events: Found, rates: Found, reporting_currency: str | None, name: str = "subscription_events"
) -> None:
    """Raises InputError where no row is in the reporting currency, and none can be converted."""
    given = events.currencies
    if not reporting_currency or not given or given & {reporting_currency, *rates.currencies}:
        return
    codes = ", ".join(sorted(given)[:5])
    raise InputError(
        f"every row of {name} that names a currency is in {codes}, while the "
        f"reporting currency is {reporting_currency} and exchange_rates has no rate of it. Either "
        f"report in it, by make build NRR_VARS='{{nrr_reporting_currency: {min(given)}}}' or by "
        "nrr_reporting_currency in the vars of dbt_project.yml. Or add the file "
        "exchange_rates.csv with the columns currency, rate_date and rate."
    )


def variable(name: str) -> object:
    """A variable as dbt sees it: of the command, or else of dbt_project.yml; None if unknown."""
    flags = get_flags()
    given = getattr(flags, "VARS", None) or {}
    if name in given:
        return given[name]
    try:
        project = Path(flags.PROJECT_DIR) / "dbt_project.yml"
        variables = yaml.safe_load(project.read_text(encoding="utf-8")).get("vars") or {}
    except (AttributeError, OSError, TypeError, yaml.YAMLError):
        return None
    return (variables.get("nrr") or {}).get(name, variables.get(name))


def write_down(found: dict[str, Found], notes: list[str]) -> None:
    """Leaves for the summary how the files were read, beside what dbt writes itself.

    A build without a summary has it in dbt's log.
    """
    flags = get_flags()
    project = getattr(flags, "PROJECT_DIR", None)
    if project is None:
        return
    target = Path(project) / (getattr(flags, "TARGET_PATH", None) or "target")
    said = {
        "notes": [note for one in found.values() for note in one.notes] + notes,
        "unused_columns": {name: one.unused_columns for name, one in found.items()},
    }
    if getattr(flags, "WHICH", None) in ("build", "run"):
        # what accounts are segmented by, the summary finds in the tables
        others = {name: c for name, c in said["unused_columns"].items() if name != "accounts"}
        for line in [*said["notes"], *column_lines({"unused_columns": others}, set())]:
            AdapterLogger("nrr").info(line)
    try:
        target.mkdir(parents=True, exist_ok=True)
        (target / FOUND).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    except OSError:
        # a folder that cannot be written to is dbt's to complain about
        return


class Plugin(BasePlugin):
    def initialize(self, plugin_config):
        self.folder = Path(plugin_config["folder"])
        self.database = plugin_config.get("database")

    def configure_connection(self, conn):
        if not self.folder.is_dir():
            raise InputError(f"there is no folder {self.folder}. Set NRR_DATA to an existing one.")
        conn.execute(f"create schema if not exists {SCHEMA}")
        reporting_currency = variable("nrr_reporting_currency")
        names = found_inputs(self.folder)
        check_known(self.folder, names)
        settings = Settings(
            reporting_currency, variable("nrr_date_order"), variable("nrr_movements_unit")
        )
        found = {
            name: view_of(conn, self.folder, name, reporting_currency, settings)
            for name in dict.fromkeys([*names, "accounts", "exchange_rates"])
        }
        for name in SOURCES:
            if name in found:
                check_currencies(found[name], found["exchange_rates"], reporting_currency, name)
        if self.database:
            # dbt attaches the file next, and makes no folder
            Path(self.database).parent.mkdir(parents=True, exist_ok=True)
        write_down(found, [*misnamed(self.folder), *renamings(self.folder)])
