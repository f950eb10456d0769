"""The example that shows what the package is for: the whole looks healthy, the small leave.

200 small accounts pay USD 500 a month and 10 large ones USD 15,000. After twelve months 40 small
accounts are gone and 5 large ones pay USD 4,000 more.
"""

from decimal import Decimal

import pytest
from conftest import Dbt
from reference.files import write_csv


def event(account, day, status, amount):
    return {
        "event_id": f"{account} {day}",
        "account_id": account,
        "subscription_id": account,
        "effective_at": day,
        "status": status,
        "unit_amount": amount,
        "billing_interval": "month",
    }


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    events = [event(f"small {i}", "2024-01-10", "active", "500") for i in range(200)]
    events += [event(f"large {i}", "2024-01-10", "active", "15000") for i in range(10)]
    events += [event(f"small {i}", "2024-12-20", "cancelled", "") for i in range(40)]
    events += [event(f"large {i}", "2025-01-20", "active", "19000") for i in range(5)]
    write_csv(folder / "data/subscription_events.csv", events)
    built = Dbt(folder, data=folder / "data")
    return built.build({"nrr_as_of": "2025-02-01"})


@pytest.mark.parametrize(
    ("segment", "accounts", "retained", "nrr", "grr"),
    [
        ("all", 210, 170, "1", "0.92"),
        ("smb", 200, 160, "0.8", "0.8"),
        ("enterprise", 10, 10, "1.133333333", "1"),
    ],
)
def test_retention_of(example, segment, accounts, retained, nrr, grr):
    found = example.query(
        "select starting_accounts, retained_accounts, nrr, grr from nrr__retention "
        f"where month = '2025-01-01' and segment = '{segment}'"
    )
    assert found == [(accounts, retained, Decimal(nrr), Decimal(grr))]


def test_the_grades_tell_the_small_from_the_large(example):
    found = example.query(
        "select segment, band, is_conclusive from nrr__retention_grades "
        "where month = '2025-01-01' and benchmark_id = 'optifai_overall' order by segment"
    )
    assert found == [
        ("all", "good", False),
        ("enterprise", "good", False),
        ("mid_market", None, None),
        ("smb", "concerning", True),
    ]
