"""One company that every kind of source can tell: the demo's customers, made a little simpler.

What one of the systems cannot say is left out of the company, so that all of them tell the same:
- amounts are whole cents also after discounts and by month (change events and dashboards have
  cents), quantities are whole numbers, and quarters are 3 months;
- a discount begins and ends with a billing period and is for a whole subscription, which then has
  one item;
- items of one subscription are billed together, and its first item stays to the end;
- nothing ends as unpaid: a subscription that is not paid for is cancelled;
- only cancellations are booked ahead.
Beyond the demo, some monthly items are switched to annual billing, and some subscriptions have an
add-on for a while.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import customers
import generate

SEED = 16
AS_OF = customers.AS_OF
FAR = AS_OF + timedelta(days=2000)  # when every discount is over
CENT = Decimal("0.01")
# A multiple of this, per month, stays whole cents under a discount of 5, 10, 15 ... percent.
GRID = Decimal("0.20")
USAGE_STEP = 2000  # ... also for prices of a hundredth of a cent
SWITCH_EVERY = 2  # of the items that could be switched to annual billing, one in so many is
ADD_ON_EVERY = 7  # ... and of the subscriptions that could have an add-on
LIVE = ("active", "past_due")


@dataclass
class State:
    """The whole state of an item from `at` on; amounts in major units."""

    at: datetime
    recorded_at: datetime
    status: str
    product: str
    plan: str  # the plan's name; what it costs is its price's id
    model: str
    quantity: int
    unit_amount: Decimal
    currency: str
    months: int  # of a billing period
    percent: int = 0
    amount: int = 0
    discount_ends_at: datetime | None = None

    @property
    def interval(self) -> tuple[str, int]:
        return ("year", 1) if self.months == 12 else ("month", self.months)

    @property
    def price_id(self) -> str:
        cost = format(self.unit_amount.normalize(), "f").replace(".", "_")
        return f"price_{self.plan}_{self.currency.lower()}_{self.months}m_{cost}"

    @property
    def list_amount(self) -> Decimal:
        """For a billing period, before discounts."""
        return self.quantity * self.unit_amount

    def net_amount(self, discounted: bool = True) -> Decimal:
        """For a billing period."""
        if not discounted:
            return self.list_amount
        return max(Decimal(0), self.list_amount * (100 - self.percent) / 100 - self.amount)

    def is_discounted(self, moment: datetime) -> bool:
        return not self.discount_ends_at or moment < self.discount_ends_at

    def mrr(self, discounted: bool = True) -> Decimal:
        if self.status not in LIVE:
            return Decimal(0)
        monthly = self.net_amount(discounted) / self.months
        assert monthly == monthly.quantize(CENT), "the company has whole cents only"
        return monthly.quantize(CENT)


@dataclass
class Item:
    item_id: str
    subscription_id: str
    account_id: str
    states: list[State] = field(default_factory=list)

    @property
    def began_at(self) -> datetime:
        return self.states[0].at

    @property
    def ended_at(self) -> datetime | None:
        last = self.states[-1]
        return last.at if last.status == "cancelled" else None

    def at(self, moment: datetime) -> State | None:
        """The state in force at a moment."""
        return next((s for s in reversed(self.states) if s.at <= moment), None)


@dataclass
class Subscription:
    subscription_id: str
    account_id: str
    items: list[Item] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return self.items[0].states[0].currency

    @property
    def began_at(self) -> datetime:
        return self.items[0].began_at

    @property
    def ended_at(self) -> datetime | None:
        return self.items[0].ended_at

    def periods(self, until: datetime) -> list[tuple[datetime, datetime]]:
        """Billing periods that begin before `until`; a trial is one, a new interval begins one."""
        found = []
        states = self.items[0].states
        for index, state in enumerate(states):
            if state.status == "cancelled":
                break
            before = states[index - 1] if index else None
            if before and before.months == state.months and before.status != "trialing":
                continue
            end = next(
                (
                    later.at
                    for last, later in zip(states[index:], states[index + 1 :], strict=False)
                    if later.months != last.months
                    or last.status == "trialing"
                    or later.status == "cancelled"
                ),
                until,
            )
            if state.status == "trialing":
                found.append((state.at, end))
                continue
            number, start = 0, state.at
            while start < min(end, until):
                number += 1
                following = add_months(state.at, number * state.months)
                found.append((start, following))
                start = following
        return found

    def period_at(self, moment: datetime) -> tuple[datetime, datetime]:
        return [p for p in self.periods(moment + timedelta(seconds=1)) if p[0] <= moment][-1]


@dataclass
class Company:
    subscriptions: list[Subscription]
    accounts: list[list]  # rows of accounts
    rates: list[list]  # rows of exchange_rates

    @property
    def items(self) -> list[Item]:
        return [item for subscription in self.subscriptions for item in subscription.items]


def add_months(moment: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the month's last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = (datetime(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def month_start(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, 1)


def on_grid(value: float, step: Decimal) -> Decimal:
    """The nearest multiple of the step that is not 0."""
    return max(1, round(Decimal(str(value)) / step)) * step


def state_of(row: customers.Event) -> State:
    """A row of the demo's customers with amounts that every system can express."""
    months = customers.period_months(row)
    if row.pricing_model == "usage":
        unit_amount = Decimal(str(row.unit_amount))
        quantity = max(1, round(row.quantity / USAGE_STEP)) * USAGE_STEP
    else:
        unit_amount, quantity = on_grid(row.unit_amount, GRID * months), int(row.quantity or 1)
    return State(
        row.effective_at, row.recorded_at or row.effective_at, row.status, row.product_id,
        row.plan_id, row.pricing_model, quantity, unit_amount, row.currency, months,
        row.discount_percent or 0,
        int(on_grid(row.discount_amount, Decimal(months))) if row.discount_amount else 0,
        row.discount_ends_at,
    )  # fmt: skip


