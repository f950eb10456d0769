"""What the end of `make build` says about the input: its rows, problems, files and as-of time."""

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]
# a space that no line breaks at
FIXED = "\N{NO-BREAK SPACE}"
HARMLESS = ["duplicate", "ignored_status", "replaced_subscription"]
WHERE_AS_OF_IS_FROM = {
    "nrr_as_of": "as nrr_as_of says",
    "recorded_at": "the newest recorded_at",
    "effective_at": "the newest effective_at of the rows without a recorded_at",
}
# A newest month with less than this share of the largest month's accounts may not be the last.
SHARE_OF_THE_LARGEST_MONTH = 0.5
LATER = "If the data is complete up to a later day, such as today"
LONGEST_VALUE = 40
# Of the columns of accounts, which may have many.
MOST_COLUMNS = 10

INPUT_ROWS = "select * from int_nrr__input_rows order by number_of_rows desc, reason"
PROBLEMS = """
select * from nrr__input_problems
order by is_failure desc, rows_of_reason desc, input, reason, number_of_rows desc, value
"""
SOURCES = """
select * from nrr__mrr_by_source
where month = (select max(month) from nrr__mrr_by_source) order by source_system
"""
ALL_SOURCES = "select distinct source_system from nrr__mrr_by_source"
AS_OF = "select * from int_nrr__as_of"
ACCOUNTS_BY_MONTH = """
select month, count(*) as accounts from nrr__account_months where mrr > 0 group by month
"""


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[Row]:
    """The result of a query as dictionaries."""
    result = connection.execute(sql, list(values))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def rows_if_there(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """The same, and none where the table is not there."""
    try:
        return rows_of(connection, sql)
    except (duckdb.CatalogException, duckdb.BinderException):
        return []


def counted(reasons: list[Row]) -> str:
    return ", ".join(f"{row['number_of_rows']:,}{FIXED}{row['reason']}" for row in reasons)


def count_lines(counts: list[Row], sources: set[str]) -> list[str]:
    """How many input rows there are, are used and are not; harmless ones apart from broken ones.

    Other sources than subscription_events have no row for each state: what is counted is the states
    that are made of their rows, and the rows of which none could be made.
    """

    def number(*reasons: str | None) -> int:
        return sum(row["number_of_rows"] for row in counts if row["reason"] in reasons)

    total = sum(row["number_of_rows"] for row in counts)
    made = ", ".join(sorted(sources)) if sources - {"subscription_events"} else ""
    line = f"States made of {made}" if made else "Input rows"
    line += f": {total:,}. Used: {number(None):,}. "
    line += f"Redelivered: {number('duplicate'):,} (harmless)."
    ignored = number("ignored_status")
    if ignored:
        line += f" Ignored by their status: {ignored:,}."
    broken = [row for row in counts if row["reason"] not in (None, *HARMLESS)]
    if not broken:
        return [line, "Rejected: 0."]
    rejected = sum(row["number_of_rows"] for row in broken)
    return [line, f"Rejected: {rejected:,} ({counted(broken)}). See nrr__rejected_events."]


def shown(value: str | None) -> str:
    """A value as it is printed: short, on one line."""
    text = "(missing)" if value is None else " ".join(str(value).split())
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def problem_lines(problems: list[Row]) -> list[str]:
    """Of each reason its rows and commonest values, then what to do: first what fails the build."""
    groups: dict[tuple, list[Row]] = {}
    for row in problems:
        groups.setdefault((not row["is_failure"], row["input"], row["reason"]), []).append(row)
    lines, last = [], None
    for (harmless, name, reason), rows in groups.items():
        if harmless != last:
            lines.append(f"This {'does not fail' if harmless else 'fails'} the build:")
            last = harmless
        values = [
            f"{shown(row['value'])}{FIXED}({row['number_of_rows']:,})"
            for row in rows
            if row["value"] is not None
        ]
        others = rows[0]["rows_of_reason"] - sum(row["number_of_rows"] for row in rows)
        values += [f"{others:,} more"] if others else []
        count = f"{rows[0]['rows_of_reason']:,}{FIXED}{reason}"
        lines.append(f"  {name}: {count}{': ' if values else ''}{', '.join(values)}")
        if rows[0]["remedy"]:
            lines.append(f"      {rows[0]['remedy']}")
    return lines


def as_of_lines(as_of: Row | None, months: list[Row]) -> list[str]:
    """As of when the figures are, why and how to set it; and a newest month that looks wrong."""
    if as_of is None or as_of["as_of_at"] is None:
        return []
    source = as_of["as_of_source"]
    if source == "effective_at":
        # nothing happens on most days: the extract may be newer than what is in it
        day, when = (
            datetime.now(timezone.utc),
            "If the data is complete up to a later day, such as today",
        )
    else:
        day, when = as_of["as_of_at"], "To set it"
    lines = [
        f"As of {as_of['as_of_at']:%Y-%m-%d %H:%M} UTC ({WHERE_AS_OF_IS_FROM[source]}); the newest "
        f"month that is over is {as_of['newest_month']:%B %Y}. {when}: "
        f"NRR_VARS='{{nrr_as_of: {day:%Y-%m-%d}}}' make build"
    ]
    accounts = {row["month"]: row["accounts"] for row in months}
    if accounts:
        newest = as_of["newest_month"]
        largest = max(accounts, key=lambda month: (accounts[month], month))
        if accounts.get(newest, 0) < SHARE_OF_THE_LARGEST_MONTH * accounts[largest]:
            lines.append(
                f"Only {accounts.get(newest, 0):,} accounts have MRR in {newest:%B %Y}, while "
                f"{accounts[largest]:,} had in {largest:%B %Y}. If that is not how it is, the data "
                "is complete up to another time than this: set nrr_as_of."
            )
    return lines


def source_lines(sources: list[Row]) -> list[str]:
    """How much of the newest month's MRR is reconstructed, by source."""
    if not sources:
        return []
    shares = [
        f"{row['source_system']} {row['mrr']:,.0f}, {row['reconstructed_share'] or 0:.1%} of it"
        for row in sources
    ]
    return [
        f"MRR of {sources[0]['month']:%B %Y} by source: {'; '.join(shares)} reconstructed "
        "(concluded from something else than what was recorded at the time)."
    ]


def found_in_files(target: Path) -> dict:
    """What the reader of the files found (input_files.py); nothing if it read none."""
    try:
        return json.loads((target / "nrr_input_files.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def column_lines(found: dict, dimensions: set[str]) -> list[str]:
    """The columns of the files that are not used, with what they may have been meant as."""
    lines = []
    for name, columns in found.get("unused_columns", {}).items():
        if name == "accounts":
            used = {dimension.lower() for dimension in dimensions}
            free = [column for column in columns if column.lower() not in used]
            if free:
                others = (
                    f" and {len(free) - MOST_COLUMNS:,} more" if len(free) > MOST_COLUMNS else ""
                )
                lines.append(
                    f"accounts: {', '.join(free[:MOST_COLUMNS])}{others} could be segmented by: "
                    f"NRR_VARS='{{nrr_segments: [{in_yaml(free[0])}]}}' make build"
                )
        elif columns:
            guesses = [
                f"{c} (did you mean {meant}?)" if meant else c for c, meant in columns.items()
            ]
            lines.append(f"{name}: columns that are not used: {', '.join(guesses)}.")
    return lines


def in_yaml(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*( \w+)*", name) else json.dumps(name)
