"""Stripe's tables as Airbyte lands them; each case is a customer of its own."""

import pytest
from conftest import Dbt
from stripe_airbyte.account import Account, unix

MONTHS = range(1, 13)
# what is built anew where churn is at the cancellation
CHURN_ON = "+nrr__account_months,stg_stripe__status_changes+"


def first_days(months: range, day: int = 10) -> list[str]:
    """A day of these months of 2024, and of January 2025 after December."""
    return [f"{2024 + (m > 12)}-{(m - 1) % 12 + 1:02}-{day:02}" for m in months]


def company() -> Account:
    a = Account()
    usd10, usd20, usd30, usd50, usd60, usd40, usd100, usd120 = (
        a.price(f"price_{amount}", amount * 100) for amount in [10, 20, 30, 50, 60, 40, 100, 120]
    )
    yearly = a.price("price_1200_yearly", 120000, "year")

    # S1, as events tell it: the stream of items has the new price alone
    s = a.subscription("s1", [a.item("si_s1", yearly)], "01-10")
    a.event("04-15 10:00", "updated", s, {"items": {"data": [a.item("si_s1", usd120)]}})
    a.subscribe(s)
    # ... as invoices tell it
    s = a.subscription("s1_billed", [a.item("si_s1_billed", yearly)], "01-10")
    a.cycles(s, a.item("si_s1_billed", usd120), 12000, first_days(range(1, 6)))
    a.invoice(s, "04-15 10:00", [
        a.line(s, a.item("si_s1_billed", usd120), -10000, "04-15 10:00", "05-10", proration=True,
               type="invoiceitem", description="Unused time on Pro after 15 Apr 2024"),
        a.line(s, a.item("si_s1_billed", yearly), 120000, "04-15 10:00", "2025-04-15 10:00"),
    ])  # fmt: skip
    a.subscribe(s)

    # S3: the pinned version shows the first discount only, invoices show both
    forever = discount("di_forever", coupon("ten", percent_off=10), "sub_s3", "01-05")
    repeating = discount(
        "di_repeating",
        coupon("twenty", percent_off=20, duration="repeating", duration_in_months=3),
        "sub_s3", "01-05", "04-05",
    )  # fmt: skip
    s = a.subscription("s3", [a.item("si_s3", usd100)], "01-05", discount=forever)
    a.cycles(s, s["items"]["data"][0], 10000, first_days(range(1, 5), 5),
             discounts=[forever, repeating])  # fmt: skip
    a.cycles(s, s["items"]["data"][0], 10000, first_days(range(4, 14), 5), discounts=[forever])
    a.subscribe(s)

    # S5
    s = a.subscription(
        "s5", [a.item("si_s5", usd30)], "01-20", status="canceled", trial_start=unix("01-20"),
        trial_end=unix("02-03"), canceled_at=unix("04-10 09:00"), ended_at=unix("05-03"),
        cancel_at_period_end=True, current_period_end=unix("05-03"),
    )  # fmt: skip
    a.subscribe(s)

    # S7
    tiers = [
        {"up_to": 5, "unit_amount": 1000, "flat_amount": None},
        {"up_to": 20, "unit_amount": 800, "flat_amount": None},
        {"up_to": None, "unit_amount": 500, "flat_amount": 2000},
    ]
    for mode in ["graduated", "volume"]:
        price = a.price(f"price_{mode}", None, tiers_mode=mode)
        a.plan(price, tiers=tiers)
        a.subscribe(a.subscription(mode, [a.item(f"si_{mode}", price, 25)], "01-10"))
    # ... the stream of plans has lost the tiers; a plan within an old event has them
    price = a.price("price_lost", None, tiers_mode="graduated")
    plan = a.plan(price)
    s = a.subscription("lost", [a.item("si_lost", price, 25)], "01-10")
    a.event("01-10", "created", s | {"items": {"data": [
        {"id": "si_lost", "plan": plan | {"tiers": tiers}, "quantity": 25}
    ]}}, api_version="2019-12-03")  # fmt: skip
    a.subscribe(s)
    # ... though the price, which has none, is longer than the plan, and stands in two places
    price = a.price("price_long", None, tiers_mode="graduated", nickname=200 * "Pro ")
    plan = a.plan(price)
    s = a.subscription("lost_long", [a.item("si_lost_long", price, 25)], "01-10")
    a.event("01-10", "created", s | {"items": {"data": [
        {"id": "si_lost_long", "plan": plan | {"tiers": tiers}, "quantity": 25}
    ]}}, api_version="2019-12-03")  # fmt: skip
    a.subscribe(s)
    # ... nobody has them: what was billed
    price = a.price("price_billed", None, tiers_mode="volume")
    a.plan(price)
    s = a.subscription("tiers_billed", [a.item("si_tiers_billed", price, 25)], "01-10")
    a.cycles(s, s["items"]["data"][0], 14500, first_days(range(1, 14)))
    a.subscribe(s)
    # ... and nothing was
    price = a.price("price_unknown", None, tiers_mode="volume")
    a.subscribe(a.subscription("tiers_unknown", [a.item("si_unknown", price, 25)], "01-10"))
    package = a.price("price_package", 3000, transform_quantity={"divide_by": 10, "round": "up"})
    a.subscribe(a.subscription("package", [a.item("si_package", package, 25)], "01-10"))
    metered = a.price("price_metered", 1, usage_type="metered")
    s = a.subscription("metered", [a.item("si_metered", metered, None)], "01-01")
    for month, amount in [(1, 3350), (2, 4120)]:
        start, end = first_days(range(month, month + 2), 1)
        a.invoice(s, end, [a.line(s, s["items"]["data"][0], amount, start, end, quantity=amount)])
    a.subscribe(s)

    # S8
    for currency, amount in [("jpy", 5000), ("kwd", 12500), ("isk", 250000)]:
        price = a.price(f"price_{currency}", amount, currency=currency)
        a.subscribe(a.subscription(currency, [a.item(f"si_{currency}", price)], "01-10"))
    price = a.price("price_eur", 11900, currency="eur", tax_behavior="inclusive")
    vat = [{"id": "txr_1", "inclusive": True, "percentage": 19.0}]
    a.subscribe(a.subscription("eur", [a.item("si_eur", price)], "01-10", default_tax_rates=vat))

    # S10
    s = a.subscription("s10", [a.item("si_s10_a", usd50)], "05-01", id="sub_s10_a",
                       status="canceled", ended_at=unix("06-15 10:00:00"))  # fmt: skip
    a.subscribe(s)
    price = a.price("price_70", 7000)
    a.subscribe(
        a.subscription("s10", [a.item("si_s10_b", price)], "06-15 10:00:05", id="sub_s10_b")
    )

    # the stream of items holds the subscription in its item's place
    s = a.subscribe(a.subscription("parent", [a.item("si_parent", usd50)], "02-01"), streams=False)
    a.add("subscription_items", **s)
    s = a.subscription("nowhere", [], "02-01")
    a.subscribe(s, streams=False)["items"] = None
    a.tables["subscriptions"][-1]["items"] = None
    a.add("subscription_items", **s)
    # an item whose subscription is not there, and lines whose period cannot be read
    a.add(
        "subscription_items", **a.item("si_orphan", usd50, created="01-10"), subscription="sub_gone"
    )
    s = a.subscription("unread", [a.item("si_unread", usd50)], "01-10")
    item = s["items"]["data"][0]
    a.invoice(s, "03-10", [
        a.line(s, item, 5000, "03-10", "04-10", period={"start": "in March", "end": None}),
        a.line(s, item, 5000, "03-10", "04-10", period=None),
        # paid once
        a.line(s, item, 5000, "03-10", "04-10", period=None, type="invoiceitem"),
    ])  # fmt: skip
    a.subscribe(s)

    # ... and that of lines the invoice, whose own first lines are there
    s = a.subscription("held", [a.item("si_held", usd60)], "01-10")
    id_ = a.invoice(s, "01-10", [a.line(s, a.item("si_held", usd40), 4000, "01-10", "02-10")],
                    held=True)  # fmt: skip
    a.add("invoice_line_items", id=id_, object="invoice", subscription=s["id"], currency="usd")
    a.cycles(s, s["items"]["data"][0], 6000, first_days(range(2, 14)))
    a.subscribe(s)

    # ... as newer versions of the API tell of lines, two items having one price
    two = [a.item("si_parents_a", usd10, 3), a.item("si_parents_b", usd10, 1)]
    s = a.subscription("parents", two, "01-10")
    for start, end, seats in [("01-10", "02-10", 2), ("02-10", "03-10", 2), ("03-10", "04-10", 3)]:
        lines = []
        for item, quantity in zip(two, [seats, 1], strict=True):
            details = {"subscription": s["id"], "subscription_item": item["id"], "proration": False}
            lines.append({
                "object": "line_item", "amount": 1000 * quantity, "currency": "usd",
                "quantity": quantity, "period": {"start": unix(start), "end": unix(end)},
                "pricing": {"price_details": {"price": "price_10"}},
                "parent": {
                    "type": "subscription_item_details", "subscription_item_details": details,
                },
            })  # fmt: skip
        a.invoice(s, start, lines, held=True)
    a.subscribe(s)
    # ... and the same lines are in the stream and in their invoices
    s = a.subscription("metered_twice", [a.item("si_twice", metered, None)], "01-01")
    line = a.line(s, s["items"]["data"][0], 1500, "01-01", "02-01", quantity=1500)
    id_ = a.invoice(s, "02-01", [line], held=True)
    a.add("invoice_line_items", **line, invoice=id_, invoice_id=id_)
    a.subscribe(s)

    # lists end with their tenth: the stream has the others, or lacks them
    for name, streamed in [("twelve", 12), ("twelve_lost", 10)]:
        items = [a.item(f"si_{name}_{n:02}", usd10) for n in range(12)]
        s = a.subscription(name, items[:10], "01-10")
        s["items"] |= {"has_more": True, "total_count": 12}
        a.subscribe(s, streams=False)
        for item in items[:streamed]:
            a.add("subscription_items", **item, subscription=s["id"], created=s["created"])

    # an item that is gone stays in the stream: an event tells when, or a credit, or nothing
    kept, gone = (
        a.item(f"si_s4_{name}", price) for name, price in [("kept", usd60), ("gone", usd40)]
    )
    s = a.subscription("s4", [kept, gone], "03-01")
    a.event("03-01", "created", s)
    s = a.subscription("s4", [kept], "03-01")
    a.event("05-12", "updated", s, {"items": {"data": [kept, gone]}})
    a.subscribe(s)
    a.add("subscription_items", **gone, subscription=s["id"], created=s["created"],
          _airbyte_extracted_at="2024-03-02T03:00:00Z")  # fmt: skip
    # ... the event that shows it gone does not say what was there before
    kept, gone = (
        a.item(f"si_dr_{name}", price) for name, price in [("kept", usd60), ("gone", usd40)]
    )
    s = a.subscription("dropped", [kept, gone], "03-01")
    a.event("03-01", "created", s)
    s = a.subscription("dropped", [kept], "03-01")
    a.event("05-12", "updated", s, {"metadata": {"owner": "me"}})
    a.subscribe(s)
    kept, gone = (
        a.item(f"si_cr_{name}", price) for name, price in [("kept", usd60), ("gone", usd40)]
    )
    s = a.subscription("credited", [kept], "03-01")
    for item, amount in [(kept, 6000), (gone, 4000)]:
        a.cycles(s, item, amount, first_days(range(3, 6), 1))
    a.cycles(s, kept, 6000, first_days(range(5, 14), 1))
    credit = {"proration": True, "type": "invoiceitem", "description": "Unused time on Extra"}
    a.invoice(s, "05-12", [a.line(s, gone, -2500, "05-12", "06-01", **credit)])
    a.cycles(s, gone, 4000, ["2024-05-01", "2024-06-01"])
    a.subscribe(s)
    a.add("subscription_items", **gone, subscription=s["id"], created=s["created"],
          _airbyte_extracted_at="2024-03-02T03:00:00Z")  # fmt: skip
    kept, gone = (
        a.item(f"si_st_{name}", price) for name, price in [("kept", usd60), ("gone", usd40)]
    )
    s = a.subscription("silent", [kept], "03-01")
    a.subscribe(s)
    a.add("subscription_items", **gone, subscription=s["id"], created=s["created"],
          _airbyte_extracted_at="2024-05-12T03:00:00Z")  # fmt: skip

    # the row is older than what an event says
    s = a.subscription("stale", [a.item("si_stale", usd50)], "01-10")
    a.subscribe(s, synced="2024-02-01T03:00:00Z")
    a.event("06-20", "deleted", s | {
        "status": "canceled", "canceled_at": unix("06-20"), "ended_at": unix("06-20"),
    }, {"status": "active"})  # fmt: skip

    # a subscription that is over, of which there is no row
    s = a.subscription("left_out", [a.item("si_left_out", usd50)], "01-10")
    a.event("06-20", "deleted", s | {
        "status": "canceled", "canceled_at": unix("06-20"), "ended_at": unix("06-20"),
    })  # fmt: skip
    # the stream's row of an item is newer than the subscription's
    s = a.subscription("newer_item", [a.item("si_newer", usd10, 2)], "01-10")
    a.subscribe(s, streams=False, synced="2024-06-02T03:00:00Z")
    a.add(
        "subscription_items", **a.item("si_newer", usd10, 3), subscription=s["id"],
        created=s["created"],
    )  # fmt: skip

    # versions of the API: a plan, a price, only ids, discounts as a list
    s = a.subscription("versions", [a.item("si_versions", usd30, 4)], "01-10")
    plan = {"id": "price_10", "object": "plan", "amount": 1000, "interval": "month"}
    old = {"items": {"data": [{"id": "si_versions", "plan": plan, "quantity": 2}]}}
    a.event("01-10", "created", s | old, api_version="2018-02-28")
    a.event("03-10", "updated", s | {"items": {"data": [a.item("si_versions", usd20, 2)]}}, old)
    a.event("05-10", "updated", s | {"items": {"data": [
        {"id": "si_versions", "price": "price_20", "quantity": 4, "current_period_end": 1718000000}
    ]}}, {"quantity": 2}, api_version="2025-03-31.basil")  # fmt: skip
    a.event("07-10", "updated", s, {"plan": plan | {"id": "price_20"}}, api_version="2018-02-28")
    a.subscribe(s)
    # ... one item's change may be told as the subscription's plan and quantity
    s = a.subscription("only", [a.item("si_only", usd20, 3)], "01-10")
    a.event("04-10", "updated", s, {"plan": plan, "quantity": 2}, api_version="2018-02-28")
    a.subscribe(s)

    # a discount that was taken away before its end
    s = a.subscription("removed", [a.item("si_removed", usd100)], "01-10", discount=None)
    half = discount("di_half", coupon("half", percent_off=50), "sub_removed", "01-10")
    a.event("01-10", "created", s | {"discount": half})
    a.event("04-20", "updated", s, {"discount": half})
    a.subscribe(s)
    # ... two as a list, of which one is taken away; the coupon's words are in the stream `coupons`
    s = a.subscription("listed", [a.item("si_listed", usd100)], "01-10", discount=None)
    both = [
        discount(f"di_listed_{id_}", id_, "sub_listed", "01-10") for id_ in ["fifth", "minus_ten"]
    ]
    a.add("coupons", id="fifth", percent_off=20, duration="forever")
    a.add("coupons", id="minus_ten", amount_off=1000, currency="usd", duration="forever")
    a.event("01-10", "created", s | {"discounts": both}, api_version="2026-01-28")
    one = s | {"discounts": ["di_listed_minus_ten"]}
    ids = ["di_listed_fifth", "di_listed_minus_ten"]
    a.event("05-20", "updated", one, {"discounts": ids}, api_version="2026-01-28")
    a.subscribe(s | {"discount": both[1]})
    # ... taken off in the order of the list
    s = a.subscription("in_order", [a.item("si_in_order", usd100)], "01-10", discount=None)
    both = [
        discount(f"di_order_{number}", id_, "sub_in_order", "01-10")
        for number, id_ in [(2, "minus_ten"), (1, "fifth")]
    ]
    a.event("01-10", "created", s | {"discounts": both}, api_version="2026-01-28")
    a.subscribe(s | {"discount": both[0]})
    # ... an item's own, and one for some products only
    own = [discount("di_of_item", coupon("a_fifth", percent_off=20), None, "01-10")]
    items = [
        a.item("si_own_a", usd100, discounts=own),
        a.item("si_own_b", usd50),
    ]
    a.subscribe(a.subscription("items_own", items, "01-10"))
    other = a.price("price_other", 5000, product="prod_other")
    limited = coupon("limited", percent_off=10, applies_to={"products": ["prod_app"]})
    a.subscribe(
        a.subscription(
            "limited", [a.item("si_limited_a", usd100), a.item("si_limited_b", other)], "01-10",
            discount=discount("di_limited", limited, "sub_limited", "01-10"),
        )
    )  # fmt: skip
    # ... the customer's, for a subscription without any of its own
    customers = discount("di_customer", coupon("loyal", percent_off=25), None, "01-01")
    a.add("customers", id="cus_loyal", discount=customers | {"customer": "cus_loyal"})
    a.subscribe(a.subscription("loyal", [a.item("si_loyal", usd100)], "01-10"))

    # asked to cancel, and thought better of it: nothing is left of the request
    s = a.subscription("stays", [a.item("si_stays", usd50)], "01-10")
    asked = s | {"cancel_at_period_end": True, "canceled_at": unix("03-15")}
    a.event("03-15", "updated", asked, {"cancel_at_period_end": False, "canceled_at": None})
    a.event("05-25", "updated", s, {"cancel_at_period_end": True, "canceled_at": unix("03-15")})
    a.subscribe(s)
    # paused, and not any more
    s = a.subscription("paused", [a.item("si_paused", usd50)], "01-10")
    a.event("03-15", "updated", s | {"pause_collection": {"behavior": "void", "resumes_at": None}},
            {"pause_collection": None})  # fmt: skip
    a.event("05-20", "updated", s | {"pause_collection": None},
            {"pause_collection": {"behavior": "void", "resumes_at": None}})  # fmt: skip
    a.subscribe(s)
    # the first event that is known says what was before it
    s = a.subscription("unpaid", [a.item("si_unpaid", usd50)], "01-10", status="unpaid")
    a.event("06-15", "updated", s, {"status": "past_due"})
    a.subscribe(s)
    # two events of one second: it began incomplete
    s = a.subscription("second", [a.item("si_second", usd50)], "01-10 10:00:00")
    a.event("01-10 10:00:00", "updated", s, {"status": "incomplete"}, id="evt_a")
    a.event("01-10 10:00:00", "created", s | {"status": "incomplete"}, id="evt_b")
    a.event("04-10", "updated", s | {"status": "past_due"}, {"status": "active"}, id="evt_c")
    a.tables["events"].append(a.tables["events"][-1])
    a.subscribe(s | {"status": "past_due"})
    # ... whatever their ids, it was created first
    s = a.subscription("at_once", [a.item("si_at_once", usd10, 2)], "01-10 10:00:00")
    a.event("01-10 10:00:00", "created", s, id="evt_z")
    seats = [a.item("si_at_once", usd10, 3)]
    s = a.subscription("at_once", seats, "01-10 10:00:00")
    a.event("01-10 10:00:00", "updated", s, {"quantity": 2}, id="evt_y")
    a.subscribe(s)
    never = a.subscription("never", [a.item("si_never", usd50)], "01-10")
    a.subscribe(never | {"status": "incomplete_expired", "ended_at": unix("01-11")})

    # appended: a row per sync
    for synced, quantity in [("2024-01-11", 2), ("2024-04-05", 2), ("2024-05-06", 3)]:
        s = a.subscription("appended", [a.item("si_appended", usd10, quantity)], "01-10")
        a.subscribe(s, synced=f"{synced}T03:00:00Z")
    # a row that says that it is deleted, and when it was synced
    s = a.subscription("deleted_row", [a.item("si_deleted_row", usd50)], "01-10", is_deleted=True)
    a.subscribe(s, synced="2024-07-05T03:00:00Z")
    # the end of the period that is paid for, which newer versions of the API have at the items
    item = a.item(
        "si_ends", usd50, current_period_start=unix("05-10"), current_period_end=unix("06-10")
    )
    a.subscribe(a.subscription("ends", [item], "01-10", cancel_at_period_end=True))
    # a customer who was deleted, an object in an object's place, test mode
    a.add("customers", id="cus_deleted", is_deleted=True, updated=unix("06-10"))
    a.subscribe(a.subscription("deleted", [a.item("si_deleted", usd50)], "01-10"))
    s = a.subscription("expanded", [a.item("si_expanded", usd50)], "01-10")
    a.subscribe(s | {"customer": {"id": "cus_expanded", "object": "customer"}})
    s = a.subscription("test", [a.item("si_test", usd50)], "01-10", livemode=False)
    a.subscribe(s)
    # one-off lines and drafts are nobody's MRR
    s = a.subscription("plain", [a.item("si_plain", usd50)], "01-10")
    item = s["items"]["data"][0]
    a.cycles(s, item, 5000, first_days(range(1, 14)))
    a.invoice(s, "03-03", [a.line(s, item, 99900, "03-03", "03-03", type="invoiceitem",
                                  subscription_item=None, invoice_item="ii_1",
                                  price={"id": "price_once", "type": "one_time"})])  # fmt: skip
    a.invoice(s, "06-10", [a.line(s, item, 77700, "06-10", "07-10", quantity=7)], status="draft")
    a.invoice(s, "08-10", [a.line(s, item, 88800, "08-10", "09-10", quantity=8)], status="void")
    a.add(
        "invoice_line_items", **a.line(s, item, 99900, "10-10", "11-10", quantity=9), id="sub_plain"
    )
    a.subscribe(s)
    return a


