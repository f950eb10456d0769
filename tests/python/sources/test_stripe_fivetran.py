"""Stripe's tables as Fivetran lands them: each case is a customer of its own."""

from pathlib import Path

import pytest
from conftest import Dbt

FOLDER = Path(__file__).parent / "stripe_fivetran"
OLDER = Path(__file__).parent / "stripe_fivetran_older"
OTHERWISE = {
    "nrr_churn_at": "cancellation",
    "nrr_usage_counts": False,
    "nrr_discounts": "forever_only",
}


def build(folder: Path, data: Path, variables: dict | None = None) -> Dbt:
    dbt = Dbt(folder, data=data)
    dbt.succeed(
        "build",
        *("--exclude-resource-type", "unit_test", "test"),
        *("--select", "+nrr__account_months", "+nrr__rejected_events"),
        variables=variables,
    )
    return dbt


def mrr_of(dbt: Dbt):
    """A function: the MRR of a customer at the months' ends of 2024."""
    found = {
        (account, month): float(mrr)
        for account, month, mrr in dbt.query(
            "select account_id, month(month), mrr from nrr__account_months where year(month) = 2024"
        )
    }
    return lambda account: [found.get((f"cus_{account}", month), 0) for month in range(1, 13)]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Dbt:
    return build(tmp_path_factory.mktemp("stripe"), FOLDER)


@pytest.fixture(scope="module")
def mrr(built):
    return mrr_of(built)


@pytest.fixture(scope="module")
def otherwise(tmp_path_factory):
    """The same with churn at the cancellation, without usage, and without discounts that end."""
    return mrr_of(build(tmp_path_factory.mktemp("otherwise"), FOLDER, OTHERWISE))


@pytest.fixture(scope="module")
def states(built):
    """A function: the columns of the states of a customer, in order."""
    return lambda account, columns: built.query(
        f"select {columns} from stg_stripe__subscription_events"
        f" where account_id = 'cus_{account}' and source_reason is null"
        " order by effective_at, subscription_item_id"
    )


# --- items: price and quantity as they were


def test_a_switch_to_a_yearly_price_does_not_rewrite_what_was_before(mrr):
    assert mrr("s1") == [120] * 3 + [100] * 9


def test_a_credit_dates_the_change_where_no_line_of_the_new_price_is_there_yet(mrr):
    assert mrr("s1b") == [120] * 3 + [100] * 9


def test_a_deleted_item_ends_at_its_credit_and_a_coupon_of_once_after_the_first_month(mrr):
    assert mrr("s4") == [0, 0, 50, 100] + [60] * 8


def test_an_item_that_is_marked_as_deleted_ends_like_one_whose_row_is_gone(mrr):
    assert mrr("soft") == [0, 0] + [100] * 2 + [60] * 8


def test_a_deleted_item_without_credit_ends_with_what_was_billed(mrr):
    assert mrr("gone_without_credit") == [100] * 5 + [60] * 7
    assert mrr("readd") == [100] + [60] * 3 + [100] * 8


def test_a_deleted_item_of_which_only_a_credit_is_left_was_there_before(mrr):
    assert mrr("b") == [0, 0, 50, 100] + [60] * 8


def test_changes_within_a_period_count_from_their_day_not_from_their_invoice(mrr):
    assert mrr("seats") == [100] + [240] * 3 + [160] * 8
    assert mrr("two_changes") == [100] + [180] * 11
    # within a minute of a renewal, whose line still has the old number
    assert mrr("at_renewal") == [100] + [160] * 11


def test_what_was_free_is_given_back_for_nothing(mrr):
    # 5 seats for nothing, 3 of them from 03-15; paid for from 03-20
    assert mrr("free_change") == [0] * 2 + [60] * 10


def test_a_change_without_proration_is_seen_on_the_next_invoice(mrr):
    assert mrr("proration_none") == [100] * 3 + [180] * 9


def test_a_change_that_no_line_shows_counts_from_the_newest_row_of_the_history(mrr, states):
    assert mrr("change_by_history") == [100] * 2 + [140] * 10
    assert states(
        "change_by_history", "cast(effective_at as date)::varchar, quantity, is_reconstructed"
    )[-1] == (
        "2024-03-18",
        7,
        True,
    )


def test_a_row_for_a_renewal_is_no_change_of_the_item(mrr):
    assert mrr("renewal_row") == [100] * 3 + [140] * 9


def test_a_credit_dates_the_change_that_only_the_next_invoice_shows(mrr):
    assert mrr("credit_without_debit") == [100] + [180] * 11


