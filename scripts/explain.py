"""Explains a rate: which accounts make it, and what one of them did, from its events on.

Run as `make explain SEGMENT=smb MONTH=2026-10` or `make explain ACCOUNT=acc_0024`. It reads the
file NRR_DUCKDB_PATH (nrr.duckdb) and changes nothing. The queries are those of analyses/, which
warehouses run too. Amounts are shown to the cent; the tables have four decimals.
"""

import argparse
import os
import re
import sys
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
from input_summary import Row, rows_if_there, rows_of
from print_retention import month_name, percent, year_before
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

ANALYSES = Path(__file__).parents[1] / "analyses"
# Of a segment's accounts as many are shown as fit a screen.
MOST_ACCOUNTS = 20
MONTHS_OF_A_WINDOW = 13
COLOURS = {True: "green", False: "red"}


class CannotExplainError(Exception):
    """What was asked for is not there; the message says what is."""


def query_of(analysis: str, **variables: str | None) -> str:
    """The SQL of an analysis for DuckDB, as dbt would compile it with these variables."""
    given = {name: value for name, value in variables.items() if value is not None}
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    return environment.from_string((ANALYSES / f"{analysis}.sql").read_text()).render(
        ref=lambda model: model,
        var=lambda name, default=None: given.get(name, default),
        dbt=SimpleNamespace(position=lambda part, text: f"strpos({text}, {part})"),
    )


def money(value: Decimal | None, signed: bool = False) -> str:
    if value is None:
        return ""
    return f"{value:+,.2f}" if signed else f"{value:,.2f}"


def points(value: Decimal | None) -> str:
    """A part of a rate in percentage points, signed."""
    return "" if value is None else f"{value * 100:+.2f}"


def day(value: datetime | None) -> str:
    """A timestamp, without the time of day where it is midnight."""
    if value is None:
        return ""
    return str(value.date()) if value == datetime.combine(value, time()) else str(value)


def number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():,f}"