def simplified(states: list[State]) -> list[State]:
    """Without what is booked ahead, and ended where it would be unpaid."""
    kept: list[State] = []
    for state in states:
        if state.status == "unpaid":
            state.status = "cancelled"
        if state.at > AS_OF and state.status != "cancelled":
            continue
        if state.status != "cancelled" or state.recorded_at > state.at:
            state.recorded_at = state.at
        if kept and state.at <= kept[-1].at:
            continue
        kept.append(state)
        if state.status == "cancelled":
            break
    return kept


def moved_to_periods(item: Item, periods: list[tuple[datetime, datetime]]) -> None:
    """Discounts begin with the next billing period and end with one, after as long as before."""
    starts = [start for start, _ in periods]
    spans: list[tuple[datetime, datetime | None, int, int]] = []
    for state in item.states:
        given = (state.percent, state.amount)
        state_ends, state.percent, state.amount = state.discount_ends_at, 0, 0
        state.discount_ends_at = None
        start = next((moment for moment in starts if moment >= state.at), None)
        if given == (0, 0) or not start or (spans and spans[-1][2:] == given):
            continue
        # one that outlasts the subscription ends when it ends
        ends = state_ends and next((m for m in starts if m >= state_ends and m > start), state_ends)
        if not spans or (spans[-1][1] and spans[-1][1] <= start):
            spans.append((start, ends, *given))
    for start, ends, percent, amount in spans:
        before = item.at(start)
        if before.status not in LIVE or amount * 2 > before.list_amount:
            continue
        if before.at != start:
            item.states.append(replace(before, at=start, recorded_at=start))
            item.states.sort(key=lambda state: state.at)
        for state in item.states:
            if state.at >= start and (ends is None or state.at < ends):
                state.percent, state.amount, state.discount_ends_at = percent, amount, ends


