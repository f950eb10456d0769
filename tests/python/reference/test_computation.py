"""The computation against figures worked out by hand, from the definitions page's own examples."""

from collections import Counter
from csv import DictReader
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import count
from pathlib import Path
from random import Random

import pytest
from reference.batches import corrected
from reference.computation import (
    EVENT_COLUMNS,
    Seeds,
    Settings,
    add_months,
    compute,
    money,
    month_end,
    read_number,
    read_sequence,
    read_timestamp,
    rounded,
    square_root,
)
from reference.random_history import SEGMENTS, write_history
from reference.seeds import read_seeds

STATUS_VALUES = [
    {"value": value, "status": status}
    for value, status in {
        "canceled": "cancelled",
        "Free-Trial": "trialing",
        "live": "active",
        "draft": "ignore",
    }.items()
]
INTERVAL_VALUES = [
    {"value": value, "billing_interval": interval, "billing_interval_count": count}
    for value, interval, count in [
        ("monthly", "month", "1"),
        ("annual", "year", "1"),
        ("semiannual", "month", "6"),
        ("biennial", "year", "2"),
        ("once", "one_time", "1"),
    ]
]
SIZES = [
    {"size": "smb", "arr_from": "0"},
    {"size": "mid_market", "arr_from": "25000"},
    {"size": "enterprise", "arr_from": "100000"},
]
NUMBERS = count()


def event(account="a", at="2024-01-10", amount="100", **columns) -> dict:
    """A row: active, monthly, one item per account unless columns say otherwise."""
    return {
        "event_id": f"evt_{next(NUMBERS):06d}",
        "account_id": account,
        "subscription_id": f"sub_{account}",
        "effective_at": at,
        "status": "active",
        "unit_amount": amount,
        "billing_interval": "month",
        **columns,
    }


def run(events, accounts=(), rates=(), benchmarks=(), bands=(), **settings):
    """The result at the end of March 2025, unless settings say otherwise."""
    settings = {"as_of": "2025-04-01", **settings}
    inputs = (list(events), list(accounts), list(rates))
    seeds = Seeds(SIZES, STATUS_VALUES, INTERVAL_VALUES, list(benchmarks), list(bands))
    return compute(*inputs, Settings(**settings), seeds)


def rate(currency, day, value) -> dict:
    """A row of exchange_rates."""
    return {"currency": currency, "rate_date": day, "rate": value}


def mrr(result, month, account="a"):
    """The account's MRR of the month (None without a row)."""
    for row in result.nrr__account_months:
        if (row["account_id"], row["month"]) == (account, month):
            return row["mrr"]
    return None


def movements(result, account="a") -> list:
    """[(month as text, movement, amount)] of the account."""
    return [
        (f"{row['month']:%Y-%m}", row["movement"], row["movement_mrr"])
        for row in result.nrr__mrr_movements
        if row["account_id"] == account
    ]


def retention(result, month, dimension="all", segment="all") -> dict:
    """The row of nrr__retention."""
    key = (month, dimension, segment)
    rows = result.nrr__retention
    return next(r for r in rows if (r["month"], r["segment_dimension"], r["segment"]) == key)


def waterfall(result, month, dimension="all") -> dict:
    """{segment: row without its zero columns} of the month."""
    rows = {}
    for row in result.nrr__mrr_waterfall:
        if (row["month"], row["segment_dimension"]) == (month, dimension):
            figures = {name[:-4]: row[name] for name in row if name.endswith("_mrr") and row[name]}
            rows[row["segment"]] = figures
    return rows


JANUARY, FEBRUARY, MARCH = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
YEAR_LATER = date(2025, 1, 1)


# --- Reading and rounding -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.5", "12.5"),
        (" 5 ", "5"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("0.0000005", "0.000001"),
        ("-0.0000005", "-0.000001"),
        ("999999999999.999999", "999999999999.999999"),
        ("999999999999.9999995", None),
        ("1000000000000", None),
        ("", None),
        (None, None),
        ("12,5", None),
        ("NaN", None),
        ("infinity", None),
        ("1_000", None),
    ],
)
def test_numbers_are_read_to_six_decimals_below_a_limit(text, number):
    assert read_number(text) == (None if number is None else Fraction(number))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-02-29", datetime(2024, 2, 29)),
        ("2024-02-29 23:59:59.999999", datetime(2024, 2, 29, 23, 59, 59, 999999)),
        ("2024-02-29T01:02:03.5Z", datetime(2024, 2, 29, 1, 2, 3, 500000)),
        ("2024-02-29 01:30:00+05:30", datetime(2024, 2, 28, 20)),
        ("2024-02-29 01:30:00-05:30", datetime(2024, 2, 29, 7)),
        ("2024-02-30", None),
        ("infinity", None),
        ("1899-12-31", None),
        ("2200-01-01", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_timestamps_are_read_as_utc(text, instant):
    assert read_timestamp(text) == instant


def test_halves_are_rounded_away_from_zero():
    assert rounded(Fraction("1.27925"), 4) == Fraction("1.2793")
    assert rounded(Fraction("-1.27925"), 4) == Fraction("-1.2793")
    assert rounded(Fraction("1.2792499"), 4) == Fraction("1.2792")


def test_square_root_of_a_square_is_exact():
    assert square_root(Fraction("0.0625")) == Fraction("0.25")


def test_month_ends_follow_the_zone_and_its_summer_time():
    assert month_end(date(2024, 1, 1), "America/New_York") == datetime(2024, 2, 1, 5)
    assert month_end(date(2024, 6, 1), "America/New_York") == datetime(2024, 7, 1, 4)
    assert month_end(date(2024, 12, 1), "Pacific/Auckland") == datetime(2024, 12, 31, 11)
    assert add_months(date(2024, 1, 1), -13) == date(2022, 12, 1)


# --- MRR ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"amount": "90", "billing_interval_count": "3"}, "30"),
        ({"amount": "120", "billing_interval": "year"}, "10"),
        ({"amount": "120", "billing_interval": "year", "discount_percent": "10"}, "9"),
        ({"amount": "18.06", "billing_interval": "year", "discount_percent": "15"}, "1.2793"),
        ({"amount": "90", "billing_interval": "quarter"}, "30"),
        ({"amount": "30", "billing_interval": "week"}, "130"),
        ({"amount": "12", "billing_interval": "day"}, "365"),
        ({"amount": "12", "billing_interval": "day", "billing_interval_count": "10"}, "36.5"),
        ({"amount": "10", "quantity": "2.5"}, "25"),
        ({"discount_amount": "30"}, "70"),
        ({"discount_percent": "50", "discount_amount": "30"}, "20"),
        ({"discount_percent": "50", "discount_amount": "60"}, None),
        ({"discount_percent": "50", "discount_ends_at": "2024-01-01"}, "100"),
        ({"status": "past_due"}, "100"),
        ({"status": "trialing"}, None),
        ({"status": "unpaid"}, None),
        ({"status": "paused"}, None),
        ({"status": "cancelled", "amount": "", "billing_interval": ""}, None),
    ],
)
def test_mrr_of_a_state(columns, expected):
    result = run([event(**columns)])
    assert not result.nrr__rejected_events
    assert mrr(result, JANUARY) == (None if expected is None else Decimal(expected))


def test_past_due_and_paused_count_as_set():
    events = [event(status="past_due"), event("b", status="paused")]
    for past_due in (True, False):
        for paused in (True, False):
            result = run(events, past_due_counts=past_due, paused_counts=paused)
            assert (mrr(result, JANUARY), mrr(result, JANUARY, "b")) == (
                100 if past_due else None,
                100 if paused else None,
            )
    assert mrr(run(events), JANUARY, "b") is None


def test_a_paused_row_needs_a_price_when_it_counts():
    row = event(status="paused", unit_amount="")
    assert not run([row]).nrr__rejected_events
    result = run([row], paused_counts=True)
    assert [r["reason"] for r in result.nrr__rejected_events] == ["missing_unit_amount"]