def table_of(title: str, *headings: str) -> Table:
    """An empty table; headings that begin with `>` are of numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for heading in headings:
        right = heading.startswith(">")
        table.add_column(heading.lstrip(">"), justify="right" if right else "left", no_wrap=right)
    return table


def price_of(row: Row) -> str:
    """Quantity and price of a state, and how often it is billed."""
    if row["unit_amount"] is None:
        return ""
    count = row["billing_interval_count"]
    every = row["billing_interval"] or ""
    every = every if count == 1 else f"{number(count)} {every}s"
    price = max(money(row["unit_amount"]), number(row["unit_amount"]), key=len)
    return f"{number(row['quantity'])} x {price} {row['currency']} / {every}"


def discount_of(row: Row) -> str:
    parts = []
    if row["discount_percent"]:
        parts.append(f"-{number(row['discount_percent'])}%")
    if row["discount_amount"]:
        parts.append(f"-{money(row['discount_amount'])}")
    return " ".join(parts)


def month_tables(rows: list[Row]) -> list[Table]:
    """MRR at the thirteen month ends of the window, why it moved, and what was behind that."""
    table = table_of("Its MRR at month ends", "month", ">MRR", ">change", "movements")
    months = groupby((row for row in rows if row["part"] == 2), key=lambda row: row["month"])
    all_months = [(month, list(group)) for month, group in months]
    window = all_months[-MONTHS_OF_A_WINDOW:]
    if len(all_months) > len(window):
        number, first = len(all_months) - len(window), all_months[0][0]
        table.add_row(f"{number:,} months before, from {first:%Y-%m} on", style="dim")
    for month, movements in window:
        moved = [row for row in movements if row["change_mrr"]]
        change = sum(row["change_mrr"] for row in moved)
        table.add_row(
            f"{month:%Y-%m}",
            money(movements[0]["mrr"]),
            money(change, signed=True) if moved else "",
            ", ".join(f"{row['what']} {money(row['change_mrr'], signed=True)}" for row in moved),
            style=COLOURS[change > 0] if change else "",
        )
    if not window:
        return []
    drivers = table_of("What was behind it", "month", "driver", ">change", "item", "event")
    for row in rows:
        if row["part"] == 3 and row["month"] >= window[0][0] and row["what"] != "fx":
            drivers.add_row(
                f"{row['month']:%Y-%m}", row["what"], money(row["change_mrr"], signed=True),
                row["subscription_item_id"], row["event_id"], style=COLOURS[row["change_mrr"] > 0],
            )  # fmt: skip
    return [table, drivers] if drivers.row_count else [table]


def account_tables(account: str, rows: list[Row], rejected: list[Row]) -> list[Table]:
    """What is known of an account: its states, its months, what it adds to the rates."""
    states = table_of(
        f"{account}: the states of its items, and the MRR that each gives",
        "from", "to", "item", "status", "plan", "price", "discount", ">MRR", "event",
    )  # fmt: skip
    rates = table_of("What it adds to the rates", "", "segment", ">points of NRR", ">of GRR")
    for row in sorted(rows, key=lambda row: (row["part"], row["what"] != "all")):
        if row["part"] == 1:
            event = row["event_id"] or ""
            states.add_row(
                day(row["starts_at"]), day(row["ends_at"]), row["subscription_item_id"],
                row["what"], row["detail"], price_of(row), discount_of(row), money(row["mrr"]),
                event + (" (reconstructed)" if row["is_reconstructed"] else ""),
            )  # fmt: skip
        elif row["part"] == 4:
            whole = row["what"] == "all"
            rates.add_row(
                "" if whole else row["what"], "company" if whole else row["detail"],
                points(row["points_nrr"]), points(row["points_grr"]),
            )  # fmt: skip
    tables = [states, *month_tables(rows)]
    if rates.row_count:
        base = next(row for row in rows if row["part"] == 4)
        month, change = base["month"], base["change_mrr"]
        rates.title = (
            f"What it adds to the rates of {month_name(month)}: {money(base['mrr'])} in "
            f"{month_name(year_before(month))}, {money(base['mrr'] + change)} now, "
            "at the rates of nrr_fx"
        )
        tables.append(rates)
    if rejected:
        lost = table_of("Its input rows that are not used", "event", "effective at", "reason")
        for row in rejected:
            lost.add_row(row["event_id"], str(row["effective_at"] or ""), row["reason"])
        tables.append(lost)
    return tables


def explained_account(
    connection: duckdb.DuckDBPyConnection, account: str, month: str | None
) -> list[Table]:
    rows = rows_of(connection, query_of("explain_account", account=account, month=month))
    rejected = rows_of(
        connection,
        "select event_id, effective_at, reason from nrr__rejected_events "
        "where trim(account_id) = ? order by effective_at, event_id",
        account,
    )
    if not rows and not rejected:
        near = rows_of(
            connection,
            "select distinct account_id from nrr__account_months "
            "order by levenshtein(account_id, ?), account_id limit 3",
            account,
        )
        names = ", ".join(row["account_id"] for row in near)
        raise CannotExplainError(f"There is no account {account}. Did you mean: {names}?")
    return account_tables(account, rows, rejected)


def dimension_of(
    connection: duckdb.DuckDBPyConnection, segment: str, dimension: str | None
) -> tuple[str, str]:
    """The dimension that has the segment; where several have it, it must be told."""
    found = rows_of(
        connection,
        "select distinct segment_dimension as dimension, segment from nrr__retention "
        "where segment = ? order by 1",
        segment,
    )
    names = [row["dimension"] for row in found]
    if dimension in names or (dimension is None and len(names) == 1):
        return dimension or names[0], segment
    if names:
        raise CannotExplainError(
            f"{segment} is a segment of {', '.join(names)}: "
            f"say which, such as DIMENSION={names[0]}."
        )
    near = rows_of(
        connection,
        "select distinct segment from nrr__retention order by levenshtein(segment, ?), 1 limit 3",
        segment,
    )
    names = ", ".join(row["segment"] for row in near)
    raise CannotExplainError(f"There is no segment {segment}. Did you mean: {names}?")


def segment_table(rows: list[Row], dimension: str, segment: str) -> Table:
    """The accounts that make a rate, the largest effect first."""
    net = 1 + sum(row["points_nrr"] for row in rows)
    gross = 1 + sum(row["points_grr"] for row in rows)
    name = "the company" if dimension == "all" else f"{dimension} {segment}"
    month = rows[0]["month"]
    table = table_of(
        f"{name}, {month_name(month)}: NRR {percent(net, 1)}, GRR {percent(gross, 1)} of "
        f"{len(rows):,} accounts that paid in {month_name(year_before(month))}",
        "account", "size", "plan", ">then", ">now", ">points of NRR", ">of GRR",
    )  # fmt: skip
    changed = [row for row in rows if row["change_mrr"]]
    for row in changed[:MOST_ACCOUNTS]:
        table.add_row(
            row["account_id"], row["size"], row["plan"], money(row["starting_mrr"]),
            money(row["ending_mrr"]), points(row["points_nrr"]), points(row["points_grr"]),
            style=COLOURS[row["change_mrr"] > 0],
        )  # fmt: skip
    others = changed[MOST_ACCOUNTS:]
    if others:
        table.add_row(
            f"{len(others):,} others", "", "", "", "",
            points(sum(row["points_nrr"] for row in others)),
            points(sum(row["points_grr"] for row in others)),
        )  # fmt: skip
    same = len(rows) - len(changed)
    if same:
        table.add_row(f"{same:,} pay the same", *[""] * 6, style="dim")
    return table


def explained_segment(
    connection: duckdb.DuckDBPyConnection, segment: str, dimension: str | None, month: str | None
) -> list[Table]:
    dimension, segment = dimension_of(connection, segment, dimension)
    sql = query_of("explain_segment", dimension=dimension, segment=segment, month=month)
    rows = rows_of(connection, sql)
    if not rows:
        raise CannotExplainError(
            f"No account of {segment} had MRR twelve months before {month or 'the newest month'}, "
            "so it has no rate then."
        )
    return [segment_table(rows, dimension, segment)]


def first_day(month: str) -> str:
    """2026-10 or 2026-10-31 as 2026-10-01."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})(-\d{1,2})?", month.strip())
    try:
        return date(int(match[1]), int(match[2]), 1).isoformat()
    except (TypeError, ValueError):
        raise CannotExplainError(f"MONTH is {month}. It takes a month such as 2026-10.") from None


