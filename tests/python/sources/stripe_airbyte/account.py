"""A Stripe account as Airbyte's connector lands it: tables whose columns are Stripe's objects."""

import csv
import json
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

# the connector's columns that the package reads, among some that it does not
COLUMNS = {
    "subscriptions": [
        *["id", "object", "customer", "status", "created", "updated", "start_date", "ended_at"],
        *["cancel_at", "canceled_at", "cancel_at_period_end", "trial_start", "trial_end"],
        *["current_period_start", "current_period_end", "billing_cycle_anchor", "currency"],
        *["items", "plan", "quantity", "discount", "default_tax_rates", "pause_collection"],
        *["livemode", "metadata", "is_deleted", "_airbyte_raw_id", "_airbyte_extracted_at"],
    ],
    "subscription_items": [
        *["id", "object", "subscription", "price", "plan", "quantity", "created", "tax_rates"],
        *["metadata", "subscription_updated", "_airbyte_raw_id", "_airbyte_extracted_at"],
    ],
    "prices": [
        *["id", "object", "active", "billing_scheme", "created", "updated", "currency", "product"],
        *["recurring", "tax_behavior", "tiers_mode", "transform_quantity", "type", "unit_amount"],
        *["unit_amount_decimal", "livemode", "is_deleted", "_airbyte_extracted_at"],
    ],
    "plans": [
        *["id", "object", "active", "amount", "amount_decimal", "billing_scheme", "currency"],
        *["interval", "interval_count", "product", "tiers", "tiers_mode", "transform_usage"],
        *["usage_type", "livemode", "is_deleted", "_airbyte_extracted_at"],
    ],
    "coupons": [
        *["id", "object", "percent_off", "amount_off", "currency", "duration"],
        *["duration_in_months", "valid", "redeem_by", "name", "_airbyte_extracted_at"],
    ],
    "customers": ["id", "object", "discount", "updated", "is_deleted", "_airbyte_extracted_at"],
    "invoices": [
        *["id", "object", "customer", "subscription", "status", "paid", "created", "updated"],
        *["lines", "discount", "discounts", "total", "is_deleted", "_airbyte_extracted_at"],
    ],
    "invoice_line_items": [
        *["id", "object", "invoice", "invoice_id", "subscription", "subscription_item", "type"],
        *["amount", "currency", "quantity", "price", "plan", "period", "proration", "description"],
        *["discounts", "discount_amounts", "unit_amount_excluding_tax", "amount_excluding_tax"],
        *["invoice_item", "livemode", "invoice_created", "_airbyte_extracted_at"],
    ],
    "events": [
        *["id", "object", "api_version", "created", "data", "livemode", "pending_webhooks"],
        *["request", "type", "_airbyte_raw_id", "_airbyte_extracted_at"],
    ],
}
SYNCED = "2025-01-02T03:00:00Z"


def unix(at: str | None) -> int | None:
    """Seconds since 1970 of a time in UTC, in 2024 unless it has a year: "04-15 10:00"."""
    if at is None:
        return None
    text = at if at[:2] == "20" else f"2024-{at}"
    return int(datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp())