def test_of_discounts_those_that_end_can_be_left_out():
    ending = event(discount_percent="10", discount_ends_at="2024-03-05")
    lasting = event("b", discount_percent="10", discount_amount="5")
    result = run([ending, lasting], discounts="forever_only")
    assert movements(result) == [("2024-01", "new", 100)]
    assert movements(result, "b") == [("2024-01", "new", 85)]


def test_a_discount_that_ends_is_an_expansion():
    result = run([event(discount_percent="10", discount_ends_at="2024-03-05")])
    assert movements(result) == [("2024-01", "new", 90), ("2024-03", "expansion", 10)]


def test_a_discount_that_ends_as_the_month_ends_still_counts():
    result = run([event(discount_percent="10", discount_ends_at="2024-03-01")])
    assert (mrr(result, FEBRUARY), mrr(result, MARCH)) == (90, 100)
    result = run([event(discount_percent="10", discount_ends_at="2024-02-29 23:59:59.999999")])
    assert mrr(result, FEBRUARY) == 100


def test_a_state_that_begins_with_a_month_is_not_yet_in_force_at_the_end_of_the_last():
    result = run([event(at="2024-02-01")])
    assert (mrr(result, JANUARY), mrr(result, FEBRUARY)) == (None, 100)
    assert mrr(run([event(at="2024-01-31 23:59:59.999999")]), JANUARY) == 100


def test_months_begin_and_end_in_the_zone():
    events = [event(at="2024-02-01 04:59:59")]
    assert mrr(run(events), JANUARY) is None
    assert mrr(run(events, timezone="America/New_York"), JANUARY) == 100
    assert mrr(run(events, timezone="Asia/Kolkata"), JANUARY) is None
    early = [event(at="2024-01-31 18:30:00")]
    assert mrr(run(early), JANUARY) == 100
    assert mrr(run(early, timezone="Asia/Kolkata"), JANUARY) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        # each is before the other although what decides later says otherwise
        ({"at": "2024-01-09", "recorded_at": "2024-02-20"}, {"recorded_at": "2024-01-12"}),
        ({"recorded_at": "", "sequence": "5"}, {"recorded_at": "2024-01-10 00:00:01"}),
        ({"sequence": "9", "event_id": "z"}, {"sequence": "10", "event_id": "a"}),
        ({"sequence": "-1", "event_id": "z"}, {"sequence": "", "event_id": "a"}),
        ({"sequence": "0", "event_id": "b"}, {"sequence": "", "event_id": "c"}),
        ({"sequence": "1700000000000000"}, {"sequence": "1700000000000001", "event_id": "a"}),
        ({"event_id": "evt_9"}, {"event_id": "evt_10"}),
        ({"event_id": ""}, {"event_id": "1"}),
        ({"event_id": "B"}, {"event_id": "a"}),
        ({"event_id": "zz"}, {"event_id": "éé"}),
        ({"event_id": "🙂"}, {"event_id": "zz"}),
        ({"event_id": "\uffff"}, {"event_id": "🙂"}),
    ],
)
def test_states_of_one_item_are_in_order(first, last):
    """By effective_at, recorded_at, sequence, event_id by length in characters and code points."""
    events = [event(**{"amount": "1", **first}), event(**{"amount": "2", **last})]
    assert mrr(run(events), JANUARY) == 2
    assert mrr(run(events[::-1]), JANUARY) == 2


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("-7", -7),
        ("3.0", 3),
        ("1e3", 1000),
        ("1.5", None),
        ("3.0000001", None),
        ("first", None),
        ("", None),
        (None, None),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
    ],
)
def test_a_sequence_is_a_whole_number_of_64_bits(text, number):
    assert read_sequence(text) == number


HALF = {"discount_percent": "50"}


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ({"account": "a", "status": "paused"}, {"account": "b", "status": "active"}),
        ({"status": "active", "product_id": "q"}, {"status": "cancelled", "product_id": "p"}),
        ({"product_id": "", "plan_id": "q"}, {"product_id": "p", "plan_id": "p"}),
        ({"plan_id": "B", "pricing_model": "z"}, {"plan_id": "a", "pricing_model": "y"}),
        ({"pricing_model": "seat", "quantity": "9"}, {"pricing_model": "usage", "quantity": "8"}),
        ({"quantity": "9", "amount": "80"}, {"quantity": "10", "amount": "70"}),
        ({"quantity": "0.5", "amount": "80"}, {"quantity": "", "amount": "70"}),
        ({"status": "paused", "amount": ""}, {"status": "paused", "amount": "0"}),
        ({"amount": "9", "currency": "USD"}, {"amount": "10.00", "currency": "EUR"}),
        ({"currency": "EUR", "billing_interval": "year"}, {"billing_interval": "month"}),
        ({"billing_interval": "month"}, {"billing_interval": "year"}),
        ({"billing_interval_count": "9"}, {"billing_interval_count": "10"}),
        ({"discount_percent": "9", "discount_amount": "5"}, {"discount_percent": "10"}),
        ({"discount_amount": "", "discount_ends_at": "2025-01-01"}, {"discount_amount": "5"}),
        ({**HALF, "discount_ends_at": ""}, {**HALF, "discount_ends_at": "2024-01-01"}),
        ({**HALF, "discount_ends_at": "2024-9-30"}, {**HALF, "discount_ends_at": "2024-10-01"}),
    ],
)
@pytest.mark.parametrize("ids", [{"event_id": ""}, {"event_id": "same"}])
def test_content_decides_last_column_by_column_as_read(first, last, ids):
    """The same order among states without an id and among deliveries of one state."""
    rows = [event(**{"subscription_id": "s", **columns, **ids}) for columns in (first, last)]
    alone = run(rows[1:], rates=[rate("EUR", "2024-01-01", "1.1")])
    for events in (rows, rows[::-1]):
        result = run(events, rates=[rate("EUR", "2024-01-01", "1.1")])
        assert result.nrr__account_months == alone.nrr__account_months
        duplicates = [{**rows[0], "reason": "duplicate"}] if ids["event_id"] else []
        assert result.nrr__rejected_events == duplicates


def test_of_states_at_one_instant_only_the_last_lasts():
    events = [event(amount="300", event_id="9"), event(amount="20", event_id="10")]
    events += [event(at="2024-02-10", amount="30")]
    assert movements(run(events)) == [("2024-01", "new", 20), ("2024-02", "expansion", 10)]


def test_a_missing_item_id_is_the_subscription_id():
    events = [event(), event(at="2024-02-10", amount="50", subscription_item_id="sub_a")]
    assert mrr(run(events), FEBRUARY) == 50


def cancelled(at, **columns) -> dict:
    """A cancellation of subscription s that names no item."""
    return event(at=at, amount="", status="cancelled", **{"subscription_id": "s", **columns})


def of_item(item, at="2024-01-10", amount="100", **columns) -> dict:
    """A state of an item of subscription s."""
    ids = {"subscription_id": "s", "subscription_item_id": item}
    return event(at=at, amount=amount, **{**ids, **columns})


def test_a_row_without_an_item_ends_every_item_of_its_subscription():
    """The item that is named like its subscription is one of them, that of another is not."""
    events = [of_item("x", amount="80"), of_item("y", amount="20"), of_item("s", amount="5")]
    events += [event(subscription_id="t", subscription_item_id="x", amount="1")]
    result = run([*events, cancelled("2024-03-10")])
    assert movements(result) == [("2024-01", "new", 106), ("2024-03", "contraction", -105)]
    assert (len(result.used_events), result.nrr__rejected_events) == (5, [])


