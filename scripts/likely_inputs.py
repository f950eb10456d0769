"""Which input a file with another name may be, by its header row."""

from pathlib import Path

from found_files import (
    COLUMNS,
    LOWEST_HEADER,
    REQUIRED_COLUMNS,
    InputError,
    encoding_of,
    header_rows,
    kind,
)
from header_aliases import INPUTS, meant
from month_names import parsed

# columns of the seed of aliases that become the amount of an input
AMOUNTS = {
    "subscription_periods": {"monthly_amount", "annual_amount", "amount_in_cents", "whole_amount"},
    "contracts": {"monthly_amount", "annual_amount"},
    "mrr_movements": {"mrr_change_in_cents"},
    "mrr_snapshots": {"annual_amount"},
}
AMOUNT = {
    "subscription_periods": "amount",
    "contracts": "amount",
    "mrr_movements": "mrr_change",
    "mrr_snapshots": "mrr",
}
FEWEST_MONTHS = 2


def columns_of(name: str, headers: list[str]) -> set[str]:
    """The columns of an input that a header row has, whatever it calls them."""
    found = {alias.column for alias in meant(name, headers, COLUMNS[name]).values()}
    if found & AMOUNTS[name]:
        found.add(AMOUNT[name])
    if name == "mrr_snapshots" and len([h for h in headers if parsed(h)]) >= FEWEST_MONTHS:
        found |= {"month", "mrr"}
    return found


def likely_input(path: Path) -> str | None:
    """The input whose required columns the file has; of several, that with the most columns."""
    if kind(path) not in (".csv", ".csv.gz"):
        return None
    try:
        rows = list(header_rows(path, encoding_of(path), LOWEST_HEADER))
    except (InputError, OSError, UnicodeError, EOFError, ValueError):
        return None
    best, most = None, 0
    for name in INPUTS:
        for _, _, headers in rows:
            columns = columns_of(name, headers)
            # what cannot be told from others by its columns has to have more of them
            if {*REQUIRED_COLUMNS[name]} <= columns and len(columns) > most:
                best, most = name, len(columns)
    return best


def renamings(folder: Path) -> list[str]:
    """A sentence for each file that may be an input by its columns, and is not called so."""
    said, excel = [], (".xlsx", ".xls", ".ods", ".numbers")
    for path in sorted(folder.iterdir()):
        ending = kind(path) if path.is_file() else None
        if path.suffix.lower() in excel:
            said.append(
                f"{path.name} is not read: save its sheet as CSV in UTF-8, under the name of what "
                f"it is ({', '.join(INPUTS)})."
            )
        elif ending and path.name[: -len(ending)].lower() not in COLUMNS:
            name = likely_input(path)
            if name:
                said.append(f"{path.name} looks like {name}: rename it {name}{ending}.")
    return said
