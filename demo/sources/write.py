"""Write one company as every source tells it, each in a folder of its own.

    python demo/sources/write.py FOLDER [ACCOUNTS]

Every folder is one for NRR_DATA: the source's files beside accounts.csv and exchange_rates.csv.
company.py says what all of them tell. The same number of accounts gives the same bytes.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import chargebee_tables
import company as players
import own_tables
import stripe_tables

ACCOUNT_COLUMNS = [
    "account_id", "valid_from", "parent_account_id", "industry", "region", "acquisition_channel",
]  # fmt: skip
RATE_COLUMNS = ["currency", "rate_date", "rate"]


def write(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def tables(company: players.Company) -> dict[str, dict[str, list[dict]]]:
    """The files of every folder."""
    return {
        "events": {"subscription_events": own_tables.subscription_events(company)},
        "periods": {"subscription_periods": own_tables.periods(company)},
        "snapshots_long": {"mrr_snapshots": own_tables.snapshots(company)},
        "snapshots_wide": {"mrr_snapshots": own_tables.wide_snapshots(company)},
        "movements": {"mrr_movements": own_tables.movements(company)},
        "contracts": {"contracts": own_tables.contracts(company)},
        "stripe_fivetran": stripe_tables.fivetran(company),
        "stripe_change_events": stripe_tables.change_events(company),
        "chargebee": chargebee_tables.airbyte(company),
    }


def write_all(folder: Path, accounts: int = 100) -> players.Company:
    company = players.play(accounts)
    for name, files in tables(company).items():
        for file, rows in files.items():
            write(folder / name / f"{file}.csv", rows)
        accounts_rows = [dict(zip(ACCOUNT_COLUMNS, row, strict=True)) for row in company.accounts]
        write(folder / name / "accounts.csv", accounts_rows)
        rates = [dict(zip(RATE_COLUMNS, row, strict=True)) for row in company.rates]
        write(folder / name / "exchange_rates.csv", rates)
    return company


if __name__ == "__main__":
    write_all(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100)