def test_an_item_that_begins_later_or_again_is_not_ended():
    events = [of_item("x"), cancelled("2024-03-10")]
    assert mrr(run([*events, of_item("y", "2024-03-11")]), MARCH) == 100
    assert mrr(run([*events, of_item("x", "2024-03-11", "70")]), MARCH) == 70
    result = run([cancelled("2024-01-09"), of_item("x")])
    assert (mrr(result, JANUARY), len(result.used_events)) == (100, 2)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"event_id": "9"}, 100),
        ({"event_id": "11"}, 0),
        ({"event_id": "11", "sequence": "-1"}, 100),
        ({"event_id": "9", "sequence": "1"}, 0),
        ({"event_id": "9", "recorded_at": "2024-03-11"}, 0),
        ({"event_id": "11", "recorded_at": "2024-03-09"}, 100),
    ],
)
def test_a_row_without_an_item_takes_its_place_in_the_order_of_each_item(columns, expected):
    """The item begins anew at the same instant, under event_id 10."""
    events = [of_item("x"), of_item("x", "2024-03-10", event_id="10")]
    assert mrr(run([*events, cancelled("2024-03-10", **columns)]), MARCH) == expected


def test_an_item_has_begun_at_the_instant_of_its_first_state():
    events = [of_item("x", "2024-03-10", event_id="9"), cancelled("2024-03-10", event_id="10")]
    assert mrr(run(events), MARCH) is None


@pytest.mark.parametrize("item", ["s", ""])
def test_a_subscription_whose_only_item_is_itself_needs_no_item_named(item):
    events = [of_item(item), event(subscription_id="s", at="2024-03-10", amount="50")]
    result = run(events)
    assert (mrr(result, MARCH), result.nrr__rejected_events) == (50, [])


def test_a_row_without_an_item_that_carries_mrr_is_rejected_where_there_are_items():
    row = event(subscription_id="s", at="2024-03-10", amount="50")
    for other in (of_item("x"), of_item("x", "2024-09-09", "", status="cancelled")):
        result = run([other, row, event("b")])
        assert result.nrr__rejected_events == [{**row, "reason": "missing_subscription_item_id"}]
        assert mrr(result, MARCH) == (None if other["status"] == "cancelled" else 100)


def test_only_rows_that_can_be_used_show_that_a_subscription_has_items():
    row = event(subscription_id="s", at="2024-03-10", amount="50")
    for broken in ({"quantity": "-1"}, {"currency": "XXX"}, {"account_id": ""}):
        result = run([of_item("x", **broken), row])
        assert [r["subscription_item_id"] for r in result.nrr__rejected_events] == ["x"]
        assert mrr(result, MARCH) == 50


def test_whether_a_row_without_an_item_carries_mrr_follows_the_settings():
    events = [of_item("x"), cancelled("2024-03-10") | {"status": "past_due", "unit_amount": "50"}]
    assert len(run(events).nrr__rejected_events) == 1
    result = run(events, past_due_counts=False)
    assert (mrr(result, MARCH), result.nrr__rejected_events) == (0, [])


def test_an_item_that_moved_is_ended_whichever_account_the_row_names():
    events = [of_item("x"), of_item("x", "2024-02-10", account="b"), cancelled("2024-03-10")]
    result = run(events)
    assert movements(result, "b") == [("2024-02", "new", 100), ("2024-03", "churn", -100)]


def test_items_are_told_apart_by_subscription_and_item():
    events = [
        event(subscription_id="x|y", subscription_item_id="z"),
        event(subscription_id="x", subscription_item_id="y|z"),
        event(subscription_id="x", subscription_item_id="z"),
    ]
    assert mrr(run(events), JANUARY) == 300


def test_an_item_moves_to_another_account():
    result = run([event(), event(at="2024-03-10", account="b", subscription_id="sub_a")])
    assert movements(result, "a") == [("2024-01", "new", 100), ("2024-03", "churn", -100)]
    assert movements(result, "b") == [("2024-03", "new", 100)]


def test_an_account_has_rows_from_its_first_month_with_mrr_to_the_newest_complete_one():
    result = run([event(status="trialing"), event(at="2024-02-10"), event("b", "2025-04-20")])
    months = [row["month"] for row in result.nrr__account_months]
    assert (months[0], months[-1], len(months)) == (FEBRUARY, date(2025, 3, 1), 14)


# --- As-of ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recorded_at", "newest"),
    [("2024-04-01", MARCH), ("2024-03-31 23:59:59.999999", FEBRUARY), ("", JANUARY)],
)
def test_a_month_is_complete_when_the_newest_record_is_not_before_its_end(recorded_at, newest):
    events = [event(), event("b", "2024-02-10", recorded_at=recorded_at)]
    assert run(events, as_of=None).nrr__mrr_waterfall[-1]["month"] == newest


def test_rows_of_the_future_and_rejected_rows_do_not_move_the_as_of():
    events = [
        event(recorded_at="2024-02-01"),
        event("b", "2024-03-15", recorded_at="2024-01-20"),
        event("c", "2099-01-01"),
        event("d", recorded_at="2024-09-09", status="unheard of"),
    ]
    result = run(events, as_of=None, run_started_at=datetime(2026, 1, 1))
    assert result.nrr__mrr_waterfall[-1]["month"] == JANUARY
    assert len(result.used_events) == 3


def test_a_record_of_the_future_decides_nothing():
    events = [event(recorded_at="2024-03-01"), event("b", recorded_at="2024-04-01 12:00:00")]
    for run_at, newest in ((datetime(2024, 4, 1, 12), MARCH), (datetime(2024, 4, 1, 11), FEBRUARY)):
        result = run(events, as_of=None, run_started_at=run_at)
        assert result.nrr__mrr_waterfall[-1]["month"] == newest
        assert len(result.used_events) == 2


def test_no_events_give_empty_tables():
    result = run([], as_of=None)
    tables = {name: table for name, table in vars(result).items() if name != "book"}
    assert all(not table for table in tables.values())


# --- Movements ------------------------------------------------------------------------------------


def test_every_movement():
    result = run(
        [
            event(),
            event(at="2024-02-10", amount="150"),
            event(at="2024-03-10", amount="120"),
            event(at="2024-05-10", status="cancelled"),
            event(at="2024-07-10", amount="130"),
        ]
    )
    assert movements(result) == [
        ("2024-01", "new", 100),
        ("2024-02", "expansion", 50),
        ("2024-03", "contraction", -30),
        ("2024-05", "churn", -120),
        ("2024-07", "reactivation", 130),
    ]


def test_a_second_subscription_expands_and_a_plan_move_shows_only_the_difference():
    result = run(
        [
            event(),
            event(at="2024-02-10", amount="40", subscription_id="second"),
            event(at="2024-03-10", status="cancelled", subscription_id="second"),
            event(at="2024-05-10", status="cancelled"),
            event(at="2024-05-12", amount="125", subscription_id="third"),
        ]
    )
    assert movements(result) == [
        ("2024-01", "new", 100),
        ("2024-02", "expansion", 40),
        ("2024-03", "contraction", -40),
        ("2024-05", "expansion", 25),
    ]


EURO_RATES = [rate("EUR", "2024-02-01", "1.10"), rate("EUR", "2024-02-29", "1.20")]


def test_fx_is_the_part_that_comes_from_rates_alone():
    """100 EUR at 1.10 (the first rate, though later), then 150 EUR at 1.20."""
    events = [event(currency="EUR"), event(at="2024-02-10", amount="150", currency="EUR")]
    assert movements(run(events, rates=EURO_RATES)) == [
        ("2024-01", "new", 110),
        ("2024-02", "expansion", 55),
        ("2024-02", "fx", 15),
    ]


def test_an_account_without_changes_has_only_fx_and_one_that_leaves_has_none():
    events = [event(currency="EUR"), event(at="2024-03-10", currency="EUR", status="paused")]
    assert movements(run(events, rates=EURO_RATES)) == [
        ("2024-01", "new", 110),
        ("2024-02", "fx", 10),
        ("2024-03", "churn", -120),
    ]


def test_conversion_rounds_once_per_currency_and_account():
    """Two items of VND 1 are 0.00008, so 0.0001; one alone is 0.00004, so 0.0000."""
    rates = [rate("VND", "2024-01-01", "0.00004")]
    two = [event(amount="1", currency="VND", subscription_id=name) for name in ("x", "y")]
    assert mrr(run(two, rates=rates), JANUARY) == Decimal("0.0001")
    assert mrr(run(two[:1], rates=rates), JANUARY) == 0


