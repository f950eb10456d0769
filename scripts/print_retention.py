"""Prints the newest month's retention by segment, with its grades, and what the input was like.

Run as `python scripts/print_retention.py`; it reads the file NRR_DUCKDB_PATH (nrr.duckdb) and
changes nothing. `make build` ends with it, and tells it how dbt ended: `--dbt-status 1`. Where dbt
could not build a table, the figures in the file may be of an earlier run: then none is printed.
"""

import argparse
import json
import os
import re
import shlex
import sys
import textwrap
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
from input_summary import (
    ACCOUNTS_BY_MONTH,
    ALL_SOURCES,
    AS_OF,
    INPUT_ROWS,
    PROBLEMS,
    SOURCES,
    Row,
    as_of_lines,
    column_lines,
    count_lines,
    found_in_files,
    problem_lines,
    rows_if_there,
    rows_of,
    source_lines,
)
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

# The benchmark that grades the company and every size, and the ratio that it grades.
BENCHMARK = "optifai_overall"
COLOURS = {"below": "red", "typical": "yellow", "good": "green", "top": "green"}
# How grave a finding is -> how it is printed.
GRAVE_STYLES = {1: "bold red", 2: "yellow", 3: ""}
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

# Of each finding the largest alone: a leak shows in several dimensions.
FINDINGS = """
select severity, sentence
from nrr__retention_findings
where month = (select max(month) from nrr__retention)
qualify row_number() over (partition by finding order by mrr desc nulls last, segment) = 1
order by severity, mrr desc nulls last, finding
limit 3
"""

# The accounts to act on first, and what their main signals have predicted here.
QUEUE = """
select
    queue.account_id,
    queue.mrr,
    queue.main_signal,
    queue.verdict,
    evidence.outcome,
    evidence.exposed_rate,
    evidence.control_rate,
    evidence.horizon_months
from nrr__account_queue as queue
left join nrr__evidence as evidence
    on
        queue.main_signal = evidence.subject
        and evidence.subject_kind = 'signal'
        and evidence.outcome <> 'contracted'
order by queue.rank
limit 5
"""
OUTCOMES = {"churned": "left", "expanded": "expanded"}


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
    if row["standing"] and label != row["standing"]:
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


def queue_table(rows: list[Row]) -> Table:
    """The accounts to act on first: why, and whether that has predicted anything here."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), title_justify="left")
    table.title = Text("Act on first", style="bold")
    table.add_column("account", overflow="fold")
    table.add_column("MRR", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    table.add_column("has that predicted anything here?")
    for row in rows:
        said = {"too few": "too few to say", "misleads": "no, rather the opposite"}
        answer = said.get(row["verdict"], row["verdict"])
        if row["verdict"] == "predicts":
            answer = (
                f"yes: {percent(row['exposed_rate'])} {OUTCOMES[row['outcome']]} within "
                f"{row['horizon_months']} months, {percent(row['control_rate'])} of the others"
            )
        table.add_row(row["account_id"], f"{row['mrr']:,.0f}", row["main_signal"], answer)
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
        lines.append(
            "?: not conclusive, the 95% interval reaches into another band, or too few accounts "
            "are most of the MRR."
        )
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


@dataclass
class Outcome:
    """How a dbt command ended."""

    status: int = 0
    # by name; None where dbt ended before it built anything
    failed_tests: list[str] | None = field(default_factory=list)
    not_built: list[str] = field(default_factory=list)


def outcome_of(status: int, target: Path) -> Outcome:
    """What dbt's own record says, which `make build` deletes before it calls dbt."""
    if status == 0:
        return Outcome()
    try:
        results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError, KeyError):
        return Outcome(status, None)
    tests, others = [], []
    for result in results:
        kind, name = result["unique_id"].split(".")[0], result["unique_id"].split(".")[2]
        if kind == "test" and result["status"] in ("fail", "error"):
            tests.append(name)
        elif kind != "test" and result["status"] != "success":
            others.append(name)
    return Outcome(status, tests, others)


def print_lines(console: Console, lines: list[str], style: str = "") -> None:
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        # rich itself would break a line at a no-break space
        text = textwrap.fill(
            line.strip(), console.width, initial_indent=indent, subsequent_indent=indent
        )
        console.print(text, style=style)


