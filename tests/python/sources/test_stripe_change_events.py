"""Stripe's own account of MRR: the change events of Sigma and Data Pipeline, built once."""

from collections import Counter
from pathlib import Path

import pytest
from conftest import Dbt

FOLDER = Path(__file__).parent / "stripe_change_events"
MONTHS = range(1, 13)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Dbt:
    dbt = Dbt(tmp_path_factory.mktemp("change_events"), data=FOLDER)
    dbt.succeed("seed", "--select", "path:seeds/rules")
    dbt.succeed("run", "--select", "+nrr__account_months", "+nrr__rejected_events")
    return dbt


@pytest.fixture(scope="module")
def mrr(built):
    """A function: the MRR of an account at the months' ends of 2024."""
    found = {
        (account, month): float(mrr)
        for account, month, mrr in built.query(
            "select account_id, month(month), mrr from nrr__account_months where year(month) = 2024"
        )
    }
    return lambda account: [found.get((f"cus_{account}", month), 0) for month in MONTHS]


@pytest.fixture(scope="module")
def states(built):
    """A function: the columns of the states of an account, in order."""

    def found(account: str, columns: str) -> list[tuple]:
        return built.query(
            f"select {columns} from stg_stripe__subscription_events"
            f" where account_id = 'cus_{account}' and source_reason is null"
            " order by effective_at, subscription_item_id"
        )

    return found


def test_mrr_is_the_sum_of_all_changes_so_far(mrr):
    assert mrr("moves") == [100, 100, 125, 125, 125, 0, 0, 80, 80, 80, 80, 80]
    assert mrr("yearly") == [120, 120, 120] + [100] * 9


def test_a_month_is_utcs_not_the_stripe_accounts(mrr):
    assert mrr("local")[1:3] == [0, 50]


def test_events_of_one_instant_are_one_state_sold_as_what_began(mrr, states):
    assert mrr("instant") == [0, 30, 30, 30] + [70] * 8
    assert states("instant", "status, plan_id, unit_amount") == [
        ("active", "price_a", 30),
        ("active", "price_b", 70),
    ]


def test_a_swap_of_items_is_no_movement(mrr):
    assert mrr("swap") == [0] + [40] * 11


def test_two_items_of_one_subscription_add_up(mrr):
    assert mrr("two") == [0, 0, 100, 100] + [60] * 8


def test_a_subscription_in_the_place_of_another_is_one_expansion(built, mrr):
    assert mrr("again")[4:6] == [50, 70]
    built.succeed("run", "--select", "int_nrr__account_movements", "nrr__mrr_movements")
    movements = built.query(
        "select movement, movement_mrr from nrr__mrr_movements where account_id = 'cus_again'"
    )
    assert Counter(movements) == Counter([("new", 50), ("expansion", 20)])


def test_amounts_have_the_decimals_that_stripe_gives_the_currency(states):
    found = {c: states(c, "unit_amount, currency")[0] for c in ["jpy", "kwd", "isk"]}
    assert found == {"jpy": (5000, "JPY"), "kwd": (12.5, "KWD"), "isk": (2500, "ISK")}


def test_an_item_whose_settlement_currency_changes_goes_on_in_the_other(mrr):
    assert mrr("settled") == [0, 100, 100, 100] + [99] * 8


def test_currencies_of_one_item_are_summed_apart(mrr):
    # 100 EUR from February to June at 1.10, 50 USD from March
    assert mrr("both") == [0, 110, 160, 160, 160, 160] + [50] * 6


def test_without_a_currency_it_is_the_reporting_currency(mrr, states):
    assert mrr("unnamed") == [0] + [25] * 11
    assert states("unnamed", "unit_amount, currency") == [(25, "USD")]


def test_an_event_that_is_delivered_again_counts_once(mrr):
    assert mrr("again_same") == [0] + [60] * 11


def test_an_event_that_is_corrected_counts_as_its_newest_batch_has_it(mrr):
    assert mrr("corrected") == [0, 65, 65] + [70] * 9


def test_a_change_without_mrr_is_none(mrr):
    assert mrr("free") == [0, 0, 0] + [15] * 9


def test_states_are_evidence_and_recorded_with_their_batch(built):
    found = built.query(
        "select distinct source_system, is_reconstructed from stg_stripe__subscription_events"
    )
    assert found == [("stripe", False)]
    newest = "select max(recorded_at)::varchar from stg_stripe__subscription_events"
    assert built.query(newest) == [("2025-01-02 04:00:00",)]
    assert built.query("select max(month)::varchar from nrr__account_months") == [("2024-12-01",)]


def test_rows_that_cannot_be_used_are_named(built):
    found = built.query("select reason, count(*) from nrr__rejected_events group by reason")
    assert dict(found) == {
        "missing_customer_id": 1,
        "missing_event_timestamp": 1,
        "missing_item_id": 1,
        "missing_mrr_change": 1,
        "missing_subscription_id": 1,
        "mrr_below_zero": 1,
        "unreadable_event_timestamp": 1,
        "unreadable_mrr_change": 1,
    }
    remedies = built.query("select reason from nrr_input_problems")
    assert {(reason,) for reason, _ in found} <= set(remedies)
