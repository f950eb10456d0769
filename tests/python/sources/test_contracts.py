"""Contracts with renewals and amendments: contracts."""

from datetime import date
from decimal import Decimal

import pytest
import sheets


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return sheets.sheets(tmp_path_factory)


@pytest.fixture(scope="module")
def mrr(built):
    """A function: MRR from January 2024 to January 2025."""
    return lambda account: built.mrr(f"k {account}")


def months(*runs):
    """(MRR, number of months) ... and 0 up to January 2025."""
    found = [Decimal(str(mrr)) for mrr, number in runs for _ in range(number)]
    return found + [Decimal(0)] * (13 - len(found))


def test_a_total_is_spread_over_the_months_of_its_contract(mrr):
    assert mrr("total") == months((1000, 12))
    assert mrr("term") == months((833.3333, 12))
    assert mrr("month end") == months((50, 2))
    assert mrr("leap year") == months((0, 1), (100, 12))


def test_what_is_paid_once_is_no_mrr_and_no_part_of_the_amount(mrr):
    """2,500 for the set-up beside 12,000 a year."""
    assert mrr("total")[0] == 1000


def test_arr_and_mrr_are_what_they_say(mrr):
    assert mrr("arr") == months((100, 9))
    assert mrr("mrr") == months((110, 9))


def test_a_year_from_15_january_to_15_january_is_a_year(mrr):
    assert mrr("one day more") == months((1000, 12))


def test_a_term_of_odd_days_is_spread_over_its_days(mrr):
    """450 for 45 days: 10 a day, and 365 / 12 days a month."""
    assert mrr("odd") == months((304.1667, 1))


def test_free_months_carry_nothing_and_the_total_is_for_those_that_are_paid(mrr):
    """Two free months before a term of 12, and within 12 months."""
    assert mrr("free") == months((0, 2), (1000, 11))
    assert mrr("free within") == months((0, 2), (1200, 10))


def test_a_contract_that_churns_ends_on_that_day(mrr):
    assert mrr("churned") == months((1000, 6))
    assert mrr("never began") == months()


def test_a_renewal_on_time_is_one_contract_behind_the_other(mrr):
    assert mrr("on time") == months((100, 6), (125, 7))
    assert mrr("on the last day") == months((100, 5), (125, 8))


def test_a_renewal_up_to_30_days_late_bridges_the_gap_at_the_old_amount(mrr):
    assert mrr("late") == months((100, 6), (130, 7))
    assert mrr("too late") == months((100, 5), (0, 1), (130, 7))


def test_a_gap_that_is_bridged_is_reconstructed(built):
    found = built.dbt.query(
        "select effective_at::date, is_reconstructed from stg_contracts__subscription_events "
        "where subscription_id = 'K17' order by 1"
    )
    assert found == [
        (date(2024, 1, 1), False),
        (date(2024, 6, 21), True),
        (date(2024, 7, 21), False),
    ]


def test_an_early_renewal_takes_the_place_of_the_contract(mrr):
    assert mrr("early") == months((100, 9), (130, 4))


def test_after_churn_no_gap_is_bridged(mrr):
    assert mrr("came back") == months((100, 5), (0, 1), (130, 7))
    assert mrr("gave up") == months((100, 5), (0, 1), (130, 7))


def test_a_new_contract_renews_nothing(mrr):
    assert mrr("new not renewed") == months((100, 5), (0, 1), (130, 7))


def test_a_contract_of_no_type_follows_the_one_that_it_begins_behind(mrr):
    """20 days late, and then on the last day."""
    assert mrr("says nothing") == months((100, 6), (130, 5), (150, 2))


def test_contracts_of_an_account_add_up_and_a_renewal_renews_the_nearest(mrr):
    assert mrr("parallel") == months((100, 2), (140, 6), (150, 4), (50, 1))


def test_a_renewal_that_names_nothing_renews_what_no_other_names(mrr):
    """The contract of 50, early; that of 100 is renewed by name, on time."""
    assert mrr("two renewals") == months((150, 5), (160, 1), (170, 7))


