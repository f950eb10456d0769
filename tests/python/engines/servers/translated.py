"""Warehouses that have no server here: DuckDB runs their adapter's statements, translated."""

import contextlib
from collections.abc import Callable
from pathlib import Path

ENVIRONMENT = "static"
BUILD = "static.py"
TESTED_ON = "static, run by DuckDB"


def no_server(**variables: str) -> Callable:
    """In a server's place: nothing to start; yields the environment variables of its dbt target."""

    @contextlib.contextmanager
    def server(python: Path, folder: Path):
        yield variables

    return server
