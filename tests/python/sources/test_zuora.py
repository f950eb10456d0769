"""Zuora's tables: each case is an account of its own, in the columns that Fivetran lands."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import WITHOUT_TESTS, Dbt

DATA = Path(__file__).with_name("zuora")
MODELS = ["--select", "+nrr__account_months", "+nrr__rejected_events"]
JAN_FEB = [f"2024-{month:02}" for month in range(1, 13)] + ["2025-01", "2025-02"]


AIRBYTE = {"_fivetran_deleted": "deleted", "_fivetran_synced": "_airbyte_extracted_at"}


class Built:
    def __init__(self, folder: Path, variables: dict | None = None, data: Path = DATA):
        self.dbt = Dbt(folder, data=data)
        self.dbt.succeed("build", *WITHOUT_TESTS, *MODELS, variables=variables)
        self.rows = self.dbt.query(
            "select account_id, strftime(month, '%Y-%m'), mrr from nrr__account_months order by all"
        )
        self.rejected = dict(
            self.dbt.query("select subscription_item_id, reason from nrr__rejected_events")
        )

    def mrr(self, account: str) -> list[tuple[int, Decimal]]:
        """Runs of months with the same MRR, from January 2024: how many, and how much."""
        by_month = {month: mrr for name, month, mrr in self.rows if name == account}
        runs: list[tuple[int, Decimal]] = []
        for month in JAN_FEB:
            mrr = by_month.get(month, Decimal(0))
            length = runs.pop()[0] if runs and runs[-1][1] == mrr else 0
            runs.append((length + 1, mrr))
        return runs


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Built:
    return Built(tmp_path_factory.mktemp("zuora"))


@pytest.fixture(scope="module")
def otherwise(tmp_path_factory) -> Built:
    """The same with the other value of every setting, and days of another time zone."""
    return Built(
        tmp_path_factory.mktemp("zuora_otherwise"),
        {
            "nrr_churn_at": "cancellation",
            "nrr_renewal_grace_days": {"zuora": 30},
            "nrr_timezone": "America/New_York",
            "nrr_usage_counts": False,
            "nrr_discounts": "forever_only",
            "nrr_account_level": "parent",
        },
    )


def test_versions_repeat_their_segments_and_only_the_latest_one_counts(built):
    assert built.mrr("z1") == [(6, 300), (6, 450), (2, 0)]


def test_a_cancelled_subscription_is_paid_for_until_its_segments_end(built):
    assert built.mrr("z2") == [(5, 250), (9, 0)]
    assert built.mrr("z2bare") == [(5, 250), (9, 0)]


def test_at_cancellation_it_churns_when_that_was_entered(otherwise):
    assert otherwise.mrr("z2") == [(2, 250), (12, 0)]


def test_at_cancellation_the_day_that_the_subscription_names_will_do(otherwise):
    assert otherwise.mrr("z2bare") == [(2, 250), (12, 0)]


def test_at_cancellation_the_version_that_is_cancelled_says_when(otherwise):
    assert otherwise.mrr("z2version") == [(2, 250), (12, 0)]


def test_at_cancellation_one_that_was_entered_late_ends_on_its_day(built, otherwise):
    assert built.mrr("z2late") == otherwise.mrr("z2late") == [(3, 250), (11, 0)]
    # cancelled on 03-10, entered on 04-20, paid for until 06-30
    assert built.mrr("z2early") == [(5, 250), (9, 0)]
    assert otherwise.mrr("z2early") == [(2, 250), (12, 0)]


def test_a_renewal_under_a_new_number_that_comes_late_is_churn(built):
    assert built.mrr("z4") == [(5, 500), (1, 0), (8, 500)]


def test_within_the_days_of_grace_it_is_bridged_at_the_old_amount(otherwise):
    assert otherwise.mrr("z4") == [(14, 500)]
    # the same number with a gap, and a new price behind it
    assert otherwise.mrr("renewed") == [(3, 10), (11, 12)]


def test_a_gap_of_as_many_days_as_there_is_grace_is_bridged_and_one_of_a_day_more_is_not(
    built, otherwise
):
    # ended on 06-20, renewed on 07-20 and on 07-21
    for account in ["graceday", "graceover"]:
        assert built.mrr(account) == [(5, 10), (1, 0), (8, 10)]
    assert otherwise.mrr("graceday") == [(14, 10)]
    assert otherwise.mrr("graceover") == [(5, 10), (1, 0), (8, 10)]


def test_a_gap_is_no_gap_where_it_is_longer_or_another_subscription_goes_on_at_once(otherwise):
    assert otherwise.mrr("toolate") == [(2, 10), (1, 0), (11, 10)]
    # 10 until 03-20, 20 from that day on, and 5 more from 04-01
    assert otherwise.mrr("atonce") == [(2, 10), (1, 20), (11, 25)]
    # 10 until 03-20; on 04-05 another goes on after a gap of its own, so it does not renew it
    assert otherwise.mrr("notnew") == [(2, 15), (1, 0), (11, 5)]


def test_without_days_of_grace_a_gap_of_the_same_number_is_one(built):
    assert built.mrr("renewed") == [(2, 10), (1, 0), (11, 12)]


def test_evergreen_one_time_and_suspended_from_its_amendments(built):
    assert built.mrr("z5") == [(3, 250), (2, 0), (9, 250)]
    assert "C-Z5o" not in built.rejected


def test_a_suspension_that_splits_the_segments_is_the_same_and_no_gap_to_bridge(built, otherwise):
    assert built.mrr("split") == otherwise.mrr("split") == [(3, 250), (2, 0), (9, 250)]
    # from 04-20 to 05-10: fewer days than the days of grace
    assert built.mrr("splitshort") == otherwise.mrr("splitshort") == [(3, 250), (1, 0), (10, 250)]


def test_a_suspension_that_was_not_completed_does_not_count_and_two_follow_each_other(built):
    assert built.mrr("drafted") == [(14, 30)]
    # suspended to 05-01 and, from that day on, to 06-01
    assert built.mrr("twice") == [(3, 30), (2, 0), (9, 30)]
    # resumed on the very day
    assert built.mrr("sameday") == [(14, 30)]
    # from 02-10 to 03-10 and from 07-10 to 08-10
    assert built.mrr("again") == [(1, 30), (1, 0), (4, 30), (1, 0), (7, 30)]


def test_suspended_and_nothing_says_since_when_it_is_since_its_newest_version(built):
    assert built.mrr("since") == [(7, 30), (7, 0)]
    assert built.dbt.query(
        "select distinct is_reconstructed from stg_zuora__subscription_events "
        "where account_id = 'since' and status = 'paused'"
    ) == [(True,)]


def test_segments_that_are_still_to_come_do_not_count_yet(built):
    assert built.mrr("ramp") == [(3, 100), (3, 150), (8, 200)]


def test_the_last_day_of_a_segment_is_not_paid_for(built):
    assert built.mrr("seam") == [(5, 10), (9, 0)]
    assert built.mrr("seam1") == [(6, 10), (8, 0)]


def test_days_are_those_of_the_time_zone(otherwise):
    # 2024-07-01 begins in New York at 04:00 UTC: a month's end there is before it
    assert otherwise.mrr("seam1") == [(6, 10), (8, 0)]
    assert otherwise.mrr("z1") == [(6, 300), (6, 450), (2, 0)]


def test_segments_that_overlap_follow_each_other(built):
    assert built.mrr("overlap") == [(3, 100), (9, 130), (2, 0)]


def test_a_segment_that_was_corrected_counts_once(built):
    assert built.mrr("corrected") == [(14, 90)]


def test_a_percentage_holds_for_its_own_days(built):
    assert built.mrr("pct") == [(1, 100), (3, 80), (8, 100), (2, 0)]


def test_discounts_with_an_end_can_be_ignored(otherwise):
    assert otherwise.mrr("pct") == [(12, 100), (2, 0)]
    # those that last as long as the charge
    assert otherwise.mrr("stack") == [(14, 72)]


def test_percentages_are_taken_off_one_after_the_other_unless_they_are_stacked(built):
    assert built.mrr("stack") == [(14, 72)]
    assert built.mrr("added") == [(14, 70)]


def test_an_amount_off_an_account_is_taken_off_once_and_from_the_lowest_number_first(built):
    # 50 off 30, then off 30 and 70 of another subscription, then the discount ends
    assert built.mrr("off") == [(2, 0), (3, 50), (9, 100)]


def test_a_discount_of_a_rate_plan_spares_the_others_and_has_a_billing_period(built):
    assert built.mrr("planoff") == [(14, 130)]


def test_a_percentage_holds_for_its_rate_plan_or_its_subscription_alone(built):
    # half of 100 beside 40, and a tenth off the 30 of another subscription
    assert built.mrr("planpct") == [(14, 117)]
    # half of 100 and of 100, since the product says that it is for all of the subscription
    assert built.mrr("halfall") == [(14, 100)]


def test_amounts_are_taken_off_after_percentages(built):
    assert built.mrr("both") == [(14, 40)]
    # 60 off the 50 that are left of 100, and off 100 beside it
    assert built.mrr("afterpct") == [(14, 90)]


def test_a_free_trial_is_a_discount_of_all(built):
    assert built.mrr("trial") == [(1, 0), (11, 80), (2, 0)]


def test_a_discount_of_usage_is_none_of_mrr_and_one_without_prices_is_what_its_mrr_says(built):
    assert built.mrr("usageoff") == [(14, 60)]
    assert built.mrr("negative") == [(14, 45)]


def test_without_mrr_it_is_the_price_times_the_quantity_by_charge_model_and_billing_period(built):
    assert built.mrr("flat") == [(14, 100)]
    assert built.mrr("unit") == [(14, 150)]
    assert built.mrr("half") == [(14, 100)]
    assert built.mrr("spec") == [(14, 100)]
    assert built.mrr("weeks") == [(14, 130)]
    assert built.mrr("term") == [(14, 100)]
    # 49 a month for each of three, billed yearly
    assert built.mrr("base") == [(14, 147)]


def test_tiers_are_graduated_or_by_volume(built):
    assert built.mrr("tiered") == [(14, 195)]
    assert built.mrr("volume") == [(14, 125)]
    assert built.mrr("stairs") == [(14, 180)]
    # 25 units: 5 at 10 and 20 at 8, although the last tier is said to end at 20
    assert built.mrr("lasttier") == [(14, 210)]


def test_a_charge_is_in_its_accounts_currency_and_has_the_price_in_its_own(built):
    # 100 EUR at 1.10, and 50 EUR or 60 USD
    assert built.mrr("euros") == [(14, 110)]
    assert built.mrr("twocur") == [(14, 55)]


def test_a_yearly_charge_stays_yearly_and_seats_are_told_apart(built):
    states = built.dbt.query(
        "select subscription_item_id, quantity, unit_amount, billing_interval "
        "from int_nrr__item_states where subscription_item_id in ('C-Z1', 'C-BOTH') and mrr > 0"
    )
    assert ("C-Z1", 10, 30, "month") in states
    assert ("C-Z1", 15, 30, "month") in states
    assert ("C-BOTH", 1, 1200, "year") in states


def test_tax_is_taken_out_of_prices_that_include_it_by_the_rate_of_the_newest_invoice(built):
    # 119 EUR with 19% inside are 100, at 1.10
    assert built.mrr("tax") == [(14, 110)]
    assert built.rejected["C-TAXL"] == "missing_tax_rate"
    # a rate that is written as 19, not as 0.19
    assert built.mrr("tax19") == [(14, 100)]


def test_rates_of_several_places_are_added_up_and_go_before_what_an_invoice_had(built):
    # 5% and 10%, and 3 for each bill, which is no rate
    assert built.mrr("taxsum") == [(14, 100)]


def test_what_is_not_taxed_has_no_tax_inside(built):
    assert built.mrr("untaxed") == [(14, 119)]


def test_without_taxes_the_newest_invoice_says_how_much_of_a_price_is_tax(built):
    assert built.mrr("taxinv") == [(14, 100)]


def test_usage_counts_from_the_end_of_its_period_until_the_next_is_over(built, otherwise):
    # 10 beside it; of March to May there is a draft alone; August is over with the subscription
    assert built.mrr("usage") == [
        (1, 10),
        (1, Decimal("43.5")),
        (1, Decimal("51.2")),
        (3, 10),
        (1, 22),
        (1, 10),
        (6, 0),
    ]
    assert otherwise.mrr("usage") == [(8, 10), (6, 0)]
    # 15 in two lines of January, 20 in February, 7 in May, until the charge ends on 06-15
    assert built.mrr("usage2") == [(1, 0), (1, 15), (1, 20), (11, 0)]


def test_a_discount_below_nothing_raises_the_price(built):
    assert built.mrr("uplift") == [(14, 120)]


def test_drafts_and_what_is_pending_carry_nothing_and_change_nothing(built):
    for account in ["draft", "pending", "accept"]:
        assert built.mrr(account) == [(14, 0)]
    assert built.mrr("waiting") == [(14, 10)]
    # a draft for another owner
    assert built.mrr("keeper") == [(14, 10)]
    assert built.mrr("taker") == [(14, 0)]


def test_without_a_mark_the_highest_version_is_the_latest(built):
    assert built.mrr("unmarked") == [(14, 20)]


def test_where_only_the_latest_versions_are_loaded_the_others_are_no_problem(built):
    # suspended by an amendment of the version before it, which is not there
    assert built.mrr("latestonly") == [(3, 30), (2, 0), (9, 30)]
    assert "C-LO" not in built.rejected


def test_deleted_rows_are_not_there(built):
    assert built.mrr("deleted") == [(14, 10)]
    assert built.mrr("goneplan") == [(14, 10)]
    assert built.mrr("gonecharge") == [(14, 10)]


def test_of_a_price_that_was_loaded_several_times_the_newest_counts_unless_it_is_deleted(built):
    assert built.mrr("gonetier") == [(14, 50)]


def test_a_subscription_that_gets_another_owner_moves_on_the_day_of_its_transfer(built):
    # on 03-10, entered on 05-20; without an amendment, when its version was made
    assert built.mrr("seller") == [(2, 200), (12, 0)]
    assert built.mrr("buyer") == [(2, 0), (12, 200)]
    assert built.mrr("seller2") == [(4, 200), (10, 0)]
    assert built.mrr("buyer2") == [(4, 0), (10, 200)]


def test_at_the_level_of_parents_the_accounts_of_one_are_one(built, otherwise):
    assert built.mrr("holding") == [(14, 10)]
    assert built.mrr("daughter") == [(14, 5)]
    assert otherwise.mrr("holding") == [(14, 15)]
    assert otherwise.mrr("daughter") == [(14, 0)]


def test_evergreen_and_cancelled_ends_although_its_segments_have_no_end(built):
    assert built.mrr("evergone") == [(4, 30), (10, 0)]


def test_a_yearly_charge_counts_in_all_its_months_and_a_segment_without_days_in_none(built):
    assert built.mrr("annual") == [(12, 10), (2, 0)]


def test_what_cannot_be_used_is_named_and_what_is_not_triggered_yet_is_not(built):
    assert built.mrr("broken") == [(14, 7)]
    assert built.rejected["C-BR1"] == "missing_mrr"
    assert built.rejected["C-BR2"] == "unreadable_effective_start_date"
    assert "C-BR4" not in built.rejected
    assert built.rejected["C-BR5"] == "missing_discount_percentage"
    assert built.rejected["C-ORPHAN"] == "unmatched_subscription"


def test_the_names_of_airbyte_and_data_query_are_read_too(built, tmp_path):
    (tmp_path / "data/zuora").mkdir(parents=True)
    shutil.copy(DATA / "exchange_rates.csv", tmp_path / "data")
    for path in (DATA / "zuora").glob("*.csv"):
        header, *rows = path.read_text().splitlines()
        names = [AIRBYTE.get(name, name.replace("_", "")) for name in header.split(",")]
        copied = tmp_path / "data/zuora" / path.name.replace("_", "")
        copied.write_text("\n".join([",".join(names), *rows]) + "\n")
    airbyte = Built(tmp_path, data=tmp_path / "data")
    assert airbyte.rows == built.rows
    assert airbyte.rejected == built.rejected


def test_the_newest_load_says_up_to_when_the_data_is_complete(built):
    assert max(month for _, month, _ in built.rows) == "2025-02"
