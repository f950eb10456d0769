"""Signed changes of MRR: mrr_movements."""

from datetime import datetime
from decimal import Decimal

import pytest
import sheets


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return sheets.sheets(tmp_path_factory)


@pytest.fixture(scope="module")
def mrr(built):
    """A function: MRR from January to August."""
    return lambda account: built.mrr(f"m {account}")[:8]


@pytest.fixture(scope="module")
def states(built):
    def found(account, columns):
        return built.dbt.query(
            f"select {columns} from stg_mrr_movements__subscription_events where account_id = "
            f"'m {account}' and source_reason is null order by effective_at"
        )

    return found


def test_the_running_sum_of_cents_is_the_mrr(mrr):
    assert mrr("cents") == [100, 100, 125, 125, 125, 0, 0, 80]


def test_movements_of_one_instant_count_together_whatever_their_order(mrr, states):
    """100 away and 150 more at once is no churn; neither is 200 more and 150 away."""
    assert mrr("instant") == [100, 100, 150, 150, 200, 200, 210, 210]
    assert states("instant", "effective_at, unit_amount") == [
        (datetime(2024, 1, 5, 10), 100),
        (datetime(2024, 3, 31, 23, 59, 59), 150),
        (datetime(2024, 5, 31, 23, 59, 59), 200),
        (datetime(2024, 7, 31, 12), 210),
    ]


def test_the_plan_is_the_newest_that_a_movement_names(states):
    assert states("instant", "plan_id") == [("basic",), *[("pro",)] * 3]


def test_each_subscription_has_its_own_sum(mrr, states):
    assert mrr("subscriptions") == [50, 50, 50, 20, 20, 30, 30, 30]
    assert ("one", "cancelled") in states("subscriptions", "subscription_id, status")


def test_each_currency_has_its_own_sum_and_smallest_unit(mrr, states):
    """USD 100, EUR 100 at 1.10 until March, and 5,000 yen at 0.01: a yen has no cents."""
    assert mrr("currencies") == [260, 260, *[150] * 6]
    assert ("JPY", 5000) in states("currencies", "currency, unit_amount")


def test_a_sum_of_nothing_is_a_cancelled_state(states):
    assert states("cents", "month(effective_at), status, unit_amount")[2:] == [
        (6, "cancelled", None),
        (8, "active", 80),
    ]


def test_a_sum_below_0_is_named_and_counts_as_0(built, mrr):
    """The log begins too late, or cents were lost on the way."""
    assert mrr("late log") == [0, 0, *[40] * 6]
    assert built.reasons("m late log") == ["mrr_below_zero"]
    assert mrr("dust") == [*map(Decimal, ["33.33", "66.66", "99.99", "99.99"]), 0, 0, 0, 0]
    assert built.reasons("m dust") == ["mrr_below_zero"]
    [(row,)] = built.dbt.query(
        "select source_row from nrr__rejected_events where account_id = 'm dust'"
    )
    assert row.startswith("m dust, 2024-05-05, -10000")


def test_rows_need_not_be_sorted(mrr):
    assert mrr("unsorted") == [40, 40, 40, 40, 0, 0, 0, 0]


def test_a_subscription_that_moves_to_another_account_is_theirs_from_then_on(mrr):
    assert mrr("moved from") == [40, 40, 40, 0, 0, 0, 0, 0]
    assert mrr("moved to") == [0, 0, 0, 40, 40, 40, 40, 40]


def test_a_row_that_cannot_be_used_is_named(built, mrr):
    assert mrr("unreadable") == [40] * 8
    assert built.reasons("m unreadable") == [
        "missing_mrr_change",
        "missing_occurred_at",
        "unreadable_mrr_change",
        "unreadable_occurred_at",
        "unreadable_sequence",
    ]
