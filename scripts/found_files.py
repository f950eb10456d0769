"""Finds the file of an input, and how it is written: its encoding, its delimiter, its columns."""

import csv
import difflib
import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb
from dbt_common.exceptions import DbtRuntimeError
from header_aliases import INPUTS as MET_HALF_WAY
from header_aliases import meant
from month_names import parsed

# input -> its columns, in the order of their documentation; accounts may have any others
COLUMNS = {
    "subscription_events": [
        *["event_id", "account_id", "subscription_id", "subscription_item_id", "effective_at"],
        *["sequence", "recorded_at", "status", "product_id", "plan_id", "pricing_model"],
        *["quantity", "unit_amount", "currency", "billing_interval", "billing_interval_count"],
        *["discount_percent", "discount_amount", "discount_ends_at"],
    ],
    "accounts": ["account_id", "valid_from", "parent_account_id"],
    "exchange_rates": ["currency", "rate_date", "rate"],
    "mrr_snapshots": [
        *["account_id", "month", "mrr", "currency", "product_id", "plan_id", "quantity"],
    ],
    "mrr_movements": [
        *["account_id", "occurred_at", "mrr_change", "currency", "subscription_id", "plan_id"],
        *["sequence"],
    ],
    "subscription_periods": [
        *["account_id", "subscription_id", "starts_on", "ends_on", "amount", "billing_interval"],
        *["billing_interval_count", "quantity", "currency", "status", "trial_ends_on"],
        *["product_id", "plan_id"],
    ],
    "contracts": [
        *["account_id", "contract_id", "starts_on", "ends_on", "term_months", "amount"],
        *["amount_is", "type", "amendment_is", "renewal_of", "free_months", "churned_on"],
        *["currency", "one_time_amount"],
    ],
    "account_links": ["source_system", "source_account_id", "account_id", "valid_from"],
    "subscription_links": ["source_system", "old", "new", "at"],
    "billing_totals": ["month", "currency", "mrr", "account_id"],
    "product_usage": ["account_id", "usage_date", "metric", "value", "feature", "recorded_at"],
    "customer_events": [
        *["account_id", "occurred_at", "event", "subject_id", "label", "value", "recorded_at"],
    ],
    "plan_limits": [
        *["plan_id", "account_id", "metric", "limit_value", "valid_from", "recorded_at"],
    ],
    "signals": [
        *["signal", "kind", "rule", "fact", "label", "other_fact", "days", "from_days"],
        *["threshold", "minimum", "component", "response"],
    ],
}
# those without which nothing can be computed
REQUIRED_COLUMNS = {
    "subscription_events": ["account_id", "subscription_id", "effective_at", "status"],
    "accounts": ["account_id"],
    "exchange_rates": ["currency", "rate_date", "rate"],
    "mrr_snapshots": ["account_id", "month", "mrr"],
    "mrr_movements": ["account_id", "occurred_at", "mrr_change"],
    "subscription_periods": ["account_id", "starts_on", "amount"],
    "contracts": ["account_id", "starts_on", "amount"],
    "account_links": ["source_system", "source_account_id", "account_id"],
    "subscription_links": ["old", "new"],
    "billing_totals": ["month", "mrr"],
    "product_usage": ["account_id", "usage_date", "metric"],
    "customer_events": ["account_id", "occurred_at", "event"],
    "plan_limits": ["metric", "limit_value"],
    "signals": ["signal", "kind", "rule", "fact", "response"],
}
OPTIONAL_INPUTS = ["accounts", "exchange_rates", "account_links", "subscription_links"]
OPTIONAL_INPUTS += ["billing_totals", "product_usage", "customer_events", "plan_limits"]
OPTIONAL_INPUTS += ["signals"]
# The one database that every connection of this profile has besides the file it writes.
SCHEMA = "memory.nrr_files"
READ = [".parquet", ".csv", ".csv.gz"]
# where an input is as one of these only, it has been forgotten
NOT_READ = [".xlsx", ".xls", ".ods", ".numbers", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"]
NOT_READ += [".zip", ".gz", ".zst", ".avro", ".orc", ".feather", ".arrow", ".pkl"]
DELIMITERS = [",", ";", "\t"]
# What tools write for a value that is missing, between delimiters and without quotes: databases,
# data frames, spreadsheets.
MISSING = ["NULL", "null", "\\N", "(null)", "None", "NaN", "nan", "NaT", "<NA>", "#N/A"]
# How far down a header row may be, below titles.
LOWEST_HEADER = 15
SAVE_AGAIN = (
    "Save it again from an editor or a spreadsheet, or take the carriage returns out: "
    "sed -i 's/\\r$//' the_file"
)


class InputError(DbtRuntimeError):
    """What is wrong with the input files, and what to do."""

    MESSAGE = "Input files"


@dataclass
class Column:
    """A column of a file: how SQL calls it, its name (empty without a header), its type."""

    sql: str
    name: str
    type: str = "VARCHAR"


@dataclass
class File:
    """The file of an input: where it is, the table function that reads it, and its columns."""

    path: Path
    scan: str
    columns: list[Column]
    delimiter: str | None = None
    notes: list[str] = field(default_factory=list)
    # what is done with the rows when their values have been read: SQL of SQL
    finish: list[Callable[[str], str]] = field(default_factory=list)

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name.lower() == name), None)