def switched_to_annual(item: Item) -> None:
    """From one of its later states on, the item is billed once a year, for a tenth less."""
    later = item.states[len(item.states) // 2 :]
    for state in later:
        monthly = state.unit_amount / state.months
        state.months = 12
        state.unit_amount = on_grid(float(monthly * 12 * Decimal("0.9")), GRID * 12)


def can_switch(item: Item) -> bool:
    states = item.states
    return (
        len(states) >= 4
        and {state.status for state in states} <= {"active", "cancelled"}
        and states[-1].months == 1
        and states[0].model == "seat"
        and not any(state.percent or state.amount for state in states)
    )


def can_add_on(subscription: Subscription) -> bool:
    states = subscription.items[0].states
    return (
        len(subscription.items) == 1
        and {state.status for state in states} <= {"active", "cancelled"}
        and len({state.months for state in states}) == 1
        and not any(state.percent or state.amount for state in states)
        and (subscription.ended_at or AS_OF) > subscription.began_at + timedelta(days=420)
    )


def add_on(subscription: Subscription, number: int) -> None:
    """A second item from the 40th day on; every other one is removed in the middle of a period."""
    first = subscription.items[0]
    begins, months = first.began_at + timedelta(days=40, hours=3), first.states[0].months
    state = replace(
        first.states[0], at=begins, recorded_at=begins, product="insights", plan="insights_seat",
        model="seat", quantity=3 + number % 4, unit_amount=Decimal(30 * months),
    )  # fmt: skip
    states = [state]
    more = begins + timedelta(days=100)
    states.append(replace(state, at=more, recorded_at=more, quantity=state.quantity + 2))
    ends = begins + timedelta(days=340) if number % 2 else first.ended_at
    if ends:
        recorded = ends if number % 2 else first.states[-1].recorded_at
        states.append(replace(states[-1], at=ends, recorded_at=recorded, status="cancelled"))
    item_id = f"{first.item_id}_add_on"
    subscription.items.append(
        Item(item_id, first.subscription_id, first.account_id, simplified(states))
    )


def subscriptions_of(rows: list[customers.Event]) -> list[Subscription]:
    """The account's subscriptions; one that cannot be told by every system is divided."""
    by_item: dict[str, list[customers.Event]] = {}
    for row in rows:
        by_item.setdefault(row.subscription_item_id or f"si_{row.subscription_id[4:]}", []).append(
            row
        )
    items = []
    for item_id, its_rows in by_item.items():
        in_order = sorted(its_rows, key=lambda row: row.effective_at)
        states = simplified([state_of(row) for row in in_order])
        if states and states[0].status != "cancelled":
            first = its_rows[0]
            items.append(Item(item_id, first.subscription_id, first.account_id, states))
    subscriptions: dict[str, Subscription] = {}
    for item in items:
        shared = subscriptions.get(item.subscription_id)
        if shared and not can_share(shared.items[0], item):
            item.subscription_id = f"sub_{item.item_id[3:]}"
        subscription = subscriptions.setdefault(
            item.subscription_id, Subscription(item.subscription_id, item.account_id)
        )
        subscription.items.append(item)
    return list(subscriptions.values())


def can_share(first: Item, second: Item) -> bool:
    ends, second_ends = (item.ended_at or datetime.max for item in (first, second))
    discounts = any(s.percent or s.amount for item in (first, second) for s in item.states)
    return (
        not discounts
        and second_ends <= ends
        and first.began_at < second.began_at < ends
        and {s.months for s in first.states} == {s.months for s in second.states}
        and first.states[0].currency == second.states[0].currency
    )


def play(accounts: int = 100, seed: int = SEED) -> Company:
    """The same number and seed give the same company everywhere."""
    subscriptions, attributes, parents = [], [], []
    could_switch = could_add = 0
    for number in range(accounts):
        account = generate.new_account(number, accounts, seed, ("leak",))
        account.account_id = f"cus_{account.account_id[4:]}"
        attributes += generate.account_rows(account, parents)
        if account.size == "ent":
            parents.append(account.account_id)
        for subscription in subscriptions_of(customers.play(account)):
            if len(subscription.items) == 1:
                if can_switch(subscription.items[0]):
                    could_switch += 1
                    if could_switch % SWITCH_EVERY == 0:
                        switched_to_annual(subscription.items[0])
                moved_to_periods(subscription.items[0], subscription.periods(FAR))
            if can_add_on(subscription):
                could_add += 1
                if could_add % ADD_ON_EVERY == 0:
                    add_on(subscription, could_add // ADD_ON_EVERY)
            subscriptions.append(subscription)
    return Company(subscriptions, attributes, generate.exchange_rates(customers.Dice(seed)))
