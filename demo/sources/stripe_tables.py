"""The company as Stripe has it: Fivetran's tables, and Stripe's own change events.

Rows are as Stripe and Fivetran make them, also where that is awkward: the item table is only of
now, a removed item is gone from it, what happened to a price or a quantity shows in invoice lines,
the history's first row and its row of a cancellation come hours late, trials have lines of 0,
paused subscriptions have void invoices, and a draft of the upcoming invoice has wrong quantities.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from company import AS_OF, Company, Item, State, Subscription, add_months
from own_tables import mrr_changes, plain

OPEN_END = "9999-12-31 23:59:59.999"
SET_UP_EVERY = 5  # subscriptions that pay a fee with their first invoice
ANNUAL = 12
SHORT_COUPON = 3  # months; on a yearly bill it lasts the whole year


def cents(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def fivetran(company: Company) -> dict[str, list[dict]]:
    tables: dict[str, list[dict]] = {"invoice": [], "invoice_line_item": []}
    for number, subscription in enumerate(company.subscriptions):
        invoices = Invoices(subscription, number % SET_UP_EVERY == 0)
        tables["invoice"] += invoices.rows
        tables["invoice_line_item"] += invoices.lines
    return {f"stripe/{name}": rows for name, rows in tables.items()} | {
        "stripe/subscription_history": [
            row for subscription in company.subscriptions for row in history(subscription)
        ],
        "stripe/subscription_item": list(current_items(company)),
        "stripe/price": prices(company),
        "stripe/coupon": coupons(company),
        "stripe/discount": [
            row for subscription in company.subscriptions for row in discount_rows(subscription)
        ],
        "stripe/customer": [
            {"id": account, "created": f"{began:%Y-%m-%d %H:%M:%S}", "is_deleted": "false",
             "livemode": "true", "_fivetran_synced": AS_OF}
            for account, began in customers(company).items()
        ],
    }  # fmt: skip


def customers(company: Company) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for subscription in company.subscriptions:
        began = found.get(subscription.account_id, subscription.began_at)
        found[subscription.account_id] = min(began, subscription.began_at)
    return found


def trial_of(subscription: Subscription) -> tuple[datetime | None, datetime | None]:
    states = subscription.items[0].states
    return (states[0].at, states[1].at) if states[0].status == "trialing" else (None, None)


def history(subscription: Subscription) -> Iterator[dict]:
    """subscription_history: a row for each change of the subscription itself, not of its items."""
    first, ended = subscription.items[0], subscription.ended_at
    asked = first.states[-1].recorded_at if ended else None
    moments = {start for start, _ in subscription.periods(AS_OF + timedelta(seconds=1))}
    moments |= {state.at for state in first.states}
    if asked and asked > subscription.began_at:
        moments.add(asked)
    trial_start, trial_end = trial_of(subscription)
    rows: list[dict] = []
    for moment in sorted(m for m in moments if m <= AS_OF):
        state = first.at(moment)
        period = subscription.period_at(moment)
        is_ended, is_asked = bool(ended and moment >= ended), bool(asked and moment >= asked)
        row = {
            "id": subscription.subscription_id,
            "_fivetran_start": moment,
            "created": subscription.began_at,
            "start_date": subscription.began_at,
            "customer_id": subscription.account_id,
            "status": "canceled" if is_ended else state.status.replace("paused", "active"),
            "pause_collection_behavior": "void" if state.status == "paused" else None,
            "cancel_at_period_end": str(is_asked and ended != asked).lower(),
            "cancel_at": ended if is_asked and ended != asked else None,
            "canceled_at": asked if is_asked else None,
            "ended_at": ended if is_ended else None,
            "current_period_start": period[0],
            "current_period_end": period[1],
            "trial_start": trial_start,
            "trial_end": trial_end,
            "billing_cycle_anchor": trial_end or subscription.began_at,
            "livemode": "true",
            "_fivetran_synced": AS_OF,
        }
        if not rows or {**rows[-1], "_fivetran_start": moment} != row:
            rows.append(row)
    # a sync sees the first state and the last one hours later
    following = rows[1]["_fivetran_start"] if len(rows) > 1 else AS_OF
    rows[0]["_fivetran_start"] = min(
        rows[0]["_fivetran_start"] + timedelta(hours=6), following - timedelta(minutes=1)
    )
    if rows[-1]["status"] == "canceled":
        late = rows[-1]["_fivetran_start"] + timedelta(hours=5)
        rows[-1]["_fivetran_start"] = min(late, AS_OF)
    for row, later in zip(rows, [*rows[1:], None], strict=True):
        row["_fivetran_end"] = (
            f"{later['_fivetran_start'] - timedelta(milliseconds=1)}"[:23] if later else OPEN_END
        )
        row["_fivetran_active"] = "false" if later else "true"
    yield from rows


def current_items(company: Company) -> Iterator[dict]:
    """subscription_item: what is there now; an item that a living subscription lost is gone."""
    for subscription in company.subscriptions:
        for item in subscription.items:
            states = [state for state in item.states if state.at <= AS_OF]
            gone = states and states[-1].status == "cancelled"
            if not states or (gone and item.ended_at != subscription.ended_at):
                continue
            yield {
                "id": item.item_id,
                "subscription_id": item.subscription_id,
                "created": item.began_at,
                "plan_id": states[-1].price_id,
                "quantity": states[-1].quantity,
                "_fivetran_synced": AS_OF,
            }


def prices(company: Company) -> list[dict]:
    found: dict[str, dict] = {}
    for item in company.items:
        for state in item.states:
            minor = state.unit_amount * 100
            is_whole = minor == minor.to_integral_value()
            found.setdefault(
                state.price_id,
                {"id": state.price_id, "active": "true", "billing_scheme": "per_unit",
                 "created": item.began_at, "currency": state.currency.lower(),
                 "is_deleted": "false", "nickname": state.plan, "product_id": state.product,
                 "recurring_interval": state.interval[0],
                 "recurring_interval_count": state.interval[1],
                 "recurring_usage_type": "licensed", "type": "recurring",
                 "unit_amount": int(minor) if is_whole else None,
                 "unit_amount_decimal": plain(minor), "_fivetran_synced": AS_OF},
            )  # fmt: skip
    fee = {"id": "price_set_up", "active": "true", "billing_scheme": "per_unit",
           "created": AS_OF, "currency": "usd", "is_deleted": "false", "nickname": "Set-up",
           "product_id": "set_up", "type": "one_time", "unit_amount": 50000,
           "unit_amount_decimal": "50000", "_fivetran_synced": AS_OF}  # fmt: skip
    columns = next(iter(found.values()))
    return [*found.values(), {column: fee.get(column) for column in columns}]


class Discount(NamedTuple):
    """A coupon on a subscription; `ends` is Stripe's own, which a yearly bill outlasts."""

    subscription: Subscription
    start: datetime
    ends: datetime | None
    percent: int
    amount: int
    months: int | None  # of a coupon that repeats

    @property
    def coupon(self) -> str:
        off = f"{self.percent}pct" if self.percent else f"{self.amount}{self.currency.lower()}"
        return f"{off}_{self.months}m" if self.months else f"{off}_forever"

    @property
    def currency(self) -> str:
        return self.subscription.currency


