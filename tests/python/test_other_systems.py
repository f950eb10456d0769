"""The selects of docs/sources/other_systems.md, each on a few rows of its system."""

import pytest
from conftest import ROOT
from documented_selects import rows_of, selects_of
from found_files import COLUMNS

SELECTS = selects_of(ROOT / "docs" / "sources" / "other_systems.md")


def selected(system: str, **tables: list[dict]) -> list[dict]:
    """The rows of the system's select, sorted by account, with their values as text."""
    types = {
        name: {column: type_of(column) or "varchar" for row in rows for column in row}
        for name, rows in tables.items()
    }
    columns, found = rows_of(SELECTS[system], types, tables)
    assert set(columns) <= set(COLUMNS["subscription_periods"])
    assert {"account_id", "starts_on", "amount"} <= set(columns)
    return sorted(found, key=lambda row: (row["account_id"], row["starts_on"]))


def type_of(column: str) -> str | None:
    """The type in which a loader lands a column, where it is no text."""
    if column in ("customer", "product", "items", "scheduled_change"):
        return "json"
    if column in ("next_price", "plan_amount_cents", "product_price_in_cents"):
        return "decimal(18, 4)"
    if column in ("next_start_date", "next_end_date"):
        return "date"
    return None


def values(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_the_page_has_a_select_for_each_system():
    assert list(SELECTS) == ["Lago", "Kill Bill", "Paddle", "Maxio", "RevenueCat"]


def test_a_change_of_plan_at_lago_is_two_periods_of_one_subscription():
    both = {
        "external_customer_id": "acme",
        "external_id": "s1",
        "plan_amount_currency": "USD",
        "ending_at": None,
        "trial_ended_at": None,
    }
    rows = selected(
        "Lago",
        lago_subscriptions=[
            both | {"plan_code": "pro", "plan_amount_cents": "10000", "status": "terminated",
                    "started_at": "2024-01-10T00:00:00Z", "terminated_at": "2024-04-15T12:00:00Z"},
            both | {"plan_code": "year", "plan_amount_cents": "120000", "status": "active",
                    "started_at": "2024-04-15T12:00:00Z", "terminated_at": None},
            both | {"plan_code": "pro", "plan_amount_cents": "10000", "status": "canceled"},
            both | {"plan_code": "pro", "plan_amount_cents": "10000", "status": "pending"},
        ],
        lago_plans=[{"code": "pro", "interval": "monthly"}, {"code": "year", "interval": "yearly"}],
    )  # fmt: skip
    columns = ["subscription_id", "plan_id", "starts_on", "ends_on", "billing_interval"]
    assert values(rows, *columns) == [
        ("s1", "pro", "2024-01-10T00:00:00Z", "2024-04-15T12:00:00Z", "monthly"),
        ("s1", "year", "2024-04-15T12:00:00Z", None, "yearly"),
    ]
    assert [float(row["amount"]) for row in rows] == [100, 1200]


@pytest.mark.parametrize(
    ("period", "interval", "count"),
    [
        ("DAILY", "day", "1"),
        ("WEEKLY", "week", "1"),
        ("THIRTY_DAYS", "day", "30"),
        ("MONTHLY", "month", "1"),
        ("BIANNUAL", "month", "6"),
        ("ANNUAL", "year", "1"),
        ("BIENNIAL", "year", "2"),
        ("FORTNIGHTS", "FORTNIGHTS", "1"),
    ],
)
def test_every_period_of_kill_bill_is_read_by_its_price(period, interval, count):
    [row] = selected(
        "Kill Bill",
        analytics_subscription_transitions=[
            {"account_id": "a", "subscription_id": "s", "next_slug": "pro",
             "next_product_name": "p", "next_start_date": "2024-01-10",
             "next_end_date": "2024-04-15", "next_price": "7",
             "next_mrr": "0", "next_currency": "USD", "next_billing_period": period,
             "next_service": "entitlement-service"},
        ],
    )  # fmt: skip
    assert (row["billing_interval"], row["billing_interval_count"]) == (interval, count)
    assert (row["starts_on"], row["ends_on"]) == ("2024-01-10", "2024-04-14")
    assert float(row["amount"]) == 7


def test_what_kill_bill_bills_nothing_for_is_no_period():
    one = {"account_id": "a", "subscription_id": "s", "next_slug": "pro", "next_product_name": "p",
           "next_start_date": "2024-01-10", "next_end_date": None, "next_price": "7",
           "next_currency": "USD", "next_billing_period": "MONTHLY",
           "next_service": "entitlement-service"}  # fmt: skip
    rows = selected(
        "Kill Bill",
        analytics_subscription_transitions=[
            one,
            one | {"next_service": "billing-service"},
            one | {"next_price": "0"},
            one | {"next_billing_period": "NO_BILLING_PERIOD"},
            one | {"next_end_date": "2024-01-10"},
        ],
    )
    assert len(rows) == 1


def paddle(**columns) -> dict:
    price = (
        '{"id": "pri_1", "product_id": "pro_1", "unit_price": {"amount": "3000", '
        '"currency_code": "EUR"}, "billing_cycle": {"interval": "month", "frequency": 3}}'
    )
    one_off = price.replace('{"interval": "month", "frequency": 3}', "null")
    item = '{"created_at": "2024-01-10T00:00:00Z", "quantity": 5, "price": PRICE}'
    items = f"[{item.replace('PRICE', price)}, {item.replace('PRICE', one_off)}]"
    return {
        "id": "sub_1", "customer_id": "ctm_1", "currency_code": "EUR", "status": "active",
        "started_at": "2024-01-10T00:00:00Z", "canceled_at": None, "paused_at": None,
        "scheduled_change": None, "items": items,
    } | columns  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "ends_on", "status"),
    [
        ({}, None, "active"),
        ({"status": "canceled", "canceled_at": "2024-05-01"}, "2024-05-01", "active"),
        ({"status": "paused", "paused_at": "2024-06-01"}, "2024-06-01", "active"),
        (
            {"scheduled_change": '{"action": "cancel", "effective_at": "2024-07-01"}'},
            "2024-07-01",
            "active",
        ),
        (
            {"scheduled_change": '{"action": "resume", "effective_at": "2024-07-01"}'},
            None,
            "active",
        ),
        ({"status": "past_due"}, None, "past_due"),
    ],
)
def test_a_subscription_of_paddle_has_its_items_and_its_end(columns, ends_on, status):
    [row] = selected("Paddle", paddle_subscription=[paddle(**columns)])
    assert (row["ends_on"], row["status"]) == (ends_on, status)
    assert (float(row["amount"]), row["quantity"], row["currency"]) == (30, "5", "EUR")
    assert (row["billing_interval"], row["billing_interval_count"]) == ("month", "3")
    assert row["starts_on"].startswith("2024-01-10 00:00:00")


