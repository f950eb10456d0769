"""Run one of the SQL scripts on a folder of input files, in a database file of its own.

    python benchmarks/run_script.py SCRIPT.sql FOLDER DATABASE [MEMORY_LIMIT]

The database is attached as the package's profile attaches its own: same format, same threads.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def run_script(script: str, folder: str, database: str, memory_limit: str | None = None) -> None:
    """Run the script; it finds the folder in the variable `folder`."""
    settings = {"threads": 2, "temp_directory": f"{database}.spill"}
    if memory_limit:
        settings["memory_limit"] = memory_limit
    with duckdb.connect(config=settings) as connection:
        connection.execute(
            f"attach {quoted(database)} as results (storage_version 'v1.4.0'); use results;"
            f"set variable folder = {quoted(folder)}"
        )
        connection.execute(Path(script).read_text(encoding="utf-8"))


if __name__ == "__main__":
    run_script(*sys.argv[1:])