def discounts(subscription: Subscription) -> Iterator[Discount]:
    before: State | None = None
    for state in subscription.items[0].states:
        if (state.percent or state.amount) and (
            not before
            or (before.percent, before.amount, before.discount_ends_at)
            != (state.percent, state.amount, state.discount_ends_at)
        ):
            ends, months = state.discount_ends_at, None
            if ends:
                months = (ends.year - state.at.year) * 12 + ends.month - state.at.month
                if state.months == months == ANNUAL:
                    months = SHORT_COUPON
                    ends = add_months(state.at, months)
            yield Discount(subscription, state.at, ends, state.percent, state.amount, months)
        before = state


def discount_rows(subscription: Subscription) -> Iterator[dict]:
    for number, discount in enumerate(discounts(subscription)):
        if discount.start <= AS_OF:
            yield {
                "id": f"di_{subscription.subscription_id[4:]}_{number}",
                "type": "SUBSCRIPTION",
                "type_id": subscription.subscription_id,
                "coupon_id": discount.coupon,
                "customer_id": subscription.account_id,
                "start": discount.start,
                "end": discount.ends,
                "subscription_id": subscription.subscription_id,
                "_fivetran_synced": AS_OF,
            }


def coupons(company: Company) -> list[dict]:
    found = {}
    for subscription in company.subscriptions:
        for discount in discounts(subscription):
            found[discount.coupon] = {
                "id": discount.coupon,
                "amount_off": discount.amount * 100 or None,
                "currency": discount.currency.lower() if discount.amount else None,
                "duration": "repeating" if discount.months else "forever",
                "duration_in_months": discount.months,
                "percent_off": discount.percent or None,
                # says nothing about those who have it
                "valid": "false",
                "_fivetran_synced": AS_OF,
            }
    return list(found.values())


