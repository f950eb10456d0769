"""What the benchmarks tell: tables in the terminal and in their pages, and of which machine."""

import os
import platform
import re
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# where nobody looks at a terminal, nothing has to fit into one
console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def print_table(rows: list[list[str]]) -> None:
    """The first row holds the headings; all columns but the first are aligned to the right."""
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    for number, heading in enumerate(rows[0]):
        table.add_column(heading, justify="right" if number else "left")
    for row in rows[1:]:
        table.add_row(*row)
    console.print()
    console.print(table)


def markdown_table(rows: list[list[str]]) -> str:
    """The same rows as print_table takes."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" + "|--:" * (len(rows[0]) - 1) + "|")
    return "\n".join(lines)


def write_results(page: Path, parts: list[str], name: str = "results") -> None:
    """Puts the parts between the markers of the page that have this name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = page.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    text = "\n\n".join([begin, *parts, end])
    page.write_text(f"{before}{text}{after}", encoding="utf-8")
    console.print(f"Written to {page}.", soft_wrap=True)


def conditions(versions: str = "") -> str:
    """Day, machine and versions: those of this environment where none are given."""
    packages = ["duckdb", "dbt-core", "dbt-duckdb"]
    versions = versions or ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"Measured on {date.today()}: {os.cpu_count()} cores ({processor()}), "
        f"{memory_of_machine()} of memory, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}."
    )


def memory_of_machine() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        names = re.findall(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
