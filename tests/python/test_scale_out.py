"""The benchmark of the Spark cluster finds what one process would have to do alone."""

import json
import sys

import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from scale_out import COLLECTED_BYTES, LISTED_ROWS, ONE_TASK_ROWS, Build, faults, read_events

STATEMENT = '/* {"app": "dbt", "node_id": "model.nrr.int_nrr__some"} */ create table ...'
WINDOW = "Window [count(1) windowspecdefinition({}specifiedwindowframe(RowFrame)) AS n#1]"


def node(name: str, *children: dict, text: str = "", rows: int | None = None) -> dict:
    """An operator of a plan; `rows` is the id of the metric that counts its rows."""
    metrics = [] if rows is None else [{"name": "number of output rows", "accumulatorId": rows}]
    return {"nodeName": name, "simpleString": text, "children": children, "metrics": metrics}


def events(plan: dict, broadcast_rows: int = 0, rows: tuple = (0,), result: int = 0):
    """What Spark logs of a statement of one stage with a task for each number of `rows`."""
    yield {
        "Event": "org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart",
        **{"executionId": 3, "description": STATEMENT, "sparkPlanInfo": plan},
    }
    yield {
        "Event": "org.apache.spark.sql.execution.ui.SparkListenerDriverAccumUpdates",
        **{"executionId": 3, "accumUpdates": [[7, broadcast_rows]]},
    }
    yield {
        "Event": "SparkListenerStageSubmitted",
        "Stage Info": {"Stage ID": 5},
        "Properties": {"spark.job.description": STATEMENT},
    }
    for number, read in enumerate(rows):
        yield {
            "Event": "SparkListenerTaskEnd",
            "Stage ID": 5,
            "Task Info": {"Executor ID": str(number), "Launch Time": 1000, "Finish Time": 3500},
            "Task Metrics": {
                "Shuffle Read Metrics": {
                    **{"Total Records Read": read},
                    **{"Remote Bytes Read": 10, "Local Bytes Read": 20},
                },
                "Input Metrics": {"Records Read": 0},
                "Shuffle Write Metrics": {"Shuffle Bytes Written": 40},
                "Memory Bytes Spilled": 0,
                "Executor CPU Time": 1_500_000_000,
                "Result Size": result // len(rows),
            },
        }


@pytest.fixture
def build_of(tmp_path):
    """Makes a Build of what `events` takes."""

    def read(plan: dict, **logged) -> Build:
        path = tmp_path / "events"
        path.write_text("".join(json.dumps(event) + "\n" for event in events(plan, **logged)))
        return Build(1000, 2, 60, 0, *read_events(path))

    return read


SCAN = node("Scan")
JOIN = node(
    "BroadcastNestedLoopJoin",
    SCAN,
    node("InputAdapter", node("BroadcastQueryStage", node("BroadcastExchange", SCAN, rows=7))),
)


def test_tasks_are_those_of_their_model_and_executor(build_of):
    built = build_of(SCAN, rows=(50, 50))
    ((key, tasks),) = built.stages.items()
    assert key == ("int_nrr__some", 5)
    assert [(task.seconds, task.rows, task.shuffle_read) for task in tasks] == [(2.5, 50, 30)] * 2
    assert [(task.executor, task.cpu_seconds) for task in tasks] == [("0", 1.5), ("1", 1.5)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([ONE_TASK_ROWS + 1], 1),
        ([ONE_TASK_ROWS], 0),
        ([ONE_TASK_ROWS + 1] * 2, 0),
        ([ONE_TASK_ROWS + 1, 0, 0], 0),
        ([ONE_TASK_ROWS + 1, 0, 0, 0], 1),
        ([ONE_TASK_ROWS, 0, 0, 0], 0),
    ],
)
def test_one_task_that_reads_many_rows_for_others_is_a_fault(build_of, rows, found):
    assert len(faults(build_of(SCAN, rows=rows))) == found


@pytest.mark.parametrize(("more", "found"), [(2, 1), (0, 0)])
def test_much_that_comes_to_the_driver_is_a_fault(build_of, more, found):
    assert len(faults(build_of(SCAN, rows=(0, 0), result=COLLECTED_BYTES + more))) == found


@pytest.mark.parametrize(("more", "found"), [(1, 1), (0, 0)])
def test_a_join_without_a_key_to_many_rows_is_a_fault(build_of, more, found):
    built = build_of(node("Project", JOIN), broadcast_rows=LISTED_ROWS + more)
    assert built.nested_loops == {"int_nrr__some": [LISTED_ROWS + more]}
    assert len(faults(built)) == found


def test_windows_without_partitions_are_counted(build_of):
    texts = [WINDOW.format(""), WINDOW.format("month#2 ASC NULLS FIRST, ")]
    texts += [WINDOW.format("account_id#2, month#3 ASC NULLS FIRST, ")]
    plan = node("Project", *(node("Window", text=text) for text in texts))
    assert build_of(plan).unpartitioned_windows == {"int_nrr__some": 2}
