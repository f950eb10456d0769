"""Trino: no server; DuckDB runs its adapter's statements, translated (static.py)."""

import contextlib
from pathlib import Path

TARGET = ADAPTER = "trino"
ENVIRONMENT = "static"
BUILD = "static.py"
TESTED_ON = "static, run by DuckDB"
PACKAGES = ["dbt-trino", "sqlglot", "trino-sql-validator"]


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Nothing to start; yields the environment variables of its dbt target."""
    yield {
        "NRR_TRINO_HOST": "localhost",
        "NRR_TRINO_CATALOG": "iceberg",
    }