def test_lines_that_name_no_item_are_those_of_the_item_with_their_price(mrr):
    assert mrr("nameless_lines") == [140] + [220] * 11


def test_an_item_that_is_added_counts_from_its_own_beginning(mrr):
    assert mrr("added_item") == [60] * 3 + [100] * 9


def test_an_upgrade_by_another_item_is_one_change_of_the_account(mrr):
    assert mrr("upgrade_by_items") == [50] * 2 + [70] * 10


def test_drafts_void_invoices_the_upcoming_invoice_one_offs_and_repeated_lines_say_nothing(mrr):
    assert mrr("junk_lines") == [100] * 12


def test_lines_of_one_item_may_have_one_id(mrr):
    # 5 seats, 9 from 02-20, 7 from 03-01: on one invoice, told apart by unique_id
    assert mrr("old_ids") == [100, 180] + [140] * 10
    # without one, an invoice's line is another than that of the invoice before
    assert mrr("same_ids") == [100] * 2 + [160] * 10


def test_a_price_that_is_not_there_is_read_from_the_line(mrr):
    assert mrr("lost_price") == [300] * 12


def test_a_price_billed_in_another_currency_is_read_from_the_line(mrr):
    assert mrr("currency_option") == [18] * 12


# --- amounts


def test_tiers_and_packages(mrr):
    assert mrr("s7_graduated") == [215] * 12
    assert mrr("s7_volume") == [145] * 12
    assert mrr("s7_package") == [90] * 12
    assert mrr("package_down") == [60] * 12


@pytest.mark.parametrize(
    ("units", "graduated", "volume"),
    [(0, 0, 0), (5, 50, 50), (6, 58, 48), (20, 170, 160), (21, 195, 125)],
)
def test_a_tier_reaches_to_its_last_unit(mrr, units, graduated, volume):
    assert (mrr(f"g{units}")[0], mrr(f"v{units}")[0]) == (graduated, volume)


@pytest.mark.parametrize(("units", "amount"), [(0, 0), (1, 30), (10, 30), (11, 60)])
def test_a_package_that_is_begun_is_paid_for(mrr, units, amount):
    assert mrr(f"p{units}")[0] == amount


def test_lines_of_tiers_are_one_quantity(mrr):
    assert mrr("tier_lines") == [215] + [66] * 11


def test_usage_counts_from_the_end_of_its_period_until_the_next_is_finished(mrr):
    assert mrr("s7_metered") == [0, 33.5, 41.2] + [0] * 9


def test_usage_of_several_lines_sums_up_and_a_period_without_a_line_is_nothing(mrr):
    assert mrr("metered_gap") == [0, 15, 20, 0, 7, 9, 9] + [0] * 5
    assert mrr("usage_discount") == [0, 5] + [0] * 10
    assert mrr("usage_twice") == [0, 15] + [0] * 10  # one line, delivered twice


def test_usage_is_none_three_days_after_its_next_invoice_was_due(mrr):
    # the last period ends on 04-30, the next would have on 05-30
    assert mrr("usage_31st") == [0, 10, 20, 30, 30] + [0] * 7


def test_usage_goes_on_when_its_price_changes(mrr):
    # 10 and 20 by the old price, 30 and 40 by the new one
    assert mrr("metered_to_metered") == [0, 10, 20, 30, 40] + [0] * 7


def test_usage_is_no_more_once_the_price_is_another(mrr):
    assert mrr("metered_to_licensed") == [0, 10] + [50] * 10


def test_minor_units_are_those_of_the_currency_at_stripe(mrr):
    assert [mrr(f"s8_{currency}")[0] for currency in ("jpy", "kwd", "isk")] == [5000, 12.5, 2500]


def test_tax_inside_a_price_is_taken_out_by_the_line_or_by_the_tax_rate(mrr):
    assert mrr("s8_eur") == [100] * 12
    assert mrr("s8_rate") == [100] * 12
    assert mrr("kq") == [300] * 12
    assert mrr("k") == [110] * 12  # of tiers
    assert mrr("k99")[0] == pytest.approx(7 * 99 / 1.19, abs=0.0001)


def test_prices_of_fractions_of_a_cent_are_exact(mrr):
    assert mrr("sub_cent")[0] == 15
    assert mrr("sub_sub_cent")[0] == 1234.5679


def test_days_weeks_and_quarters_are_parts_of_a_month(mrr):
    assert mrr("intervals")[0] == pytest.approx(365 / 12 + 10 * 52 / 12 + 30, abs=0.0001)


# --- status


