"""The tables of every source, as its own tests write them: folders that all engines build.

A billing system is read from one loader at a time, so that there are as many folders as one of them
has loaders. Settings differ from folder to folder.
"""

import csv
from collections import defaultdict
from pathlib import Path

import test_chargebee
import test_recurly
import test_stripe_airbyte

SOURCES = Path(__file__).parents[1] / "sources"
# what all sources end in
STATES = ["+int_nrr__united_events"]
# links and levels of accounts work behind it
STATES_AND_MARTS = ["+nrr__account_months", "+nrr__rejected_events", "+nrr__mrr_by_source"]
# what reads tables as Fivetran landed them years ago; all behind it is the same as of newer ones
READERS_OF_OLDER = [
    f"stg_stripe__fivetran_{table}"
    for table in ("discounts", "items", "prices", "subscription_states")
]
SETTINGS = {"nrr_as_of": "2025-02-10", "nrr_rejected_rows_allowed": 1}
LINKS = {
    "account_links": [
        "source_system,source_account_id,account_id,valid_from",
        "chargebee,linked_old,linked,",
        "chargebee,linked_new,linked,2024-03-01",
        "stripe,cus_s1,linked,2024-06-01",
    ],
    "subscription_links": ["source_system,old,new,at", "zuora,z1,z2,2024-09-01"],
}


def source_folders(folder: Path) -> dict[str, tuple[Path, dict, list[str]]]:
    """Name of the stage -> its folder, its settings and the models that it builds."""
    told = folder / "told"
    test_chargebee.cases().write(told / "chargebee")
    test_recurly.company().write(told / "recurly")
    test_recurly.company().write_airbyte(told / "recurly_airbyte")
    test_stripe_airbyte.company().write(told / "stripe_airbyte")
    for name, lines in LINKS.items():
        (told / "links").mkdir(exist_ok=True)
        (told / f"links/{name}.csv").write_text("\n".join(lines) + "\n")
    fivetran = [SOURCES / "spreadsheets", SOURCES / "zuora", SOURCES / "stripe_fivetran"]
    fivetran += [told / "chargebee", told / "recurly", told / "links"]
    airbyte = [told / "recurly_airbyte", told / "stripe_airbyte"]
    return {
        "sources": (
            gather(folder / "sources", *fivetran),
            {**SETTINGS, "nrr_movements_unit": "minor", "nrr_account_level": "parent"},
            STATES_AND_MARTS,
        ),
        "sources by airbyte": (
            gather(folder / "sources_by_airbyte", *airbyte),
            {**SETTINGS, "nrr_churn_at": "cancellation", "nrr_timezone": "America/New_York"},
            STATES,
        ),
        "older tables": (
            gather(folder / "older_tables", SOURCES / "stripe_fivetran_older"),
            SETTINGS,
            READERS_OF_OLDER,
        ),
        # a loader writes beside what it loads
        "change events": (
            gather(folder / "change_events", SOURCES / "stripe_change_events"),
            SETTINGS,
            STATES,
        ),
    }


def gather(folder: Path, *sources: Path) -> Path:
    """One folder with the files of several; where they have the same one, with the rows of all."""
    tables = defaultdict(list)
    for source in sources:
        for path in sorted([*source.glob("*.csv"), *source.glob("*/*.csv")]):
            with path.open(newline="", encoding="utf-8") as file:
                tables[path.relative_to(source)] += csv.DictReader(file)
    for path, rows in tables.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder
