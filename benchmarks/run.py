"""Measure how fast the package builds large inputs, beside two other ways on the same files.

    python benchmarks/run.py [--accounts 10000 100000 1000000] [--memory-limit 2GB]

For every size: writes the input files (generate_events.py), then runs, each as its own process,
a plain scan of the columns used (scan.sql), the least work that gives the company's figures
(lower_bound.sql), the method of most published packages (date_range_join.sql) and the package. All
three must give the same retention of the company, or nothing is written. Then the files of a day
later (generate_batch.py) are built twice, into the tables that are there and into new ones, which
must be the same in the end, and once more a month later. The largest size is built again with
the account marts as tables, and under a memory limit. The explanation is built in one run more of
each size and left out of all others. Two questions are put to the account marts as
views; 100,000 accounts are built with 50,000 sets of segments. The tables go to
benchmarks/README.md, between its markers.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from found_inputs import found_inputs
from report import conditions, console, markdown_table, print_table, write_results

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
README = HERE / "README.md"

SIZES = [10_000, 100_000, 1_000_000]
SLOWEST = 5
CORES = 2
SEGMENTS = ["industry", "region", "acquisition_channel"]  # those that the demo shows
SCAN, LOWER_BOUND, DATE_RANGE_JOIN = "scan", "lower_bound", "date_range_join"
PACKAGE, PACKAGE_LIMITED = "package", "package_limited"
DAILY, DAILY_ANEW, MONTH_END = "daily", "daily_anew", "month_end"
ACCOUNT_MARTS = ["account_months", "mrr_movements", "retention_accounts"]
PACKAGE_TABLES, MANY_SEGMENTS = "package_tables", "many_segments"
EXPLAINED = "explained"
EXPLANATION = ["methods", "cohorts", "drivers", "bridges", "findings"]  # folders of models
CUSTOMERS = ["nrr.intermediate.customers", "nrr.marts.customers"]
MANY_SEGMENTS_AT = 100_000  # accounts
# as the tables name them
WAYS = {
    SCAN: "(a) scan",
    LOWER_BOUND: "(b) lower bound",
    DATE_RANGE_JOIN: "(c) date range join",
    PACKAGE: "package",
}
FIGURES = [
    "starting_mrr", "ending_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "retained_mrr",
    "nrr", "grr",
]  # fmt: skip

MARTS = """
select table_name from information_schema.tables
where starts_with(table_name, 'nrr__')
"""
PACKAGE_RETENTION = """
select month, {figures} from nrr__retention
where segment_dimension = 'all' and starting_accounts > 0
order by month
"""
SCRIPT_RETENTION = "select month, {figures} from retention order by month"
# What people ask of the account marts, which are views.
QUESTIONS = {
    "one account's history": """
        select * from nrr__account_months
        where account_id = (select max(account_id) from int_nrr__account_spans)
    """,
    "one month by segment": """
        select sets.plan, sets.attributes, count(*), sum(months.mrr)
        from int_nrr__account_months as months
        inner join int_nrr__segment_sets as sets on months.segment_key = sets.segment_key
        where months.month = date '{month}'
        group by sets.plan, sets.attributes
    """,
}
# An attribute with half as many values as there are accounts.
MANY_VALUES = """
copy (
    select * replace (hash(account_id) % 50000 as industry)
    from read_parquet('{accounts}')
) to '{many}'
"""


@dataclass
class Run:
    """One process: how long it took and how much memory it had at most."""

    seconds: float
    peak_bytes: int
    core_seconds: float = 0.0  # of all its cores together, whatever else the machine does
    build_seconds: float = 0.0  # without the start of dbt and the parsing of the project
    models: list[tuple[str, float]] = field(default_factory=list)  # the slowest first


@dataclass
class Measured:
    """All runs on the files of one size."""

    accounts: int
    events: int
    account_months: int
    runs: dict[str, Run]
    questions: dict[str, float]  # seconds


def run_process(command: list[str], log: Path, **environment: str) -> Run:
    """Run a command to its end and measure it; stops everything if it fails."""
    # this project and profile, whatever the shell is set up for
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("DBT_")}
    start = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=inherited | environment, stdout=output, stderr=output
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        console.print(log.read_text(errors="replace")[-4000:], markup=False)
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    # Linux counts in kilobytes, macOS in bytes
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit, usage.ru_utime + usage.ru_stime)


def run_script(name: str, data: Path, work: Path) -> Run:
    """One of the SQL scripts, on a new database file."""
    script, database = HERE / f"{name}.sql", work / f"{name}.duckdb"
    command = [sys.executable, str(HERE / "run_script.py"), str(script), str(data), str(database)]
    return run_process(command, work / f"{name}.log")


def run_package(
    data: Path,
    work: Path,
    segments: list[str],
    name: str = PACKAGE,
    limit: str | None = None,
    as_of: str | None = None,
    project: Path = PROJECT,
) -> Run:
    """The package's seeds and models, without tests, into the database file `name`.

    What is seen of customers is left out; the explanation too, unless the run is that by name.
    """
    # the same folder in every run, as in a scheduled job, so that dbt need not parse anew
    link = work / "input"
    link.unlink(missing_ok=True)
    link.symlink_to(data)
    environment = {
        "NRR_DATA": str(link),
        "NRR_INPUTS": " ".join(found_inputs(data)),
        "NRR_DUCKDB_PATH": str(work / f"{name}.duckdb"),
        "DBT_TARGET_PATH": str(work / f"{name}_target"),
        "DBT_LOG_PATH": str(work / f"{name}_logs"),
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_PROJECT_DIR": str(project),
    }
    variables = {"nrr_segments": segments} | ({"nrr_as_of": as_of} if as_of else {})
    command = [
        str(Path(sys.executable).with_name("dbt")), "build",
        "--exclude-resource-type", "test", "unit_test",
        "--vars", json.dumps(variables),
    ]  # fmt: skip
    left_out = list(CUSTOMERS)
    if name != EXPLAINED:
        left_out += ["nrr.marts.explanation"]
        left_out += [f"nrr.intermediate.{folder}" for folder in EXPLANATION]
    command += ["--exclude", *left_out]
    if limit:
        environment["NRR_DUCKDB_MEMORY_LIMIT"] = limit
        command += ["--target", "limited"]
    run = run_process(command, work / f"{name}.log", **environment)
    results = json.loads((work / f"{name}_target" / "run_results.json").read_text())
    run.build_seconds = results["elapsed_time"]
    models = [(r["unique_id"].split(".")[-1], r["execution_time"]) for r in results["results"]]
    run.models = sorted(models, key=lambda model: -model[1])
    return run


def rows_of(database: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def check_same_figures(work: Path) -> None:
    """Stops everything unless all ways give the same retention of the company, in every month."""
    figures = ", ".join(f"cast({name} as decimal(28, 9))" for name in FIGURES)
    expected = rows_of(work / f"{PACKAGE}.duckdb", PACKAGE_RETENTION.format(figures=figures))
    for name in (LOWER_BOUND, DATE_RANGE_JOIN):
        found = rows_of(work / f"{name}.duckdb", SCRIPT_RETENTION.format(figures=figures))
        if found != expected or not found:
            different = [pair for pair in zip(expected, found, strict=False) if pair[0] != pair[1]]
            raise SystemExit(
                f"{name} does not give the package's figures: {len(expected)} and {len(found)} "
                f"months, the first difference is {different[:1]}."
            )


def check_same_tables(work: Path) -> None:
    """Stops everything unless every mart holds the same rows after the daily run as built anew."""

    def checksum(database: str, mart: str) -> list[tuple]:
        sql = f"select count(*), sum(hash(mart)) from {mart} as mart"
        return rows_of(work / f"{database}.duckdb", sql)

    marts = [name for (name,) in rows_of(work / f"{DAILY_ANEW}.duckdb", MARTS)]
    different = [mart for mart in marts if checksum(PACKAGE, mart) != checksum(DAILY_ANEW, mart)]
    if different:
        raise SystemExit(f"The daily run ends with other rows in {', '.join(different)}.")


def with_account_tables(work: Path) -> Path:
    """A copy of the project with the line that makes the account marts tables."""
    project = work / "project"
    if not project.exists():
        for name in ("models", "macros", "seeds", "tests", "scripts", "analyses"):
            shutil.copytree(PROJECT / name, project / name)
        text = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
        views = [f"nrr__{mart}: {{+materialized: view}}" for mart in ACCOUNT_MARTS]
        if any(view not in text for view in views):
            raise SystemExit("dbt_project.yml does not make the account marts views any more.")
        for view in views:
            text = text.replace(view, view.replace("view", "table"))
        (project / "dbt_project.yml").write_text(text, encoding="utf-8")
    return project


def month_after(database: Path) -> str:
    """An instant at which the month after the newest one is over."""
    sql = "select newest_month + interval 2 month from int_nrr__as_of"
    return f"{rows_of(database, sql)[0][0]:%Y-%m-%d}"


def answered(database: Path) -> dict[str, float]:
    """Seconds that each of the questions takes, the second time that it is asked."""
    seconds = {}
    with duckdb.connect(str(database), read_only=True, config={"threads": CORES}) as connection:
        month = connection.execute("select max(month) from int_nrr__months").fetchone()[0]
        for name, question in QUESTIONS.items():
            sql = question.format(month=month)
            connection.execute(sql).fetchall()
            start = time.perf_counter()
            connection.execute(sql).fetchall()
            seconds[name] = time.perf_counter() - start
            console.print(f"Question: {name}: {seconds[name]:.2f} s")
    return seconds


def many_segments(data: Path, work: Path) -> Path:
    """The same files with an attribute that nearly every second account has for itself."""
    folder = work / "many_segments"
    folder.mkdir()
    for path in data.glob("*.parquet"):
        if path.stem != "accounts":
            (folder / path.name).symlink_to(path)
    files = {"accounts": data / "accounts.parquet", "many": folder / "accounts.parquet"}
    with duckdb.connect() as connection:
        connection.execute(MANY_VALUES.format(**files))
    return folder


def count_of(source: str) -> int:
    with duckdb.connect() as connection:
        return connection.execute(f"select count(*) from {source}").fetchone()[0]


def megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"


def announced(text: str, run: Callable[..., Run], *arguments: Any) -> Run:
    """Do a run, and say on the terminal which one it is and what came of it."""
    with console.status(text):
        result = run(*arguments)
    memory = megabytes(result.peak_bytes)
    console.print(f"{text}: {result.seconds:,.1f} s, {memory}", soft_wrap=True)
    return result


def measure(accounts: int, folder: Path, segments: list[str], limit: str | None) -> Measured:
    """Write the files of one size, unless they are there, and do every run on them."""
    console.rule(f"{accounts:,} accounts", align="left")
    data = folder / str(accounts)
    events = data / "subscription_events.parquet"
    runs = {}
    with tempfile.TemporaryDirectory(dir=folder) as name:
        work = Path(name)
        if events.exists():
            console.print(f"Uses the files in {data}", soft_wrap=True)
        else:
            command = [sys.executable, str(HERE / "generate_events.py"), str(data), str(accounts)]
            announced("Writing the files", run_process, command, work / "files.log")
        # once before it counts, so that no run is the one that reads from the disk
        run_script(SCAN, data, work)
        (work / f"{SCAN}.duckdb").unlink()
        for script in (SCAN, LOWER_BOUND, DATE_RANGE_JOIN):
            runs[script] = announced(f"{script}.sql", run_script, script, data, work)
        runs[PACKAGE] = announced("The package", run_package, data, work, segments)
        check_same_figures(work)
        console.print("They give the same retention of the company in every month.")
        months = rows_of(work / f"{PACKAGE}.duckdb", "select count(*) from nrr__account_months")
        text = "The package with the explanation"
        runs[EXPLAINED] = announced(text, run_package, data, work, segments, EXPLAINED)
        (work / f"{EXPLAINED}.duckdb").unlink()
        later = work / "later"
        command = [sys.executable, str(HERE / "generate_batch.py"), str(data), str(later)]
        announced("Writing the files of a day later", run_process, command, work / "files.log")
        text = "The package, a day later"
        runs[DAILY] = announced(text, run_package, later, work, segments)
        runs[DAILY_ANEW] = announced(
            f"{text}, anew", run_package, later, work, segments, DAILY_ANEW
        )
        check_same_tables(work)
        console.print("Both end with the same rows in every mart.")
        questions = answered(work / f"{PACKAGE}.duckdb")
        as_of = month_after(work / f"{PACKAGE}.duckdb")
        text = "The package, a month later"
        runs[MONTH_END] = announced(text, run_package, later, work, segments, PACKAGE, None, as_of)
        if accounts == MANY_SEGMENTS_AT:
            many = many_segments(data, work)
            text = "The package with 50,000 sets of segments"
            runs[MANY_SEGMENTS] = announced(text, run_package, many, work, segments, MANY_SEGMENTS)
        if limit:
            for database in work.glob("*.duckdb"):
                database.unlink()
            project = with_account_tables(work)
            runs[PACKAGE_TABLES] = announced(
                "The package with the account marts as tables",
                run_package, data, work, segments, PACKAGE_TABLES, None, None, project,
            )  # fmt: skip
            (work / f"{PACKAGE_TABLES}.duckdb").unlink()
            text = f"The package with {limit}"
            runs[PACKAGE_LIMITED] = announced(
                text, run_package, data, work, segments, PACKAGE_LIMITED, limit
            )
    return Measured(accounts, count_of(f"'{events}'"), months[0][0], runs, questions)


def ratio(run: Run, other: Run) -> str:
    return f"{run.seconds / other.seconds:,.2f}"


def package_table(all_measured: list[Measured]) -> list[list[str]]:
    rows = [
        ["accounts", "events", "account months", "package", "without start", "events per second"]
    ]
    for measured in all_measured:
        package = measured.runs[PACKAGE]
        counts = (measured.accounts, measured.events, measured.account_months)
        times = (package.seconds, package.build_seconds)
        rows.append(
            [f"{count:,}" for count in counts]
            + [f"{seconds:,.1f} s" for seconds in times]
            + [f"{measured.events / package.seconds:,.0f}"]
        )
    return rows


def times_table(all_measured: list[Measured]) -> list[list[str]]:
    rows = [["accounts", *WAYS.values(), "package / b", "package / c"]]
    for measured in all_measured:
        runs = measured.runs
        rows.append(
            [f"{measured.accounts:,}"]
            + [f"{runs[name].seconds:,.1f} s" for name in WAYS]
            + [ratio(runs[PACKAGE], runs[name]) for name in (LOWER_BOUND, DATE_RANGE_JOIN)]
        )
    return rows


def memory_table(all_measured: list[Measured], limit: str | None) -> list[list[str]]:
    rows = [["accounts", *WAYS.values()]]
    if limit:
        rows[0].append(f"package with {limit}")
    for measured in all_measured:
        row = [f"{measured.accounts:,}"]
        for name in WAYS:
            row.append(megabytes(measured.runs[name].peak_bytes))
        if limit:
            limited = measured.runs.get(PACKAGE_LIMITED)
            row.append(
                f"{megabytes(limited.peak_bytes)}, {limited.seconds:,.1f} s" if limited else ""
            )
        rows.append(row)
    return rows


def bound_table(all_measured: list[Measured]) -> list[list[str]]:
    """Runs of the package without dbt's start, in multiples of the lower bound."""
    names = {
        PACKAGE: "full",
        PACKAGE_TABLES: "full, account marts as tables",
        DAILY: "a day later",
        MONTH_END: "a month later",
        MANY_SEGMENTS: "full, 50,000 sets of segments",
    }
    rows = [["accounts", "(b) lower bound", *names.values()]]
    for measured in all_measured:
        bound = measured.runs[LOWER_BOUND].seconds
        row = [f"{measured.accounts:,}", f"{bound:,.1f} s"]
        for name in names:
            run = measured.runs.get(name)
            row.append(f"{run.build_seconds / bound:,.2f}" if run else "")
        rows.append(row)
    return rows


