"""One company, told by every source that there is, has the same retention: every row, every figure.

demo/sources/ plays the company and writes it as own events, as what spreadsheets hold, and as the
tables of billing systems. Each is built alone. What is not compared are the segments that a source
cannot know, and that only.
"""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from conftest import ROOT, WITHOUT_TESTS, Dbt
from reference.comparison import differences
from reference.files import read_csv

SEGMENTS = ["industry", "region", "acquisition_channel"]  # columns of accounts.csv: known to all
ALWAYS_KNOWN = {"all", "size", "currency", "acquisition_quarter", *SEGMENTS}


@dataclass
class Source:
    """A source and the segments of its items that it knows."""

    folder: str
    knows: set[str]


# No source but the events knows what the events call pricing_model, the company's own words.
SOURCES = [
    # by account, currency, product and plan; an amount by month says nothing of how it is billed
    Source("snapshots_long", {"plan"}),
    # by account and currency alone
    Source("snapshots_wide", set()),
    # movements name the plan; their sum is an amount by month, however it is billed
    Source("movements", {"plan"}),
    Source("periods", {"plan", "billing_interval"}),
    # item prices are the plans
    Source("chargebee", {"plan", "billing_interval"}),
    # prices are the plans
    Source("stripe_fivetran", {"plan", "billing_interval"}),
    # price_id, and MRR by month
    Source("stripe_change_events", {"plan"}),
    # a contract says what is sold by its amount alone
    Source("contracts", set()),
]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The folder with a folder for each source."""
    folder = tmp_path_factory.mktemp("company")
    subprocess.run([sys.executable, ROOT / "demo/sources/write.py", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def retention(company, tmp_path_factory):
    """Builds a folder: the rows of its nrr__retention."""

    def build(folder: str) -> list[dict]:
        built = Dbt(tmp_path_factory.mktemp(folder), data=company / folder)
        variables = {"nrr_segments": SEGMENTS}
        built.succeed("build", "--select", "+nrr__retention", *WITHOUT_TESTS, variables=variables)
        return built.rows("nrr__retention")

    return build


@pytest.fixture(scope="module")
def expected(retention):
    """What the company's own events give."""
    return retention("events")


def known(rows: list[dict], dimensions: set[str]) -> list[dict]:
    return [row for row in rows if row["segment_dimension"] in dimensions]


def test_the_company_has_all_that_sources_tell_differently(company):
    events = read_csv(company / "events/subscription_events.csv")
    assert {row["status"] for row in events} == {
        "trialing", "active", "past_due", "paused", "cancelled",
    }  # fmt: skip
    assert {row["currency"] for row in events} == {"USD", "EUR", "GBP"}
    assert {(row["billing_interval"], row["billing_interval_count"]) for row in events} == {
        ("month", "1"), ("month", "3"), ("year", "1"),
    }  # fmt: skip
    by_item = {}
    for row in events:
        by_item.setdefault((row["subscription_id"], row["subscription_item_id"]), []).append(row)
    assert any(len({row["billing_interval"] for row in rows}) > 1 for rows in by_item.values())
    assert len(by_item) > len({subscription for subscription, _ in by_item}), "several items"
    for column in ("discount_percent", "discount_amount"):
        assert any(row[column] and row["discount_ends_at"] for row in events)
    assert any(row["discount_amount"] and not row["discount_ends_at"] for row in events)
    # a cancellation that is booked ahead, a price of less than a cent
    assert any(row["recorded_at"] < row["effective_at"] for row in events)
    assert any(len(row["unit_amount"].partition(".")[2]) > 2 for row in events)
    lines = read_csv(company / "stripe_fivetran/stripe/invoice_line_item.csv")
    items = {
        row["id"] for row in read_csv(company / "stripe_fivetran/stripe/subscription_item.csv")
    }
    assert {row["subscription_item_id"] for row in lines} - items - {""}, "an item is gone"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.folder)
def test_it_is_the_same_company_told_by(source, retention, expected):
    dimensions = ALWAYS_KNOWN | source.knows
    found = differences(
        "nrr__retention", known(retention(source.folder), dimensions), known(expected, dimensions)
    )
    assert not found, f"{len(found)} differences\n" + "\n".join(sorted(found)[:20])