def test_a_trial_carries_nothing_and_the_subscription_ends_when_its_period_does(mrr, otherwise):
    assert mrr("s5") == [0, 30, 30, 30] + [0] * 8
    assert otherwise("s5") == [0, 30, 30] + [0] * 9
    assert mrr("p") == [0] * 12  # cancelled within its trial


def test_a_second_subscription_after_the_first_is_one_expansion(mrr):
    assert mrr("s10") == [0] + [50] * 4 + [70] * 7


def test_a_row_that_was_synced_again_says_nothing_of_the_past(mrr):
    assert mrr("resync_paused") == [0] + [100] * 4 + [0] * 7
    assert mrr("resync_unpaid") == [100] * 3 + [0] * 9


def test_a_row_that_came_after_the_end_ends_when_the_subscription_did(mrr):
    assert mrr("late_row") == [100] * 6 + [0] * 6
    # a cancelled row that does not say when: at the request, or with its period
    assert mrr("no_ended_at") == [100] * 3 + [0] * 9
    assert mrr("no_ended_at_period") == [100] * 4 + [0] * 8


def test_a_trial_ends_on_its_day_not_when_the_row_came(mrr):
    assert mrr("trial_ends_31st") == [0] + [100] * 11
    assert mrr("trial_early") == [100] * 12


def test_a_subscription_begins_once_it_is_paid_for(mrr):
    assert mrr("incomplete") == [0] * 3 + [100] * 9
    assert mrr("incomplete_expired") == [0] * 12


def test_past_due_counts_and_unpaid_does_not(mrr):
    assert mrr("past_due") == [100] * 8 + [0] * 4
    assert mrr("unpaid_paid") == [100] * 2 + [0] * 3 + [100] * 7
    assert mrr("ss") == [100] * 4 + [0] * 8


def test_a_pause_of_collection_is_a_pause_until_it_is_over(mrr):
    assert mrr("pause_collection") == [100, 100, 0, 0, 100, 100, 0, 0] + [100] * 4


def test_a_trial_that_ends_without_a_way_to_pay_carries_nothing(mrr):
    assert mrr("trial_paused") == [0] * 3 + [100] * 9
    assert mrr("trial_paused_once") == [0] * 12


def test_a_cancellation_that_was_taken_back_is_churn_only_at_the_cancellation(mrr, otherwise):
    assert mrr("reconsidered") == [100] * 12
    assert otherwise("reconsidered") == [100, 100, 0, 0] + [100] * 8


def test_an_end_that_is_planned_comes_later(mrr, otherwise, states):
    assert mrr("planned_end") == [100] * 12
    assert otherwise("planned_end") == [100] * 11 + [0]
    assert states("planned_end", "status")[-1] == ("cancelled",)
    assert mrr("cancel_at") == [100] * 5 + [0] * 7


def test_a_yearly_plan_that_is_cancelled_at_once_does_not_last_its_year(mrr):
    assert mrr("year_cancelled") == [100] * 3 + [0] * 9


def test_a_plan_that_renews_on_the_25th_is_there_at_every_months_end(mrr):
    assert mrr("renews_25th") == [100] * 12


def test_a_customer_that_is_deleted_has_no_subscription(mrr):
    assert mrr("deleted") == [100] * 5 + [0] * 7
    assert mrr("gone_row") == [100] * 6 + [0] * 6


def test_test_mode_is_no_business(mrr):
    assert mrr("test_mode") == [0] * 12


def test_a_subscription_that_was_backdated_begins_when_it_was_billed_from(mrr):
    assert mrr("backdated") == [100] * 12


# --- discounts


def test_percents_compound_and_end_one_by_one(mrr, otherwise):
    assert mrr("s3") == [72] * 3 + [90] * 9
    assert otherwise("s3") == [90] * 12
    assert mrr("three_stacked") == [25] * 12
    assert mrr("order") == [40] * 12  # the amount was given first


def test_a_discount_ends_when_it_was_ended_not_when_its_coupon_would(mrr):
    assert mrr("stopped") == [80] + [100] * 11


def test_a_repeating_discount_lasts_the_period_that_it_was_billed_in(mrr):
    assert mrr("year_coupon") == [50] * 12
    assert mrr("quarter_coupon") == [15] * 6 + [30] * 6


def test_a_discount_counts_from_the_day_on_which_it_was_given(mrr):
    assert mrr("forever_mid") == [100] * 2 + [90] * 10
    assert mrr("yearly_amount") == [90] * 12


def test_a_discount_of_once_lasts_the_first_period_that_is_billed(mrr):
    assert mrr("once_year") == [0] + [75] * 11
    assert mrr("once_mid") == [100] * 3 + [75] + [100] * 8
    assert mrr("once_trial") == [0, 75] + [100] * 10


