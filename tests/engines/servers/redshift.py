"""Amazon Redshift: no server; DuckDB runs its adapter's statements, translated (static.py)."""

import contextlib
from pathlib import Path

TARGET = ADAPTER = "redshift"
ENVIRONMENT = "static"
BUILD = "static.py"
TESTED_ON = "static, run by DuckDB"
PACKAGES = ["dbt-redshift", "sqlglot"]


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Nothing to start; yields the environment variables of its dbt target."""
    yield {
        "NRR_REDSHIFT_HOST": "localhost",
        "NRR_REDSHIFT_DATABASE": "analytics",
    }
