"""BigQuery: its dbt adapter against an emulator of its API that runs its SQL on DuckDB."""

import contextlib
from pathlib import Path

from servers.ports import HOST, free_ports, wait_for
from servers.processes import process

TARGET = ADAPTER = ENVIRONMENT = "bigquery"
TESTED_ON = "emulator (crucible), SQL accepted by ZetaSQL"
PACKAGES = ["dbt-bigquery", "crucible-emulator"]
# Google's analyzer, for what the emulator would take and BigQuery would not
CHECK = ("zetasql", "zetasql_check.py")

EMULATOR = Path(__file__).parents[1] / "emulators/bigquery.py"
PROJECT = "nrr-test"
# What the emulator was asked for, for zetasql_check.py.
STATEMENTS = Path(__file__).parents[4] / ".engines/bigquery-statements.jsonl"


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Starts the emulator; yields the environment variables of its dbt target."""
    (port,) = free_ports(1)
    path = folder / "emulator.log"
    command = [str(python), str(EMULATOR), str(port), str(STATEMENTS)]
    with path.open("wb") as log, process(command, folder, log) as emulator:
        wait_for(port, emulator, path)
        yield {
            "NRR_BIGQUERY_METHOD": "oauth-secrets",
            "NRR_BIGQUERY_TOKEN": "emulator",
            "NRR_BIGQUERY_API": f"http://{HOST}:{port}",
            "NRR_BIGQUERY_PROJECT": PROJECT,
            # it translates one statement after the other
            "NRR_BIGQUERY_THREADS": "2",
        }
