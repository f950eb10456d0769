"""Builds the package stage by stage with the dbt of this environment; writes every mart's rows.

    python build.py plan.json

Needs nothing but dbt and its adapter, since each engine has an environment of its own. The plan
names the dbt target and adapter, the stages (see stages.py), whether their files are loaded (or
read by the target itself), the stage after which the data tests run, and the file for the results:
of each stage its marts' rows, as text that two engines write alike. Of a stage that builds some
models only, the sources', they are the rows besides that all sources end in.
"""

import contextlib
import datetime
import io
import json
import os
import sys
import time
from decimal import Decimal
from pathlib import Path

from dbt.adapters.factory import FACTORY
from load import load

ROOT = Path(__file__).parents[3]
sys.path.append(str(ROOT / "tests/python"))

from warm_dbt import invoke, packed, read_in_parsing, unpacked  # noqa: E402

QUIET = ["--no-use-colors", "--no-write-json", "--log-level-file", "none"]
MARK = "left alone"
# what all sources end in
UNITED = "int_nrr__united_events"


def dbt(*arguments: str, parsed: bytes | None = None):
    """Runs a dbt command in this process, on the packed project if it was parsed before.

    Exits with what it said if it fails.
    """
    with contextlib.redirect_stdout(io.StringIO()) as said:
        result = invoke([*QUIET, *arguments], parsed and unpacked(parsed))
    if not result.success:
        sys.exit(f"dbt {' '.join(arguments)} failed\n{said.getvalue()}{result.exception or ''}")
    return result.result


def plain(value) -> str | None:
    """A value as text: the same for the same value, whatever type a driver gives it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        # some drivers give a date so, and some an instant in UTC with its zone
        return value.replace(tzinfo=None).isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{Decimal(value).normalize():f}"


@contextlib.contextmanager
def statements(adapter_name: str):
    """A function that runs a statement and returns its columns' names and its rows as text."""
    adapter = FACTORY.adapters[adapter_name]

    def execute(sql: str) -> dict:
        if adapter_name == "bigquery":
            result = handle.query(sql).result()
            columns, rows = [f.name for f in result.schema], [row.values() for row in result]
        else:
            cursor = handle.cursor()
            cursor.execute(sql)
            # Spark's Thrift server describes results of statements that have none
            is_query = sql.startswith("select")
            columns = [column[0] for column in cursor.description] if is_query else []
            rows = cursor.fetchall() if is_query else []
        plain_rows = [[*map(plain, row)] for row in rows]
        return {"columns": [column.lower() for column in columns], "rows": plain_rows}

    with adapter.connection_named("comparison"):
        handle = adapter.connections.get_thread_connection().handle
        yield execute
        if hasattr(handle, "commit"):
            handle.commit()


def tables(adapter: str, models: list, stage: dict) -> dict:
    """The rows of every mart that was built, and whether the run left some accounts alone."""
    relations = {node.name: node.relation_name for node in models}
    published = sorted(node.name for node in models if "marts" in node.fqn)
    with statements(adapter) as execute:
        found = {name: execute(f"select * from {relations[name]}") for name in published}
        if stage["models"]:
            ends = [UNITED] if UNITED in relations else sorted(relations)
            found |= {n: without_texts(execute(f"select * from {relations[n]}")) for n in ends}
            return {"tables": found, "is_partial": False}
        states = relations["int_nrr__item_states"]
        marked = execute(f"select distinct event_id = '{MARK}' from {states}")["rows"]
        # What the next run rebuilds loses its mark. No figure depends on it.
        execute(f"update {states} set event_id = '{MARK}' where fingerprint is not null")
    return {"tables": found, "is_partial": ["true"] in marked and len(marked) > 1}


def without_texts(table: dict) -> dict:
    """The rows without their values as texts, in which each engine writes its numbers its way."""
    kept = [
        place
        for place, column in enumerate(table["columns"])
        if not column.startswith("given_") and column != "source_row"
    ]
    return {
        "columns": [table["columns"][place] for place in kept],
        "rows": [[row[place] for place in kept] for row in table["rows"]],
    }


def read_files_as_they_stand() -> None:
    """DuckDB takes each value as a loader brings it into a warehouse."""
    sys.path.append(str(ROOT / "scripts"))
    import found_files
    import input_files

    # tables of billing systems are read as they stand, but for words such as NULL
    found_files.MISSING.clear()
    input_files.met_half_way = lambda conn, name, file, settings: file
    input_files.finished = lambda conn, name, file, select: select

    def found_in(conn, file, *_):
        columns = ", ".join(f"{input_files.identifier(c.name)}: 'varchar'" for c in file.columns)
        scan = (
            f"read_csv('{file.path}', auto_detect = false, header = true, delim = ',', "
            f"quote = '\"', escape = '\"', nullstr = '', columns = {{{columns}}})"
        )
        return input_files.Found(f"select * from {scan}", [], {}, set())

    input_files.found_in = found_in


def forget_files() -> None:
    """dbt keeps a DuckDB database open for its next command, with the files that it has seen."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager._ENV.close()
    DuckDBConnectionManager.close_all_connections()


def build(plan: dict) -> None:
    if not plan["loads"]:
        read_files_as_they_stand()
    project = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT), "--target", plan["target"]]
    found, loaded, kept = {}, set(), {}
    for stage in plan["stages"]:
        began = time.monotonic()
        os.environ["NRR_DATA"] = stage["folder"]
        os.environ["NRR_INPUTS"] = stage["inputs"]
        options = [*project, "--vars", json.dumps(stage["variables"])]
        depends_on = repr([stage["inputs"], read_in_parsing(stage["variables"])])
        if depends_on not in kept:
            # makes the adapter, too, by which the input is loaded
            kept[depends_on] = packed(dbt("--quiet", "parse", "--no-partial-parse", *options))
        parsed = kept[depends_on]
        if plan["loads"]:
            with statements(plan["adapter"]) as execute:
                schema = os.environ["NRR_INPUT_SCHEMA"]
                folder = Path(stage["folder"])
                loaded = load(plan["adapter"], execute, schema, folder, stage["typed"], loaded)
        full = ["--full-refresh"] if stage["full_refresh"] or plan["always_in_full"] else []
        if not found:
            dbt("seed", *full, *options, parsed=parsed)
        select = ["--select", *stage["models"]] if stage["models"] else []
        if stage["left_out"]:
            select += ["--exclude", *stage["left_out"]]
        results = dbt("run", *full, *select, *options, parsed=parsed).results
        models = [result.node for result in results if result.node.resource_type == "model"]
        if plan["data_tests_in"] == stage["name"]:
            dbt("test", "--exclude-resource-type", "unit_test", *options, parsed=parsed)
        found[stage["name"]] = tables(plan["adapter"], models, stage) | {"models": len(models)}
        if not plan["loads"]:
            forget_files()
        seconds = time.monotonic() - began
        print(f"{stage['name']}: {len(models)} models, {seconds:.0f} s", flush=True)
    Path(plan["results"]).write_text(json.dumps(found))


if __name__ == "__main__":
    build(json.loads(Path(sys.argv[1]).read_text()))
