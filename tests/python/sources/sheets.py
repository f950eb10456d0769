"""The four inputs that spreadsheets hold, in one build for all their tests.

Besides the cases in the folder `spreadsheets`, it holds random histories, each told by several of
the inputs, and contracts that are renewed at random.
"""

import csv
import time
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from random import Random

from conftest import Dbt

FOLDER = Path(__file__).parent / "spreadsheets"
INPUTS = ["mrr_snapshots", "mrr_movements", "subscription_periods", "contracts"]
MONTHS = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(13)]
VARIABLES = {"nrr_as_of": "2025-02-01", "nrr_movements_unit": "minor", "nrr_sources": INPUTS}
DAY = timedelta(days=1)


def month_end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - DAY


@dataclass
class History:
    """What an account pays: amounts in cents by the days from which on they hold."""

    account: str
    subscriptions: list[dict[date, int]]

    def mrr(self) -> list[Decimal]:
        """At the months' ends."""
        return [
            sum(
                Decimal(next((c for d, c in reversed(s.items()) if d <= month_end(month)), 0)) / 100
                for s in self.subscriptions
            )
            for month in MONTHS
        ]

    def periods(self):
        for number, steps in enumerate(self.subscriptions):
            days = [*steps, None]
            for begins, ends in pairwise(days):
                if steps[begins]:
                    yield {
                        "account_id": f"p {self.account}",
                        "subscription_id": f"{self.account} {number}",
                        "starts_on": begins,
                        "ends_on": ends - DAY if ends else "",
                        "amount": Decimal(steps[begins]) / 100,
                    }

    def movements(self):
        for number, steps in enumerate(self.subscriptions):
            before = 0
            for day, cents in steps.items():
                yield {
                    "account_id": f"m {self.account}",
                    "subscription_id": f"{self.account} {number}",
                    "occurred_at": day,
                    "mrr_change": cents - before,
                }
                before = cents

    def snapshots(self):
        for month, mrr in zip(MONTHS, self.mrr(), strict=True):
            if mrr:
                yield {"account_id": f"s {self.account}", "month": f"{month:%Y-%m}", "mrr": mrr}


def random_histories() -> list[History]:
    """Small ones: changes on month ends, first days and in between, with months without MRR."""
    dice = Random(12)
    days = [date(2024, 1, 1) + i * DAY for i in range(390)]
    bounds = [d for month in MONTHS for d in (month, month_end(month))]
    histories = []
    for number in range(25):
        subscriptions = []
        for _ in range(dice.choice([1, 1, 2])):
            changes = sorted({dice.choice(dice.choice([days, bounds])) for _ in range(6)})
            subscriptions.append({d: dice.choice([0, 0, 1999, 4950, 12345]) for d in changes})
        histories.append(History(f"history {number}", subscriptions))
    return histories


@dataclass
class Chain:
    """Contracts of an account, each the renewal of the one before: day, last day, MRR."""

    account: str
    contracts: list[tuple[date, date, int]]

    def rows(self):
        for number, (begins, ends, mrr) in enumerate(self.contracts):
            yield {
                "account_id": self.account,
                "contract_id": f"{self.account} {number}",
                "starts_on": begins,
                "ends_on": ends,
                "amount": mrr,
                "amount_is": "mrr",
                "type": "renewal" if number else "new",
                "renewal_of": f"{self.account} {number - 1}" if number else "",
            }

    def mrr_on(self, day: date) -> int:
        """The newest contract that has begun, until 30 days before the next if that is late."""
        begun = [i for i, (begins, _, _) in enumerate(self.contracts) if begins <= day]
        if not begun:
            return 0
        _, ends, mrr = self.contracts[begun[-1]]
        if day <= ends:
            return mrr
        following = self.contracts[begun[-1] + 1 :]
        return mrr if following and (following[0][0] - ends).days - 1 <= 30 else 0


def random_chains() -> list[Chain]:
    dice = Random(30)
    chains = []
    for number in range(25):
        contracts, begins = [], date(2024, 1, 1) + dice.randrange(60) * DAY
        for _ in range(dice.randint(1, 4)):
            ends = begins + dice.randint(40, 150) * DAY
            contracts.append((begins, ends, dice.choice([100, 150, 220])))
            begins = ends + dice.choice([-20, 0, 1, 1, 12, 30, 31, 32, 45]) * DAY
        chains.append(Chain(f"k chain {number}", contracts))
    return chains


def write(folder: Path) -> None:
    """The inputs: the cases, and what chance makes."""
    folder.mkdir()
    (folder / "exchange_rates.csv").write_text((FOLDER / "exchange_rates.csv").read_text())
    histories = random_histories()
    more = {
        "mrr_snapshots": [row for h in histories for row in h.snapshots()],
        "mrr_movements": [row for h in histories for row in h.movements()],
        "subscription_periods": [row for h in histories for row in h.periods()],
        "contracts": [row for chain in random_chains() for row in chain.rows()],
    }
    Random(1).shuffle(more["mrr_movements"])
    for name, rows in more.items():
        with (FOLDER / f"{name}.csv").open() as given:
            reader = csv.DictReader(given)
            rows = [*reader, *rows]
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, reader.fieldnames)
            writer.writeheader()
            writer.writerows(rows)


@dataclass
class Sheets:
    """The one build, and what is in it."""

    dbt: Dbt

    @cached_property
    def found(self) -> dict:
        return {
            (account, month): mrr
            for account, month, mrr in self.dbt.query(
                "select account_id, month, mrr from nrr__account_months"
            )
        }

    def mrr(self, account: str) -> list[Decimal]:
        """At the ends of the months of 2024 and of January 2025."""
        return [self.found.get((account, month), Decimal(0)) for month in MONTHS]

    @cached_property
    def repeated(self) -> set[str]:
        """The rows that are there several times, and all count."""
        return {row["value"].strip(", ") for row in self.dbt.rows("int_nrr__repeated_rows")}

    def reasons(self, account: str | None) -> list[str]:
        """Why rows of the account are not used."""
        rows = self.dbt.query("select account_id, reason from nrr__rejected_events")
        return sorted(reason for given, reason in rows if given == account)


def build(folder: Path, variables: dict) -> Dbt:
    write(folder / "data")
    dbt = Dbt(folder, data=folder / "data")
    dbt.succeed("seed", "--select", "path:seeds/rules", variables=variables)
    wanted = ["+nrr__account_months", "+nrr__rejected_events"]
    wanted += ["int_nrr__repeated_rows", "int_nrr__stopped_rows"]
    dbt.succeed("run", "--select", *wanted, variables=variables)
    return dbt


def sheets(tmp_path_factory) -> Sheets:
    """The build, which the first to ask makes for all that test at the same time."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):
        shared = shared.parent
    folder, done = shared / "sheets", shared / "sheets_are_built"
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(600):
            if done.exists():
                break
            time.sleep(0.5)
        assert done.read_text() == "built", "another test could not build it"
        return Sheets(Dbt(folder, data=folder / "data"))
    said = "failed"
    try:
        dbt = build(folder, VARIABLES)
        said = "built"
    finally:
        # as a whole or not at all
        (shared / "sheets_said").write_text(said)
        (shared / "sheets_said").rename(done)
    return Sheets(dbt)