def test_an_account_is_acquired_when_it_pays_although_that_converts_to_nothing():
    """VND 1 is 0.00004, VND 3 is 0.00012; the quarter is that of VND 1."""
    rates = [rate("VND", "2024-01-01", "0.00004")]
    amounts = {"2024-01-10": "0", "2024-02-10": "1", "2024-04-10": "3", "2024-05-10": "1"}
    events = [event(at=at, amount=amount, currency="VND") for at, amount in amounts.items()]
    result = run(events, rates=rates, as_of="2025-06-01")
    assert result.nrr__account_months[0] == {"account_id": "a", "month": FEBRUARY, "mrr": 0}
    assert movements(result) == [
        ("2024-04", "reactivation", Decimal("0.0001")),
        ("2024-05", "churn", Decimal("-0.0001")),
    ]
    assert result.nrr__retention_accounts[0]["acquisition_quarter"] == "2024-Q1"
    assert min(row["month"] for row in result.nrr__mrr_waterfall) == FEBRUARY


def test_the_first_month_is_one_at_whose_end_the_account_pays():
    """Neither a few days within a month nor an amount below 0.00005 of the own currency count."""
    events = [event(), event(at="2024-01-20", status="paused"), event(at="2024-03-05")]
    events += [event("b", amount="0.0005", billing_interval="year"), event("b", "2024-03-05")]
    result = run(events)
    assert movements(result) == [("2024-03", "new", 100)]
    assert movements(result, "b") == [("2024-03", "new", 100)]
    assert mrr(result, FEBRUARY, "b") is None


# --- Segments and the waterfall -------------------------------------------------------------------


def test_the_waterfall_moves_an_account_between_segments_with_its_whole_closing_mrr():
    """1,000 a month is smb; 3,000 (36,000 a year) is mid_market."""
    result = run([event(amount="1000"), event(at="2024-02-10", amount="3000")])
    assert waterfall(result, JANUARY, "size") == {"smb": {"new": 1000, "closing": 1000}}
    assert waterfall(result, FEBRUARY, "size") == {
        "smb": {"opening": 1000, "expansion": 2000, "segment_transfer": -3000},
        "mid_market": {"segment_transfer": 3000, "closing": 3000},
    }
    assert waterfall(result, FEBRUARY) == {
        "all": {"opening": 1000, "expansion": 2000, "closing": 3000}
    }


def test_churn_is_booked_where_the_account_was_and_new_where_it_is():
    events = [event(plan_id="p"), event(at="2024-02-10", status="cancelled", plan_id="q")]
    result = run(events)
    assert waterfall(result, FEBRUARY, "plan") == {"p": {"opening": 100, "churned": -100}}
    assert waterfall(result, MARCH) == {"all": {}}


def test_the_largest_share_is_the_segment_and_ties_go_by_the_alphabet():
    events = [
        event(plan_id="zeta", subscription_id="x"),
        event(plan_id="alpha", subscription_id="y", amount="1200", billing_interval="year"),
        event(plan_id="", subscription_id="z"),
        event("b", plan_id="zeta", subscription_id="v", amount="60"),
        event("b", plan_id="zeta", subscription_id="w", amount="60"),
        event("b", plan_id="alpha", subscription_id="u"),
    ]
    rows = run(events).nrr__retention_accounts[:2]
    assert [row["plan"] for row in rows] == ["(unknown)", "zeta"]
    assert [row["billing_interval"] for row in rows] == ["month", "month"]
    assert rows[0]["acquisition_quarter"] == "2024-Q1"
    assert rows[0]["size"] == "smb"


@pytest.mark.parametrize(
    ("yearly", "size"),
    [
        ("25000", "smb"),
        ("25000.01", "mid_market"),
        ("100000", "mid_market"),
        ("99996", "mid_market"),
    ],
)
def test_size_is_taken_from_twelve_times_the_rounded_mrr(yearly, size):
    """25,000 a year is 2,083.3333 a month, and 12 x that is 24,999.9996: still smb."""
    result = run([event(amount=yearly, billing_interval="year")])
    assert result.nrr__retention_accounts[0]["size"] == size


def test_size_bounds_belong_to_the_larger_size():
    result = run([event(amount="2083.34"), event("b", amount="2083.33"), event("c", amount="1e4")])
    sizes = [row["size"] for row in result.nrr__retention_accounts[:3]]
    assert sizes == ["mid_market", "smb", "enterprise"]


def test_attributes_are_those_in_force_at_the_base_month():
    accounts = [
        {"account_id": "a", "valid_from": "", "industry": "old"},
        {"account_id": "a", "valid_from": "2024-02-01", "industry": "new"},
        {"account_id": "b", "valid_from": "2024-02-15", "industry": "late"},
        {"account_id": "c", "industry": ""},
    ]
    result = run([event(), event("b"), event("c"), event("d")], accounts, segments=["industry"])
    by_month = {
        month: [r["industry"] for r in result.nrr__retention_accounts if r["month"] == month]
        for month in (YEAR_LATER, date(2025, 2, 1))
    }
    assert by_month[YEAR_LATER] == ["old", "(unknown)", "(unknown)", "(unknown)"]
    assert by_month[date(2025, 2, 1)] == ["new", "late", "(unknown)", "(unknown)"]
    assert run([event()], segments=["industry"]).nrr__retention_accounts[0]["industry"] == (
        "(unknown)"
    )


# --- Retention ------------------------------------------------------------------------------------


def example() -> list[dict]:
    """200 SMB accounts at 500 and 10 enterprise accounts at 15,000; 40 leave and 5 pay more."""
    events = [event(f"smb_{n}", amount="500") for n in range(200)]
    events += [event(f"smb_{n}", "2024-08-08", status="cancelled") for n in range(40)]
    events += [event(f"big_{n}", amount="15000") for n in range(10)]
    events += [event(f"big_{n}", "2024-09-09", amount="19000") for n in range(5)]
    return events


def test_the_example_of_the_definitions():
    result = run(example(), as_of="2025-02-01")
    whole = retention(result, YEAR_LATER)
    assert (whole["starting_accounts"], whole["retained_accounts"]) == (210, 170)
    assert (whole["starting_mrr"], whole["ending_mrr"]) == (250000, 250000)
    assert (whole["expansion_mrr"], whole["contraction_mrr"]) == (20000, 0)
    assert (whole["churned_mrr"], whole["retained_mrr"]) == (-20000, 230000)
    assert (whole["nrr"], whole["grr"]) == (1, Decimal("0.92"))
    assert whole["logo_retention"] == Decimal("0.809523810")
    smb = retention(result, YEAR_LATER, "size", "smb")
    assert (smb["nrr"], smb["grr"]) == (Decimal("0.8"), Decimal("0.8"))
    enterprise = retention(result, YEAR_LATER, "size", "enterprise")
    assert (enterprise["nrr"], enterprise["grr"]) == (Decimal("1.133333333"), 1)
    # Wilson: ten of ten, 10 / (10 + 1.96^2)
    assert (enterprise["grr_low"], enterprise["grr_high"]) == (Decimal("0.722459831"), 1)
    assert enterprise["effective_accounts"] == 10


def test_the_interval_by_hand():
    """s = 100, 100; e = 120, 80: r = 1, se = sqrt(2/1 x 800) / 200 = 0.2; grr is 0.9 of two."""
    events = [event(), event("b")]
    events += [event(at="2024-06-06", amount="120"), event("b", "2024-06-06", amount="80")]
    row = retention(run(events), YEAR_LATER)
    assert (row["nrr"], row["nrr_low"], row["nrr_high"]) == (
        1,
        Decimal("0.608"),
        Decimal("1.392"),
    )
    # z^2 = 3.8416: (0.9 + 0.9604 -/+ 1.96 x sqrt(0.045 + 0.2401)) / (1 + 1.9208)
    assert (row["grr"], row["effective_accounts"]) == (Decimal("0.9"), 2)
    assert (row["grr_low"], row["grr_high"]) == (Decimal("0.278643788"), Decimal("0.995253774"))
    assert (row["logo_low"], row["logo_high"]) == (Decimal("0.342371953"), 1)


