"""What the headers of exports and spreadsheets mean: the seed nrr_header_aliases."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).resolve().parents[1] / "seeds" / "rules"
# the inputs whose headers are met half-way
INPUTS = ["mrr_snapshots", "mrr_movements", "subscription_periods", "contracts"]
# a header's own name, before every alias
OWN = 0


@dataclass(frozen=True)
class Alias:
    """A column that a header means. Of several headers the one with the least preference wins.

    `only_with`: another header that must be there too.
    """

    column: str
    preference: int
    only_with: str = ""


def plain(header: str) -> str:
    """A header without what tools write differently: case, spaces, `(UTC)`, `*`, `__c`."""
    return re.sub(r"[\W_]+", "", re.sub(r"\(utc\)|__c$", "", header.strip().lower()))


def rule_rows(seed: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    with (RULES / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def aliases_of(name: str) -> dict[str, list[Alias]]:
    """Plain header -> what it may mean in the input `name`; what asks for others comes first."""
    found: dict[str, list[Alias]] = {}
    for row in rule_rows("nrr_header_aliases"):
        if row["input"] == name:
            alias = Alias(row["column_name"], int(row["preference"]), plain(row["only_with"]))
            found.setdefault(plain(row["header"]), []).append(alias)
    return {key: sorted(some, key=lambda alias: not alias.only_with) for key, some in found.items()}


def meant(name: str, headers: list[str], contract: list[str]) -> dict[int, Alias]:
    """Position -> what the header there means; `contract`: the input's own columns."""
    words = [plain(header) for header in headers]
    own = {plain(column): Alias(column, OWN) for column in contract}
    found = {}
    for position, word in enumerate(words):
        # `subscriptions.id` is looked up whole, and then without the name of its table
        for key in [word, word.removeprefix("subscriptions")] if word else []:
            possible = [a for a in aliases_of(name).get(key, []) if a.only_with in ("", *words)]
            with_others = [alias for alias in possible if alias.only_with]
            chosen = [*with_others, *([own[key]] if key in own else []), *possible]
            if chosen:
                found[position] = chosen[0]
                break
    return found