def print_figures(console: Console, connection: duckdb.DuckDBPyConnection) -> None:
    """The table of the newest month, or why there is none."""
    rows = rows_of(connection, RETENTION, BENCHMARK)
    reason = why_nothing(rows)
    console.print()
    if reason:
        console.print(reason, style="yellow")
        return
    console.print(retention_table(rows, wide=console.width >= WIDE))
    console.print()
    for line in notes(rows):
        console.print(line, style="dim")
    findings = rows_if_there(connection, FINDINGS)
    if findings:
        console.print()
    for finding in findings:
        print_lines(console, [finding["sentence"]], GRAVE_STYLES[finding["severity"]])
    queue = rows_if_there(connection, QUEUE)
    if queue:
        console.print()
        console.print(queue_table(queue))


def print_input(console: Console, connection: duckdb.DuckDBPyConnection, found: dict) -> None:
    """The input: how many rows are used, what is wrong with the others, and as of when it is."""
    counts = rows_of(connection, INPUT_ROWS)
    console.print()
    sources = {row["source_system"] for row in rows_if_there(connection, ALL_SOURCES)}
    print_lines(console, count_lines(counts, sources))
    print_lines(console, problem_lines(rows_if_there(connection, PROBLEMS)))
    segments = rows_if_there(
        connection, "select distinct segment_dimension as dimension from nrr__retention"
    )
    print_lines(console, found.get("notes", []))
    for line in column_lines(found, {row["dimension"] for row in segments}):
        print_lines(console, [line], "yellow" if "did you mean" in line else "")
    print_lines(console, source_lines(rows_if_there(connection, SOURCES)))
    as_of = rows_if_there(connection, AS_OF)
    first, *warnings = as_of_lines(
        as_of[0] if as_of else None, rows_if_there(connection, ACCOUNTS_BY_MONTH)
    ) or [None]
    if first:
        console.print()
        print_lines(console, [first])
        print_lines(console, warnings, "yellow")


def print_summary(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    path: str,
    outcome: Outcome | None = None,
    found: dict | None = None,
) -> None:
    """Everything: the figures, the input, where the database is, and whether the build failed."""
    outcome = outcome or Outcome()
    print_figures(console, connection)
    print_input(console, connection, found or {})
    console.print()
    # one line however long it is, so that it can be copied
    console.print(f"Database: {path}", soft_wrap=True)
    console.print(f"Open it:  duckdb -readonly {shlex.quote(path)}", soft_wrap=True)
    console.print("      or  dbt show --select nrr__retention  (after: . .venv/bin/activate)")
    if outcome.status:
        console.print()
        tests = ", ".join(outcome.failed_tests) or "see dbt's lines above"
        print_lines(
            console,
            [
                "The build failed. Every table is built, but a test says that the input or a "
                f"result is wrong; do not use the figures before it passes: {tests}."
            ],
            "bold red",
        )


def nothing_to_print(outcome: Outcome, path: str) -> str | None:
    """Why there are no figures of this run; None if there are."""
    if outcome.failed_tests is None:
        return "dbt ended before it built anything, and says above why."
    if outcome.not_built:
        first, number = outcome.not_built[0], len(outcome.not_built)
        others = f" and {number - 1:,} more" if number > 1 else ""
        return (
            f"dbt could not build {first}{others}, and says above why. No figures are printed: "
            f"those in {path} may be of an earlier run."
        )
    if not Path(path).exists():
        return f"There is no database {path}. Run `dbt build` first."
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dbt-status", type=int, default=0, help="what dbt returned")
    path = os.environ.get("NRR_DUCKDB_PATH") or "nrr.duckdb"
    target = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    outcome = outcome_of(parser.parse_args().dbt_status, target)
    # a terminal that lacks a sign shows `?` for it
    sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, markup=False)
    reason = nothing_to_print(outcome, path)
    if reason:
        console.print(reason, soft_wrap=True)
        return outcome.status or 1
    try:
        with duckdb.connect(path, read_only=True) as connection:
            print_summary(console, connection, path, outcome, found_in_files(target))
    except duckdb.CatalogException:
        message = f"The database {path} lacks tables of nrr. Run `dbt build`, which must end well."
        console.print(message, soft_wrap=True)
        return outcome.status or 1
    except duckdb.IOException as error:
        reason = str(error).splitlines()[0]
        console.print(f"The database {path} cannot be opened: {reason}", soft_wrap=True)
        return outcome.status or 1
    return outcome.status


if __name__ == "__main__":
    sys.exit(main())
