"""Builds of the package for the tests: each in its own folder, by dbt in this process."""

import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from random import Random

import duckdb
import pytest
from chapters import CUSTOMERS, EXPLANATION
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from found_files import InputError
from found_inputs import found_inputs
from warm_dbt import invoke, packed, read_in_parsing, unpacked

pytest.register_assert_rewrite("reference.comparison")

ROOT = Path(__file__).parents[2]
DBT = Path(sys.executable).with_name("dbt")
# Unit tests are run once for all: test_unit_tests.py.
WITHOUT_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]
WITHOUT_TESTS = ["--exclude-resource-type", "unit_test", "test"]
# Tests of their own look at these.
WITHOUT_CUSTOMERS = ["--exclude", *CUSTOMERS]
CHAPTERS = [*CUSTOMERS, *EXPLANATION]
WITHOUT_CHAPTERS = ["--exclude", *CHAPTERS]
QUICK = ["--no-use-colors", "--log-level-file", "none", "--no-write-json"]
# What dbt has parsed, which takes it longer than to build: once for all tests that give the same
# inputs and the same of what it depends on, and kept until a file changes.
PARSED = ROOT / ".pytest_cache/parsed"
PARSED_FROM = ["models", "macros", "seeds", "tests", "analyses", "dbt_project.yml", "profiles.yml"]


@dataclass
class Finished:
    """A dbt command that came to its end: whether it succeeded, and what it printed."""

    success: bool
    output: str

    @property
    def words(self) -> str:
        """The output without the line breaks that dbt puts into long messages."""
        return " ".join(self.output.split())


