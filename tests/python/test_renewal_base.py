"""The method renewal_base, where terms are known: from contracts.csv to the rates."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from conftest import WITHOUT_TESTS
from reference.comparison import SEEDS, differences
from reference.computation import Settings, compute
from reference.files import write_csv
from reference.renewal_base import Contract, Contracts
from reference.retention_by_method import retention_by_method

DAY = timedelta(days=1)
RATES = [
    {"currency": "EUR", "rate_date": day, "rate": rate}
    for day, rate in [("2023-01-01", "1.1"), ("2024-02-15", "1.25"), ("2025-03-01", "0.9")]
]
# account: its contracts (first day, last day, MRR, then the number of what it renews, the churn)
CASES = {
    "early": [("2024-01-15", "2025-01-14", 100), ("2024-09-01", "2025-12-31", 120, 0)],
    "on time": [("2024-01-01", "2024-12-31", 100), ("2025-01-01", "2025-12-31", 130, 0)],
    "less": [("2024-01-01", "2024-12-31", 100), ("2025-01-01", "2025-12-31", 60, 0)],
    "late": [("2024-02-01", "2025-01-31", 100), ("2025-02-20", "2026-01-31", 110, 0)],
    "too late": [("2024-02-01", "2025-01-31", 100), ("2025-03-04", "2026-01-31", 110, 0)],
    "lost": [("2024-03-01", "2025-02-28", 100)],
    "gave up": [("2024-03-01", "2025-02-28", 100, None, "2024-08-10")],
    "short": [("2025-01-10", "2025-04-08", 100)],
    "three months": [("2025-01-10", "2025-04-09", 100)],
    # the grace is over on the last day of the newest month; a day later it would not be
    "settled": [("2024-06-01", "2025-06-29", 100)],
    "open": [("2024-07-03", "2025-07-02", 100)],
    "split": [
        ("2024-01-01", "2024-12-31", 100),
        ("2025-01-01", "2025-12-31", 70, 0),
        ("2025-01-01", "2025-12-31", 50, 0),
    ],
    # three years, renewed early twice, and lost before they were due
    "chain": [
        ("2023-01-01", "2025-02-28", 100),
        ("2023-06-01", "2024-05-31", 120, 0),
        ("2024-06-01", "2025-01-31", 140, 1),
    ],
}
# account: what was paid before each term that was due by July 2025, and after
TERMS = {
    "early": [(100, 120)],
    "on time": [(100, 130)],
    "less": [(100, 60)],
    "late": [(100, 110)],
    "too late": [(100, 0)],
    "lost": [(100, 0)],
    "gave up": [(100, 0)],
    "three months": [(100, 0)],
    "settled": [(100, 0)],
    "split": [(100, 120)],
    "chain": [(100, 0), (120, 140), (140, 0)],
}
SETTINGS = [Settings(as_of="2025-08-01"), Settings(as_of="2025-08-01", fx="actual")]


def cases() -> list[Contract]:
    contracts = []
    for account, rows in CASES.items():
        for number, (begins, last, mrr, *more) in enumerate(rows):
            renews, churned = (*more, None, None)[:2]
            contracts.append(
                Contract(
                    account,
                    f"{account} {number}",
                    date.fromisoformat(begins),
                    date.fromisoformat(last),
                    Decimal(mrr),
                    "USD",
                    "" if renews is None else f"{account} {renews}",
                    churned and date.fromisoformat(churned),
                )
            )
    return contracts


def random_contracts() -> list[Contract]:
    """Chains that are renewed early, in time, late and too late; some accounts have two."""
    dice = Random(20260)
    contracts = []
    for number in range(80):
        account = f"account {number // 2 if number < 40 else number}"
        begins, before = date(2023, 1, 1) + dice.randrange(300) * DAY, ""
        for step in range(dice.randint(1, 6)):
            last = begins + dice.choice([80, 91, 180, 364, 364, 365, 730]) * DAY
            churned = begins + dice.randrange(400) * DAY if dice.random() < 0.1 else None
            mrr = Decimal(dice.choice(["100", "149.9", "333.3333", "2500", "9000"]))
            currency = dice.choice(["USD", "USD", "EUR"])
            name = f"contract {number} {step}"
            contracts.append(Contract(account, name, begins, last, mrr, currency, before, churned))
            before = name
            begins = max(last + dice.choice([-150, -20, 0, 1, 1, 1, 12, 31, 32, 60]) * DAY, begins)
            begins += DAY
    return contracts


@pytest.fixture(scope="module")
def company() -> Contracts:
    return Contracts(cases() + random_contracts())


@pytest.fixture(scope="module")
def folder(company, tmp_path_factory):
    data = tmp_path_factory.mktemp("company") / "data"
    write_csv(data / "contracts.csv", [contract.row() for contract in company.contracts])
    write_csv(data / "exchange_rates.csv", RATES)
    return data


@pytest.mark.parametrize("settings", SETTINGS, ids=["constant", "actual"])
def test_rates_of_terms_are_those_of_the_computation(settings, company, folder, dbt):
    built = dbt(data=folder)
    variables = {"nrr_as_of": settings.as_of, "nrr_fx": settings.fx}
    wanted = ["+nrr__retention_by_method"]
    built.succeed("build", "--select", *wanted, *WITHOUT_TESTS, variables=variables)
    found = {}
    for account, target, final in built.query(
        "select account_id, sum(target_mrr), sum(final_mrr) from int_nrr__renewal_terms"
        " group by account_id, contract_row order by account_id, contract_row"
    ):
        found.setdefault(account, []).append((target, final))
    assert {account: terms for account, terms in found.items() if account in CASES} == TERMS

    terms = company.terms(date(2025, 7, 1))
    assert len(terms) > 100
    result = compute(company.events(), [], RATES, settings, SEEDS)
    expected = retention_by_method(result, SEEDS, terms)
    wrong = differences(
        "nrr__retention_by_method", built.rows("nrr__retention_by_method"), expected
    )
    assert not wrong, f"{len(wrong)} differences\n" + "\n".join(sorted(wrong)[:20])
    rates = [row["nrr"] for row in expected if row["method"] == "renewal_base"]
    assert sum(rate is not None for rate in rates) > 100