def explain(connection: duckdb.DuckDBPyConnection, asked: argparse.Namespace) -> list[Table]:
    """The tables that answer what was asked."""
    month = first_day(asked.month) if asked.month else None
    if month:
        known = rows_of(
            connection, "select min(month) as first, max(month) as last from nrr__retention"
        )
        first, last = known[0]["first"], known[0]["last"]
        if not first or not first <= date.fromisoformat(month) <= last:
            raise CannotExplainError(
                f"{month[:7]} is not there: months are {first:%Y-%m} to {last:%Y-%m}."
            )
    if asked.account:
        return explained_account(connection, asked.account.strip(), month)
    return explained_segment(connection, asked.segment.strip() or "all", asked.dimension, month)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--account", default="")
    parser.add_argument("--segment", default="", help="the company by default")
    parser.add_argument("--dimension", default=None, help="where several have the segment")
    parser.add_argument("--month", default="", help="the newest by default")
    path = os.environ.get("NRR_DUCKDB_PATH") or "nrr.duckdb"
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        if not Path(path).exists():
            raise CannotExplainError(f"There is no database {path}. Run `make build` first.")
        with duckdb.connect(path, read_only=True) as connection:
            if not rows_if_there(connection, "select 1 from nrr__retention limit 1"):
                raise CannotExplainError(f"{path} holds no retention. Run `make build` first.")
            for table in explain(connection, parser.parse_args()):
                console.print()
                console.print(table)
    except CannotExplainError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
