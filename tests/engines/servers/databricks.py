"""Databricks: no server; DuckDB runs its adapter's statements, translated (static.py)."""

import contextlib
from pathlib import Path

TARGET = ADAPTER = "databricks"
ENVIRONMENT = "static"
BUILD = "static.py"
TESTED_ON = "static, run by DuckDB"
PACKAGES = ["dbt-databricks", "sqlglot"]


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Nothing to start; yields the environment variables of its dbt target."""
    yield {
        "NRR_DATABRICKS_HOST": "localhost",
        "NRR_DATABRICKS_HTTP_PATH": "none",
        "NRR_DATABRICKS_TOKEN": "none",
        "NRR_DATABRICKS_CATALOG": "warehouse",
    }
