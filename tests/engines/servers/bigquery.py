"""BigQuery: its dbt adapter against an emulator of its API that runs its SQL on DuckDB."""

import contextlib
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

TARGET = ADAPTER = ENVIRONMENT = "bigquery"
TESTED_ON = "emulator (crucible), SQL accepted by ZetaSQL"
PACKAGES = ["dbt-bigquery", "crucible-emulator"]
# Google's analyzer, for what the emulator would take and BigQuery would not
CHECK = ("zetasql", "zetasql_check.py")

EMULATOR = Path(__file__).parents[1] / "emulators/bigquery.py"
PROJECT = "nrr-test"
# What the emulator was asked for, for zetasql_check.py.
STATEMENTS = Path(__file__).parents[3] / ".engines/bigquery-statements.jsonl"
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(process: subprocess.Popen, address: str) -> None:
    """Returns as soon as the emulator answers."""
    given_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < given_up:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The emulator of BigQuery did not start. What it said is above.")


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Starts the emulator; yields the environment variables of its dbt target."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [str(python), str(EMULATOR), str(port), str(STATEMENTS)],
        cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(process, address)
        yield {
            "NRR_BIGQUERY_METHOD": "oauth-secrets",
            "NRR_BIGQUERY_TOKEN": "emulator",
            "NRR_BIGQUERY_API": address,
            "NRR_BIGQUERY_PROJECT": PROJECT,
        }
    finally:
        process.stdin.close()
        process.wait(timeout=60)
