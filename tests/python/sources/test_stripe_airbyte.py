"""Stripe's tables as Airbyte lands them; each case is a customer of its own."""

import pytest
from conftest import Dbt
from stripe_airbyte.account import Account, unix

MONTHS = range(1, 13)


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
    # ... and that of lines the invoice, whose own first lines are there
    s = a.subscription("held", [a.item("si_held", usd60)], "01-10")
    id_ = a.invoice(s, "01-10", [a.line(s, a.item("si_held", usd40), 4000, "01-10", "02-10")],
                    held=True)  # fmt: skip
    a.add("invoice_line_items", id=id_, object="invoice", subscription=s["id"], currency="usd")
    a.cycles(s, s["items"]["data"][0], 6000, first_days(range(2, 14)))
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
    never = a.subscription("never", [a.item("si_never", usd50)], "01-10")
    a.subscribe(never | {"status": "incomplete_expired", "ended_at": unix("01-11")})

    # appended: a row per sync
    for synced, quantity in [("2024-01-11", 2), ("2024-04-05", 2), ("2024-05-06", 3)]:
        s = a.subscription("appended", [a.item("si_appended", usd10, quantity)], "01-10")
        a.subscribe(s, synced=f"{synced}T03:00:00Z")
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
    rates = [("EUR", 1), ("JPY", 1), ("KWD", 1), ("ISK", 1)]
    (folder / "exchange_rates.csv").write_text(
        "currency,rate_date,rate\n" + "".join(f"{c},2024-01-01,{rate}\n" for c, rate in rates)
    )
    dbt = Dbt(tmp_path_factory.mktemp("built"), data=folder)
    dbt.succeed("seed", "--select", "path:seeds/rules")
    dbt.succeed("run", "--select", "+nrr__account_months", "+nrr__rejected_events")
    return dbt


@pytest.fixture(scope="module")
def mrr(built):
    """A function: the MRR of a customer at the months' ends of 2024."""
    return mrr_of(built)


def mrr_of(dbt: Dbt):
    found = {
        (account, month): float(mrr)
        for account, month, mrr in dbt.query(
            "select account_id, month(month), mrr from nrr__account_months where year(month) = 2024"
        )
    }
    return lambda name: [found.get((f"cus_{name}", month), 0) for month in MONTHS]


def test_s1_events_tell_what_the_item_was(mrr):
    assert mrr("s1") == [120, 120, 120] + [100] * 9
