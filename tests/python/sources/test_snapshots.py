"""MRR by customer and month: mrr_snapshots."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
import sheets


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return sheets.sheets(tmp_path_factory)


@pytest.fixture(scope="module")
def mrr(built):
    """A function: MRR from January on, without the months at the end that have none."""

    def found(account):
        months = built.mrr(f"s {account}")
        while months and not months[-1]:
            months.pop()
        return months

    return found


@pytest.fixture(scope="module")
def states(built):
    def found(account, columns):
        return built.dbt.query(
            f"select {columns} from stg_mrr_snapshots__subscription_events where account_id = "
            f"'s {account}' and source_reason is null order by effective_at, subscription_item_id"
        )

    return found


def test_no_row_in_a_month_that_others_have_is_no_mrr(mrr):
    assert mrr("stays") == [100, 100, 100, 0, 100, 100, 100]
    assert mrr("leaves") == [40, 40]


def test_an_account_that_comes_back_with_the_same_mrr_comes_back(mrr):
    assert mrr("returns") == [40, 0, 40, 0, 40]


def test_zero_and_an_empty_cell_are_no_mrr(mrr):
    assert mrr("zero") == [30, 0, 30, 0, 0, 30]


def test_a_state_begins_where_the_value_changes_and_nowhere_else(states):
    assert states("stays", "month(effective_at), status") == [
        (1, "active"),
        (4, "cancelled"),
        (5, "active"),
        (8, "cancelled"),
    ]


def test_a_month_is_recorded_when_it_is_over(states):
    assert states("leaves", "effective_at, recorded_at") == [
        (datetime(2024, 1, 1), datetime(2024, 2, 1)),
        (datetime(2024, 3, 1), datetime(2024, 4, 1)),
    ]


def test_the_newest_month_says_that_the_data_is_complete_though_nothing_changes(built):
    newest = built.dbt.query("select max(recorded_at) from stg_mrr_snapshots__subscription_events")
    assert newest == [(datetime(2025, 2, 1),)]


def test_rows_in_several_currencies_are_items_of_one_account(mrr, states):
    """USD 120 and EUR 50 at 1.10; the EUR row is gone in March."""
    assert mrr("currencies") == [175, 175, 120]
    assert {currency for (currency,) in states("currencies", "currency")} == {"USD", "EUR"}


def test_products_and_plans_are_items(mrr, states):
    assert mrr("plans") == [15, 30]
    items = [json.loads(item) for (item,) in states("plans", "distinct subscription_item_id")]
    assert sorted((item["product_id"], item["plan_id"]) for item in items) == [
        ("crm", "basic"),
        ("crm", "pro"),
        ("mail", ""),
    ]


def test_rows_of_one_key_and_month_add_up_as_the_sheets_own_total_does(built, mrr, states):
    assert mrr("added up") == [Decimal("150.75"), 101]
    assert "s added up, 2024-02-01, 50.5, , , , 1" in built.repeated
    assert states("added up", "quantity, unit_amount")[0] == (3, Decimal("50.25"))


def test_a_quantity_is_kept_where_it_divides_the_mrr_and_only_there(mrr, states):
    assert mrr("seats") == [100, 140, 100]
    assert states("seats", "quantity, unit_amount")[:2] == [(5, 20), (7, 20)]
    # a third of 100 three times is 99.999999, which rounds to the same MRR
    assert states("seats", "quantity, unit_amount")[2] == (3, Decimal("33.333333"))


def test_mrr_is_kept_to_4_decimals(mrr):
    assert mrr("exact") == [Decimal("33.3333"), Decimal("0.0001"), Decimal("99999999.99")]


def test_a_row_that_cannot_be_used_is_named_and_ends_nothing(built, mrr):
    assert mrr("unreadable") == [70, 70, 70, 0, 0, 70, 70]
    assert built.reasons("s unreadable") == [
        "negative_mrr",
        "unreadable_mrr",
        "unreadable_quantity",
    ]
    assert built.reasons("s nameless month") == ["missing_month"]
    assert built.reasons("s no month") == ["unreadable_month"]


def test_a_month_may_be_written_as_one_of_its_days(mrr):
    assert mrr("days") == [15, 16, 17]