def test_one_account_has_no_interval_and_no_base_has_no_ratios():
    result = run([event()])
    assert retention(result, YEAR_LATER)["nrr_low"] is None
    early = retention(result, JANUARY)
    assert (early["starting_accounts"], early["starting_mrr"], early["nrr"]) == (0, 0, None)
    assert {r["segment"] for r in result.nrr__retention if r["month"] < YEAR_LATER} == {"all"}


def test_accounts_that_came_later_do_not_count():
    result = run([event(), event("b", "2024-02-10", amount="900")])
    assert retention(result, YEAR_LATER)["ending_mrr"] == 100
    assert retention(result, date(2025, 2, 1))["ending_mrr"] == 1000


def test_grr_caps_account_by_account():
    events = [event(), event("b")]
    events += [event(at="2024-06-06", amount="500"), event("b", "2024-06-06", amount="60")]
    row = retention(run(events), YEAR_LATER)
    assert (row["nrr"], row["grr"], row["contraction_mrr"]) == (Decimal("2.8"), Decimal("0.8"), -40)


def test_an_account_that_came_back_inside_the_window_counts_only_if_set():
    events = [event(), event(at="2024-05-05", status="paused"), event(at="2024-06-06")]
    assert retention(run(events), YEAR_LATER)["nrr"] == 1
    row = retention(run(events, reactivation_counts=False), YEAR_LATER)
    assert (row["nrr"], row["churned_mrr"], row["retained_accounts"]) == (0, -100, 0)
    within_a_month = [event(), event(at="2024-05-05", status="paused"), event(at="2024-05-20")]
    assert retention(run(within_a_month, reactivation_counts=False), YEAR_LATER)["nrr"] == 1


def test_a_month_whose_amount_converts_to_nothing_is_no_gap():
    rates = [rate("VND", "2024-01-01", "0.00004")]
    events = [event(amount="3", currency="VND"), event(at="2024-05-05", amount="1", currency="VND")]
    events += [event(at="2024-06-06", amount="3", currency="VND")]
    result = run(events, rates=rates, reactivation_counts=False)
    assert retention(result, YEAR_LATER)["nrr"] == 1
    events[1] |= {"unit_amount": "0"}
    result = run(events, rates=rates, reactivation_counts=False)
    assert retention(result, YEAR_LATER)["nrr"] == 0


def test_a_gap_outside_the_window_does_not_matter():
    events = [event(), event(at="2024-02-05", status="paused"), event(at="2024-03-06")]
    result = run(events, reactivation_counts=False)
    assert retention(result, YEAR_LATER)["nrr"] == 0
    assert retention(result, date(2025, 3, 1))["nrr"] == 1


def test_constant_converts_both_ends_at_the_base_month_and_actual_each_at_its_own():
    rates = [rate("EUR", "2024-01-01", "1"), rate("EUR", "2024-12-31", "1.5")]
    events = [event(currency="EUR"), event(at="2024-06-06", amount="110", currency="EUR")]
    assert retention(run(events, rates=rates), YEAR_LATER)["nrr"] == Decimal("1.1")
    row = retention(run(events, rates=rates, fx="actual"), YEAR_LATER)
    assert (row["nrr"], row["grr"]) == (Decimal("1.65"), 1)


def test_segments_are_frozen_at_the_base_month():
    events = [event(plan_id="small"), event(at="2024-06-06", amount="300", plan_id="large")]
    result = run(events)
    assert retention(result, YEAR_LATER, "plan", "small")["nrr"] == 3
    with pytest.raises(StopIteration):
        retention(result, YEAR_LATER, "plan", "large")


# --- Grades ---------------------------------------------------------------------------------------


def benchmark(scope="company", dimension="all", metric="nrr") -> list[dict]:
    """One benchmark."""
    row = {"benchmark_id": "b", "publisher": "p", "metric": metric}
    return [{**row, "scope": scope, "dimension": dimension}]


def band(number, rate_from, inclusive="true", segment="all", bounds=("", "", "", "")) -> dict:
    """One band; bounds: from, inclusive, to, inclusive."""
    names = ["dimension_from", "dimension_from_inclusive", "dimension_to", "dimension_to_inclusive"]
    return {
        "benchmark_id": "b",
        "segment": segment,
        **dict(zip(names, bounds, strict=True)),
        "band_number": str(number),
        "band": f"band {number}",
        "standing": ["below", "typical", "good", "top"][number - 1],
        "rate_from": rate_from,
        "rate_from_inclusive": inclusive,
    }


THREE_BANDS = [band(1, ""), band(2, "1.0000"), band(3, "1.2000", "false")]


def grades(result, month=YEAR_LATER) -> dict:
    """{segment: row} of the month."""
    return {row["segment"]: row for row in result.nrr__retention_grades if row["month"] == month}


@pytest.mark.parametrize(
    ("ending", "reached"),
    [("0.01", 1), ("99.9999", 1), ("100", 2), ("120", 2), ("120.0001", 3), ("500", 3)],
)
def test_band_edges_belong_where_the_benchmark_says(ending, reached):
    events = [event(), event(at="2024-06-06", amount=ending)]
    result = run(events, benchmarks=benchmark(), bands=THREE_BANDS)
    row = grades(result)["all"]
    assert (row["band"], row["not_graded_reason"]) == (f"band {reached}", None)
    assert row["is_conclusive"] is False  # one account has no interval


def test_a_band_is_decided_on_the_exact_rate():
    """100 billion less 0.0001: the ratio is rounded to 1, and still below it."""
    events = [event(amount="100000000000"), event(at="2024-06-06", amount="99999999999.9999")]
    row = grades(run(events, benchmarks=benchmark(), bands=THREE_BANDS))["all"]
    assert (row["rate"], row["band"]) == (1, "band 1")
    assert (row["mrr_to_next_band"], row["rate_to_next_band"]) == (Decimal("0.0001"), 0)


def test_the_way_to_the_next_band():
    events = [event(amount="200"), event(at="2024-06-06", amount="210")]
    row = grades(run(events, benchmarks=benchmark(), bands=THREE_BANDS))["all"]
    assert (row["rate"], row["next_band"]) == (Decimal("1.05"), "band 3")
    assert (row["rate_to_next_band"], row["mrr_to_next_band"]) == (Decimal("0.15"), 30)
    events = [event(amount="200"), event(at="2024-06-06", amount="410")]
    row = grades(run(events, benchmarks=benchmark(), bands=THREE_BANDS))["all"]
    assert (row["next_band"], row["rate_to_next_band"], row["mrr_to_next_band"]) == (None,) * 3


def test_a_band_of_the_same_standing_is_nothing_to_reach_for():
    events = [event(amount="200"), event(at="2024-06-06", amount="210")]
    bands = [{**row, "standing": "good"} for row in THREE_BANDS] + [band(4, "1.5")]
    row = grades(run(events, benchmarks=benchmark(), bands=bands))["all"]
    assert (row["next_band"], row["mrr_to_next_band"]) == ("band 4", 90)
    unsaid = [{**THREE_BANDS[0], "standing": ""}, *THREE_BANDS[1:]]
    row = grades(
        run([*events[:1], event(at="2024-06-06", amount="1")], benchmarks=benchmark(), bands=unsaid)
    )
    assert (row["all"]["standing"], row["all"]["next_band"]) == (None, "band 2")


