"""The selects of a page of docs, each under the heading of its system, and what they return."""

import re
from pathlib import Path

import duckdb

CODE = re.compile(r"^## ([\w ]+)\n(?:(?!^## ).*\n)*?```sql\n((?:.*\n)*?)```", re.MULTILINE)


def selects_of(page: Path) -> dict[str, str]:
    return dict(CODE.findall(page.read_text(encoding="utf-8")))


def rows_of(
    select: str, tables: dict[str, dict[str, str]], rows: dict[str, list[dict]]
) -> tuple[list[str], list[dict]]:
    """The select's columns and its rows, as text, over tables (the type of each column)."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for name, types in tables.items():
            listed = ", ".join(f'"{column}" {type_}' for column, type_ in types.items())
            connection.execute(f"create table {name} ({listed})")
            marks = ", ".join("?" * len(types))
            for row in rows.get(name, []):
                assert set(row) <= set(types)
                values = [row.get(column) for column in types]
                connection.execute(f"insert into {name} values ({marks})", values)
        result = connection.execute(select)
        columns = [column[0] for column in result.description]
        found = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    texts = [{k: None if v is None else str(v) for k, v in row.items()} for row in found]
    return columns, texts
