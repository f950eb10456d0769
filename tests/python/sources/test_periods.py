"""Subscriptions with start, end and price: subscription_periods."""

from datetime import datetime

import pytest
import sheets


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return sheets.sheets(tmp_path_factory)


@pytest.fixture(scope="module")
def mrr(built):
    """A function: MRR from January to August."""
    return lambda account: built.mrr(f"p {account}")[:8]


def test_a_period_without_interval_is_of_amounts_a_month(mrr):
    assert mrr("then") == [100, 100, 100, 100, 100, 100, 120, 120]


def test_the_amount_is_one_units_for_one_billing_period(mrr):
    """Five seats at EUR 240 a year are EUR 100, at 1.10."""
    assert mrr("annual euros") == [110] * 8
    assert mrr("every 3 months") == [30] * 8
    assert mrr("half years") == [100] * 8


def test_the_day_on_which_a_period_ends_is_its_last(mrr):
    assert mrr("last day") == [80, 80, 80, 0, 0, 0, 0, 0]
    assert mrr("one day") == [7, 0, 0, 0, 0, 0, 0, 0]


def test_unless_the_next_of_its_subscription_begins_on_it(mrr):
    assert mrr("renewed on last day") == [100, 100, 130, 130, 130, 130, 0, 0]
    assert mrr("plan change") == [100, 100, *[150] * 6]


def test_a_gap_is_churn_and_a_return(mrr):
    assert mrr("gap") == [100, 100, 0, *[130] * 5]


def test_a_later_row_of_the_same_subscription_and_plan_takes_the_place_of_the_one_before(mrr):
    assert mrr("corrected") == [100, 100, *[150] * 6]
    assert mrr("price list") == [100, 100, *[150] * 6]


def test_another_plan_of_the_subscription_is_paid_beside_it(mrr):
    assert mrr("add-on") == [100, 100, 120, *[100] * 5]


def test_rows_that_begin_together_are_lines_of_one_subscription(mrr):
    assert mrr("lines") == [*[120] * 6, 150, 150]


def test_rows_without_a_subscription_are_subscriptions_of_their_own(mrr):
    """The third begins on the last day of the second, and follows it; the first goes on."""
    assert mrr("parallel") == [100, 100, 140, 140, 150, 150, 150, 100]
    assert mrr("twins") == [60] * 8


def test_rows_that_are_there_twice_without_an_id_count_and_are_named(built):
    assert "p twins, , 2024-01-20, , 30" in built.repeated
    assert not any("delivered twice" in row for row in built.repeated)


def test_a_row_with_an_id_that_is_delivered_twice_is_one(built, mrr):
    assert mrr("delivered twice") == [30] * 8
    assert built.reasons("p delivered twice") == ["duplicate"]


def test_a_trial_carries_nothing_up_to_its_last_day(mrr):
    assert mrr("trial") == [0, 0, *[30] * 6]
    assert mrr("trial now") == [0] * 8
    assert mrr("trial left") == [0] * 8


def test_a_status_of_now_says_nothing_of_the_time_before_the_end(mrr):
    assert mrr("over") == [30, 30, 30, 0, 0, 0, 0, 0]
    assert mrr("future end") == [45] * 8


def test_what_is_over_without_an_end_is_named(built, mrr):
    assert mrr("over without end") == [0] * 8
    assert built.reasons("p over without end") == ["missing_ends_on"]


def test_a_period_has_the_status_that_it_names(mrr):
    """In trial, active, past due, paused, unpaid, active, each for a month."""
    assert mrr("statuses") == [0, 30, 30, 0, 0, 30, 0, 0]


def test_what_is_paused_or_unpaid_now_has_paid_before(mrr):
    """A status of all rows of a subscription is that of now; so is one of a row without id."""
    assert mrr("paused now") == [30] * 8
    assert mrr("unpaid now") == [30] * 8
    assert mrr("paused with an end") == [*[30] * 5, 0, 0, 0]
    assert mrr("paused price list") == [30, 30, 30, *[40] * 5]
    assert mrr("paused beside") == [30, 30, *[70] * 6]
    assert mrr("paused trial") == [0, 0, *[30] * 6]


def test_but_a_pause_that_follows_what_was_paid_is_one_from_its_start(mrr):
    assert mrr("pause follows") == [30, 30, 30, 0, 0, 0, 0, 0]


def test_and_it_has_stopped_by_the_time_of_the_list(built):
    found = built.dbt.query(
        "select effective_at::date::text, status, is_reconstructed "
        "from stg_subscription_periods__subscription_events "
        "where account_id = 'p paused now' order by effective_at"
    )
    assert found == [("2024-01-20", "active", True), ("2025-02-01", "paused", False)]


def test_and_that_nobody_says_since_when_is_named(built):
    found = built.dbt.query("select value from int_nrr__stopped_rows where reason <> ''")
    named = sorted(value.split(",")[0] for (value,) in found)
    assert named == [
        "p paused beside",
        "p paused now",
        "p paused price list",
        "p paused price list",
        "p paused trial",
        "p paused with an end",
        "p unpaid now",
    ]
    assert built.reasons("p paused without amount") == ["missing_amount"]


def test_a_status_to_be_ignored_neither_counts_nor_ends_anything(built, mrr):
    assert mrr("draft") == [0, 0, *[40] * 6]
    assert built.reasons("p draft") == ["ignored_status"]


def test_a_time_of_day_is_an_instant_and_no_day(mrr):
    """Begins on the last evening of January, and ends on the last morning of March."""
    assert mrr("instants") == [60, 60, 0, 0, 0, 0, 0, 0]


def test_a_subscription_moves_to_another_account(mrr):
    assert mrr("moves") == [45, 45, 45, 0, 0, 0, 0, 0]
    assert mrr("moved") == [0, 0, 0, *[45] * 5]


def test_what_is_paid_once_is_no_mrr(mrr):
    assert mrr("fee") == [0] * 8


def test_a_row_that_cannot_be_used_is_named(built):
    assert built.reasons("p unreadable") == [
        "ends_on_before_starts_on",
        "missing_amount",
        "missing_starts_on",
        "negative_amount",
        "unreadable_amount",
        "unreadable_billing_interval_count",
        "unreadable_ends_on",
        "unreadable_quantity",
        "unreadable_starts_on",
        "unreadable_trial_ends_on",
    ]


@pytest.mark.parametrize("teller", ["p", "s", "m"])
@pytest.mark.parametrize("history", sheets.random_histories(), ids=lambda h: h.account)
def test_periods_snapshots_and_movements_tell_the_same_history(built, history, teller):
    assert built.mrr(f"{teller} {history.account}") == history.mrr()


def test_the_newest_day_that_is_over_says_up_to_when_the_list_is_complete(built):
    """No row is recorded later than what it says of itself."""
    late = built.dbt.query(
        "select * from stg_subscription_periods__subscription_events where recorded_at is not null"
    )
    assert not late
    newest = built.dbt.query(
        "select max(effective_at) from stg_subscription_periods__subscription_events "
        "where effective_at < '2030-01-01' and account_id not like '%history%' "
        "and status not in ('paused', 'unpaid')"
    )
    assert newest == [(datetime(2025, 1, 1),)]