@dataclass
class Dbt:
    """dbt commands on one project, one folder of input and one DuckDB file."""

    folder: Path
    project: Path = ROOT
    data: Path | None = None

    @property
    def database(self) -> Path:
        return self.folder / "built.duckdb"

    @property
    def manifest(self) -> dict:
        """What the last command with --write-json has parsed."""
        return json.loads((self.folder / "target/manifest.json").read_text())

    def environment(self) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("NRR_", "DBT_"))}
        env |= {
            "NRR_DUCKDB_PATH": str(self.database),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        if self.data is None:
            return env
        # as `make build` does; what is wrong with the folder is dbt's to say
        with contextlib.suppress(InputError, OSError):
            env["NRR_INPUTS"] = " ".join(found_inputs(self.data))
        return env | {"NRR_DATA": str(self.data)}

    def run(self, *arguments: str, variables: dict | None = None) -> Finished:
        """A dbt command; its JSON files take a second, and are written after --write-json."""
        inherited, folder = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(self.environment())
        os.chdir(self.project)
        try:
            with contextlib.redirect_stdout(io.StringIO()) as said:
                result, manifest = None, None
                is_ours = not (self.project / "packages.yml").exists()
                if is_ours and not {"--write-json", "--target", "parse"} & {*arguments}:
                    result, manifest = parsed_once(self.project, variables or {})
                if result is None or result.success:
                    result = invoke([*QUICK, *arguments, *given(variables)], manifest)
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(inherited)
            # dbt keeps the database open for the next command
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
                DuckDBConnectionManager.close_all_connections()
        return Finished(result.success, f"{said.getvalue()}\n{result.exception or ''}")

    def succeed(self, *arguments: str, variables: dict | None = None) -> str:
        """What a dbt command prints, which must succeed."""
        finished = self.run(*arguments, variables=variables)
        assert finished.success, finished.output
        return finished.output

    def build(self, variables: dict | None = None) -> "Dbt":
        """`dbt build` of the core with its data tests, which must pass."""
        self.succeed("build", *WITHOUT_UNIT_TESTS, *WITHOUT_CHAPTERS, variables=variables)
        return self

    def kill_in(self, moments: Random, *arguments: str, variables: dict | None = None) -> None:
        """Starts a dbt command and kills it while it builds one of its first 30 nodes."""
        process = subprocess.Popen(
            [DBT, "--no-use-colors", *arguments, *given(variables)],
            cwd=self.project,
            env=self.environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        last = moments.randint(1, 30)
        started = sum(1 for line in islice((x for x in process.stdout if " START " in x), last))
        assert started == last, "it ended before it was killed"
        time.sleep(0.1 * moments.random())
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def rows(self, table: str) -> list[dict]:
        """The rows of a table as dicts."""
        with duckdb.connect(self.database, read_only=True) as connection:
            relation = connection.table(table)
            return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    def marts(self, schema: str = "main") -> dict[str, list]:
        """Every row of every mart, in one order."""
        names = self.query(
            "select table_name from information_schema.tables "
            f"where table_schema = '{schema}' and table_name like 'nrr\\_\\_%' escape '\\'"
        )
        assert len(names) >= 7
        return self.contents([name for (name,) in names], schema)

    def contents(self, names: list[str], schema: str = "main") -> dict[str, list]:
        """Every row of these tables, in one order."""
        return {n: sorted(map(str, self.query(f"select * from {schema}.{n}"))) for n in names}


def project_fingerprint(project: Path) -> str:
    """Of every file that dbt parses of this project or a copy of it."""
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(project / name for name in PARSED_FROM):
        for file in [path] if path.is_file() else sorted(path.rglob("*.*")):
            if file.suffix in {".sql", ".yml"}:
                digest.update(str(file.relative_to(project)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def own_fingerprint() -> str:
    """This project's, whose files no test changes."""
    return project_fingerprint(ROOT)


def pytest_sessionstart(session) -> None:
    """Forgets what was parsed of files that are other ones now."""
    if not hasattr(session.config, "workerinput"):
        for older in {*PARSED.glob("*")} - {PARSED / own_fingerprint()}:
            shutil.rmtree(older, ignore_errors=True)


def parsed_once(project: Path, variables: dict) -> tuple[dbtRunnerResult | None, Manifest | None]:
    """What dbt says when it parses a project, unless it did before; and what it has parsed."""
    known = [os.environ.get("NRR_INPUTS"), "NRR_DATA" in os.environ, read_in_parsing(variables)]
    name = hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]
    fingerprint = own_fingerprint() if project == ROOT else project_fingerprint(project)
    kept, result = PARSED / fingerprint / f"{name}.msgpack", None
    if not kept.exists():
        result = invoke([*QUICK, "parse", *given(variables)])
        if not result.success:
            return result, None
        kept.parent.mkdir(parents=True, exist_ok=True)
        written = kept.with_suffix(f".{os.getpid()}")
        written.write_bytes(packed(result.result))
        written.replace(kept)
    manifest = unpacked(kept.read_bytes())
    # a copy's seeds are its own files
    for node in manifest.nodes.values():
        if node.resource_type == "seed":
            node.root_path = str(project)
    return result, manifest


def given(variables: dict | None) -> list[str]:
    return ["--vars", json.dumps(variables)] if variables else []


@pytest.fixture
def dbt(tmp_path):
    """Makes a Dbt: `dbt(data=folder)`."""
    return lambda data=None, project=ROOT: Dbt(tmp_path, project, data)


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Dbt:
    """The demo by a plain `dbt build` of a fresh clone, unit tests too: built once for all workers,
    who only read it. What dbt said is in said.txt."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    built = Dbt(folder / "demo")
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = built.folder / "said.txt"
        if not said.exists():
            shutil.rmtree(built.folder, ignore_errors=True)
            built.folder.mkdir()
            said.write_text(built.succeed("--write-json", "build", "--store-failures"))
    return built


def copied_project(folder: Path) -> Path:
    """A copy of this project that a test may change."""
    project = folder / "project"
    for name in ["models", "macros", "seeds", "tests", "scripts", "analyses"]:
        shutil.copytree(ROOT / name, project / name)
    for name in ["dbt_project.yml", "profiles.yml"]:
        shutil.copy(ROOT / name, project)
    return project
