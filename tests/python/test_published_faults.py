"""Cases that published packages and tools get wrong, as accounts of one small company.

Each account is one case; the data is complete up to the end of 2025.
"""

from datetime import date
from decimal import Decimal

import pytest
from conftest import Dbt
from reference.files import write_csv

COLUMNS = {
    "recorded_at": "",
    "status": "active",
    "plan_id": "",
    "quantity": "1",
    "currency": "USD",
    "billing_interval": "month",
    "billing_interval_count": "1",
    "discount_percent": "",
    "discount_ends_at": "",
}


def state(account, effective_at, unit_amount="", *, subscription=None, item=None, **given):
    """One row of subscription_events."""
    subscription = subscription or f"sub of {account}"
    item = item or subscription
    return {
        "event_id": f"{item} {effective_at}",
        "account_id": account,
        "subscription_id": subscription,
        "subscription_item_id": item,
        "effective_at": effective_at,
        "unit_amount": unit_amount,
    } | (COLUMNS | given)


def cancelled(account, effective_at, **given):
    return state(account, effective_at, status="cancelled", billing_interval="", **given)


EVENTS = [
    state("open-ended", "1998-03-10", "10"),
    state("two subscriptions", "2024-01-10", "100", subscription="first"),
    state("two subscriptions", "2024-01-10", "40", subscription="second"),
    cancelled("two subscriptions", "2024-06-10", subscription="second"),
    state("two items", "2024-01-10", "30", subscription="s", item="seats"),
    state("two items", "2024-01-10", "12", subscription="s", item="add-on"),
    state("annual, cancelled in April", "2024-11-20", "1200", billing_interval="year"),
    cancelled("annual, cancelled in April", "2025-04-20"),
    state("renews on the 25th", "2024-01-25", "20"),
    state("monthly to annual", "2024-01-05", "50"),
    state("monthly to annual", "2024-07-05", "480", billing_interval="year"),
    state("trial", "2024-01-05", "70", status="trialing"),
    state("trial", "2024-02-05", "70"),
    state("trial only", "2024-01-05", "70", status="trialing"),
    cancelled("trial only", "2024-02-05"),
    state("coupon removed", "2024-01-05", "80", discount_percent="50"),
    state("coupon removed", "2024-03-05", "80"),
    state("coupon ends", "2024-01-05", "80", discount_percent="50", discount_ends_at="2024-05-05"),
    state("daily", "2024-01-05", "12", billing_interval="day"),
    state(
        "every two weeks", "2024-01-05", "12", billing_interval="week", billing_interval_count="2"
    ),
    state("delivered twice", "2024-01-05", "15"),
    state("delivered twice", "2024-01-05", "15"),
    state("new subscription id", "2024-01-05", "60", subscription="old"),
    cancelled("new subscription id", "2024-09-12", subscription="old"),
    state("new subscription id", "2024-09-12", "75", subscription="new"),
    state("came back", "2024-01-05", "25"),
    cancelled("came back", "2024-04-05"),
    state("came back", "2024-10-05", "90"),
    state("euros", "2024-01-05", "100", currency="EUR"),
    state("euros", "2024-03-05", "110", currency="EUR"),
    state("leaves on the last day", "2024-01-05", "33"),
    cancelled("leaves on the last day", "2024-03-31"),
    state("leaves as April begins", "2024-01-05", "33"),
    cancelled("leaves as April begins", "2024-04-01"),
    state("late cancellation", "2024-01-05", "44"),
    cancelled("late cancellation", "2024-02-05", recorded_at="2025-12-01"),
    state("paused", "2024-01-05", "55"),
    state("paused", "2024-03-05", "55", status="paused"),
    state("paused", "2024-05-05", "55"),
    state("past due", "2024-01-05", "65"),
    state("past due", "2024-03-05", "65", status="past_due"),
    state("books a cancellation", "2024-01-05", "85"),
    cancelled("books a cancellation", "2026-06-05", recorded_at="2025-12-02"),
    state("moves up", "2024-01-05", "1000"),
    state("moves up", "2025-06-05", "9000"),
    state("clock", "2024-01-01", "0", recorded_at="2026-01-01 00:00:00"),
]
RATES = [
    {"currency": "EUR", "rate_date": day, "rate": rate}
    for day, rate in [("2024-01-31", "1.1"), ("2024-02-28", "1.2"), ("2024-03-30", "1.0")]
]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    write_csv(folder / "data/subscription_events.csv", EVENTS)
    write_csv(folder / "data/exchange_rates.csv", RATES)
    return Dbt(folder, data=folder / "data").build()