def coupon(id_: str, **more) -> dict:
    return {"id": id_, "object": "coupon", "duration": "forever"} | more


def discount(id_: str, of: dict | str, subscription: str | None, start: str, end=None) -> dict:
    return {
        "id": id_,
        "object": "discount",
        "coupon": of,
        "subscription": subscription,
        "customer": None,
        "start": unix(start),
        "end": unix(end),
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Dbt:
    folder = company().write(tmp_path_factory.mktemp("airbyte") / "data")
    rates = "".join(f"{currency},2024-01-01,1\n" for currency in ["EUR", "JPY", "KWD", "ISK"])
    (folder / "exchange_rates.csv").write_text(f"currency,rate_date,rate\n{rates}")
    dbt = Dbt(tmp_path_factory.mktemp("built"), data=folder)
    dbt.succeed("seed", "--select", "path:seeds/rules")
    dbt.succeed("run", "--select", "+nrr__account_months", "+nrr__rejected_events")
    return dbt


def mrr_of(dbt: Dbt):
    """A function: the MRR of a customer at the months' ends of 2024."""
    found = {
        (account, month): float(mrr)
        for account, month, mrr in dbt.query(
            "select account_id, month(month), mrr from nrr__account_months where year(month) = 2024"
        )
    }
    return lambda name: [found.get((f"cus_{name}", month), 0) for month in MONTHS]


@pytest.fixture(scope="module")
def mrr(built):
    return mrr_of(built)


@pytest.fixture(scope="module")
def mrr_at_cancellation(built, mrr):
    """The same, where MRR ends when the end was asked for."""
    built.succeed("run", "--select", CHURN_ON, variables={"nrr_churn_at": "cancellation"})
    return mrr_of(built)


# --- The cases that every loader of Stripe tells --------------------------------------------------


def test_s1_events_tell_what_an_item_was(mrr):
    assert mrr("s1") == [120] * 3 + [100] * 9


def test_s1_invoice_lines_tell_what_an_item_was(mrr):
    assert mrr("s1_billed") == [120] * 3 + [100] * 9


def test_s3_stacked_discounts_though_the_subscription_shows_the_first_only(mrr):
    assert mrr("s3") == [72] * 3 + [90] * 9


def test_s5_a_trial_has_no_mrr_and_a_cancelled_subscription_ends_with_its_period(mrr):
    assert mrr("s5") == [0, 30, 30, 30] + [0] * 8


def test_s7_tiers_packages_and_usage(mrr):
    assert mrr("graduated") == [215] * 12
    assert mrr("volume") == [145] * 12
    assert mrr("package") == [90] * 12
    assert mrr("metered") == [0, 33.5, 41.2] + [0] * 9


def test_s7_tiers_that_the_streams_have_lost_are_those_of_an_event(mrr):
    assert mrr("lost") == mrr("lost_long") == [215] * 12


def test_s7_tiers_that_nobody_has_cost_what_was_billed(mrr):
    assert mrr("tiers_billed") == [145] * 12


def test_s8_amounts_have_their_currencys_decimals_and_no_tax(mrr):
    found = {currency: mrr(currency)[0] for currency in ["jpy", "kwd", "isk", "eur"]}
    assert found == {"jpy": 5000, "kwd": 12.5, "isk": 2500, "eur": 100}


def test_s10_a_subscription_in_the_place_of_another_is_one_account(mrr):
    assert mrr("s10") == [0] * 4 + [50] + [70] * 7


# --- What Airbyte's streams have lost, or never had -----------------------------------------------


def test_items_whose_stream_holds_their_subscription_are_those_that_this_holds(mrr):
    assert mrr("parent") == [0] + [50] * 11


def test_a_subscription_of_which_no_item_is_known_is_named(built, mrr):
    assert mrr("nowhere") == [0] * 12
    assert reasons(built)["missing_items"] == ["sub_nowhere"]


def test_lines_whose_stream_holds_their_invoice_are_those_that_this_holds(mrr):
    assert mrr("held") == [40] + [60] * 11


def test_lines_whose_period_cannot_be_read_are_named_unless_they_are_of_what_is_paid_once(
    built, mrr
):
    assert mrr("unread") == [50] * 12
    (row,) = reasons(built)["unreadable_period_start"]
    assert "sub_unread" in row
    (row,) = reasons(built)["missing_period_start"]
    assert "sub_unread" in row


def test_an_item_whose_subscription_is_not_there_is_named(built):
    (row,) = reasons(built)["unknown_subscription_id"]
    assert row.startswith("si_orphan, sub_gone")


def test_lines_of_newer_versions_name_their_item_in_another_place(mrr):
    assert mrr("parents") == [30] * 2 + [40] * 10


def test_a_line_that_its_invoice_holds_too_is_one(mrr):
    assert mrr("metered_twice") == [0, 15] + [0] * 10


def test_the_eleventh_item_is_in_the_stream_alone(mrr):
    assert mrr("twelve") == [120] * 12


def test_items_beyond_the_tenth_that_are_nowhere_are_named(built, mrr):
    assert mrr("twelve_lost") == [100] * 12
    (row,) = reasons(built)["incomplete_items"]
    assert "sub_twelve_lost" in row


def test_an_item_that_is_gone_ends_with_the_event_though_its_stream_keeps_it(mrr):
    assert mrr("s4") == mrr("dropped") == [0, 0, 100, 100] + [60] * 8


def test_an_item_that_is_gone_ends_with_its_credit_though_its_stream_keeps_it(mrr):
    assert mrr("credited") == [0, 0, 100, 100] + [60] * 8


def test_an_item_that_is_gone_was_there_when_it_was_synced_last(mrr):
    assert mrr("silent") == [0, 0, 100, 100] + [60] * 8


def test_an_event_that_is_newer_than_the_row_counts(mrr):
    assert mrr("stale") == [50] * 5 + [0] * 7
    assert mrr("left_out") == [50] * 5 + [0] * 7


def test_an_item_is_what_the_newest_row_says_of_it(mrr):
    assert mrr("newer_item") == [30] * 12


def test_tiers_that_nobody_has_and_nobody_was_billed_are_named(built, mrr):
    assert mrr("tiers_unknown") == [0] * 12
    assert "missing_tiers" in reasons(built)


# --- Events ---------------------------------------------------------------------------------------


def test_events_of_every_api_version_are_read(mrr):
    assert mrr("versions") == [20, 20, 40, 40, 80, 80] + [120] * 6


def test_a_change_of_an_only_item_may_be_told_as_the_subscriptions(mrr):
    assert mrr("only") == [20] * 3 + [60] * 9


def test_a_discount_ends_when_it_is_taken_away(mrr):
    assert mrr("removed") == [50] * 3 + [100] * 9


def test_discounts_of_a_list_are_known_by_id_and_taken_away_one_by_one(mrr):
    assert mrr("listed") == [70] * 4 + [90] * 8
    # 10 off, and a fifth of what is left
    assert mrr("in_order") == [72] * 12


def test_a_discount_is_an_items_own_or_for_some_products(mrr):
    assert mrr("items_own") == [130] * 12
    assert mrr("limited") == [140] * 12


def test_a_customers_discount_holds_for_a_subscription_without_its_own(mrr):
    assert mrr("loyal") == [75] * 12


def test_a_pause_of_collection_has_no_mrr(mrr):
    assert mrr("paused") == [50, 50, 0, 0] + [50] * 8


def test_the_first_event_says_what_was_before_it(mrr):
    assert mrr("unpaid") == [50] * 5 + [0] * 7


def test_two_events_of_one_second_are_in_their_order_and_one_twice_is_one(mrr):
    assert mrr("second") == [50] * 12
    assert mrr("at_once") == [30] * 12


def test_a_subscription_that_was_never_paid_is_none(mrr):
    assert mrr("never") == [0] * 12


# --- Rows -----------------------------------------------------------------------------------------


def test_rows_that_later_ones_replace_are_history(mrr):
    assert mrr("appended") == [20] * 4 + [30] * 8


def test_subscriptions_end_with_their_customer(mrr):
    assert mrr("deleted") == [50] * 5 + [0] * 7
    assert mrr("deleted_row") == [50] * 6 + [0] * 6


def test_a_period_that_the_items_have_ends_the_subscription(mrr):
    assert mrr("ends") == [50] * 5 + [0] * 7


def test_an_object_may_stand_where_its_id_does(mrr):
    assert mrr("expanded") == [50] * 12


def test_test_mode_is_left_out(built):
    for table in ["nrr__account_months", "nrr__rejected_events"]:
        assert built.query(f"select * from {table} where account_id = 'cus_test'") == []


def test_one_off_lines_drafts_void_and_upcoming_invoices_are_no_mrr(mrr):
    assert mrr("plain") == [50] * 12


def test_states_from_events_are_evidence_and_those_before_them_are_not(built):
    found = built.query(
        "select starts_at::varchar, is_reconstructed from int_nrr__item_states"
        " where account_id = 'cus_s1' order by starts_at"
    )
    assert [found[0], found[-1]] == [("2024-01-10 00:00:00", True), ("2024-04-15 10:00:00", False)]


def test_data_is_complete_up_to_the_newest_sync(built):
    assert built.query("select max(month)::varchar from nrr__account_months") == [("2024-12-01",)]


def reasons(dbt: Dbt) -> dict[str, list]:
    found = {}
    for reason, row in dbt.query("select reason, source_row from nrr__rejected_events"):
        found.setdefault(reason, []).append(row)
    return found


def test_what_cannot_be_used_has_a_remedy(built):
    known = {reason for (reason,) in built.query("select reason from nrr_input_problems")}
    assert {*reasons(built)} == {
        *["missing_items", "incomplete_items", "missing_tiers", "unknown_subscription_id"],
        *["missing_period_start", "unreadable_period_start"],
    }
    assert {*reasons(built)} <= known


# --- At cancellation: last, since it builds anew --------------------------------------------------


def test_s5_at_cancellation_mrr_ends_when_the_end_is_asked_for(mrr_at_cancellation):
    assert mrr_at_cancellation("s5") == [0, 30, 30] + [0] * 9


def test_a_request_that_is_taken_back_leaves_a_gap_at_cancellation_alone(mrr, mrr_at_cancellation):
    assert mrr("stays") == [50] * 12
    assert mrr_at_cancellation("stays") == [50, 50, 0, 0] + [50] * 8
