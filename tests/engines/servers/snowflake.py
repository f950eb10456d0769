"""Snowflake: the emulator fakesnow (DuckDB behind Snowflake's HTTP interface), in memory."""

import contextlib
import subprocess
from pathlib import Path

TARGET = ADAPTER = ENVIRONMENT = "snowflake"
TESTED_ON = "emulator (fakesnow)"
PACKAGES = ["dbt-snowflake", "fakesnow"]

EMULATOR = Path(__file__).parents[1] / "emulators/snowflake.py"


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Starts the server; yields the environment variables of its dbt target."""
    with (folder / "server.log").open("w") as log:
        # -I: imports do not look in this folder, where this file has the name of a package
        process = subprocess.Popen(
            [str(python), "-I", str(EMULATOR)],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"fakesnow did not start: {folder / 'server.log'}")
            yield {
                "NRR_SNOWFLAKE_ACCOUNT": "fakesnow",
                "NRR_SNOWFLAKE_PASSWORD": "any",
                "NRR_SNOWFLAKE_HOST": "localhost",
                "NRR_SNOWFLAKE_PORT": port,
                "NRR_SNOWFLAKE_PROTOCOL": "http",
            }
        finally:
            process.stdin.close()
            process.wait(timeout=60)