def test_a_grade_is_conclusive_when_the_whole_interval_is_in_the_band():
    same = [event(f"a{number}") for number in range(30)]
    for accounts, is_conclusive in ((29, False), (30, True)):
        result = run(same[:accounts], benchmarks=benchmark(), bands=THREE_BANDS)
        assert grades(result)["all"]["is_conclusive"] is is_conclusive
    few = {"benchmarks": benchmark("any"), "bands": THREE_BANDS, "conclusive_accounts": 2}
    rows = grades(run(example(), **few))
    assert list(rows) == ["all", "smb", "mid_market", "enterprise"]
    assert (rows["all"]["band"], rows["all"]["is_conclusive"]) == ("band 2", False)
    assert (rows["smb"]["band"], rows["smb"]["is_conclusive"]) == ("band 1", True)
    # 1.1333 +/- 1.96 x 0.0468: reaches above 1.2
    assert rows["enterprise"]["is_conclusive"] is False
    assert rows["mid_market"]["not_graded_reason"] == "no_base"
    assert rows["mid_market"]["is_conclusive"] is None


def test_grr_is_graded_by_grr():
    row = grades(run(example(), benchmarks=benchmark(metric="grr"), bands=THREE_BANDS))["all"]
    assert (row["rate"], row["mrr_to_next_band"]) == (Decimal("0.92"), 20000)


def cut(name, low, high, low_inclusive="true", high_inclusive="false") -> list[dict]:
    """Two bands of a benchmark segment between two amounts."""
    bounds = (low, low_inclusive if low else "", high, high_inclusive if high else "")
    return [band(1, "", "true", name, bounds), band(2, "1.0000", "true", name, bounds)]


def test_acv_segments_are_cut_by_the_benchmarks_own_bounds():
    bands = cut("Low", "0", "12000", high_inclusive="true")
    bands += cut("High", "12000", "60000", "false", "true") + cut("Top", "60000", "", "false")
    events = [event(amount="1000"), event("b", amount="1000.0001"), event("c", amount="5000")]
    rows = grades(run(events, benchmarks=benchmark("segment", "acv"), bands=bands))
    assert {name: row["starting_accounts"] for name, row in rows.items()} == {
        "Low": 1,
        "High": 2,
        "Top": 0,
    }
    assert rows["Top"]["not_graded_reason"] == "no_base"


def test_acv_of_the_company_is_the_average_at_the_base_month():
    bands = cut("Low", "0", "30000") + cut("High", "30000", "")
    events = [event(amount="1000"), event("b", amount="4000"), event("c", "2024-06-06", "99999")]
    result = run(events, benchmarks=benchmark("company", "acv"), bands=bands)
    assert list(grades(result)) == ["High"]  # 12 x 5,000 / 2 = 30,000
    assert grades(result)["High"]["starting_accounts"] == 2
    assert grades(result, JANUARY)["all"]["not_graded_reason"] == "no_base"


def test_arr_is_that_of_all_accounts_at_the_newest_end():
    bands = cut("Low", "0", "1000000") + cut("High", "1000000", "")
    events = [event(), event("b", "2024-12-31", amount="100000")]
    result = run(events, benchmarks=benchmark("company", "arr"), bands=bands)
    assert list(grades(result)) == ["High"]
    assert grades(result)["High"]["starting_accounts"] == 1
    assert grades(result, JANUARY)["Low"]["not_graded_reason"] == "no_base"


def test_pricing_models_of_segments_and_of_the_company():
    bands = cut("seat", "", "") + cut("usage", "", "")
    events = [
        event(pricing_model="usage", amount="60"),
        event("b", pricing_model="usage", amount="60"),
        event("c", pricing_model="flat", amount="100"),
    ]
    rows = grades(run(events, benchmarks=benchmark("segment", "pricing_model"), bands=bands))
    assert (rows["usage"]["starting_accounts"], rows["usage"]["band"]) == (2, "band 2")
    assert rows["seat"]["not_graded_reason"] == "no_base"
    company = benchmark("company", "pricing_model")
    rows = grades(run(events, benchmarks=company, bands=bands))
    assert list(rows) == ["usage"]
    assert rows["usage"]["starting_accounts"] == 3
    rows = grades(run(events[1:], benchmarks=company, bands=bands))
    assert rows["flat"]["not_graded_reason"] == "no_benchmark_row"


# --- Values as they are written ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"status": "ACTIVE"}, 100),
        ({"status": " Live\r\n"}, 100),
        ({"status": "Past Due"}, 100),
        ({"status": "past-due"}, 100),
        ({"status": "Canceled"}, None),
        ({"status": "free trial"}, None),
        ({"billing_interval": "Monthly"}, 100),
        ({"billing_interval": "ANNUAL", "amount": "120"}, 10),
        ({"billing_interval": "semiannual", "amount": "60"}, 10),
        (
            {"billing_interval": "semiannual", "billing_interval_count": "2", "amount": "120"},
            10,
        ),
        ({"billing_interval": "once"}, None),
        ({"billing_interval": "One-Time", "amount": "5000"}, None),
        ({"currency": "usd"}, 100),
        ({"currency": " Eur\u00a0"}, 110),
        ({"amount": "\t12.5 "}, Decimal("12.5")),
        ({"quantity": "\u00a03\r"}, 300),
        ({"effective_at": " 2024-01-31 "}, 100),
    ],
)
def test_blanks_and_case_mean_nothing_and_words_are_those_of_the_seeds(columns, expected):
    result = run([event(**columns)], rates=[rate("eur", " 2024-01-01", " 1.1")])
    assert (result.nrr__rejected_events, mrr(result, JANUARY)) == ([], expected)


def test_a_mapped_interval_is_the_segment():
    row = run([event(billing_interval="annual")]).nrr__retention_accounts[0]
    assert row["billing_interval"] == "year"


def test_a_seed_can_say_something_else_of_a_known_status():
    seeds = Seeds(SIZES, [{"value": "past_due", "status": "unpaid"}], [])
    inputs = ([event(status="Past due"), event("b")], [], [])
    result = compute(*inputs, Settings(as_of="2025-04-01"), seeds)
    assert (mrr(result, JANUARY), mrr(result, JANUARY, "b")) == (None, 100)


def test_a_one_time_row_is_a_state_of_its_item():
    events = [event(), event(at="2024-03-10", amount="5000", billing_interval="one_time")]
    events += [event(at="2024-05-10"), event("b"), event("b", "2024-03-10", subscription_id="fee")]
    events[-1]["billing_interval"] = "once"
    result = run(events)
    assert [mrr(result, month) for month in (FEBRUARY, MARCH, date(2024, 5, 1))] == [100, 0, 100]
    assert movements(result, "b") == [("2024-01", "new", 100)]
    assert (len(result.used_events), result.nrr__rejected_events) == (5, [])


def test_blanks_around_ids_mean_nothing():
    events = [event(), event(" a\t", "2024-02-10", "30", subscription_id="sub_a\u00a0")]
    accounts = [{"account_id": "a ", "industry": " Retail"}]
    result = run(events, accounts, segments=["industry"])
    assert movements(result) == [("2024-01", "new", 100), ("2024-02", "contraction", -70)]
    assert result.nrr__retention_accounts[0]["industry"] == "Retail"
    first, again = event(event_id="e"), event(event_id="e ")
    reasons = [r["reason"] for r in run([first, again]).nrr__rejected_events]
    assert reasons == ["duplicate"]
    row = event(event_id="")
    assert len(run([row, {**row, "plan_id": " "}]).nrr__rejected_events) == 1


def test_a_row_without_any_value_is_no_row():
    empty = {column: " \t" if column < "m" else "" for column in EVENT_COLUMNS}
    result = run([event(), empty, {**empty, "comment": "total"}])
    assert (len(result.used_events), result.nrr__rejected_events) == (1, [])


def test_a_date_without_a_time_is_a_day_in_the_zone():
    def of(at, zone):
        return run([event(at=at), event("b", at="2024-01-10")], timezone=zone)

    for zone in ("America/New_York", "Asia/Tokyo"):
        assert mrr(of("2024-02-01", zone), JANUARY) is None
        assert mrr(of("2024-01-31", zone), JANUARY) == 100
    assert mrr(of("2024-02-01 00:00:00", "America/New_York"), JANUARY) == 100
    # a discount that ends as February begins there
    row = event(discount_percent="10", discount_ends_at="2024-02-01")
    assert mrr(run([row], timezone="America/New_York"), JANUARY) == 90
    row["discount_ends_at"] = "2024-02-01 00:00:00"
    assert mrr(run([row], timezone="America/New_York"), JANUARY) == 100