class Invoices:
    """One subscription's invoices with their lines."""

    def __init__(self, subscription: Subscription, has_fee: bool):
        self.subscription, self.has_fee = subscription, has_fee
        self.rows: list[dict] = []
        self.lines: list[dict] = []
        self.pending: list[dict] = []
        self.write()

    def write(self) -> None:
        periods = self.subscription.periods(AS_OF + timedelta(seconds=1))
        starts = {period[0]: period for period in periods}
        changes = {s.at for item in self.subscription.items for s in item.states[1:]}
        changes |= {item.began_at for item in self.subscription.items}
        ended = self.subscription.ended_at
        for moment in sorted(m for m in changes | set(starts) if m <= AS_OF):
            is_end = ended is not None and moment >= ended
            if moment in starts:
                switched = self.is_switch(moment)
                if switched:
                    self.prorate(moment, credits_only=True)
                self.bill(starts[moment])
            elif not is_end:
                self.prorate(moment)
            if self.pending and (is_end or self.is_invoiced_at_once(moment)):
                self.issue(moment, moment, "subscription_update", [])
        live = not ended or ended > AS_OF
        if live and len(self.rows) % 3 == 0:
            self.draft(periods[-1])

    def is_switch(self, moment: datetime) -> bool:
        states = self.subscription.items[0].states
        return any(
            later.at == moment and later.months != before.months and before.status != "trialing"
            for before, later in pairwise(states)
        )

    def is_invoiced_at_once(self, moment: datetime) -> bool:
        """Yearly subscriptions' changes, and those whose next invoice is void or not there yet."""
        start, end = self.subscription.period_at(moment)
        is_void = self.subscription.items[0].at(end).status == "paused"
        is_late = end > AS_OF or end - start > timedelta(days=300)
        return moment != start and (is_late or is_void)

    def bill(self, period: tuple[datetime, datetime]) -> None:
        lines = []
        for item in self.subscription.items:
            state = item.at(period[0])
            if state and state.status != "cancelled":
                amount = state.list_amount if state.status != "trialing" else Decimal(0)
                lines.append(self.line(item, state, period, amount, "subscription", False))
        if self.has_fee and not self.rows:
            fee = {**lines[0], "price_id": "price_set_up", "plan_id": None, "type": "invoiceitem",
                   "subscription_item_id": None, "quantity": 1, "amount": 50000,
                   "unit_amount_excluding_tax": "50000", "description": "Set-up"}  # fmt: skip
            lines.append({**fee, "period_end": period[0]})
        reason = "subscription_cycle" if self.rows else "subscription_create"
        self.issue(*period, reason, lines)

    def prorate(self, moment: datetime, credits_only: bool = False) -> None:
        """Unused time of what was, remaining time of what is, for each item that changed."""
        just_before = moment - timedelta(seconds=1)
        start, end = self.subscription.period_at(just_before)
        if moment == end:
            return
        share = Decimal((end - moment).total_seconds()) / Decimal((end - start).total_seconds())
        for item in self.subscription.items:
            before, after = item.at(just_before), item.at(moment)
            statuses = {state.status for state in (before, after) if state}
            if not after or before is after or "trialing" in statuses:
                continue
            terms = [
                (s.price_id, s.quantity) if s and s.status != "cancelled" else None
                for s in (before, after)
            ]
            if terms[0] == terms[1]:
                continue
            period = (moment, end)
            if terms[0]:
                amount = -before.list_amount * share
                self.pending.append(self.line(item, before, period, amount, "invoiceitem", True))
            if terms[1] and not credits_only:
                amount = after.list_amount * share
                self.pending.append(self.line(item, after, period, amount, "invoiceitem", True))

    def line(
        self, item: Item, state: State, period: tuple[datetime, datetime], amount: Decimal,
        kind: str, proration: bool,
    ) -> dict:  # fmt: skip
        text = f"{state.quantity} x {state.plan}"
        if proration:
            words = "Unused time on" if amount < 0 else "Remaining time on"
            text = f"{words} {text} after {period[0]:%d %b %Y}"
        elif state.status == "trialing":
            text = f"Trial period for {state.plan}"
        return {
            "invoice_id": None,
            "id": None,
            "unique_id": None,
            "amount": cents(amount),
            "currency": state.currency.lower(),
            "description": text,
            "period_start": period[0],
            "period_end": period[1],
            "plan_id": state.price_id,
            "price_id": state.price_id,
            "proration": str(proration).lower(),
            "quantity": state.quantity,
            "subscription_id": item.subscription_id,
            "subscription_item_id": item.item_id,
            "type": kind,
            "unit_amount_excluding_tax": plain(state.unit_amount * 100),
            "_fivetran_synced": AS_OF,
        }

    def issue(
        self, start: datetime, end: datetime, reason: str, lines: list[dict], status: str = ""
    ) -> None:
        invoice = f"in_{self.subscription.subscription_id[4:]}_{len(self.rows) + 1}"
        state = self.subscription.items[0].at(start)
        if not status:
            status = "void" if state.status == "paused" else "paid"
            if any(
                s.status == "past_due" and start < s.at < start + timedelta(days=3)
                for s in self.subscription.items[0].states
            ):
                status = "open"
            lines, self.pending = self.pending + lines, []
        for number, line in enumerate(lines):
            line["invoice_id"] = invoice
            line["id"] = line["id"] or f"il_{invoice[3:]}_{number}"
            line["unique_id"] = f"il_{invoice[3:]}_{number}"
        self.lines += lines
        total = sum(line["amount"] for line in lines)
        self.rows.append(
            {"id": invoice, "customer_id": self.subscription.account_id,
             "subscription_id": self.subscription.subscription_id,
             "currency": self.subscription.currency.lower(), "period_start": start,
             "period_end": end, "billing_reason": reason, "status": status, "subtotal": total,
             "total": total, "amount_due": total, "is_deleted": "false",
             "_fivetran_synced": AS_OF}
        )  # fmt: skip

    def draft(self, period: tuple[datetime, datetime]) -> None:
        """What Stripe expects of the next invoice; nobody owes that yet."""
        item = self.subscription.items[0]
        state = item.at(AS_OF)
        following = (period[1], add_months(period[1], state.months))
        line = self.line(item, state, following, state.list_amount * 2, "subscription", False)
        line |= {"id": f"sub_{item.item_id[3:]}", "quantity": state.quantity * 2}
        self.issue(*following, "upcoming", [line], "draft")


