"""Prints the newest month's retention by segment, with its grades, from the built database.

Run as `python scripts/print_retention.py`; it reads the file NRR_DUCKDB_PATH (nrr.duckdb) and
changes nothing. `make build` ends with it.
"""

import os
import re
import shlex
import sys
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

# The benchmark that grades the company and every size, and the ratio that it grades.
BENCHMARK = "optifai_overall"
COLOURS = {"below": "red", "typical": "yellow", "good": "green", "top": "green"}
# A company that keeps this much, while a size keeps less than that, looks healthier than it is.
WHOLE_LOOKS_HEALTHY = Decimal("1.0")
SIZE_IS_ILL = Decimal("0.9")
# Amounts from here on are printed in thousands, so that a row fits 80 columns.
LARGE_AMOUNT = 10_000_000
WIDE = 100

RETENTION = """
select
    retention.*,
    grades.publisher,
    grades.band,
    grades.standing,
    grades.is_conclusive,
    grades.not_graded_reason
from nrr__retention as retention
left join nrr__retention_grades as grades
    on
        retention.month = grades.month
        and retention.segment = grades.segment
        and grades.benchmark_id = ?
left join nrr_sizes as sizes
    on retention.segment_dimension = 'size' and retention.segment = sizes.size
where
    retention.month = (select max(month) from nrr__retention)
    and (retention.segment_dimension = 'all' or sizes.size is not null)
order by retention.segment_dimension, sizes.arr_from
"""

INPUT_ROWS = "select * from int_nrr__input_rows order by number_of_rows desc, reason"

Row = dict[str, Any]


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[Row]:
    """The result of a query as dictionaries."""
    result = connection.execute(sql, list(values))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def month_name(month: date) -> str:
    return f"{month:%B %Y}"


def year_before(month: date) -> date:
    return month.replace(year=month.year - 1)


def percent(ratio: Decimal | None, places: int = 0) -> str:
    """A ratio as a percentage; a dash where there is none."""
    return "–" if ratio is None else f"{ratio * 100:.{places}f}%"


def percent_with_margin(row: Row) -> str:
    """NRR with the half-width of its 95% interval, in percentage points."""
    if row["nrr"] is None or row["nrr_high"] is None:
        return percent(row["nrr"], 1)
    return f"{percent(row['nrr'], 1)} ±{(row['nrr_high'] - row['nrr']) * 100:.1f}"


def segment_name(row: Row) -> str:
    return "company" if row["segment_dimension"] == "all" else row["segment"]


def in_thousands(rows: list[Row]) -> bool:
    return any(max(row["starting_mrr"], row["ending_mrr"]) >= LARGE_AMOUNT for row in rows)


def amount(value: Decimal, thousands: bool) -> str:
    return f"{value / 1000:,.0f}k" if thousands else f"{value:,.0f}"


def grade(row: Row) -> Text:
    """The band and its standing, in the standing's colour; `?` where it is not conclusive."""
    if row["band"] is None:
        return Text((row["not_graded_reason"] or "not graded").replace("_", " "))
    # a remark in parentheses is not part of the label
    label = re.sub(r" \(.*\)$", "", row["band"])
    if label != row["standing"]:
        label = f"{label} ({row['standing']})"
    mark = "" if row["is_conclusive"] else " ?"
    return Text(label + mark, style=COLOURS.get(row["standing"], ""))


def retention_table(rows: list[Row], wide: bool) -> Table:
    """The figures: the company first, then the sizes."""
    month = rows[0]["month"]
    then = month_name(year_before(month))
    table = Table(
        title=f"Retention of {month_name(month)}: accounts that paid in {then}",
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1) if wide else 0,
    )
    table.add_column("segment", no_wrap=True)
    for heading in ["accounts", "starting\nMRR", "ending\nMRR", "NRR ±95%", "GRR", "logos"]:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("grade")
    thousands = in_thousands(rows)
    for row in rows:
        is_company = row["segment_dimension"] == "all"
        table.add_row(
            segment_name(row),
            f"{row['starting_accounts']:,}",
            amount(row["starting_mrr"], thousands),
            amount(row["ending_mrr"], thousands),
            Text(percent_with_margin(row), style=COLOURS.get(row["standing"], "")),
            percent(row["grr"], 1),
            percent(row["logo_retention"], 1),
            grade(row),
            style="bold" if is_company else "",
            end_section=is_company,
        )
    return table


