"""Builds of the package for the tests: each in its own folder, by this environment's dbt."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

ROOT = Path(__file__).parents[2]
DBT = Path(sys.executable).with_name("dbt")
QUIET = ["--no-write-json", "--log-level-file", "none"]


@dataclass
class Dbt:
    """dbt commands on one project, one folder of input and one DuckDB file."""

    folder: Path
    project: Path = ROOT
    data: Path | None = None

    @property
    def database(self) -> Path:
        return self.folder / "built.duckdb"

    def command(self, *arguments: str, variables: dict | None = None) -> dict:
        """What subprocess needs to run a dbt command on the project, its output as text."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("NRR_", "DBT_"))}
        env |= {
            "NRR_DUCKDB_PATH": str(self.database),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        if self.data:
            env["NRR_DATA"] = str(self.data)
        words = [str(DBT), "--no-use-colors", *arguments]
        if variables:
            words += ["--vars", json.dumps(variables)]
        return {
            "args": words,
            "cwd": self.project,
            "env": env,
            "text": True,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
        }

    def run(self, *arguments: str, variables: dict | None = None) -> subprocess.CompletedProcess:
        """The finished process; its output is text in `stdout`."""
        command = self.command(*arguments, variables=variables)
        return subprocess.run(**command, check=False, timeout=300)

    def kill_in(self, moments: Random, *arguments: str, variables: dict | None = None) -> None:
        """Starts a dbt command and kills it while it builds one of its first 40 nodes."""
        command = self.command(*arguments, variables=variables)
        process = subprocess.Popen(**command, start_new_session=True)
        last = moments.randint(1, 40)
        started = sum(1 for line in islice((x for x in process.stdout if " START " in x), last))
        assert started == last, "it ended before it was killed"
        time.sleep(0.1 * moments.random())
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()

    def build(self, variables: dict | None = None) -> "Dbt":
        """`dbt build` with its data tests, which must pass; the unit tests have their own test."""
        finished = self.run("build", "--exclude-resource-type", "unit_test", variables=variables)
        assert finished.returncode == 0, finished.stdout
        return self

    def invoke(self, *arguments: str, variables: dict | None = None) -> None:
        """A dbt command in this process, which starts sooner; it must succeed."""
        command = self.command(*arguments, variables=variables)
        inherited, folder = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(command["env"])
        os.chdir(self.project)
        try:
            with contextlib.redirect_stdout(io.StringIO()) as said:
                result = dbtRunner().invoke([*QUIET, *command["args"][1:]])
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(inherited)
            # dbt keeps the database open for the next command
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
                DuckDBConnectionManager.close_all_connections()
        assert result.success, said.getvalue() or result.exception

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def rows(self, table: str) -> list[dict]:
        """The rows of a table as dicts."""
        with duckdb.connect(self.database, read_only=True) as connection:
            relation = connection.table(table)
            return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


@pytest.fixture
def dbt(tmp_path):
    """Makes a Dbt: `dbt(data=folder)`."""
    return lambda data=None, project=ROOT: Dbt(tmp_path, project, data)


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Dbt:
    """The demo, built once."""
    return Dbt(tmp_path_factory.mktemp("demo")).build()


def copied_project(folder: Path) -> Path:
    """A copy of this project that a test may change."""
    project = folder / "project"
    for name in ["models", "macros", "seeds", "tests", "scripts", "analyses"]:
        shutil.copytree(ROOT / name, project / name)
    for name in ["dbt_project.yml", "profiles.yml"]:
        shutil.copy(ROOT / name, project)
    return project