def text(value: str) -> str:
    """As a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def kind(path: Path) -> str | None:
    """What a file is read as, by its name."""
    return next((ending for ending in READ if path.name.lower().endswith(ending)), None)


def parquet_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".parquet")


def candidates(folder: Path, name: str) -> list[Path]:
    """Everything in the folder that is the input `name`: files, and folders of Parquet files."""
    found = []
    for path in sorted(folder.iterdir()):
        lower = path.name.lower()
        if path.is_dir():
            if lower in (name, f"{name}.parquet") and parquet_files(path):
                found.append(path)
        elif lower in [name + ending for ending in READ]:
            found.append(path)
    return found


def misnamed(folder: Path) -> list[str]:
    """Files that may have been meant as an input, by their names, and are not read."""
    notes = []
    for path in sorted(folder.iterdir()):
        name = path.name[: -len(kind(path) or "")] if kind(path) else path.name
        plain = re.sub(r"[\s-]+", "_", name).lower()
        meant = difflib.get_close_matches(plain, COLUMNS, n=1, cutoff=0.8)
        if (kind(path) or path.is_dir()) and name.lower() not in COLUMNS and meant:
            notes.append(f"{path.name} in {folder} is not read. If it is {meant[0]}, rename it.")
    return notes


def holds_csv(path: Path) -> bool:
    return path.is_dir() and any(kind(part) in (".csv", ".csv.gz") for part in path.iterdir())


def path_of(folder: Path, name: str) -> Path | None:
    """The one file or folder of the input; None if there is none."""
    found = candidates(folder, name)
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise InputError(
            f"{folder} holds {names}. Which of them is {name} cannot be known: keep one of them, "
            "and move the others elsewhere."
        )
    if found:
        return found[0]
    for path in sorted(folder.iterdir()):
        if path.stem.lower() == name and (path.suffix.lower() in NOT_READ or holds_csv(path)):
            raise InputError(
                f"{path.name} in {folder} is not read: {name} is {name}.parquet, {name}/*.parquet "
                f"or one {name}.csv. Write it as one of these (from a spreadsheet: save as CSV in "
                "UTF-8)."
            )
    return None


def in_contract(name: str, header: str) -> str:
    """A header's name: `Account ID` is account_id; what is no column of the input stays."""
    plain = re.sub(r"[\s-]+", "_", header.strip()).lower()
    # what a billing system's tables are called is known, and not what columns they may have
    return plain if plain in COLUMNS.get(name, [plain]) else header.strip()


def named(name: str, headers: list[str]) -> list[str]:
    """The names of the columns; raises InputError where one is there twice."""
    if name in MET_HALF_WAY:
        # what they mean is found out later (export_columns.py)
        return [header.strip() for header in headers]
    names = [in_contract(name, header) for header in headers]
    twice = [n for n, number in Counter(n.lower() for n in names).items() if n and number > 1]
    if twice:
        raise InputError(
            f"the header row of {name} has the column {', '.join(twice)} more than once. Which is "
            "meant cannot be known: rename or delete the others."
        )
    return names


def encoding_of(path: Path) -> str:
    """UTF-8 or UTF-16, by the first bytes."""
    with (gzip.open if kind(path) == ".csv.gz" else open)(path, "rb") as file:
        start = file.read(4)
    if start.startswith(b"\xff\xfe") and kind(path) == ".csv":
        return "utf-16"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
        raise InputError(
            f"{path} is not in UTF-8 (its first bytes are those of UTF-16). Write it anew as CSV "
            "in UTF-8."
        )
    return "utf-8"