def test_a_customers_discount_holds_while_the_subscription_has_none(mrr):
    assert mrr("customer_discount") == [90] * 12
    assert mrr("own_before_customer") == [80] * 3 + [90] * 9
    assert mrr("sub_ends_cust") == [90] * 2 + [50] * 10
    assert mrr("cust_mid") == [100] * 3 + [90] * 9
    assert mrr("two") == [144] * 12  # of both its subscriptions


def test_an_items_discount_comes_first_and_a_coupon_that_is_no_longer_valid_still_holds(mrr):
    assert mrr("item_and_own") == [40] * 12
    assert mrr("item_and_customer") == [40] * 12  # the subscription has none of its own


def test_a_discount_that_fivetran_wrote_twice_counts_once(mrr):
    assert mrr("double_written") == [90] * 12
    assert mrr("double_two") == [140] * 12  # of one subscription, not of the other


def test_a_discount_that_was_taken_away_held_for_what_was_invoiced(mrr):
    assert mrr("removed_coupon") == [50] * 3 + [100] * 9
    assert mrr("ends_early") == [50] * 2 + [100] * 10


def test_an_invoices_copy_of_a_discount_is_no_second_one(mrr):
    assert mrr("copied_discount") == [90] * 12
    assert mrr("copied_removed") == [90] * 4 + [100] * 8


def test_an_amount_off_a_subscription_is_taken_off_once_to_the_cent(mrr, states):
    assert mrr("fan_out") == [130] * 12
    parts = [part for (part,) in states("fan_out", "discount_amount")]
    assert sorted(map(float, parts)) == [2.85, 2.86, 4.29]
    assert mrr("too_large") == [0] * 12
    assert mrr("mix") == [10] * 12  # nothing is left of one item: all of it is off the other
    assert mrr("e") == [70] + [30] * 2 + [60] * 9


def test_an_amount_off_a_price_with_tax_inside_has_tax_inside(mrr):
    assert mrr("tax_amount_off") == [90] * 12


def test_what_cannot_be_known_is_named(built, mrr):
    assert mrr("other_currency") == [30] * 12
    named = built.query(
        "select account_id, reason from nrr__rejected_events "
        "where account_id is not null order by account_id"
    )
    assert named == [
        ("cus_no_items", "missing_items"),
        ("cus_other_currency", "discount_in_other_currency"),
        ("cus_unknown_coupon", "missing_coupon"),
    ]


def test_a_state_whose_coupon_is_not_there_is_not_used(built, mrr):
    """What is taken off it is not known."""
    assert mrr("unknown_coupon") == [0] * 12
    assert built.query(
        "select source_row from nrr__rejected_events where reason = 'missing_coupon'"
    ) == [("di_019, coupon_deleted, sub_unknown_coupon",)]


def test_lines_of_subscriptions_that_cannot_be_read_are_named_and_no_others(built):
    """Those of what is paid once, and of no subscription, matter to nothing."""
    named = built.query(
        "select split_part(source_row, ',', 1), reason from nrr__rejected_events "
        "where source_row like 'il_%' order by 1"
    )
    assert named == [
        ("il_unread_amount", "unreadable_amount"),
        ("il_unread_end", "unreadable_period_end"),
        ("il_unread_none", "missing_period_start"),
        ("il_unread_start", "unreadable_period_start"),
    ]


def test_an_item_whose_subscription_is_not_there_is_named(built):
    named = built.query(
        "select subscription_item_id, reason from nrr__rejected_events "
        "where subscription_id = 'sub_nowhere'"
    )
    assert named == [("si_orphan", "unknown_subscription_id")]


# --- what the states say of themselves


def test_usage_can_be_left_out(otherwise):
    assert otherwise("s7_metered") == [0] * 12


def test_what_a_row_of_the_history_and_a_line_say_is_no_reconstruction(states):
    said = states("s1", "plan_id, is_reconstructed")
    # the first row of a history proves nothing
    assert said[0] == ("price_m120", True)
    assert said[-1] == ("price_y1200", False)
    # what no line says is concluded
    assert states("s1b", "plan_id, is_reconstructed")[-1] == ("price_y1200", True)


def test_the_data_is_complete_up_to_the_newest_sync(built):
    assert built.query("select max(recorded_at)::varchar from stg_stripe__subscription_events") == [
        ("2025-01-05 02:00:00",)
    ]


def test_the_older_tables_of_fivetran_will_do(tmp_path):
    mrr = mrr_of(build(tmp_path, OLDER))
    assert mrr("old") == [45] * 12
    assert mrr("left") == [15, 15, 20, 20] + [0] * 8
