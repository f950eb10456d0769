"""Measure how the package spreads over a Spark cluster: the same build with one executor and two.

    python benchmarks/scale_out.py [--accounts 10000 100000] [--workers 1 2]

For every size: writes the input files (generate_events.py), starts a Spark cluster on this machine
(tests/python/engines/servers/spark_cluster.py), each executor with one core, and builds all tables
with dbt. Spark's event log says what each task read, wrote and took, and how joins were done. Fails
if one process has to hold what grows with the number of accounts: a task that reads more than
ONE_TASK_ROWS rows and SKEW times its share of the stage, more than COLLECTED_BYTES that come to the
driver, or a join without a key to a table of more than LISTED_ROWS rows.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb
from report import conditions, console, markdown_table, print_table, write_results

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
PAGE = HERE / "scale_out.md"
ENGINES = PROJECT / "tests/python/engines"
sys.path.insert(0, str(ENGINES))

from run import dbt_environment, environment, versions  # noqa: E402
from servers.ports import HOST  # noqa: E402
from servers.spark_cluster import cluster, executors  # noqa: E402

INPUTS = ["subscription_events", "accounts", "exchange_rates"]
SEGMENTS = ["industry", "region", "acquisition_channel"]
ONE_TASK_ROWS = 50_000
SKEW = 3
COLLECTED_BYTES = 20 * 2**20
LISTED_ROWS = 10_000
ROWS_PER_GROUP = 20_480
MANY = 100_000_000
TASK_BYTES = 128 * 2**20
HEAVIEST = 6
TABLES = "spark.sql.catalog.spark_catalog.table-default"
NESTED_LOOPS = ["CartesianProduct", "BroadcastNestedLoopJoin"]
SECONDS_PER_BUILD = 3000

# a window that begins with its frame or its order, where its partition would stand
WINDOW = re.compile(r"windowspecdefinition\((?:specifiedwindowframe|[^,]*? (?:ASC|DESC))")

# Tables over the Parquet files, in the schema that the profile reads its input from.
MAKE_TABLES = """
import sys
from pyhive import hive

host, port, folder, *names = sys.argv[1:]
cursor = hive.connect(host=host, port=int(port)).cursor()
cursor.execute("create schema if not exists nrr_input")
for name in names:
    cursor.execute(f"create table nrr_input.{name} using parquet location '{folder}/{name}'")