class Account:
    """The tables, filled row by row, and objects to fill them with."""

    def __init__(self):
        self.tables = {table: [] for table in COLUMNS}
        self.number = 0

    def add(self, table: str, **values) -> dict:
        values = {"object": table.rstrip("s"), "_airbyte_extracted_at": SYNCED} | values
        self.tables[table].append(values)
        return values

    def price(self, id_: str, amount=None, interval="month", *, stream="prices", **more) -> dict:
        """A price, in the stream `prices` unless that is None; its object."""
        price = {
            "id": id_,
            "object": "price",
            "currency": more.pop("currency", "usd"),
            "product": more.pop("product", "prod_app"),
            "unit_amount": amount,
            "type": "recurring",
            "billing_scheme": "tiered" if more.get("tiers_mode") else "per_unit",
            "recurring": {
                "interval": interval,
                "interval_count": more.pop("interval_count", 1),
                "usage_type": more.pop("usage_type", "licensed"),
            },
        } | more
        if stream:
            self.add(stream, **price)
        return price

    def plan(self, price: dict, **more) -> dict:
        """The plan that a price also is, in the stream `plans`; its object."""
        plan = {
            "id": price["id"],
            "object": "plan",
            "amount": price["unit_amount"],
            "currency": price["currency"],
            "product": price["product"],
            "billing_scheme": price["billing_scheme"],
            "tiers_mode": price.get("tiers_mode"),
            **price["recurring"],
        } | more
        return self.add("plans", **plan)

    def item(self, id_: str, price: dict | str, quantity=1, created=None, **more) -> dict:
        """An item, as a subscription holds it."""
        item = {"id": id_, "object": "subscription_item", "price": price, "quantity": quantity}
        return item | ({"created": unix(created)} if created else {}) | more

    def subscription(self, name: str, items: list[dict], start: str, **more) -> dict:
        """A subscription as an event holds it."""
        return {
            "id": f"sub_{name}",
            "object": "subscription",
            "customer": f"cus_{name}",
            "status": "active",
            "created": unix(start),
            "start_date": unix(start),
            "cancel_at_period_end": False,
            "items": {"object": "list", "data": items, "has_more": False},
        } | more

    def subscribe(self, subscription: dict, *, streams=True, synced=SYNCED) -> dict:
        """The subscription as it is now: in its stream, and its items in theirs."""
        self.add("subscriptions", **subscription, _airbyte_extracted_at=synced)
        for item in subscription["items"]["data"] if streams else []:
            row = {"created": subscription["created"]} | item
            self.add(
                "subscription_items", **row, subscription=subscription["id"],
                _airbyte_extracted_at=synced,
            )  # fmt: skip
        return subscription

    def event(self, at: str, kind: str, subscription: dict, previous=None, **more) -> dict:
        self.number += 1
        data = {"object": subscription} | ({"previous_attributes": previous} if previous else {})
        values = {
            "id": f"evt_{self.number:04}",
            "api_version": "2022-11-15",
            "created": unix(at),
            "data": data,
            "type": f"customer.subscription.{kind}",
        }
        return self.add("events", **(values | more))

    def invoice(self, subscription: dict, at: str, lines: list[dict], *, held=False, **more):
        """An invoice of a subscription; its lines in their stream, or `held` by the invoice."""
        self.number += 1
        id_ = f"in_{self.number:04}"
        for number, line in enumerate(lines):
            line["id"] = f"il_{self.number:04}_{number}"
        self.add("invoices", **({
            "id": id_,
            "customer": subscription["customer"],
            "subscription": subscription["id"],
            "status": "paid",
            "paid": True,
            "created": unix(at),
            "lines": {"object": "list", "data": lines if held else [], "has_more": not held},
        } | more))  # fmt: skip
        for line in lines if not held else []:
            self.add("invoice_line_items", **line, invoice=id_, invoice_id=id_)
        return id_

    def line(self, subscription: dict, item: dict, amount: int, start: str, end: str, **more):
        """A line of an invoice: a cycle, unless `more` says otherwise."""
        return {
            "object": "line_item",
            "type": "subscription",
            "subscription": subscription["id"],
            "subscription_item": item["id"],
            "price": item["price"],
            "amount": amount,
            "currency": "usd",
            "quantity": item["quantity"],
            "period": {"start": unix(start), "end": unix(end)},
            "proration": False,
        } | more

    def cycles(self, subscription: dict, item: dict, amount: int, days: list[str], **more):
        """An invoice for each period from one day to the next."""
        for start, end in pairwise(days):
            self.invoice(
                subscription, start, [self.line(subscription, item, amount, start, end)], **more
            )

    def write(self, folder: Path) -> Path:
        """The tables as files; what is an object or a list is JSON."""
        (folder / "stripe").mkdir(parents=True)
        for table, rows in self.tables.items():
            path = folder / "stripe" / f"{table}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, COLUMNS[table], extrasaction="ignore")
                writer.writeheader()
                writer.writerows({k: as_text(v) for k, v in row.items()} for row in rows)
        return folder


def as_text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        return json.dumps(value)
    return str(value)