def change_events(company: Company) -> dict[str, list[dict]]:
    """Stripe's own history of MRR, signed, in cents."""
    rows = []
    for item in company.items:
        mrr, quantity = Decimal(0), 0
        for moment, price, new_mrr in mrr_changes(item):
            state = item.at(moment)
            new_quantity = state.quantity if new_mrr else 0
            rows.append(
                {"event_timestamp": f"{moment:%Y-%m-%d %H:%M:%S}.000",
                 "event_type": event_type(mrr, new_mrr),
                 "subscription_item_id": item.item_id, "currency": state.currency.lower(),
                 "customer_id": item.account_id,
                 "local_event_timestamp": moment - timedelta(hours=7),
                 "mrr_change": cents(new_mrr - mrr), "price_id": price,
                 "product_id": state.product, "quantity_change": new_quantity - quantity,
                 "subscription_id": item.subscription_id}
            )  # fmt: skip
            mrr, quantity = new_mrr, new_quantity
    rows.sort(key=lambda row: (row["event_timestamp"], row["subscription_item_id"]))
    return {"stripe/subscription_item_change_events": rows}


def event_type(before: Decimal, after: Decimal) -> str:
    if not before:
        return "ACTIVE_START"
    if not after:
        return "ACTIVE_END"
    return "ACTIVE_UPGRADE" if after > before else "ACTIVE_DOWNGRADE"
