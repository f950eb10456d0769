"""The comparison of engines finds what differs: all of it, and nothing else."""

import sys
from collections import Counter

import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "tests/python/engines"))

from run import BEGIN, END, as_it_was_given, comparable, differences, with_results

COLUMNS = ["month", "segment", "starting_mrr", "nrr"]
ROW = ["2026-01-01", "all", "1200.5", "0.985000001"]


def bag(*rows: list) -> Counter:
    return comparable("nrr__retention", {"columns": COLUMNS, "rows": list(rows)}, typed=False)


def changed(column: str, value: str | None) -> list:
    return [value if name == column else old for name, old in zip(COLUMNS, ROW, strict=True)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("starting_mrr", "1200.5001"),
        ("starting_mrr", None),
        ("month", "2026-02-01"),
        ("segment", "All"),
        ("nrr", "0.985000003"),
        ("nrr", None),
    ],
)
def test_a_row_with_another_value_is_missing_and_too_much(column, value):
    found = differences(bag(ROW), bag(changed(column, value)))
    assert [line.split(":")[0] for line in found] == ["missing", "too much"]


def test_the_last_digit_of_a_rate_may_differ_and_that_of_an_amount_may_not():
    assert differences(bag(ROW), bag(changed("nrr", "0.985000002"))) == []
    assert differences(bag(ROW), bag(changed("starting_mrr", "1200.500000001")))


@pytest.mark.parametrize(
    ("expected", "found"), [([ROW], []), ([], [ROW]), ([ROW], [ROW, ROW]), ([ROW, ROW], [ROW])]
)
def test_a_row_that_is_missing_or_there_twice_is_found(expected, found):
    assert len(differences(bag(*expected), bag(*found))) == 1


def test_columns_in_another_order_are_the_same_and_one_less_is_not():
    turned = {"columns": COLUMNS[::-1], "rows": [ROW[::-1]]}
    assert differences(bag(ROW), comparable("nrr__retention", turned, typed=False)) == []
    fewer = {"columns": COLUMNS[:3], "rows": [ROW[:3]]}
    assert differences(bag(ROW), comparable("nrr__retention", fewer, typed=False))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("2026-01-01 00:00:00+00", "2026-01-01 00:00:00"),
        ("2026-01-01 00:00:00.000000", "2026-01-01 00:00:00"),
        ("10.500000", "10.5"),
        ("discount_percent 150.000000", "discount_percent 150"),
        ("acc_01", "acc_01"),
        ("01", "01"),
        (None, None),
    ],
)
def test_typed_values_are_compared_as_values(written, plain):
    assert as_it_was_given(written) == plain


def test_results_replace_the_row_of_their_engine_only():
    page = f"before\n{BEGIN}| engine | x |\n| --- | --- |\n| b | 1 |\n| a | 1 |\n{END}\nafter\n"
    written = with_results(page, {"b": ["b", "2"], "c": ["c", "3"]})
    assert [line for line in written.splitlines() if line.startswith(("| a", "| b", "| c"))] == [
        "| a | 1 |",
        "| b | 2 |",
        "| c | 3 |",
    ]
    assert written.startswith("before\n")
    assert written.endswith("\nafter\n")
