"""Writes the seed nrr_methods and the demo's figures by each method into docs/methods.md."""

import contextlib
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from write_models_page import ROOT, written_between

PAGE = ROOT / "docs" / "methods.md"
SEED = ROOT / "seeds" / "rules" / "nrr_methods.csv"
SEGMENTS = [("all", "all"), ("size", "smb"), ("size", "mid_market"), ("size", "enterprise")]
FIGURES = """
select segment_dimension, segment, method, nrr, grr from nrr__retention_by_method
where month = (select max(month) from nrr__retention_by_method)
"""


def methods():
    with SEED.open(newline="") as file:
        return list(csv.DictReader(file))


def meanings(rows):
    """A line for each method: what it is, who uses it, where that is said."""
    lines = ["| method | what it is | used by | source |", "|---|---|---|---|"]
    for row in rows:
        source = ", ".join(filter(None, [row["publisher"], row["source_title"], row["published"]]))
        if row["source_url"]:
            source = f"[{source}]({row['source_url']})"
        lines.append(f"| `{row['method']}` | {row['description']} | {row['used_by']} | {source} |")
    return "\n".join(lines)


def percent(rate):
    return "" if rate is None else f"{rate * 100:.1f}%"


def figures(rows, rates):
    """A line for each method that is there: NRR and GRR of the company and of its sizes."""
    found = {tuple(rate[:3]): rate[3:] for rate in rates}
    there = {method for _, _, method in found}
    heads = [f"{name} {rate}" for _, name in SEGMENTS for rate in ("NRR", "GRR")]
    lines = [f"| method | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    for row in rows:
        if row["method"] not in there:
            continue
        cells = [
            percent(rate)
            for segment in SEGMENTS
            for rate in found.get((*segment, row["method"]), (None, None))
        ]
        lines.append(f"| `{row['method']}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def page(text, rates):
    """The page's text with its two tables written anew."""
    rows = methods()
    text = written_between(text, "methods", meanings(rows))
    return written_between(text, "figures", figures(rows, rates))


@contextlib.contextmanager
def built_demo():
    """Builds the demo into a folder of its own; yields its DuckDB file."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NRR_", "DBT_"))}
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.duckdb"
        env |= {"NRR_DUCKDB_PATH": str(database), "DBT_TARGET_PATH": str(Path(folder) / "target")}
        dbt = Path(sys.executable).with_name("dbt")
        options = ["--exclude-resource-type", "unit_test", "test", "--log-level-file", "none"]
        if subprocess.run([dbt, "build", *options], cwd=ROOT, env=env, check=False).returncode:
            sys.exit("the demo was not built")
        yield database


if __name__ == "__main__":
    with built_demo() as path, duckdb.connect(str(path), read_only=True) as connection:
        PAGE.write_text(page(PAGE.read_text(), connection.execute(FIGURES).fetchall()))
