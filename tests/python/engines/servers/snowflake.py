"""Snowflake: the emulator fakesnow (DuckDB behind Snowflake's HTTP interface), in memory."""

import contextlib
import subprocess
from pathlib import Path

from servers.processes import process

TARGET = ADAPTER = ENVIRONMENT = "snowflake"
TESTED_ON = "emulator (fakesnow)"
PACKAGES = ["dbt-snowflake", "fakesnow"]

EMULATOR = Path(__file__).parents[1] / "emulators/snowflake.py"


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Starts the server; yields the environment variables of its dbt target."""
    # -I: imports do not look in its folder, where its file has the name of a package
    command = [str(python), "-I", str(EMULATOR)]
    path = folder / "emulator.log"
    with path.open("w") as log, process(command, folder, log, subprocess.PIPE) as emulator:
        port = emulator.stdout.readline().strip()
        if not port:
            raise RuntimeError(f"fakesnow did not start: {path}")
        yield {
            "NRR_SNOWFLAKE_ACCOUNT": "fakesnow",
            "NRR_SNOWFLAKE_PASSWORD": "any",
            "NRR_SNOWFLAKE_HOST": "localhost",
            "NRR_SNOWFLAKE_PORT": port,
            "NRR_SNOWFLAKE_PROTOCOL": "http",
        }