def questions_table(all_measured: list[Measured]) -> list[list[str]]:
    rows = [["accounts", *QUESTIONS]]
    for measured in all_measured:
        answers = [f"{measured.questions[name]:,.2f} s" for name in QUESTIONS]
        rows.append([f"{measured.accounts:,}", *answers])
    return rows


def daily_table(all_measured: list[Measured]) -> list[list[str]]:
    """What a run costs when 0.1% of the accounts have changed, and when a month is over."""
    rows = [
        ["accounts", "a day later", "without start", "anew", "a day later / anew", "memory",
         "a month later", "without start"]
    ]  # fmt: skip
    for measured in all_measured:
        daily, anew, month = (measured.runs[n] for n in (DAILY, DAILY_ANEW, MONTH_END))
        rows.append(
            [f"{measured.accounts:,}"]
            + [f"{s:,.1f} s" for s in (daily.seconds, daily.build_seconds, anew.seconds)]
            + [ratio(daily, anew), megabytes(daily.peak_bytes)]
            + [f"{s:,.1f} s" for s in (month.seconds, month.build_seconds)]
        )
    return rows


def explained_table(all_measured: list[Measured]) -> list[list[str]]:
    """What the explanation adds to a full build, without dbt's start."""
    rows = [["accounts", "package", "with the explanation", "which adds", "memory"]]
    for measured in all_measured:
        package, explained = measured.runs[PACKAGE], measured.runs[EXPLAINED]
        added = explained.build_seconds / package.build_seconds - 1
        rows.append(
            [f"{measured.accounts:,}"]
            + [f"{run.build_seconds:,.1f} s" for run in (package, explained)]
            + [f"{added:,.2f} times", megabytes(explained.peak_bytes)]
        )
    return rows


