"""Measure how long one company takes from Stripe's tables, beside the same from own events.

    python benchmarks/run_sources.py [--subscriptions 10000 100000 1000000] [--memory-limit 6GB]

For every size: writes the company twice (generate_events.py, generate_stripe.py), then builds the
package from each, in turn, as a process of its own on two cores. Both must have the same
retention: every row of the company, by size, currency, quarter and attribute. Of several turns the
fastest counts. The tables go to benchmarks/README.md, between its markers for sources.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from report import conditions, console, markdown_table, print_table, write_results
from run import (
    CORES,
    HERE,
    README,
    SEGMENTS,
    SLOWEST,
    Run,
    announced,
    count_of,
    megabytes,
    rows_of,
    run_package,
    run_process,
)

SIZES = [10_000, 100_000, 1_000_000]
ACCOUNTS_PER_SUBSCRIPTION = 0.828  # that the company of generate_stripe.py has
EVENTS, STRIPE = "events", "stripe"
AT_MOST = 4  # times as long as from events
# What Stripe knows of an account as the events do.
KNOWN = ["all", "size", "currency", "acquisition_quarter", "plan", *SEGMENTS]
RETENTION = f"""
select * from nrr__retention
where list_contains({KNOWN}, segment_dimension)
order by all
"""


@dataclass
class Measured:
    """The runs of one size, and how many rows the tables have."""

    subscriptions: int
    events: int
    lines: int
    history: int
    runs: dict[str, Run]

    @property
    def ratio(self) -> float:
        return self.runs[STRIPE].seconds / self.runs[EVENTS].seconds


def check_same_retention(work: Path) -> None:
    """Stops everything unless both give the same rows."""
    expected, found = (rows_of(work / f"{name}.duckdb", RETENTION) for name in (EVENTS, STRIPE))
    if found == expected and found:
        return
    missing = [row for row in expected if row not in set(found)][:2]
    other = [row for row in found if row not in set(expected)][:2]
    raise SystemExit(
        f"Stripe's tables do not give the retention of the events: {len(expected)} and "
        f"{len(found)} rows, {missing} is missing, {other} is there instead."
    )


def write_files(subscriptions: int, data: Path, work: Path) -> None:
    """Both folders of one size, unless they are there."""
    if (data / STRIPE).exists():
        console.print(f"Uses the files in {data}", soft_wrap=True)
        return
    accounts = round(subscriptions * ACCOUNTS_PER_SUBSCRIPTION)
    for script, *arguments in (
        ("generate_events", str(data / "given"), str(accounts)),
        ("generate_stripe", str(data / "given"), str(data)),
    ):
        command = [sys.executable, str(HERE / f"{script}.py"), *arguments]
        announced(f"{script}.py", run_process, command, work / "files.log")


def measure(subscriptions: int, folder: Path, turns: int, limit: str | None) -> Measured:
    console.rule(f"{subscriptions:,} subscriptions", align="left")
    data = folder / f"{subscriptions}_subscriptions"
    runs: dict[str, Run] = {}
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        write_files(subscriptions, data, work)
        tables = data / STRIPE / "stripe"
        counts = {
            table: count_of(f"'{tables / table}.parquet'")
            for table in ("subscription_item", "invoice_line_item", "subscription_history")
        }
        for turn in range(turns):
            for source in (EVENTS, STRIPE):
                (work / f"{source}.duckdb").unlink(missing_ok=True)
                text = f"From {source}" + (f", again ({turn + 1})" if turn else "")
                run = announced(
                    text, run_package, data / source, work, SEGMENTS, source, limit
                )  # fmt: skip
                if source not in runs or run.seconds < runs[source].seconds:
                    runs[source] = run
            check_same_retention(work)
        console.print("They give the same retention.")
    events = count_of(f"'{data / EVENTS / 'subscription_events'}.parquet'")
    return Measured(counts["subscription_item"], events, *list(counts.values())[1:], runs)


def times_table(all_measured: list[Measured]) -> list[list[str]]:
    rows = [
        ["subscriptions", "events", "invoice lines", "rows of history", "from events",
         "from Stripe's tables", "times", "cores' seconds, times", "memory"]
    ]  # fmt: skip
    for measured in all_measured:
        numbers = (measured.subscriptions, measured.events, measured.lines, measured.history)
        events, stripe = measured.runs[EVENTS], measured.runs[STRIPE]
        rows.append(
            [f"{number:,}" for number in numbers]
            + [f"{run.seconds:,.1f} s" for run in (events, stripe)]
            + [f"{measured.ratio:,.2f}", f"{stripe.core_seconds / events.core_seconds:,.2f}"]
            + [megabytes(stripe.peak_bytes)]
        )
    return rows


def models_table(measured: Measured) -> list[list[str]]:
    rows = [[f"slowest models from {measured.subscriptions:,} Stripe subscriptions", "seconds"]]
    return rows + [
        [model, f"{seconds:,.1f}"] for model, seconds in measured.runs[STRIPE].models[:SLOWEST]
    ]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subscriptions", nargs="+", type=int, default=SIZES, metavar="NUMBER")
    parser.add_argument("--folder", type=Path, help="keep the input files in this folder")
    parser.add_argument("--turns", type=int, default=1, help="the fastest of so many counts")
    parser.add_argument("--memory-limit", default="6GB", help="of DuckDB; '': none")
    parser.add_argument("--dry", action="store_true", help="print only, leave the README as it is")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory(prefix="nrr_bench_") as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        limit = arguments.memory_limit or None
        all_measured = [
            measure(size, folder, arguments.turns, limit)
            for size in sorted(set(arguments.subscriptions))
        ]
    tables = [times_table(all_measured), models_table(all_measured[-1])]
    for rows in tables:
        print_table(rows)
    measured_on = conditions()
    if limit:
        measured_on += f" DuckDB had {limit}."
    console.print(measured_on)
    if not arguments.dry:
        write_results(README, [measured_on, *map(markdown_table, tables)], "sources")
    if all_measured[-1].ratio > AT_MOST:
        raise SystemExit(f"Stripe's tables take more than {AT_MOST} times as long as events.")


if __name__ == "__main__":
    main()
