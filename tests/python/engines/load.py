"""Brings input files into a warehouse as tables: as text, or as types, as loaders leave them."""

import csv
from pathlib import Path

# The types of an input that a loader did not leave as text.
TYPES = {
    **dict.fromkeys(["effective_at", "recorded_at"], "timestamp"),
    **dict.fromkeys(["quantity", "unit_amount", "discount_amount"], "decimal(18, 6)"),
    **dict.fromkeys(["value", "limit_value", "threshold", "minimum"], "decimal(18, 6)"),
    **dict.fromkeys(["days", "from_days"], "integer"),
    **dict.fromkeys(["discount_percent", "rate"], "decimal(18, 6)"),
    **{"billing_interval_count": "integer", "sequence": "bigint"},
    **dict.fromkeys(["discount_ends_at", "valid_from", "rate_date"], "date"),
    **dict.fromkeys(["usage_date", "occurred_at"], "date"),
}
TEXT = {
    **{"postgres": "text", "snowflake": "varchar", "trino": "varchar"},
    "redshift": "varchar(65535)",
}
ROWS_PER_INSERT = 200
# columns of billing systems that are words of SQL
WORDS_OF_SQL = {
    *["at", "default", "end", "group", "index", "interval", "limit", "new", "offset", "old"],
    *["order", "start", "type", "user", "values"],
}


def load(
    adapter: str, execute, schema: str, folder: Path, typed: bool, others: set[str]
) -> set[str]:
    """Makes a table of every CSV file of the folder; `execute` runs a statement.

    A file in the folder of a billing system becomes the table `<system>_<file>`. Tables of the
    others that have no file are dropped. Returns the names of all that are there.
    """
    cascade = " cascade" * (adapter == "postgres")  # dbt makes its views anew
    paths = {
        path.stem if path.parent == folder else f"{path.parent.name}_{path.stem}": path
        for path in sorted([*folder.glob("*.csv"), *folder.glob("*/*.csv")])
    }
    if adapter == "postgres":
        execute("set role postgres")
    execute(f"create schema if not exists {schema}")
    for name in others - {*paths}:
        execute(f"drop table {schema}.{name}{cascade}")
    for name, path in paths.items():
        as_text = f"{schema}.{name}_as_text"
        with path.open(newline="", encoding="utf-8") as file:
            columns, *rows = csv.reader(file)
        text = TEXT.get(adapter, "string")
        types = {
            named(column, adapter): TYPES.get(column, text) if typed else text for column in columns
        }
        if adapter == "spark":
            read_by_spark(execute, f"{schema}.{name}", types, path)
            continue
        casts = [f"cast({column} as {type_}) as {column}" for column, type_ in types.items()]
        for table in (as_text, f"{schema}.{name}"):
            execute(f"drop table if exists {table}{cascade}")
        execute(f"create table {as_text} ({', '.join(f'{c} {text}' for c in types)})")
        for first in range(0, len(rows), ROWS_PER_INSERT):
            block = rows[first : first + ROWS_PER_INSERT]
            values = ", ".join(
                f"({', '.join(literal(value, adapter) for value in row)})" for row in block
            )
            execute(f"insert into {as_text} values {values}")
        execute(f"create table {schema}.{name} as select {', '.join(casts)} from {as_text}")
    if adapter == "postgres":
        execute("reset role")
    return {*paths}


def named(column: str, adapter: str) -> str:
    """A column's name in SQL."""
    if column not in WORDS_OF_SQL:
        return column
    if adapter in ("bigquery", "databricks", "spark"):
        return f"`{column}`"
    return f'"{column.upper() if adapter == "snowflake" else column}"'


def literal(value: str, adapter: str) -> str:
    if not value:
        return "null"
    if adapter in ("postgres", "trino"):
        return "'" + value.replace("'", "''") + "'"
    for character, escape in [("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r")]:
        value = value.replace(character, escape)
    return f"'{value}'"


def read_by_spark(execute, table: str, types: dict[str, str], path: Path) -> None:
    """A statement with thousands of values takes Spark a minute; it reads the file itself.

    What it would make of a carriage return is a line feed.
    """
    copy = path.with_suffix(".spark")
    with path.open(newline="", encoding="utf-8") as file:
        rows = [[value.replace("\r", "␍") for value in row] for row in csv.reader(file)]
    with copy.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    casts = [f"cast(translate({c}, '␍', '\\r') as {type_}) as {c}" for c, type_ in types.items()]
    execute(
        "create or replace temporary view nrr_file using csv options "
        f"(path '{copy}', header true, multiLine true, quote '\"', escape '\"', inferSchema false,"
        " ignoreLeadingWhiteSpace false, ignoreTrailingWhiteSpace false)"
    )
    execute(
        f"create or replace table {table} using iceberg as select {', '.join(casts)} from nrr_file"
    )