def test_a_date_of_a_record_and_of_an_attribute_is_a_day_in_the_zone_and_that_of_a_rate_is_not():
    zone = {"timezone": "America/New_York"}
    recorded = [event(recorded_at="2024-02-01")]
    assert run(recorded, as_of=None, **zone).nrr__mrr_waterfall[-1]["month"] == JANUARY
    recorded[0]["recorded_at"] = "2024-02-01 00:00:00"
    assert not run(recorded, as_of=None, **zone).nrr__mrr_waterfall
    accounts = [{"account_id": "a", "valid_from": "2024-02-01", "industry": "new"}]
    result = run([event()], accounts, segments=["industry"], **zone)
    by_month = {row["month"]: row["industry"] for row in result.nrr__retention_accounts}
    assert (by_month[YEAR_LATER], by_month[date(2025, 2, 1)]) == ("(unknown)", "new")
    rates = [rate("EUR", "2023-01-01", "1"), rate("EUR", "2024-01-31", "2")]
    assert mrr(run([event(currency="EUR")], rates=rates, timezone="Asia/Tokyo"), JANUARY) == 200
    assert mrr(run([event(currency="EUR")], rates=rates, **zone), JANUARY) == 200


def test_an_attribute_whose_begin_cannot_be_read_is_not_used():
    accounts = [{"account_id": "a", "valid_from": "long ago", "industry": "x"}]
    result = run([event()], accounts, segments=["industry"])
    assert result.nrr__retention_accounts[0]["industry"] == "(unknown)"


# --- Rejected rows --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"event_id": "", "account_id": ""}, "missing_account_id"),
        ({"account_id": "", "subscription_id": ""}, "missing_account_id"),
        ({"subscription_id": "", "effective_at": ""}, "missing_subscription_id"),
        ({"subscription_id": "\t", "effective_at": "soon"}, "missing_subscription_id"),
        ({"effective_at": " ", "sequence": "x"}, "missing_effective_at"),
        ({"effective_at": "soon", "status": "gone"}, "unreadable_effective_at"),
        ({"effective_at": "2024-02-30", "status": ""}, "unreadable_effective_at"),
        ({"sequence": "1.5", "recorded_at": "soon"}, "unreadable_sequence"),
        ({"recorded_at": "01.01.2026", "status": ""}, "unreadable_recorded_at"),
        ({"status": "\u00a0", "quantity": "many"}, "missing_status"),
        ({"quantity": "1,200", "unit_amount": ""}, "unreadable_quantity"),
        ({"unit_amount": "", "quantity": "-1"}, "missing_unit_amount"),
        ({"unit_amount": "$5", "billing_interval": ""}, "unreadable_unit_amount"),
        ({"unit_amount": "x", "status": "paused"}, "unreadable_unit_amount"),
        ({"unit_amount": "1e6", "quantity": "1e6", "status": "paused"}, "unreadable_unit_amount"),
        ({"billing_interval": "", "billing_interval_count": "x"}, "missing_billing_interval"),
        ({"billing_interval_count": "12 months", "discount_percent": "x"},
         "unreadable_billing_interval_count"),
        ({"discount_percent": "10%", "discount_amount": "x"}, "unreadable_discount_percent"),
        ({"discount_amount": "5,00", "discount_ends_at": "x"}, "unreadable_discount_amount"),
        ({"discount_ends_at": "31/03/2025", "status": "gone"}, "unreadable_discount_ends_at"),
        ({"status": "gone", "billing_interval": "fortnight"}, "unknown_status"),
        ({"status": "gone", "unit_amount": "", "billing_interval": ""}, "unknown_status"),
        ({"status": "Draft", "account_id": "", "effective_at": "x"}, "ignored_status"),
        ({"billing_interval": "fortnight", "unit_amount": "-1"}, "unknown_billing_interval"),
        ({"billing_interval": "fortnight", "status": "paused"}, "unknown_billing_interval"),
        ({"unit_amount": "-1", "quantity": "-1"}, "negative_unit_amount"),
        ({"unit_amount": "-1", "status": "paused"}, "negative_unit_amount"),
        ({"quantity": "-1", "billing_interval_count": "0"}, "negative_quantity"),
        ({"billing_interval_count": "0.5", "billing_interval": "biennial"},
         "invalid_billing_interval_count"),
        ({"billing_interval_count": "1.5"}, "invalid_billing_interval_count"),
        ({"billing_interval_count": "0", "currency": "X"}, "invalid_billing_interval_count"),
        ({"discount_percent": "100.000001", "currency": "XXX"}, "invalid_discount"),
        ({"discount_amount": "-1"}, "invalid_discount"),
        ({"discount_amount": "-1", "subscription_id": "sub_items"}, "invalid_discount"),
        ({"subscription_id": "sub_items", "currency": "XXX"}, "missing_subscription_item_id"),
        ({"subscription_id": "sub_items", "currency": "XXX", "status": "paused"},
         "no_exchange_rate"),
        ({"currency": "dollars"}, "no_exchange_rate"),
        ({"currency": "ZRO"}, "no_exchange_rate"),
    ],
)  # fmt: skip
def test_a_row_is_rejected_with_the_first_reason(columns, reason):
    row = {**event(), **columns}
    other = event("b", subscription_id="sub_items", subscription_item_id="one of them")
    result = run([row, other], rates=[rate("ZRO", "2024-01-01", "0")])
    assert result.nrr__rejected_events == [{**row, "reason": reason}]
    assert len(result.used_events) == 1


def test_past_due_needs_no_amount_when_it_does_not_count():
    row = event(status="past_due", unit_amount="", billing_interval="")
    assert run([row]).nrr__rejected_events
    assert not run([row], past_due_counts=False).nrr__rejected_events


def test_of_redeliveries_the_newest_usable_one_is_used():
    first = event(event_id="e", amount="1", recorded_at="2024-01-11")
    newer = event(event_id="e", amount="2", recorded_at="2024-01-12")
    broken = event(event_id="e", amount="-3", recorded_at="2024-01-13")
    for rows in ([first, newer, newer, broken], [broken, newer, newer, first]):
        result = run(rows)
        reasons = Counter(row["reason"] for row in result.nrr__rejected_events)
        assert reasons == {"duplicate": 2, "negative_unit_amount": 1}
        assert mrr(result, JANUARY) == 2


def test_a_row_for_a_whole_subscription_is_no_delivery_of_the_item_named_like_it():
    rows = [of_item("s", event_id="e"), of_item("x", event_id="e")]
    rows.append(cancelled("2024-01-10", event_id="e", recorded_at="2024-01-11"))
    result = run(rows)
    assert (len(result.used_events), result.nrr__rejected_events, mrr(result, JANUARY)) == (
        3,
        [],
        None,
    )


def test_rows_that_share_an_event_id_alone_are_different_states():
    """They differ in subscription, item or effective_at."""
    events = [of_item("x"), of_item("y"), of_item("x", subscription_id="t")]
    events += [of_item("x", "2024-02-10", amount="30")]
    result = run([{**row, "event_id": "1"} for row in events])
    assert (len(result.used_events), result.nrr__rejected_events) == (4, [])
    assert (mrr(result, JANUARY), mrr(result, FEBRUARY)) == (300, 230)


def test_a_delivery_may_write_the_same_item_and_instant_otherwise_and_name_another_account():
    first = event(event_id="1", at="2024-01-10", subscription_item_id="sub_a")
    again = {**first, "effective_at": "2024-01-10T00:00:00Z", "subscription_item_id": ""}
    again |= {"account_id": "b", "recorded_at": "2024-01-11"}
    result = run([again, first])
    assert result.nrr__rejected_events == [{**first, "reason": "duplicate"}]
    assert (mrr(result, JANUARY), mrr(result, JANUARY, "b")) == (None, 100)