def growth_table(all_measured: list[Measured]) -> list[list[str]]:
    """How the times grow from one size to the next."""
    rows = [["accounts", *WAYS.values()]]
    for before, after in pairwise(all_measured):
        row = [f"{before.accounts:,} to {after.accounts:,}"]
        row += [f"{ratio(after.runs[name], before.runs[name])} times" for name in WAYS]
        rows.append(row)
    return rows


def models_table(measured: Measured) -> list[list[str]]:
    models = measured.runs[EXPLAINED].models[:SLOWEST]
    title = f"slowest models at {measured.accounts:,} accounts"
    return [[title, "seconds"]] + [[name, f"{seconds:,.1f}"] for name, seconds in models]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--accounts", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--folder", type=Path, help="keep the input files in this folder")
    limit_help = "for a second build of the largest size; '': none"
    parser.add_argument("--memory-limit", default="2GB", help=limit_help)
    parser.add_argument("--segments", nargs="*", default=SEGMENTS, help="the variable nrr_segments")
    parser.add_argument("--dry", action="store_true", help="print only, leave the README as it is")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    # every process gets the same two cores, the package's too; macOS lets nobody choose
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    sizes = sorted(set(arguments.accounts))
    with tempfile.TemporaryDirectory(prefix="nrr_bench_") as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if folder.is_relative_to(PROJECT):
            raise SystemExit(f"{folder} lies in the project. Choose a folder outside it.")
        all_measured = []
        for accounts in sizes:
            limit = arguments.memory_limit if accounts == sizes[-1] else None
            all_measured.append(measure(accounts, folder, arguments.segments, limit))
    tables = [package_table(all_measured), times_table(all_measured), bound_table(all_measured)]
    tables += [daily_table(all_measured), explained_table(all_measured)]
    tables.append(questions_table(all_measured))
    tables.append(memory_table(all_measured, arguments.memory_limit))
    if len(sizes) > 1:
        tables.append(growth_table(all_measured))
    tables += [models_table(measured) for measured in all_measured]
    for rows in tables:
        print_table(rows)
    console.print()
    measured_on = conditions()
    console.print(measured_on)
    if not arguments.dry:
        write_results(README, [measured_on, *map(markdown_table, tables)])


if __name__ == "__main__":
    main()