def maxio(**columns) -> dict:
    return {
        "id": "7", "customer": '{"id": 501}', "state": "active", "currency": "USD",
        "product": '{"handle": "pro", "interval": 3, "interval_unit": "month"}',
        "product_price_in_cents": "9000", "trial_started_at": None, "trial_ended_at": None,
        "activated_at": "2024-01-10", "created_at": "2024-01-09", "updated_at": "2024-06-06",
        "canceled_at": None, "expires_at": None, "on_hold_at": None, "delayed_cancel_at": None,
    } | columns  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "ends_on", "status"),
    [
        ({}, None, "active"),
        ({"state": "canceled", "canceled_at": "2024-05-01"}, "2024-05-01", "active"),
        ({"state": "expired", "expires_at": "2024-05-02"}, "2024-05-02", "active"),
        ({"state": "on_hold", "on_hold_at": "2024-05-03"}, "2024-05-03", "active"),
        ({"delayed_cancel_at": "2024-05-04"}, "2024-05-04", "active"),
        # asked for, but still running: when it was asked for is no end
        ({"canceled_at": "2024-04-01", "delayed_cancel_at": "2024-05-04"}, "2024-05-04", "active"),
        ({"state": "soft_failure"}, None, "past_due"),
        ({"state": "trialing"}, None, "trialing"),
    ],
)
def test_a_subscription_of_maxio_ends_as_its_state_says(columns, ends_on, status):
    [row] = selected("Maxio", maxio_subscriptions=[maxio(**columns)])
    assert (row["ends_on"], row["status"]) == (ends_on, status)
    assert (row["account_id"], float(row["amount"])) == ("501", 90)
    assert (row["billing_interval"], row["billing_interval_count"]) == ("month", "3")


def test_what_was_never_paid_at_maxio_is_no_period():
    rows = [maxio(state="trial_ended"), maxio(state="awaiting_signup")]
    assert selected("Maxio", maxio_subscriptions=rows) == []


def revenuecat(**columns) -> dict:
    return {
        "rc_original_app_user_id": "u1", "original_store_transaction_id": "o1",
        "store_transaction_id": "t1", "renewal_number": "1", "product_identifier": "pro",
        "product_duration": "P1M", "start_time": "2024-01-10 00:00:00",
        "effective_end_time": "2024-02-10 00:00:00", "purchase_price_in_usd": "10",
        "price_in_usd": "10", "tax_percentage": "0.2", "is_sandbox": "false",
        "is_trial_period": "false", "store": "app_store", "ownership_type": "PURCHASED",
        "refunded_at": None, "updated_at": "2024-01-10 01:00:00",
    } | columns  # fmt: skip


def test_a_paid_period_of_revenuecat_is_without_tax_and_the_newest_version_counts():
    rows = selected(
        "RevenueCat",
        revenuecat_transactions=[
            revenuecat(),
            revenuecat(
                price_in_usd="0",
                refunded_at="2024-01-20 00:00:00",
                updated_at="2024-01-20 01:00:00",
            ),
            revenuecat(
                store_transaction_id="t2", product_duration="P1Y", start_time="2024-03-01 00:00:00",
                effective_end_time="2025-03-01 00:00:00", purchase_price_in_usd="120",
            ),
        ],
    )  # fmt: skip
    columns = ["starts_on", "ends_on", "billing_interval", "billing_interval_count"]
    assert values(rows, *columns) == [
        ("2024-01-10 00:00:00", "2024-01-20 00:00:00", "month", "1"),
        ("2024-03-01 00:00:00", "2025-03-01 00:00:00", "year", "1"),
    ]
    assert [float(row["amount"]) for row in rows] == [8, 96]


@pytest.mark.parametrize(
    "columns",
    [
        {"is_sandbox": "true"},
        {"is_trial_period": "true"},
        {"store": "promotional"},
        {"ownership_type": "FAMILY_SHARED"},
        {"effective_end_time": "2024-01-09 00:00:00"},
        {"product_duration": None},
    ],
)
def test_what_is_not_paid_at_revenuecat_is_no_period(columns):
    assert selected("RevenueCat", revenuecat_transactions=[revenuecat(**columns)]) == []
