"""Measure how the package spreads over a Spark cluster: the same build with one executor and two.

    python benchmarks/scale_out.py [--accounts 10000 100000] [--workers 1 2]

For every size: writes the input files (generate_events.py), starts a Spark cluster on this machine
(tests/engines/servers/spark_cluster.py), each executor with one core, and builds all tables with
dbt. Spark's event log says what each task read, wrote and took, and how every join was done. Fails
if one task has to hold what grows with the number of accounts: a stage of one task that reads more
than ONE_TASK_ROWS rows, or more than COLLECTED_BYTES that come to the driver.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tables import console, print_table

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
ENGINES = PROJECT / "tests/engines"
sys.path.insert(0, str(ENGINES))

from run import environment  # noqa: E402
from servers.ports import HOST  # noqa: E402
from servers.spark_cluster import cluster, executors  # noqa: E402

INPUTS = ["subscription_events", "accounts", "exchange_rates"]
SEGMENTS = ["industry", "region", "acquisition_channel"]
ONE_TASK_ROWS = 100_000
COLLECTED_BYTES = 20 * 2**20
HEAVIEST = 6
NESTED_LOOPS = ["CartesianProduct", "BroadcastNestedLoopJoin"]
SECONDS_PER_BUILD = 1500

# in Spark's formatted plans
WINDOW = re.compile(r"\nArguments: \[[^\n]*?windowspecdefinition\([^,\n]*? (?:ASC|DESC)")

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
    nested_loops: Counter
    unpartitioned_windows: Counter
    tasks_by_executor: Counter = field(default_factory=Counter)

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
            (data / f"{name}.parquet").rename(data / name / "part.parquet")
    return data


def build(python: Path, data: Path, folder: Path, accounts: int, workers: int) -> Build:
    """Builds all tables on a cluster of so many executors of one core."""
    log = folder / "events"
    log.mkdir(parents=True)
    settings = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": log.as_uri(),
        "spark.executor.memory": "1500m",
        "spark.sql.shuffle.partitions": "8",
        # the files are small for Spark: several tasks read them nevertheless
        "spark.sql.files.maxPartitionBytes": "2m",
    }
    with cluster(python, folder / "cluster", workers, **settings) as (port, api):
        tables = [str(python), "-c", MAKE_TABLES, HOST, str(port), str(data), *INPUTS]
        subprocess.run(tables, check=True)
        own = {
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "NRR_SPARK_HOST": HOST,
            "NRR_SPARK_PORT": str(port),
            "TZ": "UTC",
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NRR_", "DBT_"))}
        seconds = {}
        for command in ("seed", "run"):
            began = time.monotonic()
            done = subprocess.run(
                [
                    str(python.with_name("dbt")), "--no-use-colors", command, "--full-refresh",
                    "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
                    "--target", "spark_cluster", "--vars", json.dumps({"nrr_segments": SEGMENTS}),
                ],
                env=inherited | own, cwd=folder, timeout=SECONDS_PER_BUILD,
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            if done.returncode:
                raise SystemExit(f"dbt {command} failed:\n{done.stdout[-4000:]}")
            seconds[command] = time.monotonic() - began
        peaks = [e.get("peakMemoryMetrics", {}).get("JVMHeapMemory", 0) for e in executors(api)]
    (events,) = log.iterdir()
    return Build(accounts, workers, seconds["run"], max(peaks), *read_events(events))


def read_events(path: Path) -> tuple[dict, Counter, Counter, Counter]:
    """The event log: tasks by stage, joins without keys, windows without partitions."""
    models, stages, plans = {}, defaultdict(list), {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            kind = event["Event"].rpartition(".")[2]
            if kind == "SparkListenerSQLExecutionStart":
                plans[event["executionId"]] = (
                    event["description"],
                    event["physicalPlanDescription"],
                )
            elif kind == "SparkListenerSQLAdaptiveExecutionUpdate":
                description, _ = plans[event["executionId"]]
                plans[event["executionId"]] = description, event["physicalPlanDescription"]
            elif kind == "SparkListenerStageSubmitted":
                statement = event["Properties"].get("spark.job.description", "")
                models[event["Stage Info"]["Stage ID"]] = model_of(statement)
            elif kind == "SparkListenerTaskEnd" and "Task Metrics" in event:
                model = models[event["Stage ID"]]
                stages[model, event["Stage ID"]].append(task_of(event))
    loops, windows = Counter(), Counter()
    for description, plan in plans.values():
        # the formatted plan names every node once more with its arguments: "(12) Window"
        final = plan.partition("+- == Initial Plan ==")[0] if "Final Plan" in plan else plan
        for join in NESTED_LOOPS:
            loops[model_of(description), join] += len(re.findall(rf"\b{join}\b.*\(\d+\)\n", final))
        windows[model_of(description)] += len(WINDOW.findall(plan))
    executors_tasks = Counter(task.executor for tasks in stages.values() for task in tasks)
    return dict(stages), +loops, +windows, executors_tasks


def model_of(statement: str) -> str:
    found = re.search(r'"node_id": "[a-z]+\.nrr\.([^".]+)', statement)
    return found[1] if found else "(other)"


def task_of(event: dict) -> Task:
    info, metrics = event["Task Info"], event["Task Metrics"]
    read = metrics["Shuffle Read Metrics"]
    return Task(
        executor=info["Executor ID"],
        seconds=(info["Finish Time"] - info["Launch Time"]) / 1000,
        rows=metrics["Input Metrics"]["Records Read"] + read["Total Records Read"],
        shuffle_read=read["Remote Bytes Read"] + read["Local Bytes Read"],
        shuffle_written=metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"],
        spilled=metrics["Memory Bytes Spilled"],
        result_bytes=metrics["Result Size"],
    )


def megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MB"


def overview(builds: list[Build]) -> list[list[str]]:
    rows = [
        ["accounts", "executors", "seconds", "busy per executor", "tasks", "tasks per executor",
         "shuffle written", "shuffle read", "spilled", "peak heap"]
    ]  # fmt: skip
    for one in builds:
        busy = Counter()
        for task in one.tasks:
            busy[task.executor] += task.seconds
        rows.append([
            f"{one.accounts:,}", str(one.workers), f"{one.seconds:,.0f}",
            " / ".join(f"{seconds:,.0f} s" for _, seconds in sorted(busy.items())),
            f"{len(one.tasks):,}",
            " / ".join(f"{count:,}" for _, count in sorted(one.tasks_by_executor.items())),
            megabytes(sum(task.shuffle_written for task in one.tasks)),
            megabytes(sum(task.shuffle_read for task in one.tasks)),
            megabytes(sum(task.spilled for task in one.tasks)),
            megabytes(one.peak_heap),
        ])  # fmt: skip
    return rows


def heaviest(one: Build) -> list[list[str]]:
    """The stages that took most, and how unlike their tasks were."""
    title = f"{one.accounts:,} accounts, {one.workers} executors: heaviest stages"
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
    rows = [["joins without a key, windows without partitions", "how", "number"]]
    rows += [[model, how, str(count)] for (model, how), count in sorted(one.nested_loops.items())]
    windows = sorted(one.unpartitioned_windows.items())
    return rows + [[model, "window", str(count)] for model, count in windows]


def faults(one: Build) -> list[str]:
    """What one task or the driver has to do alone, although it grows with the accounts."""
    lines = []
    for (model, stage), tasks in one.stages.items():
        if len(tasks) == 1 and tasks[0].rows > ONE_TASK_ROWS:
            lines.append(f"{model}, stage {stage}: one task reads {tasks[0].rows:,} rows")
        collected = sum(task.result_bytes for task in tasks)
        if collected > COLLECTED_BYTES:
            lines.append(f"{model}, stage {stage}: {megabytes(collected)} come to the driver")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--folder", type=Path, help="keep the input files and event logs there")
    arguments = parser.parse_args()
    python = environment("spark")
    builds = []
    with tempfile.TemporaryDirectory(prefix="nrr_scale_") as temporary:
        folder = (arguments.folder or Path(temporary)).resolve()
        for accounts in arguments.accounts:
            data = write_files(folder, accounts)
            for workers in arguments.workers:
                place = Path(temporary) / f"{accounts}_{workers}"
                builds.append(build(python, data, place, accounts, workers))
                print_table(overview(builds[-1:]))
    print_table(overview(builds))
    for one in builds:
        print_table(heaviest(one))
    print_table(joins(builds[-1]))
    found = [line for one in builds for line in faults(one)]
    for line in found:
        console.print(line, soft_wrap=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