def notes(rows: list[Row]) -> list[str]:
    """What the table's headings and marks mean."""
    graded = [row for row in rows if row["band"] is not None]
    lines = ["MRR: of these accounts, then and now, in the reporting currency."]
    if any(row["nrr_high"] is not None for row in rows):
        lines.append("±95%: half of the 95% interval, in percentage points.")
    if graded:
        lines.append(f"Grades: NRR by {BENCHMARK} ({graded[0]['publisher']}).")
    if any(not row["is_conclusive"] for row in graded):
        lines.append("?: not conclusive, the 95% interval reaches into another band.")
    return lines


def warning_of(rows: list[Row]) -> str | None:
    """One sentence where a healthy company hides a size that is leaving; None elsewhere."""
    company, *sizes = rows
    rated = [row for row in sizes if row["nrr"] is not None]
    ill = [row for row in rated if row["nrr"] < SIZE_IS_ILL]
    if not ill or company["nrr"] is None or company["nrr"] < WHOLE_LOOKS_HEALTHY:
        return None
    worst = min(ill, key=lambda row: row["nrr"])
    best = max(rated, key=lambda row: row["nrr"])
    left = worst["starting_accounts"] - worst["retained_accounts"]
    name = segment_name(worst)
    return (
        f"The whole keeps {percent(company['nrr'])} while {name} keeps {percent(worst['nrr'])}: "
        f"{left:,} of {worst['starting_accounts']:,} {name} accounts left, "
        f"and {segment_name(best)} ({percent(best['nrr'])}) hides it."
    )


def counted(reasons: list[Row]) -> str:
    # a space that no line breaks at, between the number and its reason
    return ", ".join(
        f"{row['number_of_rows']:,}\N{NO-BREAK SPACE}{row['reason']}" for row in reasons
    )


def input_lines(counts: list[Row]) -> list[str]:
    """How many input rows there are, are used and are not; redeliveries apart from broken rows."""
    duplicates = sum(row["number_of_rows"] for row in counts if row["reason"] == "duplicate")
    broken = [row for row in counts if row["reason"] not in (None, "duplicate")]
    used = sum(row["number_of_rows"] for row in counts if row["reason"] is None)
    total = sum(row["number_of_rows"] for row in counts)
    lines = [f"Input rows: {total:,}. Used: {used:,}. Redelivered: {duplicates:,} (harmless)."]
    if broken:
        number = sum(row["number_of_rows"] for row in broken)
        lines.append(f"Rejected: {number:,} ({counted(broken)}). See nrr__rejected_events.")
    else:
        lines.append("Rejected: 0.")
    return lines


def why_nothing(rows: list[Row]) -> str | None:
    """Why there is no retention to print; None if there is."""
    if not rows:
        return "There is no MRR in the months that are over, so there is no retention yet."
    if rows[0]["starting_accounts"] == 0:
        month = rows[0]["month"]
        return (
            f"There is no retention for {month_name(month)} yet: no account had MRR twelve months "
            f"before, in {month_name(year_before(month))}. It takes 13 months of history."
        )
    return None


def print_summary(console: Console, connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """Everything: the table or why there is none, the input rows, and where the database is."""
    rows = rows_of(connection, RETENTION, BENCHMARK)
    reason = why_nothing(rows)
    console.print()
    if reason:
        console.print(reason, style="yellow")
    else:
        console.print(retention_table(rows, wide=console.width >= WIDE))
        console.print()
        for line in notes(rows):
            console.print(line, style="dim")
        warning = warning_of(rows)
        if warning:
            console.print()
            console.print(warning, style="bold red")
    console.print()
    for line in input_lines(rows_of(connection, INPUT_ROWS)):
        # rich itself would break a line at a no-break space
        console.print(textwrap.fill(line, console.width))
    console.print()
    # one line however long it is, so that it can be copied
    console.print(f"Database: {path}", soft_wrap=True)
    console.print(f"Open it:  duckdb -readonly {shlex.quote(path)}", soft_wrap=True)
    console.print("      or  dbt show --select nrr__retention  (after: . .venv/bin/activate)")


def main() -> int:
    path = os.environ.get("NRR_DUCKDB_PATH") or "nrr.duckdb"
    # a terminal that lacks a sign shows `?` for it
    sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, markup=False)
    if not Path(path).exists():
        console.print(f"There is no database {path}. Run `dbt build` first.", soft_wrap=True)
        return 1
    try:
        with duckdb.connect(path, read_only=True) as connection:
            print_summary(console, connection, path)
    except duckdb.CatalogException:
        message = f"The database {path} lacks tables of nrr. Run `dbt build`, which must end well."
        console.print(message, soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
