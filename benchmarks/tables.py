"""Tables of results in the terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


def print_table(rows: list[list[str]]) -> None:
    """The first row holds the headings; all columns but the first are aligned to the right."""
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    for number, heading in enumerate(rows[0]):
        table.add_column(heading, justify="right" if number else "left")
    for row in rows[1:]:
        table.add_row(*row)
    console.print()
    console.print(table)