def test_of_deliveries_recorded_at_the_same_time_the_sequence_decides():
    rows = [event(event_id="e", amount="9", sequence="2"), event(event_id="e", sequence="10")]
    for events in (rows, rows[::-1]):
        result = run(events)
        assert result.nrr__rejected_events == [{**rows[0], "reason": "duplicate"}]
        assert mrr(result, JANUARY) == 100


def test_without_event_id_only_rows_with_all_columns_the_same_are_duplicates():
    row = event(event_id="", unheard_of="1")
    result = run([row, {**row, "unheard_of": "2", "sequence": ""}])
    assert [r["reason"] for r in result.nrr__rejected_events] == ["duplicate"]
    for column in EVENT_COLUMNS:
        rejected = run([row, {**row, column: "1"}]).nrr__rejected_events
        assert "duplicate" not in {r["reason"] for r in rejected}, column
    del row["event_id"]
    assert mrr(run([row]), JANUARY) == 100


# --- Ties -----------------------------------------------------------------------------------------


AT = datetime(2024, 1, 10)


def test_a_tie_is_where_only_id_or_content_decides_what_an_item_pays():
    rows = [event(), event(amount="90")]
    assert run(rows).ties == [("sub_a", "sub_a", AT)]
    assert run([event(), event(amount="90", status="cancelled")]).ties == [("sub_a", "sub_a", AT)]
    assert run([event(), event(discount_percent="1")]).ties == [("sub_a", "sub_a", AT)]
    for decides in ({"at": "2024-01-11"}, {"recorded_at": "2024-01-11"}, {"sequence": "1"}):
        assert not run([event(), event(**{"amount": "90", **decides})]).ties
    for same in ({"plan_id": "p"}, {"amount": "1200", "billing_interval": "year"}):
        assert not run([event(), event(**same)]).ties
    for other in ({"subscription_id": "t"}, {"quantity": "-1"}):
        assert not run([event(), event(**{"amount": "90", **other})]).ties
    assert not run([event(status="paused"), event(amount="90", status="trialing")]).ties


def test_deliveries_of_one_state_can_tie():
    rows = [event(event_id="e"), event(event_id="e", amount="90")]
    assert run(rows).ties == [("sub_a", "sub_a", AT)]
    assert not run([rows[0], rows[0]]).ties


def test_a_row_for_a_whole_subscription_ties_in_each_item_that_it_holds_for():
    items = [of_item("x"), of_item("y"), of_item("z", amount="0"), of_item("w", "2024-02-01")]
    assert run([*items, cancelled("2024-01-10")]).ties == [("s", "x", AT), ("s", "y", AT)]


def test_ties_are_counted_before_a_discount_ends_and_by_group():
    discount = {"discount_percent": "50", "discount_ends_at": "2024-01-01"}
    assert run([event(), event(**discount)]).ties == [("sub_a", "sub_a", AT)]
    pairs = [event(recorded_at=day, amount=f"{n}") for day in ("2024-01-11", "") for n in (1, 2)]
    assert run(pairs).ties == [("sub_a", "sub_a", AT)] * 2


# --- Inputs as users have them --------------------------------------------------------------------


def newest(rows) -> tuple:
    """The company's retention in December 2025, when the last row was recorded, and the result."""
    clock = event("clock", "2024-01-01", "0", recorded_at="2026-01-01")
    result = run([*rows, clock], as_of=None, run_started_at=datetime(2026, 2, 1))
    return retention(result, date(2025, 12, 1)), result


def test_contracts_with_dates_only():
    """One contract ends as the next begins, and only random ids say which row is the last."""
    yearly = {"billing_interval": "year", "recorded_at": ""}
    rows = [
        event("a", "2024-01-01", "1200", event_id="c4d1", **yearly),
        event("a", "2025-01-01", "", event_id="b7e0", status="cancelled"),
        event("a", "2025-01-01", "1320", event_id="a2f9", **yearly),
        event("b", "2024-01-01", "1200", event_id="9001", **yearly),
    ]
    figures, result = newest(rows)
    assert (figures["nrr"], result.ties) == (
        Decimal("0.5"),
        [("sub_a", "sub_a", datetime(2025, 1, 1))],
    )
    rows[1]["sequence"] = "-1"
    figures, result = newest(rows)
    assert (figures["nrr"], result.ties) == (Decimal("1.05"), [])


def test_a_cancellation_that_names_the_subscription_only():
    rows = [of_item("si_1", amount="80"), of_item("si_2", amount="20"), cancelled("2025-06-15")]
    rows += [event("b", amount="50", subscription_item_id="si_3")]
    figures, result = newest(rows)
    assert figures["nrr"] == Decimal("0.333333333")
    assert (figures["churned_mrr"], result.nrr__rejected_events) == (-100, [])


def test_the_subscriptions_id_as_event_id():
    def row(name, at, amount, **columns):
        ids = {"event_id": name, "subscription_id": name, "recorded_at": at}
        return event(name, at, amount, **ids, **columns)

    rows = [
        row("s1", "2024-01-10", "100"),
        row("s2", "2024-01-15", "1200", billing_interval="year"),
        row("s2", "2025-03-10", "", status="cancelled", billing_interval=""),
        row("s3", "2024-02-01", "50"),
        row("s3", "2025-02-20", "70"),
    ]
    figures, result = newest(rows)
    assert (figures["nrr"], figures["grr"]) == (Decimal("0.68"), Decimal("0.6"))
    assert not result.nrr__rejected_events


# --- Random histories -----------------------------------------------------------------------------


def rows_of(path) -> list[dict]:
    """The rows of a CSV file as text."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(DictReader(file))


@pytest.mark.parametrize("seed", [0, 1])
def test_random_histories_reach_every_rule_and_tie(tmp_path, seed):
    write_history(tmp_path, seed, accounts=160, months=26)
    names = ("subscription_events", "accounts", "exchange_rates")
    events, accounts, rates = (rows_of(tmp_path / f"{name}.csv") for name in names)
    seeds = read_seeds(Path(__file__).parents[3])
    result = compute(events, accounts, rates, Settings(segments=SEGMENTS), seeds)
    no_rows = sum(not any(value.strip() for value in row.values()) for row in events)
    assert no_rows
    assert len(events) - no_rows == len(result.used_events) + len(result.nrr__rejected_events)
    assert len({row["reason"] for row in result.nrr__rejected_events}) == 25
    assert len({row["movement"] for row in result.nrr__mrr_movements}) == 6
    assert len(result.ties) > 10
    ids = Counter(row["event_id"] for row in result.used_events)
    assert ids.pop("") > 30
    assert sum(n > 1 for n in ids.values()) > 10
    assert sum(row["sequence"] != "" for row in result.used_events) > 30
    for row in result.nrr__mrr_waterfall:
        parts = [row[name] for name in row if name.endswith("_mrr") and name != "closing_mrr"]
        assert sum(parts) == row["closing_mrr"]
    for row in result.nrr__retention:
        parts = [row[f"{name}_mrr"] for name in ("starting", "expansion", "contraction", "churned")]
        assert sum(parts) == row["ending_mrr"]
        assert row["nrr"] is None or row["grr"] <= min(1, row["nrr"])
    wholes = {r["month"]: r for r in result.nrr__retention if r["segment_dimension"] == "all"}
    for dimension in ("size", "plan", "currency", *SEGMENTS):
        sums = Counter()
        for row in result.nrr__retention:
            if row["segment_dimension"] == dimension:
                sums[row["month"]] += row["ending_mrr"]
        assert all(sums[month] == whole["ending_mrr"] for month, whole in wholes.items())


def test_a_correction_adds_no_column():
    row = event()
    dice = Random(1)
    assert all(corrected(row, dice).keys() == row.keys() for _ in range(50))
    assert {corrected({**row, "sequence": ""}, dice)["sequence"] for _ in range(200)} > {"", "-1"}


def test_the_same_seed_gives_the_same_files(tmp_path):
    for folder in ("one", "two"):
        write_history(tmp_path / folder, seed=5, accounts=40, months=14)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_money_has_four_places():
    assert str(money(Decimal("5"))) == "5.0000"
