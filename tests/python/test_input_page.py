"""docs/input.md: its remedies are the seed's, its worked cases are built as they stand."""

import re
from decimal import Decimal

import pytest
import write_input_page as input_page
from conftest import Dbt
from reference.files import write_csv

PAGE = input_page.PAGE.read_text()
SECTION = re.compile(r"^### ([^\n]+)\n(.+?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
CASES = dict(SECTION.findall(PAGE.split("## Worked cases")[1]))
COLUMNS = [
    "event_id", "account_id", "subscription_id", "subscription_item_id", "effective_at",
    "sequence", "recorded_at", "status", "quantity", "unit_amount", "billing_interval",
    "discount_percent", "discount_ends_at",
]  # fmt: skip

# MRR at the end of months, by account where a case has several
EXPECTED = {
    "A plan changes": {"2024-01": 200, "2024-05": 240, "2024-09": 192, "2025-01": 0},
    "A discount ends": {"2024-03": 80, "2024-04": 100},
    "A fee that is paid once": {"2024-01": 100, "2024-02": 100},
    "A whole subscription is cancelled": {"2024-05": 100, "2024-06": 0},
    "A contract is renewed on the day on which it ends": {"2024-12": 100, "2025-01": 110},
    "A row is delivered again, late, or corrected": {"2024-03": 120},
    "Event ids repeat": {"2024-01": 50, "2024-02": 75},
    "A customer gets a new id": {
        "2024-02": {"cus_old": 80}, "2024-03": {"cus_old": 0, "cus_new": 80},
    },
    "Snapshots instead of events": {},
}  # fmt: skip


def rows_of(title: str) -> list[dict[str, str]]:
    """The rows of a case's table, with what the table leaves out."""
    lines = [line for line in CASES[title].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = []
    for values in cells[2:]:
        row = {name: value for name, value in zip(cells[0], values, strict=True) if name in COLUMNS}
        row.setdefault("account_id", title)
        row.setdefault("status", "active")
        # every case has subscriptions of its own
        row["subscription_id"] = f"{row['account_id']} {row.get('subscription_id', '')}"
        if row.get("unit_amount"):
            row.setdefault("billing_interval", "month")
        rows.append({column: row.get(column, "") for column in COLUMNS})
    return rows


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Dbt:
    """All cases as one company."""
    folder = tmp_path_factory.mktemp("worked")
    rows = [row for title in CASES for row in rows_of(title)]
    write_csv(folder / "data/subscription_events.csv", rows)
    return Dbt(folder, data=folder / "data").build({"nrr_as_of": "2025-06-01"})


def test_the_remedies_on_the_page_are_those_of_the_seed():
    assert input_page.page(PAGE) == PAGE, "docs/input.md is stale: make docs-pages"
    assert "| `unknown_status` | `status` |" in PAGE


def test_every_case_on_the_page_is_expected_here():
    assert list(CASES) == list(EXPECTED)
    assert sum(bool(rows_of(title)) for title in CASES) >= 7


@pytest.mark.parametrize(
    ("title", "month", "mrr"),
    [(title, month, mrr) for title, months in EXPECTED.items() for month, mrr in months.items()],
)
def test_a_worked_case_has_the_mrr_that_the_page_says(title, month, mrr, company):
    by_account = mrr if isinstance(mrr, dict) else {title: mrr}
    found = company.query(
        "select account_id, mrr from nrr__account_months "
        f"where month = '{month}-01' and account_id in {(*by_account, '')}"
    )
    assert dict(found) == {account: Decimal(amount) for account, amount in by_account.items()}


def test_the_build_warns_of_the_customer_with_a_new_id(company):
    assert company.query("select reason, value from nrr__input_problems") == [
        ("likely_new_id", "cus_old left and cus_new came on 2024-03-20")
    ]