# account -> its movements: month, label, amount
MOVEMENTS = {
    "open-ended": [("1998-03", "new", "10")],
    "two subscriptions": [("2024-01", "new", "140"), ("2024-06", "contraction", "-40")],
    "two items": [("2024-01", "new", "42")],
    "annual, cancelled in April": [("2024-11", "new", "100"), ("2025-04", "churn", "-100")],
    "renews on the 25th": [("2024-01", "new", "20")],
    "monthly to annual": [("2024-01", "new", "50"), ("2024-07", "contraction", "-10")],
    "trial": [("2024-02", "new", "70")],
    "trial only": [],
    "coupon removed": [("2024-01", "new", "40"), ("2024-03", "expansion", "40")],
    "coupon ends": [("2024-01", "new", "40"), ("2024-05", "expansion", "40")],
    "daily": [("2024-01", "new", "365")],
    "every two weeks": [("2024-01", "new", "26")],
    "delivered twice": [("2024-01", "new", "15")],
    "new subscription id": [("2024-01", "new", "60"), ("2024-09", "expansion", "15")],
    "came back": [
        ("2024-01", "new", "25"),
        ("2024-04", "churn", "-25"),
        ("2024-10", "reactivation", "90"),
    ],
    "euros": [
        ("2024-01", "new", "110"),
        ("2024-02", "fx", "10"),
        ("2024-03", "expansion", "12"),
        ("2024-03", "fx", "-22"),
    ],
    "leaves on the last day": [("2024-01", "new", "33"), ("2024-03", "churn", "-33")],
    "leaves as April begins": [("2024-01", "new", "33"), ("2024-04", "churn", "-33")],
    "late cancellation": [("2024-01", "new", "44"), ("2024-02", "churn", "-44")],
    "paused": [
        ("2024-01", "new", "55"),
        ("2024-03", "churn", "-55"),
        ("2024-05", "reactivation", "55"),
    ],
    "past due": [("2024-01", "new", "65")],
    "books a cancellation": [("2024-01", "new", "85")],
    "moves up": [("2024-01", "new", "1000"), ("2025-06", "expansion", "8000")],
}


@pytest.mark.parametrize("account", MOVEMENTS)
def test_an_account_has_these_movements_and_no_others(company, account):
    found = company.query(
        "select strftime(month, '%Y-%m'), movement, movement_mrr from nrr__mrr_movements "
        f"where account_id = '{account}' order by 1, 2"
    )
    assert found == [(month, label, Decimal(mrr)) for month, label, mrr in MOVEMENTS[account]]


def test_every_account_is_a_case():
    assert {row["account_id"] for row in EVENTS} == {*MOVEMENTS, "clock"}


def test_live_customers_do_not_churn_in_the_newest_month(company):
    newest = company.query("select max(month) from nrr__account_months")[0][0]
    assert newest == date(2025, 12, 1)
    assert not company.query(
        f"select * from nrr__mrr_movements where month = '{newest}' and movement = 'churn'"
    )


def test_an_account_has_one_row_a_month_however_many_subscriptions(company):
    rows = company.query(
        "select count(*), count(distinct month) from nrr__account_months "
        "where account_id = 'two subscriptions'"
    )
    assert rows == [(24, 24)]


def test_months_without_any_movement_are_in_the_waterfall(company):
    quiet = company.query(
        "select opening_mrr, closing_mrr from nrr__mrr_waterfall "
        "where segment_dimension = 'all' and month = '2010-07-01'"
    )
    assert quiet == [(Decimal(10), Decimal(10))]


def test_segments_are_those_of_the_windows_start(company):
    """The account grew from 12,000 to 108,000 a year: small when the window opened."""
    found = company.query(
        "select size, starting_mrr, ending_mrr from nrr__retention_accounts "
        "where account_id = 'moves up' and month = '2025-12-01'"
    )
    assert found == [("smb", Decimal(1000), Decimal(9000))]


def test_an_account_is_in_the_base_only_twelve_months_after_it_had_mrr(company):
    found = company.query(
        "select month from nrr__retention_accounts where account_id = 'annual, cancelled in April'"
    )
    assert sorted(found) == [(date(2025, 11, 1),), (date(2025, 12, 1),)]


def test_a_redelivery_is_counted_as_rejected(company):
    found = company.query("select account_id, reason from nrr__rejected_events")
    assert found == [("delivered twice", "duplicate")]
