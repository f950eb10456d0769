"""Chargebee's tables: each case is a customer of its own, told right before what is to come out."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from chargebee.site import Site, item, monthly, seconds
from conftest import WITHOUT_TESTS, Dbt

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
CASES: list[Callable[[Site], None]] = []


def case(tell: Callable[[Site], None]) -> Callable[[Site], None]:
    CASES.append(tell)
    return tell


def cases() -> Site:
    site = Site()
    for tell in CASES:
        tell(site)
    return site


def begun(at: str) -> dict:
    """What a subscription that was active from the beginning says of it."""
    return {"started_at": at, "activated_at": at, "created_at": at}


def yearly(price: int) -> dict:
    return {
        "subscription_items": [item("pro-USD-yearly", price)],
        "billing_period": 1,
        "billing_period_unit": "year",
    }


def coupon(name: str, apply_till: str | None = None) -> dict:
    till = seconds(apply_till) if apply_till else None
    return {"coupon_id": name, "apply_till": till, "applied_count": 1, "object": "coupon"}


def line(price: str, dates: tuple[str, str], amount: int, quantity: int = 1, **more) -> dict:
    """A line of an invoice; amount is that of a unit, in cents."""
    return {
        "id": f"li_{price}_{dates[0]}",
        "date_from": seconds(dates[0]),
        "date_to": seconds(dates[1]),
        "entity_type": "plan_item_price",
        "entity_id": price,
        "unit_amount": amount,
        "quantity": quantity,
        "amount": amount * quantity,
        **more,
    }


def invoice(site: Site, subscription: str, at: str, *lines: dict, **more) -> None:
    number = len(site.tables.get("invoice", [])) + 1
    site.add(
        "invoice",
        id=f"inv_{number}",
        subscription_id=subscription,
        customer_id=subscription,
        status="paid",
        currency_code="USD",
        price_type="tax_exclusive",
        date=at,
        deleted=False,
        line_items=list(lines),
        **more,
    )


@case
def catalogue(site):
    prices = {
        "pro-USD-monthly": ("pro", "per_unit", "plan", 1, "month"),
        "pro-USD-yearly": ("pro", "flat_fee", "plan", 1, "year"),
        "flat-USD-monthly": ("flat", "flat_fee", "plan", 1, "month"),
        "graduated-USD": ("seats", "tiered", "plan", 1, "month"),
        "volume-USD": ("seats", "volume", "plan", 1, "month"),
        "stairs-USD": ("seats", "stairstep", "plan", 1, "month"),
        "calls-USD": ("calls", "per_unit", "addon", 1, "month"),
        "support-USD": ("support", "per_unit", "addon", 1, "month"),
        "list-USD": ("list", "per_unit", "plan", 3, "month"),
    }
    tiers = {"stairs-USD": [tier(1, 10, 10000), tier(11, None, 25000)]}
    for name, (product, model, kind, period, unit) in prices.items():
        site.add(
            "item_price",
            id=name,
            item_id=product,
            pricing_model=model,
            item_type=kind,
            period=period,
            period_unit=unit,
            currency_code="USD",
            tiers=tiers.get(name),
            price=9000 if name == "list-USD" else None,
        )
    for product in {product for product, *_ in prices.values()}:
        site.add("item", id=product, type="plan", metered=product == "calls")
    forever = {"duration_type": "forever", "apply_on": "invoice_amount"}
    percent = {"discount_type": "percentage", "apply_on": "invoice_amount"}
    site.add("coupon", id="tenth", discount_percentage=10.0, **percent | forever)
    site.add("coupon", id="fifth", discount_percentage=20.0, **percent | forever)
    site.add(
        "coupon",
        id="ten_off",
        discount_type="fixed_amount",
        discount_amount=1000,
        currency_code="USD",
        **forever,
    )
    site.add(
        "coupon", id="half_once", discount_percentage=50.0, duration_type="one_time", **percent
    )
    site.add(
        "coupon",
        id="fifth_for_3",
        discount_percentage=20.0,
        duration_type="limited_period",
        period=3,
        period_unit="month",
        **percent,
    )
    site.add(
        "coupon",
        id="fifth_for_a_year",
        discount_percentage=20.0,
        status="archived",
        duration_type="limited_period",
        period=12,
        period_unit="month",
        valid_till=1,
        **percent,
    )
    site.add(
        "coupon",
        id="half_of_support",
        discount_type="percentage",
        discount_percentage=50.0,
        duration_type="forever",
        apply_on="each_specified_item",
        item_constraints=[
            {"item_type": "plan", "constraint": "none"},
            {"item_type": "addon", "constraint": "specific", "item_price_ids": ["support-USD"]},
        ],
    )
    site.add(
        "coupon",
        id="half_of_two",
        discount_type="percentage",
        discount_percentage=50.0,
        duration_type="forever",
        apply_on="each_specified_item",
        item_constraints=[
            {"item_type": "plan", "constraint": "none"},
            {
                "item_type": "addon",
                "constraint": "specific",
                "item_price_ids": ["support-USD", "backup-USD"],
            },
        ],
    )


def tier(first: int, last: int | None, price: int, **more) -> dict:
    return {"starting_unit": first, "ending_unit": last, "price": price, **more}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chargebee") / "data"
    cases().write(folder)
    (folder / "account_links.csv").write_text(
        "source_system,source_account_id,account_id\n"
        "chargebee,linked_old,linked\nchargebee,linked_new,linked\n"
    )
    (folder / "exchange_rates.csv").write_text(
        "currency,rate_date,rate\nJPY,2024-01-01,0.01\nKWD,2024-01-01,3\n"
    )
    return folder


def build(folder, data, **variables) -> Dbt:
    dbt = Dbt(folder, data=data)
    dbt.succeed(
        "build",
        "--select",
        "+nrr__account_months",
        "+nrr__rejected_events",
        "stg_chargebee__mrr_check",
        *WITHOUT_TESTS,
        variables={"nrr_as_of": "2025-02-01", **variables},
    )
    return dbt


@pytest.fixture(scope="module")
def built(tmp_path_factory, data) -> Dbt:
    return build(tmp_path_factory.mktemp("built"), data)


@pytest.fixture(scope="module")
def mrr(built):
    return reader(built)


@pytest.fixture(scope="module")
def mrr_otherwise(tmp_path_factory, data):
    """MRR where churn is at the cancellation, usage is none, only endless discounts count, and
    accounts are counted by their parents."""
    folder = tmp_path_factory.mktemp("otherwise")
    variables = {
        "nrr_churn_at": "cancellation",
        "nrr_usage_counts": False,
        "nrr_discounts": "forever_only",
        "nrr_account_level": "parent",
    }
    return reader(build(folder, data, **variables))


def reader(built: Dbt) -> Callable[[str, str], list[Decimal]]:
    """MRR of a customer at the ends of months of 2024 ('Jan-Mar') or of one such as '2025-01'."""
    found = {(a, m): mrr for a, m, mrr in built.query("select * from nrr__account_months")}

    def of(account: str, months: str) -> list[Decimal]:
        if months[0] == "2":
            return [found.get((account, date.fromisoformat(f"{months}-01")), Decimal(0))]
        first, _, last = months.partition("-")
        numbers = range(MONTHS.index(first), MONTHS.index(last or first) + 1)
        return [found.get((account, date(2024, n + 1, 1)), Decimal(0)) for n in numbers]

    return of


# --- The worked cases


@case
def c1(site):
    site.subscription(
        "c1",
        **begun("2024-01-15"),
        updated_at="2024-01-15",
        billing_period=3,
        billing_period_unit="month",
        subscription_items=[
            item("pro-USD-quarterly", 30000),
            item("support-USD", 3000, 4, item_type="addon"),
            item("setup-USD", 50000, item_type="charge"),
        ],
    )


def test_c1_an_add_on_is_paid_with_the_plan_and_a_charge_is_no_mrr(mrr):
    assert mrr("c1", "Jan-Apr") == [140] * 4


@case
def c3(site):
    told = {
        **begun("2024-01-10"),
        **yearly(120000),
        "current_term_start": "2024-01-10",
        "coupons": [coupon("fifth_for_a_year", "2025-01-10")],
    }
    site.event("created", "2024-01-10", "c3", **told)
    site.subscription("c3", updated_at="2024-01-10", **told)


def test_c3_a_coupon_for_a_year_is_over_when_the_next_bill_comes(mrr):
    assert mrr("c3", "Jan-Dec") == [80] * 12
    assert mrr("c3", "2025-01") == [100]


@case
def c5(site):
    site.event("changed", "2024-03-05", "c5", **begun("2024-01-10"), **monthly(1000, 8))
    site.event("created", "2024-01-10", "c5", **begun("2024-01-10"), **monthly(1000, 5))
    paused = {"status": "paused", "pause_date": "2024-05-01", "resume_date": "2024-07-01"}
    site.event("paused", "2024-05-01", "c5", **begun("2024-01-10"), **monthly(1000, 8), **paused)
    site.event("resumed", "2024-07-01", "c5", **begun("2024-01-10"), **monthly(1000, 8))
    site.subscription("c5", updated_at="2024-07-01", **begun("2024-01-10"), **monthly(1000, 8))


def test_c5_events_are_put_in_order_and_a_pause_carries_nothing(mrr):
    assert mrr("c5", "Jan-Aug") == [50, 50, 80, 80, 0, 0, 80, 80]


@case
def c6(site):
    site.event("created", "2024-02-10", "c6_old", started_at="2024-02-10", **monthly(9000))
    site.event(
        "business_entity_changed",
        "2024-04-20",
        "c6_old",
        status="transferred",
        started_at="2024-02-10",
        **monthly(9000),
    )
    site.event("created", "2024-04-20", "c6_new", started_at="2024-04-20", **monthly(9000))


def test_c6_a_transfer_without_a_link_is_churn_and_new(mrr):
    assert mrr("c6_old", "Jan-Jun") == [0, 90, 90, 0, 0, 0]
    assert mrr("c6_new", "Jan-Jun") == [0, 0, 0, 90, 90, 90]


@case
def c6_linked(site):
    told = {"started_at": "2024-02-10", **monthly(9000)}
    site.event("created", "2024-02-10", "linked_old", **told)
    site.event("moved_out", "2024-04-20", "linked_old", **told, status="transferred")
    site.event("created", "2024-04-20", "linked_new", **told | {"started_at": "2024-04-20"})


def test_c6_a_transfer_with_a_link_is_no_movement(mrr):
    assert mrr("linked", "Jan-Jun") == [0, 90, 90, 90, 90, 90]


# --- Cancellations


@case
def cancellation(site):
    told = {**begun("2024-01-10"), **monthly(10000)}
    asked = {
        **told,
        "status": "non_renewing",
        "cancelled_at": "2024-06-10",
        "cancel_schedule_created_at": "2024-03-05",
    }
    site.event("created", "2024-01-10", "scheduled", **told)
    site.event("cancellation_scheduled", "2024-03-05", "scheduled", **asked)
    site.event("renewed", "2024-04-10", "scheduled", **asked)
    site.subscription("row_scheduled", updated_at="2024-03-05", **asked)
    # a row that the loader has not read again since
    site.subscription(
        "row_in_2030", updated_at="2024-03-05", **asked | {"cancelled_at": "2030-01-10"}
    )
    site.event("created", "2024-01-10", "kept", **told)
    site.event("cancellation_scheduled", "2024-03-05", "kept", **asked)
    site.event("scheduled_cancellation_removed", "2024-04-20", "kept", **told)
    ended = {**asked, "status": "cancelled"}
    site.event("created", "2024-01-10", "ended", **told)
    site.event("cancellation_scheduled", "2024-03-05", "ended", **asked)
    site.event("cancelled", "2024-06-10 00:04", "ended", **ended)
    site.subscription("row_ended", updated_at="2024-06-10", **ended)
    site.event("created", "2024-01-10", "at_once", **told)
    site.event(
        "cancelled",
        "2024-04-02 00:01",
        "at_once",
        **told,
        status="cancelled",
        cancelled_at="2024-03-31 23:59",
        cancel_reason="not_paid",
    )
    site.subscription("row_without_date", updated_at="2024-04-05", **told, status="cancelled")


def test_non_renewing_is_live_until_cancelled_at_also_in_the_future(mrr):
    for account in ("scheduled", "row_scheduled", "ended", "row_ended"):
        assert mrr(account, "Jan-Jul") == [100] * 5 + [0, 0], account
    assert mrr("row_in_2030", "Jan-Dec") == [100] * 12


def test_a_cancellation_that_is_taken_back_ends_nothing(mrr):
    assert mrr("kept", "Jan-Jul") == [100] * 7


def test_a_cancellation_counts_from_cancelled_at_and_not_from_its_event(mrr):
    assert mrr("at_once", "Jan-Apr") == [100, 100, 0, 0]


def test_a_cancelled_row_without_cancelled_at_ends_when_it_was_changed_last(mrr):
    assert mrr("row_without_date", "Jan-Apr") == [100, 100, 100, 0]


def test_at_cancellation_it_ends_when_that_is_asked_for(mrr_otherwise):
    for account in ("scheduled", "row_scheduled", "ended", "row_ended", "row_in_2030"):
        assert mrr_otherwise(account, "Jan-Jul") == [100, 100, 0, 0, 0, 0, 0], account
    assert mrr_otherwise("at_once", "Jan-Apr") == [100, 100, 0, 0]
    assert mrr_otherwise("kept", "Jan-Jul") == [100, 100, 0, 100, 100, 100, 100]


@case
def reactivation(site):
    told = {**begun("2024-01-10"), **monthly(5000)}
    site.event("created", "2024-01-10", "back", **told)
    site.event(
        "cancelled", "2024-03-10", "back", **told, status="cancelled", cancelled_at="2024-03-10"
    )
    again = {**told, "activated_at": "2024-05-10", "cancelled_at": "2024-03-10"}
    site.event("reactivated", "2024-05-10", "back", **again)
    site.subscription("back", updated_at="2024-05-10", **again)
    site.subscription("row_back", updated_at="2024-05-10", **again)


def test_a_reactivated_subscription_is_live_whatever_its_last_cancellation_was(mrr):
    assert mrr("back", "Jan-Jun") == [50, 50, 0, 0, 50, 50]


def test_a_row_tells_of_the_last_activation_alone(mrr):
    assert mrr("row_back", "Jan-Jun") == [0, 0, 0, 0, 50, 50]


@case
def deletion(site):
    told = {**begun("2024-01-10"), **monthly(5000)}
    site.event("created", "2024-01-10", "deleted", **told)
    site.event("deleted", "2024-04-12", "deleted", **told, deleted=True)
    site.subscription("row_deleted", updated_at="2024-04-12", **told, deleted=True)
    site.subscription(
        "cancelled_and_deleted",
        updated_at="2024-09-12",
        **told,
        deleted=True,
        status="cancelled",
        cancelled_at="2024-03-12",
    )
    # the table has lost it: that is no evidence of anything
    site.event("created", "2024-01-10", "lost", **told)


def test_a_deleted_subscription_has_ended(mrr):
    assert mrr("deleted", "Jan-May") == [50, 50, 50, 0, 0]
    assert mrr("row_deleted", "Jan-May") == [50, 50, 50, 0, 0]
    assert mrr("cancelled_and_deleted", "Jan-May") == [50, 50, 0, 0, 0]
    assert mrr("lost", "Jan-May") == [50] * 5


# --- Trials, pauses, beginnings


@case
def trial(site):
    told = {
        "started_at": "2024-01-20",
        "trial_start": "2024-01-20",
        "trial_end": "2024-02-03",
        **monthly(3000),
    }
    active = {**told, "activated_at": "2024-02-03"}
    site.event("created", "2024-01-20", "trial", **told, status="in_trial")
    site.event("activated", "2024-02-03", "trial", **active)
    site.subscription("row_trial", updated_at="2024-02-03", **active)
    # no event tells how it went on
    site.event("created", "2024-01-20", "trial_over", **told, status="in_trial")
    site.event(
        "created", "2024-01-20", "early", **told | {"trial_end": "2024-03-20"}, status="in_trial"
    )
    site.event(
        "activated",
        "2024-02-01",
        "early",
        **told | {"trial_end": "2024-03-20"},
        activated_at="2024-02-01",
    )
    site.event("created", "2024-01-20", "longer", **told, status="in_trial")
    site.event(
        "trial_extended",
        "2024-02-01",
        "longer",
        **told | {"trial_end": "2024-03-05"},
        status="in_trial",
    )
    over = {"status": "cancelled", "cancelled_at": "2024-02-03"}
    site.event(
        "created",
        "2024-01-20",
        "only_tried",
        **told,
        status="in_trial",
        trial_end_action="cancel_subscription",
    )
    site.subscription("row_only_tried", updated_at="2024-02-03", **told, **over)
    site.event(
        "created",
        "2024-01-20",
        "add_on_trial",
        **begun("2024-01-20"),
        billing_period=1,
        billing_period_unit="month",
        subscription_items=[
            item("pro-USD-monthly", 3000),
            item("support-USD", 1000, item_type="addon", trial_end="2024-03-05"),
        ],
    )
    site.event(
        "created", "2024-01-20", "later", status="future", start_date="2024-03-15", **monthly(3000)
    )
    site.subscription(
        "row_later",
        updated_at="2024-01-20",
        status="future",
        start_date="2024-03-15",
        **monthly(3000),
    )


def test_a_trial_carries_nothing_until_it_ends(mrr):
    for account in ("trial", "row_trial", "trial_over"):
        assert mrr(account, "Jan-Mar") == [0, 30, 30], account
    assert mrr("early", "Jan-Apr") == [0, 30, 30, 30]
    assert mrr("longer", "Jan-Apr") == [0, 0, 30, 30]


def test_a_trial_that_ends_with_the_subscription_is_never_mrr(mrr):
    assert mrr("only_tried", "Jan-Apr") == [0, 0, 0, 0]
    assert mrr("row_only_tried", "Jan-Apr") == [0, 0, 0, 0]


def test_an_item_may_have_a_trial_of_its_own(mrr):
    assert mrr("add_on_trial", "Jan-Apr") == [30, 30, 40, 40]


def test_a_future_subscription_begins_on_its_start_date(mrr):
    for account in ("later", "row_later"):
        assert mrr(account, "Jan-Apr") == [0, 0, 30, 30], account


@case
def pause(site):
    told = {**begun("2024-01-10"), **monthly(4000)}
    dates = {"pause_date": "2024-03-01", "resume_date": "2024-05-01"}
    site.subscription("row_paused", updated_at="2024-03-01", **told, **dates, status="paused")
    site.subscription(
        "row_active", updated_at="2024-12-01", **told | {"activated_at": "2024-05-01"}, **dates
    )
    site.event("created", "2024-01-10", "pause_scheduled", **told)
    site.event("pause_scheduled", "2024-02-10", "pause_scheduled", **told, **dates)
    site.event("created", "2024-01-10", "resumed_early", **told)
    site.event("paused", "2024-03-01", "resumed_early", **told, **dates, status="paused")
    site.event("resumed", "2024-04-02", "resumed_early", **told, **dates)
    site.event("created", "2024-01-10", "for_good", **told)
    site.event("paused", "2024-03-01", "for_good", **told, status="paused", pause_date="2024-03-01")
    site.event("created", "2024-01-10", "ended_paused", **told)
    site.event("paused", "2024-03-01", "ended_paused", **told, **dates, status="paused")
    site.event(
        "cancelled",
        "2024-04-15",
        "ended_paused",
        **told,
        **dates,
        status="cancelled",
        cancelled_at="2024-04-15",
    )


def test_a_pause_is_from_pause_date_to_resume_date(mrr):
    for account in ("row_paused", "row_active", "pause_scheduled"):
        assert mrr(account, "Jan-Jun") == [40, 40, 0, 0, 40, 40], account


def test_a_pause_ends_early_or_never(mrr):
    assert mrr("resumed_early", "Jan-Jun") == [40, 40, 0, 40, 40, 40]
    assert mrr("for_good", "Jan-Jun") == [40, 40, 0, 0, 0, 0]
    assert mrr("ended_paused", "Jan-Jun") == [40, 40, 0, 0, 0, 0]


# --- Events: order, duplicates, dates


@case
def order(site):
    told = begun("2024-01-10")
    at = "2024-02-05"
    site.event("created", "2024-01-10", "same_second", **told, **monthly(1000, 1))
    later, earlier = seconds(at) * 1000 + 900, seconds(at) * 1000 + 100
    site.event("changed", at, "same_second", **told, **monthly(1000, 7), resource_version=later)
    site.event("changed", at, "same_second", **told, **monthly(1000, 3), resource_version=earlier)
    # delivered twice
    site.tables["event"].append(site.tables["event"][-2])
    site.event("created", "2024-01-10", "missed", **told, **monthly(1000, 2))
    site.subscription("missed", updated_at="2024-04-10", **told, **monthly(1000, 6))
    site.event("created", "2024-01-10", "stale_row", **told, **monthly(1000, 2))
    site.event("changed", "2024-04-10", "stale_row", **told, **monthly(1000, 6))
    site.subscription("stale_row", updated_at="2024-02-10", **told, **monthly(1000, 4))
    # what was before the first event that there is
    site.event("changed", "2024-04-10", "first_event", **told, **monthly(1000, 6))
    site.event("created", "2024-01-10", "thin", **told, **monthly(1000, 2))
    site.event(
        "cancellation_reminder",
        "2024-03-10",
        "thin",
        **told,
        status="non_renewing",
        cancelled_at="2024-05-10",
    )
    # a row that does not say when it was so is so now
    site.event("created", "2024-01-10", "undated_row", **told, **monthly(1000, 2))
    site.subscription(
        "undated_row", **told, **monthly(1000, 2), status="cancelled", cancelled_at="2024-03-20"
    )
    # an end of an earlier time of its life, and what has happened since
    site.event("created", "2024-01-10", "old_end", **told, **monthly(1000, 2))
    site.event("changed", "2024-03-10", "old_end", **told, **monthly(1000, 4))
    site.event(
        "cancelled",
        "2024-05-10",
        "old_end",
        **told,
        **monthly(1000, 4),
        status="cancelled",
        cancelled_at="2024-02-10",
    )
    site.event("entitlements_updated", "2024-03-11", "thin", **told)
    del site.tables["event"][-1]["content"]["subscription"]


def test_events_of_one_second_are_ordered_by_resource_version(mrr):
    assert mrr("same_second", "Jan-Mar") == [10, 70, 70]


def test_a_row_that_is_newer_than_all_events_tells_what_is_missing(mrr):
    assert mrr("missed", "Jan-May") == [20, 20, 20, 60, 60]
    assert mrr("stale_row", "Jan-May") == [20, 20, 20, 60, 60]
    assert mrr("undated_row", "Jan-May") == [20, 20, 0, 0, 0]


def test_an_old_end_says_nothing_of_what_was_told_since(mrr):
    assert mrr("old_end", "Jan-Jun") == [20, 20, 40, 40, 0, 0]


def test_the_first_event_is_carried_back_to_the_beginning_and_flagged(mrr, built):
    assert mrr("first_event", "Jan-May") == [60] * 5
    assert reconstructed(built, "first_event") == [("2024-01-10", True), ("2024-04-10", False)]


def test_an_event_without_items_leaves_them_as_they_were(mrr):
    assert mrr("thin", "Jan-Jun") == [20, 20, 20, 20, 0, 0]


@case
def thin_events(site):
    ends = {"status": "non_renewing", "cancelled_at": "2024-06-30 12:00", **monthly(1000, 2)}
    for name, updated_at in (("same_time", "2024-03-10"), ("older_row", "2024-02-01")):
        site.event("changed", "2024-03-10", name)
        site.subscription(name, started_at="2024-01-15", updated_at=updated_at, **ends)


def test_events_that_only_say_a_status_have_the_items_of_the_row(mrr):
    assert mrr("same_time", "Jan-Jul") == [20, 20, 20, 20, 20, 0, 0]
    # the event came later: it does not end any more
    assert mrr("older_row", "Jan-Jul") == [20] * 7


def reconstructed(built: Dbt, account: str) -> list[tuple]:
    return built.query(
        "select strftime(starts_at, '%Y-%m-%d'), is_reconstructed "
        f"from int_nrr__item_states where account_id = '{account}' order by 1"
    )


def test_events_are_evidence_and_what_only_a_row_says_is_reconstructed(built):
    assert {flag for _, flag in reconstructed(built, "c5")} == {False}
    assert {flag for _, flag in reconstructed(built, "row_ended")} == {True}
    assert reconstructed(built, "missed") == [("2024-01-10", False), ("2024-04-10", True)]


@case
def backdating(site):
    told = begun("2024-01-10")
    site.event(
        "created_with_backdating",
        "2024-03-10",
        "created_late",
        **begun("2024-01-10") | {"created_at": "2024-03-10"},
        start_date="2024-01-10",
        **monthly(1000, 3),
    )
    site.event("created", "2024-01-10", "changed_late", **told, **monthly(1000, 3))
    site.event("changed", "2024-02-20", "changed_late", **told, **monthly(1000, 5))
    site.event(
        "changed_with_backdating",
        "2024-04-02",
        "changed_late",
        **told,
        start_date="2024-02-15",
        **monthly(1000, 8),
    )
    site.event("created", "2024-01-10", "cancelled_late", **told, **monthly(1000, 3))
    site.event("renewed", "2024-03-10", "cancelled_late", **told, **monthly(1000, 3))
    site.event(
        "canceled_with_backdating",
        "2024-03-12",
        "cancelled_late",
        **told,
        status="cancelled",
        cancelled_at="2024-02-28",
        **monthly(1000, 3),
    )
    # the dates say nothing of when: it is when it was done
    site.event(
        "created", "2024-01-10", "no_date", **told, start_date="2024-01-10", **monthly(1000, 3)
    )
    site.event(
        "changed_with_backdating",
        "2024-04-02",
        "no_date",
        **told,
        start_date="2024-01-10",
        **monthly(1000, 8),
    )


def test_a_backdated_event_takes_effect_at_the_date_that_it_names(mrr):
    assert mrr("created_late", "Jan-Mar") == [30, 30, 30]
    assert mrr("changed_late", "Jan-May") == [30, 80, 80, 80, 80]
    assert mrr("cancelled_late", "Jan-Apr") == [30, 0, 0, 0]
    assert mrr("no_date", "Jan-May") == [30, 30, 30, 80, 80]


@case
def renewal(site):
    # worked off after midnight, with a change that was scheduled for it
    told = begun("2024-01-31 23:30")
    site.event("created", "2024-01-31 23:30", "renewed", **told, **monthly(1000, 2))
    term = {"current_term_start": "2024-03-31 23:30"}
    site.event("renewed", "2024-04-01 00:20", "renewed", **told, **term, **monthly(1000, 5))


def test_a_renewal_is_when_its_term_begins_and_not_when_it_is_worked_off(mrr):
    assert mrr("renewed", "Jan-Apr") == [20, 20, 50, 50]


@case
def moves(site):
    told = begun("2024-01-10")
    site.event("created", "2024-01-10", "moved", customer_id="seller", **told, **monthly(2000))
    site.event("moved_in", "2024-03-10", "moved", customer_id="buyer", **told, **monthly(2000))


def test_a_subscription_that_moves_is_the_new_customers_from_then_on(mrr, built):
    assert mrr("seller", "Jan-Apr") == [20, 20, 0, 0]
    assert mrr("buyer", "Jan-Apr") == [0, 0, 20, 20]
    # its item is the same one
    assert built.query(
        "select account_id, count(distinct subscription_item_id), min(subscription_item_id) "
        "from stg_chargebee__subscription_events "
        "where account_id in ('seller', 'buyer') and source_reason is null group by 1 order by 1"
    ) == [("buyer", 1, "pro-USD-monthly"), ("seller", 1, "pro-USD-monthly")]


@case
def parents(site):
    for name in ["mother", "daughter"]:
        known = {"updated_at": seconds("2024-01-10")}
        site.subscription(name, **begun("2024-01-10"), **known, **monthly(2000))
        parent = {"parent_id": "mother"} if name == "daughter" else None
        site.add("customer", id=name, relationship=parent, resource_version=2)
    site.add("customer", id="daughter", relationship={"parent_id": "other"}, resource_version=1)


def test_at_the_level_of_parents_the_customers_of_one_are_one(mrr, mrr_otherwise):
    assert mrr("mother", "Jan-Feb") == mrr("daughter", "Jan-Feb") == [20, 20]
    assert mrr_otherwise("mother", "Jan-Feb") == [40, 40]
    assert mrr_otherwise("daughter", "Jan-Feb") == [0, 0]


# --- Items and prices


@case
def items(site):
    told = {**begun("2024-01-10"), "billing_period": 1, "billing_period_unit": "month"}
    plan = item("pro-USD-monthly", 5000)
    support = item("support-USD", 1000, 3, item_type="addon")
    site.event("created", "2024-01-10", "dropped", **told, subscription_items=[plan, support])
    site.event("changed", "2024-03-10", "dropped", **told, subscription_items=[plan])
    site.event("created", "2024-01-10", "upgraded", **told, subscription_items=[plan])
    site.event("changed", "2024-04-15", "upgraded", **begun("2024-01-10"), **yearly(120000))
    site.subscription(
        "own_period",
        updated_at="2024-01-10",
        **told,
        subscription_items=[
            plan,
            item(
                "archive-USD-yearly",
                12000,
                item_type="addon",
                billing_period=1,
                billing_period_unit="year",
            ),
        ],
    )
    site.subscription(
        "free_units",
        updated_at="2024-01-10",
        **told,
        subscription_items=[
            {**item("pro-USD-monthly", 1000, 8), "free_quantity": 3, "amount": 5000}
        ],
    )
    site.subscription(
        "decimals",
        updated_at="2024-01-10",
        **told,
        subscription_items=[
            {
                "item_price_id": "pro-USD-monthly",
                "item_type": "plan",
                "quantity_in_decimal": "2.5",
                "unit_price_in_decimal": "0.4455",
                "unit_price": 45,
            }
        ],
    )
    site.subscription(
        "flat_fee",
        updated_at="2024-01-10",
        **told,
        subscription_items=[item("flat-USD-monthly", 7000, 3)],
    )
    site.subscription(
        "unknown_price",
        updated_at="2024-01-10",
        **told,
        subscription_items=[{**item("nobody-knows", 7000, 3), "amount": 7000}],
    )
    site.subscription(
        "list_price",
        updated_at="2024-01-10",
        **told,
        subscription_items=[item("list-USD", quantity=2)],
    )
    site.subscription(
        "twice", updated_at="2024-01-10", **told, subscription_items=[plan, support, support]
    )
    site.subscription(
        "yen",
        updated_at="2024-01-10",
        **told,
        currency_code="JPY",
        subscription_items=[item("pro-JPY", 5000)],
    )
    site.subscription(
        "dinar",
        updated_at="2024-01-10",
        **told,
        currency_code="KWD",
        subscription_items=[item("pro-KWD", 1250)],
    )
    site.subscription(
        "catalogue_1",
        updated_at="2024-01-10",
        **told,
        plan_id="pro",
        plan_quantity=5,
        plan_unit_price=1000,
        plan_free_quantity=1,
        plan_amount=4000,
        setup_fee=9900,
        addons=[{"id": "support", "quantity": 2, "unit_price": 500, "amount": 1000}],
        event_based_addons=[{"id": "onboarding", "quantity": 1, "unit_price": 30000}],
    )
    site.subscription(
        "catalogue_1_tiers",
        updated_at="2024-01-10",
        **told,
        plan_id="tiered",
        plan_quantity=25,
        plan_amount=21500,
    )


def test_an_item_that_leaves_the_list_ends(mrr):
    assert mrr("dropped", "Jan-Apr") == [80, 80, 50, 50]


def test_another_plan_takes_the_place_of_the_old_one(mrr):
    assert mrr("upgraded", "Mar-May") == [50, 100, 100]


def test_an_item_may_have_a_billing_period_of_its_own(mrr):
    assert mrr("own_period", "Jan") == [60]


def test_free_units_are_not_paid_for(mrr):
    assert mrr("free_units", "Jan") == [50]


def test_decimals_go_before_whole_numbers(mrr):
    assert mrr("decimals", "Jan") == [Decimal("1.1138")]


def test_a_flat_fee_is_the_same_for_any_quantity(mrr):
    assert mrr("flat_fee", "Jan") == [70]
    assert mrr("unknown_price", "Jan") == [70]


def test_without_a_price_of_its_own_it_has_the_catalogues(mrr):
    assert mrr("list_price", "Jan") == [60]


def test_an_item_that_is_listed_twice_is_two(mrr):
    assert mrr("twice", "Jan") == [110]


def test_a_currency_has_no_decimals_or_two(mrr):
    # 5,000 yen at 0.01 and 12.50 dinars at 3
    assert mrr("yen", "Jan") == [50]
    assert mrr("dinar", "Jan") == [Decimal("37.5")]


def test_a_site_may_have_plans_and_add_ons(mrr):
    assert mrr("catalogue_1", "Jan") == [50]
    assert mrr("catalogue_1_tiers", "Jan") == [215]


@case
def tiers(site):
    told = {**begun("2024-01-10"), "billing_period": 1, "billing_period_unit": "month"}

    def subscribed(name, price, quantity, *own):
        rows = [{"item_price_id": price, **row} for row in own]
        site.subscription(
            name,
            updated_at="2024-01-10",
            **told,
            item_tiers=rows or None,
            subscription_items=[item(price, quantity=quantity)],
        )

    units = [tier(1, 5, 1000), tier(6, 20, 800), tier(21, None, 500)]
    subscribed("graduated", "graduated-USD", 25, *units)
    subscribed("volume", "volume-USD", 25, *units)
    subscribed("in_the_first", "graduated-USD", 5, *units)
    subscribed(
        "stairs", "stairs-USD", 25, tier(1, 5, 3000), tier(6, 20, 8000), tier(21, None, 9900)
    )
    subscribed(
        "packages",
        "graduated-USD",
        25,
        tier(1, None, 3000, pricing_type="package", package_size=10),
    )
    subscribed(
        "flat_tier",
        "graduated-USD",
        25,
        tier(1, 20, 1000),
        tier(21, None, 5000, pricing_type="flat_fee"),
    )
    subscribed(
        "decimal_tiers",
        "volume-USD",
        25,
        {"starting_unit_in_decimal": "0", "ending_unit_in_decimal": "20", "price_in_decimal": "10"},
        {"starting_unit_in_decimal": "20", "price_in_decimal": "4.25"},
    )
    # no tiers of its own: those of the catalogue
    subscribed("catalogue_stairs", "stairs-USD", 11)


def test_tiers_are_those_of_the_subscription(mrr):
    assert mrr("graduated", "Jan") == [195]
    assert mrr("volume", "Jan") == [125]
    assert mrr("in_the_first", "Jan") == [50]
    assert mrr("stairs", "Jan") == [99]
    assert mrr("packages", "Jan") == [90]
    assert mrr("flat_tier", "Jan") == [250]
    assert mrr("decimal_tiers", "Jan") == [Decimal("106.25")]
    assert mrr("catalogue_stairs", "Jan") == [250]


# --- Discounts


@case
def discounts(site):
    def told(name, coupons=(), discounts=(), **more):
        values = {
            **begun("2024-01-10"),
            **monthly(10000),
            "current_term_start": "2024-01-10",
            "coupons": list(coupons) or None,
            "discounts": list(discounts) or None,
            **more,
        }
        site.event("created", "2024-01-10", name, **values)
        return values

    told("stacked", [coupon("tenth"), coupon("fifth")])
    told("percent_then_amount", [coupon("tenth"), coupon("ten_off")])
    told("old_column", coupon="tenth")
    once = told("once", [coupon("half_once")])
    # still listed after its bill
    site.event("renewed", "2024-02-10", "once", **once | {"current_term_start": "2024-02-10"})
    removed = told("removed", [coupon("fifth")])
    site.event("changed", "2024-03-20", "removed", **removed | {"coupons": []})
    told("three_months", [coupon("fifth_for_3", "2024-04-10 00:00:07")])
    told("three_of_a_year", [coupon("fifth_for_3", "2024-04-10")], **yearly(120000))
    told("until_next_bill", [coupon("fifth_for_3", "2024-04-22")])
    told("no_till", [coupon("fifth_for_3")])
    told(
        "too_much",
        discounts=[
            {
                "id": "d",
                "type": "fixed_amount",
                "amount": 15000,
                "duration_type": "forever",
                "apply_on": "invoice_amount",
            }
        ],
    )
    two = [item("pro-USD-monthly", 6000), item("support-USD", 4000, item_type="addon")]
    told("one_item", [coupon("half_of_support")], subscription_items=two)
    three = [
        item("pro-USD-monthly", 10000),
        item("training-USD", 5000, item_type="addon"),
        item("backup-USD", 3000, item_type="addon"),
        item("support-USD", 2000, item_type="addon"),
    ]
    told("one_of_addons", [coupon("half_of_support")], subscription_items=three)
    told("two_of_addons", [coupon("half_of_two")], subscription_items=three)
    told("spread", [coupon("ten_off")], subscription_items=two)
    told("item_first", [coupon("fifth"), coupon("half_of_support")], subscription_items=two)
    told(
        "item_first_of_amount",
        [coupon("ten_off"), coupon("half_of_support")],
        subscription_items=two,
    )
    told(
        "manual",
        discounts=[
            {
                "id": "d1",
                "type": "percentage",
                "percentage": 10.0,
                "duration_type": "limited_period",
                "period": 2,
                "period_unit": "month",
                "apply_on": "invoice_amount",
                "included_in_mrr": False,
                "apply_till": seconds("2024-03-10"),
            },
            {
                "id": "d2",
                "type": "fixed_amount",
                "amount": 500,
                "duration_type": "forever",
                "apply_on": "specific_item_price",
                "item_price_id": "support-USD",
            },
        ],
        subscription_items=two,
    )
    told(
        "units_off",
        discounts=[
            {
                "id": "d",
                "type": "offer_quantity",
                "quantity": 2,
                "duration_type": "forever",
                "apply_on": "specific_item_price",
                "item_price_id": "pro-USD-monthly",
            }
        ],
        subscription_items=[item("pro-USD-monthly", 1000, 10)],
    )
    told(
        "told_twice",
        [coupon("tenth")],
        [
            {
                "id": "d",
                "coupon_id": "tenth",
                "type": "percentage",
                "percentage": 10.0,
                "duration_type": "forever",
                "apply_on": "invoice_amount",
            }
        ],
    )
    told("unknown_coupon", [coupon("nobody_knows")])
    told("nine", [coupon("tenth")] * 9)
    site.subscription(
        "row_limited",
        updated_at="2024-09-10",
        **begun("2024-01-10"),
        **monthly(10000),
        current_term_start="2024-09-10",
        coupons=[coupon("fifth_for_3", "2024-12-10")],
    )
    trial = {
        "started_at": "2024-01-10",
        "trial_start": "2024-01-10",
        "trial_end": "2024-02-10",
        "coupons": [coupon("half_once")],
        **monthly(10000),
    }
    site.event(
        "created",
        "2024-01-10",
        "once_after_trial",
        **trial,
        status="in_trial",
        current_term_start="2024-01-10",
    )
    site.event(
        "activated",
        "2024-02-10",
        "once_after_trial",
        **trial,
        activated_at="2024-02-10",
        current_term_start="2024-02-10",
    )


def test_stacked_coupons_compound(mrr):
    assert mrr("stacked", "Jan") == [72]
    assert mrr("percent_then_amount", "Jan") == [80]
    assert mrr("old_column", "Jan") == [90]


def test_a_coupon_for_once_is_for_the_first_bill(mrr):
    assert mrr("once", "Jan-Mar") == [50, 100, 100]
    assert mrr("once_after_trial", "Jan-Apr") == [0, 50, 100, 100]


def test_a_coupon_that_is_taken_off_is_over(mrr):
    assert mrr("removed", "Jan-Apr") == [80, 80, 100, 100]


def test_a_coupon_for_some_time_follows_the_bills(mrr):
    assert mrr("three_months", "Jan-May") == [80, 80, 80, 100, 100]
    assert mrr("no_till", "Jan-May") == [80, 80, 80, 100, 100]
    assert mrr("until_next_bill", "Jan-May") == [80, 80, 80, 80, 100]
    assert mrr("three_of_a_year", "Jan-Dec") == [80] * 12
    assert mrr("three_of_a_year", "2025-01") == [100]


def test_a_discount_takes_off_no_more_than_there_is(mrr):
    assert mrr("too_much", "Jan") == [0]


def test_a_coupon_for_an_item_leaves_the_others_alone_and_comes_first(mrr):
    assert mrr("one_item", "Jan") == [80]
    # 100, and add-ons of 50, 30 and 20: half of the last, or of the last two
    assert mrr("one_of_addons", "Jan") == [190]
    assert mrr("two_of_addons", "Jan") == [175]
    assert mrr("item_first", "Jan") == [64]
    # 60 and half of 40, less 10
    assert mrr("item_first_of_amount", "Jan") == [70]


def test_an_amount_off_the_bill_is_taken_once_whatever_the_number_of_items(mrr, built):
    assert mrr("spread", "Jan") == [90]
    assert built.query(
        "select plan_id, discount_amount from int_nrr__item_states "
        "where account_id = 'spread' order by 1"
    ) == [("pro-USD-monthly", 6), ("support-USD", 4)]


def test_discounts_by_hand_count_whether_chargebee_counts_them_or_not(mrr):
    assert mrr("manual", "Jan-Apr") == [Decimal("85.5"), Decimal("85.5"), 95, 95]
    assert mrr("units_off", "Jan") == [80]


def test_a_coupon_that_is_also_a_discount_is_taken_off_once(mrr):
    assert mrr("told_twice", "Jan") == [90]


def test_a_row_says_since_when_a_coupon_holds(mrr):
    assert mrr("row_limited", "Jan-Dec") == [100] * 8 + [80] * 3 + [100]


def test_what_cannot_be_known_is_rejected_by_name(mrr, built):
    assert mrr("unknown_coupon", "Jan") == [0]
    assert mrr("nine", "Jan") == [0]
    assert rejected(built) == {"unknown_coupon": "unknown_coupon", "nine": "too_many_discounts"}


def rejected(built: Dbt) -> dict[str, str]:
    return dict(built.query("select distinct account_id, reason from nrr__rejected_events"))


def test_discounts_with_an_end_can_be_ignored(mrr_otherwise):
    assert mrr_otherwise("stacked", "Jan") == [72]
    assert mrr_otherwise("c3", "Jan") == [100]
    assert mrr_otherwise("once", "Jan") == [100]


# --- Invoices


@case
def usage(site):
    plan = item("pro-USD-monthly", 1000)
    calls = {"item_price_id": "calls-USD", "item_type": "addon", "metered_quantity": "0"}
    told = {
        **begun("2024-01-01"),
        "billing_period": 1,
        "billing_period_unit": "month",
        "subscription_items": [plan, calls],
    }
    site.event("created", "2024-01-01", "usage", **told)
    january, february = ("2024-01-01", "2024-02-01"), ("2024-02-01", "2024-02-29 23:59:59")
    usage = {"entity_type": "addon_item_price", "metered": True}
    invoice(site, "usage", "2024-02-01", line("calls-USD", january, 3350, **usage))
    invoice(site, "usage", "2024-03-01", line("calls-USD", february, 4120, **usage))
    site.event("changed", "2024-05-05", "usage", **told | {"subscription_items": [plan]})
    site.event("created", "2024-01-01", "no_usage_known", **told)
    site.event("created", "2024-01-01", "usage_of_a_quarter", **told)
    quarter = line("calls-USD", ("2024-01-01", "2024-04-01"), 9000, **usage)
    invoice(site, "usage_of_a_quarter", "2024-04-01", quarter)
    # a quarter of a year is billed again, a month of nothing lies between two bills
    again = line("calls-USD", ("2024-04-01", "2024-07-01"), 12000, **usage)
    invoice(site, "usage_of_a_quarter", "2024-07-01", again)
    site.event("created", "2024-01-01", "usage_with_a_gap", **told)
    for month in (1, 2, 4):
        period = (f"2024-0{month}-01", f"2024-0{month + 1}-01")
        invoice(site, "usage_with_a_gap", period[1], line("calls-USD", period, 3000, **usage))
    # the shortest month is billed before the longer ones are over
    site.event("created", "2024-01-01", "usage_to_the_last_day", **told)
    for period in pairwise(["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]):
        bill = line("calls-USD", period, 3000, **usage)
        invoice(site, "usage_to_the_last_day", period[1], bill)


def test_usage_counts_from_the_end_of_its_period_while_the_item_is_there(mrr):
    assert mrr("usage", "Jan-Mar") == [10, Decimal("43.5"), Decimal("51.2")]
    assert mrr("no_usage_known", "Jan-Feb") == [10, 10]
    # 90 for three months
    assert mrr("usage_of_a_quarter", "Mar-Apr") == [10, 40]


def test_usage_goes_on_while_bills_come(mrr):
    assert mrr("usage_of_a_quarter", "Apr-Sep") == [40, 40, 40, 50, 50, 50]
    assert mrr("usage_to_the_last_day", "Jan-May") == [10, 40, 40, 40, 40]


def test_usage_ends_where_the_next_period_is_not_billed(mrr):
    assert mrr("usage", "Apr-Jun") == [10, 10, 10]
    assert mrr("usage_of_a_quarter", "Oct-Nov") == [10, 10]
    assert mrr("usage_with_a_gap", "Jan-Jul") == [10, 40, 40, 10, 40, 10, 10]
    assert mrr("usage_to_the_last_day", "Jun-Jul") == [10, 10]


def test_usage_can_be_left_out(mrr_otherwise):
    assert mrr_otherwise("usage", "Jan-Jun") == [10] * 6


@case
def bills(site):
    plan = "pro-USD-monthly"
    site.subscription("billed", updated_at="2024-05-20", **begun("2024-01-10"), **monthly(1000, 8))
    dates = ["2024-01-10", "2024-02-10", "2024-03-10", "2024-04-10", "2024-05-10", "2024-06-10"]
    months = list(pairwise(dates))
    setup = line("setup", months[0], 50000, entity_type="charge_item_price")
    support = line("support-USD", months[0], 700, entity_type="addon_item_price")
    invoice(site, "billed", dates[0], line(plan, months[0], 1000, 5), setup, support)
    invoice(site, "billed", dates[1], line(plan, months[1], 1000, 5))
    # a change within a month is billed by its part
    invoice(site, "billed", "2024-02-20", line(plan, ("2024-02-20", "2024-03-10"), 650, 3))
    invoice(site, "billed", dates[2], line(plan, months[2], 1000, 8))
    invoice(site, "billed", dates[3], line(plan, months[3], 1000, 8, discount_amount=2000))
    invoice(site, "billed", dates[4], line(plan, months[4], 1000, 8))
    site.tables["invoice"][-1]["status"] = "voided"
    # paid by the month, then by the year
    site.subscription("switched", updated_at="2024-07-01", **begun("2024-01-31"), **yearly(120000))
    invoice(site, "switched", "2024-01-31", line("m", ("2024-01-31", "2024-02-29"), 12000))
    invoice(site, "switched", "2024-02-29", line("m", ("2024-02-29", "2024-03-31"), 12000))
    invoice(
        site, "switched", "2024-03-31", line("pro-USD-yearly", ("2024-03-31", "2025-03-31"), 120000)
    )
    # it had been there before
    site.subscription(
        "returned",
        updated_at="2024-06-01",
        **begun("2024-01-10") | {"activated_at": "2024-06-01"},
        **monthly(3000),
    )
    invoice(site, "returned", dates[0], line(plan, months[0], 2000))
    invoice(site, "returned", dates[1], line(plan, months[1], 2000))


def test_without_events_bills_tell_what_was_paid_before(mrr, built):
    assert mrr("billed", "Jan-May") == [57, 50, 80, 60, 80]
    assert {flag for _, flag in reconstructed(built, "billed")} == {True}


def test_a_bill_for_a_year_is_a_twelfth_each_month(mrr):
    assert mrr("switched", "Jan-May") == [120, 120, 100, 100, 100]


def test_bills_tell_of_a_life_before_the_last_activation(mrr):
    assert mrr("returned", "Jan-Jun") == [20, 20, 0, 0, 0, 30]


@case
def tax(site):
    site.event(
        "created",
        "2024-01-10",
        "with_tax",
        **begun("2024-01-10"),
        **monthly(11900),
        discounts=[
            {
                "id": "d",
                "type": "fixed_amount",
                "amount": 1190,
                "duration_type": "forever",
                "apply_on": "invoice_amount",
            }
        ],
    )
    invoice(
        site,
        "with_tax",
        "2024-01-10",
        line(
            "pro-USD-monthly",
            ("2024-01-10", "2024-02-10"),
            11900,
            tax_rate=19.0,
            tax_amount=1900,
            is_taxed=True,
        ),
    )
    site.tables["invoice"][-1]["price_type"] = "tax_inclusive"
    site.event("created", "2024-01-10", "tax_besides", **begun("2024-01-10"), **monthly(11900))
    invoice(
        site,
        "tax_besides",
        "2024-01-10",
        line("pro-USD-monthly", ("2024-01-10", "2024-02-10"), 11900, tax_rate=19.0),
    )
    site.event("created", "2024-01-10", "two_taxes", **begun("2024-01-10"), **monthly(11200))
    taxed = line("pro-USD-monthly", ("2024-01-10", "2024-02-10"), 11200, is_taxed=True)
    invoice(
        site,
        "two_taxes",
        "2024-01-10",
        taxed,
        line_item_taxes=[
            {"line_item_id": taxed["id"], "tax_name": "GST", "tax_rate": 5.0},
            {"line_item_id": taxed["id"], "tax_name": "PST", "tax_rate": 7.0},
        ],
    )
    site.tables["invoice"][-1]["price_type"] = "tax_inclusive"


def test_tax_within_a_price_is_taken_out(mrr):
    assert mrr("with_tax", "Jan") == [90]
    assert mrr("tax_besides", "Jan") == [119]
    assert mrr("two_taxes", "Jan") == [100]


# --- The check


@case
def own_mrr(site):
    site.event("created", "2024-01-10", "agreed", **begun("2024-01-10"), **monthly(4000), mrr=4000)
    site.event("created", "2024-01-10", "differs", **begun("2024-01-10"), **monthly(4000), mrr=5000)


def test_chargebees_own_mrr_is_compared_and_changes_nothing(mrr, built):
    found = built.query(
        "select account_id, mrr, chargebee_mrr, difference from stg_chargebee__mrr_check order by 1"
    )
    assert found == [("agreed", 40, 40, 0), ("differs", 40, 50, -10)]
    assert mrr("differs", "Jan") == [40]


# --- What may be missing


def test_a_table_of_subscriptions_is_enough(tmp_path):
    (tmp_path / "data/chargebee").mkdir(parents=True)
    table = (
        "id,customer_id,status,started_at,cancelled_at,plan_id,plan_unit_price,billing_period_unit",
        "s1,a,active,2024-01-10 08:00:00,,pro,5000,month",
        "s2,b,Non Renewing,2024-01-10 08:00:00,2024-03-10 08:00:00,pro,60000,year",
        "s3,c,active,2024-01-10 08:00:00,,,5000,month",
        "s4,d,active,soon,,pro,5000,month",
        "s5,e,active,,,pro,5000,month",
        "s6,f,active,2024-01-10 08:00:00,,pro,much,month",
        "s7,g,,2024-01-10 08:00:00,,pro,5000,month",
    )
    (tmp_path / "data/chargebee/subscription.csv").write_text("\n".join(table) + "\n")
    dbt = Dbt(tmp_path, data=tmp_path / "data")
    dbt.succeed("build", "--select", "+nrr__rejected_events", *WITHOUT_TESTS)
    assert dbt.query(
        "select account_id, status, strftime(starts_at, '%Y-%m-%d'), unit_amount "
        "from int_nrr__item_states where starts_at < '2025-01-01' order by 1, 3"
    ) == [
        ("a", "active", "2024-01-10", 50),
        ("b", "active", "2024-01-10", 600),
        ("b", "cancelled", "2024-03-10", 600),
    ]
    assert rejected(dbt) == {
        "c": "missing_subscription_items",
        "d": "unreadable_started_at",
        "e": "missing_started_at",
        "f": "unreadable_subscription_items",
        "g": "missing_status",
    }