def test_a_chain_may_have_one_id(mrr):
    assert mrr("chain") == months((100, 3), (110, 3), (120, 7))


@pytest.mark.parametrize("chain", sheets.random_chains(), ids=lambda c: c.account)
def test_renewals_at_random_are_as_day_by_day(built, chain):
    assert built.mrr(chain.account) == [
        chain.mrr_on(sheets.month_end(month)) for month in sheets.MONTHS
    ]


def test_a_difference_is_added_up_to_the_contracts_end(mrr):
    """1,200 for the last six months of the contract, and later 100 a month less."""
    assert mrr("difference") == months((1000, 6), (1200, 2), (1100, 4))


def test_a_new_total_takes_the_place_of_all_before_it(mrr):
    """100 more from March; from July as if it were 18,000 for the year; 60 more from September."""
    assert mrr("new total") == months((1000, 2), (1100, 4), (1500, 2), (1560, 4))


def test_a_new_total_with_an_end_of_its_own_is_that_of_its_own_time(mrr):
    assert mrr("own total") == months((1000, 6), (1500, 6))


def test_sums_are_rounded_once(mrr):
    """10,000 a year less 1,000 in six months: 833.333 - 166.667."""
    assert mrr("thirds") == months((833.3333, 6), (666.6667, 6))


def test_an_amendment_may_end_before_its_contract(mrr):
    assert mrr("for a while") == months((100, 2), (120, 3), (100, 7))


def test_an_amendment_that_outlasts_its_contract_holds_until_then(mrr):
    assert mrr("outlasts") == months((100, 2), (120, 4), (20, 3))


def test_but_not_beyond_churn_and_up_to_a_late_renewal(mrr):
    assert mrr("outlasts churn") == months((100, 2), (120, 2))
    assert mrr("ends in the gap") == months((100, 2), (120, 4), (150, 7))


def test_a_renewal_is_the_new_whole_and_later_amendments_are_its_own(mrr):
    """The amendment bridges the gap with its contract; another one of the old id comes later."""
    assert mrr("renewed amendment") == months((100, 2), (120, 4), (150, 1), (180, 6))


def test_an_amendment_before_its_contract_begins_with_it(mrr):
    assert mrr("amended early") == months((0, 2), (120, 11))


def test_a_contract_below_0_is_named_and_counts_as_0(built, mrr):
    assert mrr("gives back") == months((100, 4))
    assert built.reasons("k gives back") == ["contract_below_zero"]


def test_an_amendment_of_nobody_knows_what_is_named(built, mrr):
    """Two contracts run, none does, and one is in another currency."""
    assert mrr("which") == months((150, 12))
    assert built.reasons("k which") == [
        "ambiguous_amendment",
        "amendment_in_other_currency",
        "amendment_without_contract",
    ]


def test_a_row_with_an_id_that_is_delivered_twice_is_one(built, mrr):
    assert mrr("delivered twice") == months((100, 12))
    assert built.reasons("k delivered twice") == ["duplicate"]


def test_a_row_that_cannot_be_used_is_named(built, mrr):
    assert mrr("unreadable") == months()
    assert built.reasons("k unreadable") == [
        "ends_on_before_starts_on",
        "invalid_free_months",
        "invalid_term_months",
        "missing_amount",
        "missing_ends_on",
        "missing_ends_on",
        "missing_starts_on",
        "negative_amount",
        "unknown_amendment_is",
        "unknown_amount_is",
        "unknown_type",
        "unreadable_amount",
        "unreadable_churned_on",
        "unreadable_term_months",
    ]


def test_an_end_that_was_agreed_says_nothing_of_how_new_the_list_is(built):
    newest = built.dbt.query(
        "select max(recorded_at)::date from stg_contracts__subscription_events "
        "where account_id = 'k total'"
    )
    assert newest == [(date(2024, 1, 15),)]
