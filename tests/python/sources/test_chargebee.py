"""Chargebee's tables: each case is a customer of its own, told as in docs/sources/chargebee.md."""

from datetime import date
from decimal import Decimal

import pytest
from chargebee.site import Site, item, monthly
from conftest import Dbt

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def cases() -> Site:
    site = Site()
    # C1
    site.subscription(
        "c1", started_at="2024-01-15", activated_at="2024-01-15", updated_at="2024-01-15",
        billing_period=3, billing_period_unit="month",
        subscription_items=[
            item("pro-USD-quarterly", 30000),
            item("support-USD", 3000, 4, item_type="addon"),
            item("setup-USD", 50000, item_type="charge"),
        ],
    )  # fmt: skip
    # C3
    c3 = dict(
        started_at="2024-01-10", activated_at="2024-01-10", current_term_start="2024-01-10",
        current_term_end="2025-01-10", billing_period=1, billing_period_unit="year",
        subscription_items=[item("pro-USD-yearly", 120000)],
        coupons=[{"coupon_id": "fifth_for_a_year", "apply_till": 1736467200}],
    )  # fmt: skip
    site.event("created", "2024-01-10", "c3", **c3)
    site.subscription("c3", updated_at="2024-01-10", **c3)
    site.add("coupon", id="fifth_for_a_year", discount_type="percentage", discount_percentage=20.0,
             duration_type="limited_period", period=12, period_unit="month",
             apply_on="invoice_amount")  # fmt: skip
    # C5
    seats = {"started_at": "2024-01-10", "activated_at": "2024-01-10"}
    site.event("changed", "2024-03-05", "c5", **seats, **monthly(1000, 8))
    site.event("created", "2024-01-10", "c5", **seats, **monthly(1000, 5))
    paused = {"status": "paused", "pause_date": "2024-05-01", "resume_date": "2024-07-01"}
    site.event("paused", "2024-05-01", "c5", **seats, **monthly(1000, 8), **paused)
    site.event("resumed", "2024-07-01", "c5", **seats, **monthly(1000, 8))
    site.subscription("c5", updated_at="2024-07-01", **seats, **monthly(1000, 8))
    # C6
    site.event("created", "2024-02-10", "c6_old", started_at="2024-02-10", **monthly(9000))
    site.event(
        "business_entity_changed", "2024-04-20", "c6_old", status="transferred",
        started_at="2024-02-10", **monthly(9000),
    )  # fmt: skip
    site.event("created", "2024-04-20", "c6_new", started_at="2024-04-20", **monthly(9000))
    return site


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Dbt:
    folder = tmp_path_factory.mktemp("chargebee")
    cases().write(folder / "data")
    dbt = Dbt(folder, data=folder / "data")
    dbt.succeed(
        "build", "--select", "+nrr__account_months", "stg_chargebee__mrr_check",
        "--exclude-resource-type", "unit_test", "test",
        variables={"nrr_as_of": "2025-02-01"},
    )  # fmt: skip
    return dbt


@pytest.fixture(scope="module")
def mrr(built):
    """MRR of a customer at the ends of the named months of 2024, or of a month such as 2025-01."""
    found = {
        (account, month): amount
        for account, month, amount in built.query("select * from nrr__account_months")
    }

    def of(account: str, months: str) -> list[Decimal]:
        """'Jan-Mar' or '2025-01'."""
        if months[0] == "2":
            days = [date.fromisoformat(f"{months}-01")]
        else:
            first, _, last = months.partition("-")
            numbers = range(MONTHS.index(first), MONTHS.index(last or first) + 1)
            days = [date(2024, number + 1, 1) for number in numbers]
        return [found.get((account, day), Decimal(0)) for day in days]

    return of


def test_c1_an_add_on_is_paid_with_the_plan_and_a_charge_is_no_mrr(mrr):
    assert mrr("c1", "Jan-Apr") == [140] * 4


def test_c3_a_coupon_for_a_year_is_over_when_the_next_bill_comes(mrr):
    assert mrr("c3", "Jan-Dec") == [80] * 12
    assert mrr("c3", "2025-01") == [100]


def test_c5_events_are_put_in_order_and_a_pause_carries_nothing(mrr):
    assert mrr("c5", "Jan-Aug") == [50, 50, 80, 80, 0, 0, 80, 80]


def test_c6_a_transfer_without_a_link_is_churn_and_new(mrr):
    assert mrr("c6_old", "Jan-Jun") == [0, 90, 90, 0, 0, 0]
    assert mrr("c6_new", "Jan-Jun") == [0, 0, 0, 90, 90, 90]