"""


@dataclass
class Task:
    """What the event log says of one task."""

    executor: str
    seconds: float
    cpu_seconds: float
    rows: int
    shuffle_read: int
    shuffle_written: int
    spilled: int
    result_bytes: int


@dataclass
class Build:
    """One build of all tables."""

    accounts: int
    workers: int
    seconds: float
    peak_heap: int
    stages: dict[tuple[str, int], list[Task]]  # model and number of the stage -> its tasks
    nested_loops: dict[str, list[int]]  # model -> rows of the table that every row is joined to
    unpartitioned_windows: Counter

    @property
    def tasks(self) -> list[Task]:
        return [task for tasks in self.stages.values() for task in tasks]


def write_files(folder: Path, accounts: int) -> Path:
    """The input files, each in a folder of its own, since Spark's tables are folders."""
    data = folder / str(accounts)
    if not data.exists():
        command = [sys.executable, str(HERE / "generate_events.py"), str(data), str(accounts)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for name in INPUTS:
            (data / name).mkdir()
            # in small groups of rows, each of which a task can read
            duckdb.sql(
                f"copy (from '{data}/{name}.parquet') to '{data}/{name}/part.parquet'"
                f" (row_group_size {ROWS_PER_GROUP})"
            )
    return data


def build(python: Path, data: Path, folder: Path, accounts: int, workers: int) -> Build:
    """Builds all tables on a cluster of so many executors of one core."""
    log = folder / "events"
    log.mkdir(parents=True)
    settings = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": log.as_uri(),
        "spark.executor.memory": "1500m",
        # the data is small for Spark, which would give it to one task: split as if it were not
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.autoBroadcastJoinThreshold": "256k",
        "spark.sql.adaptive.coalescePartitions.enabled": "false",
        "spark.sql.files.maxPartitionBytes": "512k",
        f"{TABLES}.read.split.target-size": "2097152",
        f"{TABLES}.read.split.adaptive-size.enabled": "false",
    }
    with cluster(python, folder / "cluster", workers, **settings) as (port, api):
        tables = [str(python), "-c", MAKE_TABLES, HOST, str(port), str(data), *INPUTS]
        subprocess.run(tables, check=True)
        address = {"NRR_SPARK_HOST": HOST, "NRR_SPARK_PORT": str(port)}
        seconds = {}
        for command in ("seed", "run"):
            began = time.monotonic()
            done = subprocess.run(
                [
                    str(python.with_name("dbt")), "--no-use-colors", command, "--full-refresh",
                    "--target", "spark_cluster", "--vars", json.dumps({"nrr_segments": SEGMENTS}),
                ],
                env=dbt_environment(folder, address), cwd=folder, timeout=SECONDS_PER_BUILD,
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(f"dbt {command} failed:\n{done.stdout[-4000:]}")
            seconds[command] = time.monotonic() - began
        peaks = [e.get("peakMemoryMetrics", {}).get("JVMHeapMemory", 0) for e in executors(api)]
    (events,) = log.iterdir()
    return Build(accounts, workers, seconds["run"], max(peaks), *read_events(events))


def read_events(path: Path) -> tuple[dict, dict, Counter]:
    """The event log: tasks by stage, joins without keys, windows without partitions."""
    models, stages, plans, metrics = {}, defaultdict(list), {}, {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            kind = event["Event"].rpartition(".")[2]
            if kind == "SparkListenerSQLExecutionStart":
                plans[event["executionId"]] = event
            elif kind == "SparkListenerSQLAdaptiveExecutionUpdate":
                plans[event["executionId"]] |= event
            elif kind == "SparkListenerDriverAccumUpdates":
                metrics |= dict(event["accumUpdates"])
            elif kind == "SparkListenerStageSubmitted":
                statement = event["Properties"].get("spark.job.description", "")
                models[event["Stage Info"]["Stage ID"]] = model_of(statement)
            elif kind == "SparkListenerTaskEnd" and "Task Metrics" in event:
                model = models[event["Stage ID"]]
                stages[model, event["Stage ID"]].append(task_of(event))
    loops, windows = defaultdict(list), Counter()
    for plan in plans.values():
        model = model_of(plan["description"])
        for node in nodes(plan["sparkPlanInfo"]):
            if node["nodeName"] in NESTED_LOOPS:
                loops[model] += [metrics[id_] for id_ in broadcast(node) if id_ in metrics]
            if node["nodeName"] == "Window" and WINDOW.search(node["simpleString"]):
                windows[model] += 1
    return dict(stages), dict(loops), +windows


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for child in plan["children"]:
        yield from nodes(child)


def broadcast(join: dict) -> Iterator[int]:
    """Ids of the metrics that count the rows sent to every executor; none where it was before."""
    for table in join["children"]:
        while table["nodeName"] in ("InputAdapter", "BroadcastQueryStage"):
            (table,) = table["children"]
        if table["nodeName"] == "BroadcastExchange":
            for metric in table["metrics"]:
                if metric["name"] == "number of output rows":
                    yield metric["accumulatorId"]


def model_of(statement: str) -> str:
    found = re.search(r'"node_id": "[a-z]+\.nrr\.([^".]+)', statement)
    return found[1] if found else "(other)"


def task_of(event: dict) -> Task:
    info, metrics = event["Task Info"], event["Task Metrics"]
    read = metrics["Shuffle Read Metrics"]
    return Task(
        executor=info["Executor ID"],
        seconds=(info["Finish Time"] - info["Launch Time"]) / 1000,
        cpu_seconds=metrics["Executor CPU Time"] / 1e9,
        rows=metrics["Input Metrics"]["Records Read"] + read["Total Records Read"],
        shuffle_read=read["Remote Bytes Read"] + read["Local Bytes Read"],
        shuffle_written=metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"],
        spilled=metrics["Memory Bytes Spilled"],
        result_bytes=metrics["Result Size"],
    )


def megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MB"


def gigabytes(size: float) -> str:
    return f"{size / 2**30:,.0f} GB"


def overview(builds: list[Build]) -> list[list[str]]:
    rows = [
        ["accounts", "executors", "seconds", "busy seconds", "processor seconds", "tasks",
         "shuffle written", "shuffle read", "spilled", "peak heap"]
    ]  # fmt: skip
    for one in builds:
        busy, cpu, tasks = Counter(), Counter(), Counter()
        for task in one.tasks:
            busy[task.executor] += task.seconds
            cpu[task.executor] += task.cpu_seconds
            tasks[task.executor] += 1
        rows.append([
            f"{one.accounts:,}", str(one.workers), f"{one.seconds:,.0f}",
            *(by_executor(counted) for counted in (busy, cpu, tasks)),
            megabytes(sum(task.shuffle_written for task in one.tasks)),
            megabytes(sum(task.shuffle_read for task in one.tasks)),
            megabytes(sum(task.spilled for task in one.tasks)),
            megabytes(one.peak_heap),
        ])  # fmt: skip
    return rows


def by_executor(counted: Counter) -> str:
    return " / ".join(f"{count:,.0f}" for _, count in sorted(counted.items()))


def heaviest(one: Build) -> list[list[str]]:
    """The stages that took most, and how unlike their tasks were."""
    title = f"{one.accounts:,} accounts, executors: {one.workers}; heaviest stages"
    rows = [[title, "tasks", "seconds", "longest / median", "rows", "most / median", "shuffle"]]
    by_time = sorted(one.stages.items(), key=lambda item: -sum(task.seconds for task in item[1]))
    for (model, _), tasks in by_time[:HEAVIEST]:
        seconds = [task.seconds for task in tasks]
        counts = [task.rows for task in tasks]
        rows.append([
            model, str(len(tasks)), f"{sum(seconds):,.1f}",
            f"{max(seconds):,.1f} / {median(seconds):,.1f}", f"{sum(counts):,}",
            f"{max(counts):,} / {median(counts):,.0f}",
            megabytes(sum(task.shuffle_read + task.shuffle_written for task in tasks)),
        ])  # fmt: skip
    return rows


def joins(one: Build) -> list[list[str]]:
    title = f"{one.accounts:,} accounts"
    rows = [[title, "joins without a key", "to rows at most", "windows without partitions"]]
    for model in sorted(one.nested_loops.keys() | one.unpartitioned_windows):
        tables = one.nested_loops.get(model, [])
        most = f"{max(tables):,}" if tables else ""
        windows = one.unpartitioned_windows[model]
        rows.append([model, str(len(tables) or ""), most, str(windows or "")])
    return rows


def outlook(one: Build) -> list[list[str]]:
    """The figures that grow with the accounts, at MANY accounts: in proportion."""
    times = MANY / one.accounts
    cpu = sum(task.cpu_seconds for task in one.tasks)
    shuffles = [sum(task.shuffle_written for task in tasks) for tasks in one.stages.values()]
    total, largest = sum(shuffles), max(shuffles)
    rows = max(sum(task.rows for task in tasks) for tasks in one.stages.values())
    tasks = [math.ceil(size / TASK_BYTES) for size in (largest, largest * times)]
    return [
        ["", f"{one.accounts:,} accounts", f"{MANY:,} accounts"],
        ["processor time of the tasks", f"{cpu:,.0f} s", f"{cpu * times / 3600:,.0f} hours"],
        ["shuffled by all stages", megabytes(total), gigabytes(total * times)],
        ["shuffled by the largest stage", megabytes(largest), gigabytes(largest * times)],
        ["its tasks, at 128 MB each", *(f"{count:,}" for count in tasks)],
        ["rows read by the largest stage", f"{rows:,}", f"{rows * times:,.0f}"],
    ]


def faults(one: Build) -> list[str]:
    """What one task or the driver has to do alone, although it grows with the accounts."""
    lines = []
    for (model, stage), tasks in one.stages.items():
        most, rows = max(task.rows for task in tasks), sum(task.rows for task in tasks)
        # a stage of one task has no others to share with
        share = rows / len(tasks) if len(tasks) > 1 else 0
        if most > max(ONE_TASK_ROWS, SKEW * share):
            lines.append(f"{model}, stage {stage}: one task reads {most:,} of {rows:,} rows")
        collected = sum(task.result_bytes for task in tasks)
        if collected > COLLECTED_BYTES:
            lines.append(f"{model}, stage {stage}: {megabytes(collected)} come to the driver")
    for model, tables in one.nested_loops.items():
        if max(tables, default=0) > LISTED_ROWS:
            lines.append(f"{model}: every row is joined to {max(tables):,} rows")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--folder", type=Path, help="keep the input files and event logs there")
    parser.add_argument("--dry", action="store_true", help="print only, leave the page as it is")
    arguments = parser.parse_args()
    python = environment("spark")
    builds = []
    with tempfile.TemporaryDirectory(prefix="nrr_scale_") as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        for accounts in arguments.accounts:
            data = write_files(folder, accounts)
            for workers in arguments.workers:
                print(f"builds {accounts:,} accounts, executors: {workers}", flush=True)
                place = Path(tempfile.mkdtemp(prefix=f"{accounts}_{workers}_", dir=folder))
                builds.append(build(python, data, place, accounts, workers))
                print_table(overview(builds[-1:]))
    tables = [overview(builds), *map(heaviest, builds), joins(builds[-1]), outlook(builds[-1])]
    for rows in tables:
        print_table(rows)
    found = [line for one in builds for line in faults(one)]
    for line in found:
        console.print(line, soft_wrap=True)
    if found:
        return 1
    if not arguments.dry:
        measured_on = conditions(versions(python, ["dbt-spark", "pyspark"]))
        write_results(PAGE, [measured_on, *map(markdown_table, tables)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
