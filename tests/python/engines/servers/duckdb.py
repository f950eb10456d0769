"""DuckDB itself, from batch to batch: what the others are compared with is built anew each time."""

import contextlib
from pathlib import Path

TARGET = ADAPTER = "duckdb"
ENVIRONMENT = None  # this repository's own
TESTED_ON = "real, in this process"
PACKAGES = ["dbt-duckdb", "duckdb"]


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """There is no server; yields the environment variables of its dbt target."""
    yield {"NRR_DUCKDB_PATH": str(folder / "daily.duckdb")}
