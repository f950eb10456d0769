"""The company as Airbyte lands Chargebee's tables: what is now, and events with whole states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from company import AS_OF, Company, State, Subscription
from own_tables import plain
from stripe_tables import Discount, cents, discounts, trial_of

JSON_COLUMNS = ("subscription_items", "coupons")


def seconds(moment: datetime | None) -> int | None:
    return int(moment.replace(tzinfo=timezone.utc).timestamp()) if moment else None


def airbyte(company: Company) -> dict[str, list[dict]]:
    rows, events = [], []
    for subscription in company.subscriptions:
        told = list(history(subscription))
        for _, kind, content in told:
            events.append((content["updated_at"], kind, content))
        row = {column: told[-1][2].get(column) for column in told[-1][2]}
        rows.append(row | {name: json.dumps(row[name]) for name in JSON_COLUMNS})
    # delivered in no order
    events.sort(key=lambda event: (event[0] // 40_000_000, event[2]["id"], event[0]))
    return {
        "chargebee/subscription": rows,
        "chargebee/event": [
            {"id": f"ev_{number:06d}", "occurred_at": at, "source": "scheduled_job", "user": None,
             "event_type": kind, "api_version": "v2",
             "content": json.dumps(
                {"subscription": content, "customer": {"id": content["customer_id"]}}
             ),
             "object": "event"}
            for number, (at, kind, content) in enumerate(events)
        ],
        "chargebee/item_price": item_prices(company),
        "chargebee/item": items(company),
        "chargebee/coupon": coupons(company),
        "chargebee/customer": [
            {"id": account, "object": "customer", "deleted": "false"}
            for account in sorted({s.account_id for s in company.subscriptions})
        ],
    }  # fmt: skip


def history(subscription: Subscription) -> Iterator[tuple[datetime, str, dict]]:
    """(moment, type, the whole subscription) of every event up to now."""
    first, ended = subscription.items[0], subscription.ended_at
    asked = first.states[-1].recorded_at if ended else None
    moments: dict[datetime, str] = {}
    for start, _ in subscription.periods(AS_OF + timedelta(seconds=1)):
        moments[start] = "subscription_renewed"
    for item in subscription.items:
        for state in item.states:
            moments[state.at] = "subscription_changed"
    for before, state in zip(first.states, first.states[1:], strict=False):
        if state.status == "paused":
            moments[state.at] = "subscription_paused"
        elif before.status == "paused" and state.status == "active":
            moments[state.at] = "subscription_resumed"
        elif before.status == "trialing" and state.status == "active":
            moments[state.at] = "subscription_activated"
    if asked and asked > subscription.began_at and asked != ended:
        moments[asked] = "subscription_cancellation_scheduled"
    moments[subscription.began_at] = "subscription_created"
    if ended:
        moments[ended] = "subscription_cancelled"
    for moment, kind in sorted(moments.items()):
        if moment <= AS_OF:
            yield moment, kind, content(subscription, moment, asked)


def content(subscription: Subscription, moment: datetime, asked: datetime | None) -> dict:
    first, ended = subscription.items[0], subscription.ended_at
    state = first.at(moment)
    trial_start, trial_end = trial_of(subscription)
    period = subscription.period_at(moment)
    is_ended, is_asked = bool(ended and moment >= ended), bool(asked and moment >= asked)
    # a payment that is late leaves the subscription active
    status = {"trialing": "in_trial", "past_due": "active"}.get(state.status, state.status)
    if is_asked and not is_ended and status == "active":
        status = "non_renewing"
    activated = trial_end or subscription.began_at
    shown = [
        (item, item.at(moment - timedelta(seconds=1)) if is_ended else item.at(moment))
        for item in subscription.items
    ]
    shown = [(item, s) for item, s in shown if s and s.status != "cancelled"]
    applied = [
        d for d in discounts(subscription)
        if d.start <= moment and (not bill_end(d) or moment < bill_end(d))
    ]  # fmt: skip
    return {
        "id": subscription.subscription_id,
        "customer_id": subscription.account_id,
        "currency_code": subscription.currency,
        "status": status,
        "created_at": seconds(subscription.began_at),
        "start_date": None,
        "started_at": seconds(subscription.began_at),
        "activated_at": seconds(activated) if moment >= activated else None,
        "trial_start": seconds(trial_start),
        "trial_end": seconds(trial_end),
        "current_term_start": seconds(period[0]),
        "current_term_end": seconds(period[1]),
        "next_billing_at": seconds(period[1]) if status == "active" else None,
        "pause_date": seconds(state.at) if status == "paused" else None,
        "resume_date": None,
        "cancelled_at": seconds(ended) if is_asked else None,
        "cancel_schedule_created_at": seconds(asked) if is_asked and asked != ended else None,
        "billing_period": 1 if state.months == 12 else state.months,
        "billing_period_unit": "year" if state.months == 12 else "month",
        "subscription_items": [
            item_of(s, "plan" if item is first else "addon") for item, s in shown
        ],
        "coupons": [
            {"coupon_id": d.coupon, "apply_till": seconds(d.ends), "applied_count": 1,
             "object": "coupon"}
            for d in applied
        ],
        "due_invoices_count": int(state.status == "past_due"),
        "mrr": 0 if is_ended else sum(cents(s.mrr(s.is_discounted(moment))) for _, s in shown),
        "deleted": False,
        "has_scheduled_changes": False,
        "updated_at": seconds(moment),
        "resource_version": seconds(moment) * 1000 + 250,
        "object": "subscription",
    }  # fmt: skip


def bill_end(discount: Discount) -> datetime | None:
    """Until when bills are reduced: a coupon that is over still holds for its last bill."""
    state = discount.subscription.items[0].at(discount.start)
    return state.discount_ends_at


def item_of(state: State, kind: str) -> dict:
    item = {
        "item_price_id": state.price_id,
        "item_type": kind,
        "quantity": state.quantity,
        "object": "subscription_item",
        "amount": cents(state.list_amount),
    }
    if state.model == "usage":
        return item | {
            "quantity_in_decimal": str(state.quantity),
            "unit_price_in_decimal": plain(state.unit_amount),
        }
    return item | {"unit_price": cents(state.unit_amount)}


def item_prices(company: Company) -> list[dict]:
    found: dict[str, dict] = {}
    for subscription in company.subscriptions:
        for item in subscription.items:
            for state in item.states:
                found.setdefault(
                    state.price_id,
                    {"id": state.price_id, "name": state.plan, "item_id": state.product,
                     "status": "active",
                     "pricing_model": "flat_fee" if state.model == "flat" else "per_unit",
                     "price": cents(state.unit_amount) if state.model != "usage" else None,
                     "price_in_decimal": plain(state.unit_amount),
                     "period": state.interval[1], "period_unit": state.interval[0],
                     "currency_code": state.currency,
                     "item_type": "plan" if item is subscription.items[0] else "addon",
                     "object": "item_price"},
                )  # fmt: skip
    return list(found.values())


def items(company: Company) -> list[dict]:
    products = sorted({state.product for item in company.items for state in item.states})
    return [
        {"id": product, "name": product, "status": "active", "included_in_mrr": "true",
         "metered": "false", "type": "plan", "object": "item"}
        for product in products
    ]  # fmt: skip


def coupons(company: Company) -> list[dict]:
    found = {}
    for subscription in company.subscriptions:
        for discount in discounts(subscription):
            found[discount.coupon] = {
                "id": discount.coupon,
                "discount_type": "percentage" if discount.percent else "fixed_amount",
                "discount_percentage": discount.percent or None,
                "discount_amount": discount.amount * 100 or None,
                "currency_code": discount.currency if discount.amount else None,
                "duration_type": "limited_period" if discount.months else "forever",
                "period": discount.months,
                "period_unit": "month" if discount.months else None,
                "apply_on": "invoice_amount",
                "status": "active",
                "object": "coupon",
            }
    return list(found.values())