def opened(path: Path, encoding: str) -> TextIO:
    codec = {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    if kind(path) == ".csv.gz":
        return gzip.open(path, "rt", newline="", encoding=codec)
    return path.open(newline="", encoding=codec)


def named_delimiter(path: Path, encoding: str) -> str | None:
    """The delimiter that a first line names in Excel's own way, `sep=;`."""
    with opened(path, encoding) as file:
        first, second = file.readline(20), file.readline(10**6)
    hint = re.fullmatch(r"sep=(.)\r?\n", first)
    if hint and second.endswith("\r\n") != first.endswith("\r\n"):
        raise InputError(f"the lines of {path} do not all end alike. {SAVE_AGAIN}")
    return hint[1] if hint else None


def header_rows(path: Path, encoding: str, lowest: int = 1) -> Iterator[tuple[str, int, list[str]]]:
    """What may be the header row, as each delimiter splits it, and how many lines are before it.

    The first line that is not empty or, where it may be below titles, the first few of them.
    """
    hint = named_delimiter(path, encoding)
    for delimiter in [hint] if hint else DELIMITERS:
        with opened(path, encoding) as file:
            if hint:
                file.readline()
            rows = csv.reader(file, delimiter=delimiter)
            before, number = 0, 0
            for row in rows:
                if row and (any(row) or lowest == 1):
                    # DuckDB passes over empty lines before the header by itself
                    yield delimiter, int(bool(hint)) + (before if number else 0), row
                    number += 1
                before = rows.line_num
                if number == lowest:
                    break
            if not number:
                yield delimiter, int(bool(hint)), []


def csv_file(path: Path, name: str) -> File:
    """A CSV file. It is read as text: what a value is, the staging models decide."""
    encoding = encoding_of(path)

    def known(row: tuple[str, int, list[str]]) -> int:
        if name in MET_HALF_WAY:
            months = sum(1 for h in row[2] if parsed(h)) if name == "mrr_snapshots" else 0
            return months + len({a.column for a in meant(name, row[2], COLUMNS[name]).values()})
        names = {in_contract(name, header) for header in row[2]}
        return len(names & set(COLUMNS.get(name, names)))

    # the delimiter that makes the most columns of the contract; the first of several, a comma
    lowest = LOWEST_HEADER if name in MET_HALF_WAY else 1
    delimiter, skip, headers = max(header_rows(path, encoding, lowest), key=known)
    notes = []
    if skip > (1 if named_delimiter(path, encoding) else 0):
        notes.append(
            f"{name}: the header row of {path.name} is line {skip + 1}; those above are left out."
        )
    names = named(name, headers)
    columns = [Column(f"c{number}", column) for number, column in enumerate(names, 1)]
    types = ", ".join(f"{column.sql}: 'VARCHAR'" for column in columns)
    missing = ", ".join(text(word) for word in ["", *MISSING])
    # A line that is too short is a row with missing values, which needs the serial reader.
    scan = (
        f"read_csv({text(glob_free(path))}, auto_detect = false, header = true, skip = {skip}, "
        f"delim = {text(delimiter)}, quote = '\"', escape = '\"', encoding = '{encoding}', "
        f"compression = '{'gzip' if kind(path) == '.csv.gz' else 'none'}', "
        f"nullstr = [{missing}], allow_quoted_nulls = false, null_padding = true, "
        f"parallel = false, columns = {{{types}}})"
    )
    return File(path, scan, columns, delimiter, notes)


def glob_free(path: Path) -> str:
    """A path in which no character stands for others."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def parquet_file(conn: duckdb.DuckDBPyConnection, path: Path, name: str) -> File:
    """A Parquet file or a folder of them, with their own types."""
    paths = parquet_files(path) if path.is_dir() else [path]
    listed = ", ".join(text(glob_free(part)) for part in paths)
    scan = f"read_parquet([{listed}], union_by_name = true)"
    described = [row[:2] for row in conn.execute(f"describe from {scan}").fetchall()]
    names = named(name, [column for column, _ in described])
    columns = [
        Column(identifier(column), given, type_)
        for given, (column, type_) in zip(names, described, strict=True)
    ]
    return File(path, scan, columns)


def file_of(conn: duckdb.DuckDBPyConnection, folder: Path, name: str) -> File | None:
    """The file of the input `name`; None if there is none."""
    path = path_of(folder, name)
    if path is None:
        return None
    if path.is_dir() or kind(path) == ".parquet":
        return parquet_file(conn, path, name)
    return csv_file(path, name)
