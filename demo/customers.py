"""The demo company's customers: who they are, and what their subscriptions do each month.

All chance comes from `random.Random(seed).random()`, and numbers are made with + - * / and
round() only (no `sum` of floats, no powers or logarithms, whose last digit differs between
versions and machines), so that the same seed gives the same rows everywhere.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

FIRST_YEAR, FIRST_MONTH = 2023, 5
MONTHS = 42  # May 2023 to October 2026
HORIZON = MONTHS + 3  # bookings reach this far past the newest complete month
AS_OF = datetime(2026, 11, 4, 6, 30)  # nothing is recorded later

# What is planted, to be found. Each can be left out; in a company without any nothing stands out.
STORIES = ("leak", "treadmill", "concentration", "month_3_step", "restatement")
# Leak: (chance of leaving in a year, how much it grows from the first month to the last). Small
# accounts leave most, and more every year.
LEAK = {"smb": (0.185, 0.25), "mid": (0.09, 0.0), "ent": (0.045, 0.0)}
# Treadmill: from May to October 2024 mid-size accounts leave so many times as often, and large ones
# change their quantities so many times as often.
TREADMILL_CHURN, TREADMILL_CHANGES, TREADMILL_MONTHS = 5.0, 4.0, range(12, 18)
# Concentration: in July 2025 one large account takes so many times as many seats.
ROLL_OUT, ROLL_OUT_MONTH = 2.5, 26
# Month-3 step: of the small accounts that join from May 2024 on and pay monthly this part leaves
# after three months.
MONTH_3_STEP, MONTH_3_STEP_FROM = 0.3, 12
# Restatement: another large account leaves in July 2026, which is recorded at the end of October.
UNTOLD_MONTH, TOLD_AT = 38, datetime(2026, 10, 29, 9)


class Size(NamedTuple):
    """How accounts of one size behave; the chances are per year unless said otherwise."""

    share: float  # of all accounts
    arr: tuple[int, int]  # range when they join
    tier: int  # which of the three plans they join on
    annual: float  # share on annual billing
    churn: float
    changes: float  # how often quantities change, against the pricing model's own pace
    up: float  # share of quantity changes that go up
    second_product: float
    trial: float  # share that starts with one


SIZES = {
    "smb": Size(0.70, (3_000, 23_000), 0, 0.35, 0.02, 0.8, 0.53, 0.02, 0.30),
    "mid": Size(0.23, (27_000, 88_000), 1, 0.65, 0.015, 1.0, 0.63, 0.07, 0.10),
    "ent": Size(0.07, (108_000, 330_000), 2, 0.90, 0.01, 1.2, 0.765, 0.14, 0.0),
}
PLANS = {
    "seat": ("team", "business", "corporate"),
    "usage": ("metered", "metered_plus", "metered_scale"),
    "flat": ("essentials", "standard", "premier"),
}
LIST_PRICES = {"seat": (39.0, 51.0, 66.0), "usage": (0.0120, 0.0155, 0.0200)}
CHANGES_PER_MONTH = {"seat": 0.20, "usage": 0.38, "flat": 0.0}
STEPS = {"seat": (0.02, 0.12), "usage": (0.02, 0.14)}
LOCAL_PRICE = {"USD": 1.0, "EUR": 0.92, "GBP": 0.79}
CHANNEL_RISK = {"inbound": 1.0, "outbound": 0.95, "partner": 0.8, "paid_ads": 1.35, "referral": 0.7}


class Dice:
    """Chance from one seeded stream of numbers in [0, 1)."""

    def __init__(self, seed: int):
        self.roll = Random(seed).random

    def chance(self, probability: float) -> bool:
        return self.roll() < probability

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.roll()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * self.roll())

    def pick(self, weights: dict[str, float]) -> str:
        return weighted(weights, self.roll())


@dataclass(slots=True)
class Event:
    """The whole state of one subscription item; the fields are the file's columns."""

    event_id: str | None
    account_id: str
    subscription_id: str
    subscription_item_id: str | None
    effective_at: datetime
    recorded_at: datetime | None
    status: str
    product_id: str
    plan_id: str
    pricing_model: str
    quantity: float | int | None
    unit_amount: float
    currency: str
    billing_interval: str
    billing_interval_count: int
    discount_percent: int | None = None
    discount_amount: int | None = None
    discount_ends_at: datetime | None = None


@dataclass
class Account:
    """One customer while its history is played through, month by month."""

    account_id: str
    dice: Dice
    size: str
    model: str
    month: int  # the month being played
    base: bool  # part of the installed base
    region: str
    channel: str
    currency: str
    anchor: datetime  # first billing moment; renewals fall on its day and time
    stories: frozenset[str]
    lot: float  # in [0, 1), evenly spread: whom the month-3 step picks
    plays: str | None = None  # the story that is about this account alone
    since: int = 0  # month of the anchor
    serial: int = 0
    last_value: float = 0.0
    items: list[Event] = field(default_factory=list)
    rows: list[Event] = field(default_factory=list)


def weighted(weights: dict[str, float], position: float) -> str:
    """The name whose stretch of [0, 1) holds the position."""
    for name, weight in weights.items():
        position -= weight
        if position < 0:
            return name
    return name


def month_start(month: int) -> datetime:
    year, index = divmod(FIRST_YEAR * 12 + FIRST_MONTH - 1 + month, 12)
    return datetime(year, index + 1, 1)


def moment(account: Account, month: int, last_day: int = 27) -> datetime:
    """Some working hour of the month."""
    whole = account.dice.whole
    day, hour = whole(2, last_day) - 1, whole(7, 19)
    return month_start(month) + timedelta(
        days=day, hours=hour, minutes=whole(0, 59), seconds=whole(0, 59)
    )


def billing_moment(account: Account, month: int) -> datetime:
    return month_start(month) + (account.anchor - month_start(account.since))


def period_months(item: Event) -> int:
    return {"month": 1, "quarter": 3, "year": 12}[item.billing_interval] * (
        item.billing_interval_count
    )


def monthly_value(item: Event) -> float:
    """List MRR of the item in US dollars, before discounts."""
    amount = (item.quantity or 1) * item.unit_amount / period_months(item)
    return amount / LOCAL_PRICE[item.currency]


def emit(account: Account, item: Event, when: datetime, lead: int = 0, **changes) -> None:
    """Record the item's state from `when` on, unless that is not known yet at AS_OF.

    `lead` days: booked so long before, or after if negative. About 2% of the other rows arrive
    weeks late.
    """
    dice = account.dice
    recorded = when - timedelta(days=lead) + timedelta(seconds=dice.whole(1, 900))
    if not lead and dice.chance(0.02):
        recorded += timedelta(days=dice.whole(14, 56))
    if recorded > AS_OF:
        return
    if item.discount_ends_at and item.discount_ends_at <= when:
        item.discount_percent = item.discount_amount = item.discount_ends_at = None
    for name, value in changes.items():
        setattr(item, name, value)
    item.effective_at, item.recorded_at = when, recorded
    account.rows.append(copy(item))


def choose_billing(account: Account) -> tuple[str, int]:
    """Annual, quarterly (written in two ways) or monthly; usage is always billed monthly."""
    dice = account.dice
    if account.model == "usage":
        return "month", 1
    if dice.chance(SIZES[account.size].annual):
        return "year", 1
    if dice.chance(0.14):
        return ("quarter", 1) if dice.chance(0.6) else ("month", 3)
    return "month", 1


def new_item(account: Account, when: datetime, value: float, product: str, model: str) -> Event:
    """An item on a new subscription that is worth about `value` US dollars a month."""
    account.serial += 1
    key = f"{account.account_id[4:]}{account.serial}"
    interval, count = choose_billing(account) if model == account.model else ("month", 1)
    tier = SIZES[account.size].tier
    item = Event(
        None, account.account_id, f"sub_{key}", f"si_{key}", when, when, "active", product,
        PLANS[model][tier] if product == "platform" else f"{product}_{model}", model,
        None, 0.0, account.currency, interval, count,
    )  # fmt: skip
    price = LIST_PRICES[model][tier] if model in LIST_PRICES else round(value / 10) * 10 - 1
    price *= period_months(item) * (0.9 if interval == "year" else 1.0)
    item.unit_amount = round(price * LOCAL_PRICE[account.currency], 4 if model == "usage" else 2)
    if model != "flat":
        quantity = value / (price / period_months(item))
        item.quantity = max(1, round(quantity)) if model == "seat" else round(quantity, 2)
    return item


def start_discount(account: Account, item: Event, start: datetime, low: int, high: int) -> dict:
    """A discount of low to high percent (or about that as an amount), usually with an end."""
    dice = account.dice
    percent = 5 * dice.whole(low // 5, high // 5)
    months = (3, 6, 12)[dice.whole(0, 2)]
    ends = month_start(account.month + months) + (start - month_start(account.month))
    changes = {"discount_ends_at": None if dice.chance(0.08) else ends}
    if dice.chance(0.35):
        price = (item.quantity or 1) * item.unit_amount
        return changes | {"discount_amount": max(5, round(price * percent / 500) * 5)}
    return changes | {"discount_percent": percent}


def join(account: Account) -> None:
    """The first subscription, perhaps with a trial or a discount."""
    dice, size = account.dice, SIZES[account.size]
    skewed = dice.roll() * (0.4 + 0.6 * dice.roll())
    value = (size.arr[0] + (size.arr[1] - size.arr[0]) * skewed) / 12
    item = new_item(account, account.anchor, value, "platform", account.model)
    account.items = [item]
    if account.base and account.model == "flat":
        item.subscription_item_id = None  # the former billing system had no items
    if not account.base and dice.chance(size.trial):
        try_out(account, item)
    else:
        discount = {}
        if dice.chance(0.18):
            discount = start_discount(account, item, account.anchor, 5, 25)
        emit(account, item, account.anchor, **discount)
        if account.base and item.subscription_item_id is None and account.rows:
            account.rows[0].recorded_at = None  # nor did it say when a row was written


def try_out(account: Account, item: Event) -> None:
    """A trial of 14 or 30 days; one in eight does not convert."""
    emit(account, item, account.anchor, status="trialing")
    ends = account.anchor + timedelta(days=14 if account.dice.chance(0.6) else 30)
    if account.dice.chance(0.125):
        emit(account, item, ends, status="cancelled")
        account.items, account.month = [], HORIZON
    else:
        emit(account, item, ends, status="active")
        account.month += 1


def leave(account: Account, when: datetime, lead: int = 0, back: float = 0.14) -> None:
    """Cancel everything; some accounts come back, most of them within the year."""
    account.last_value = 0.0
    for item in account.items:
        account.last_value += monthly_value(item)
        emit(account, item, when, lead, status="cancelled")
    account.items = []
    if not account.dice.chance(back):
        account.month = HORIZON
    elif account.dice.chance(0.8):
        account.month += account.dice.whole(3, 9)
    else:
        account.month += account.dice.whole(12, 17)


def come_back(account: Account) -> None:
    """A former customer starts again with a new, usually smaller subscription."""
    value = account.last_value * account.dice.between(0.6, 1.05)
    account.anchor, account.since = moment(account, account.month), account.month
    account.items = [new_item(account, account.anchor, value, "platform", account.model)]
    emit(account, account.items[0], account.anchor)


def on_treadmill(account: Account, month: int) -> bool:
    return "treadmill" in account.stories and month in TREADMILL_MONTHS


def churn(account: Account, month: int) -> bool:
    """Cancel at the end of a paid period."""
    dice, period = account.dice, period_months(account.items[0])
    if (month - account.since) % period:
        return False
    risk = SIZES[account.size].churn
    if "leak" in account.stories:
        risk, drift = LEAK[account.size]
        risk *= 1 + drift * (2 * month / MONTHS - 1)
    if account.size == "mid" and on_treadmill(account, month):
        risk *= TREADMILL_CHURN
    risk *= CHANNEL_RISK[account.channel] * (1.0 if period == 12 else 1.1)
    if not dice.chance(risk * period / 12):
        return False
    lead = dice.whole(10, 75) if period == 12 else dice.whole(0, 20)
    leave(account, billing_moment(account, month), lead)
    return True


def renew(account: Account, month: int) -> bool:
    """Once a year: a price rise, and on annual contracts fewer seats for some."""
    dice, size = account.dice, SIZES[account.size]
    annual = period_months(account.items[0]) == 12
    if (month - account.since) % 12 or not (annual or dice.chance(0.85)):
        return False
    rise = 1 + (dice.between(0.02, 0.06) if dice.chance(0.8) else 0.0)
    fewer = 1.0
    if annual and dice.chance(0.6 * (1 - size.up)):
        fewer = 1 - dice.between(0.05, 0.25)
    lead = dice.whole(5, 80) if annual and dice.chance(0.5) else 0
    for item in account.items:
        price = round(item.unit_amount * rise, 4 if item.pricing_model == "usage" else 2)
        seats = max(1, round(item.quantity * fewer)) if item.pricing_model == "seat" else None
        changes = {"quantity": seats} if seats else {}
        emit(account, item, billing_moment(account, month), lead, unit_amount=price, **changes)
    return True


def pay_late(account: Account, month: int) -> bool:
    """Past due; most pay within three weeks, the others end as unpaid and are cancelled."""
    dice = account.dice
    if account.size == "ent" or not dice.chance(0.012 if account.size == "smb" else 0.006):
        return False
    due = billing_moment(account, month) + timedelta(days=1)
    for item in account.items:
        emit(account, item, due, status="past_due")
    if dice.chance(0.82):
        paid = due + timedelta(days=dice.whole(4, 21), minutes=dice.whole(1, 600))
        for item in account.items:
            emit(account, item, paid, status="active")
        account.month += 1
        return True
    for item in account.items:
        emit(account, item, due + timedelta(days=21), status="unpaid")
    leave(account, due + timedelta(days=dice.whole(40, 50)), back=0.2)
    account.month += 1
    return True


def pause(account: Account, month: int) -> bool:
    """Small accounts on monthly billing pause for one to four months."""
    small = account.size == "smb" and period_months(account.items[0]) == 1
    if not small or not account.dice.chance(0.006):
        return False
    stop = moment(account, month)
    account.month += account.dice.whole(1, 4)
    resume = moment(account, account.month)
    for item in account.items:
        emit(account, item, stop, status="paused")
        emit(account, item, resume, status="active")
    return True


def change_plan(account: Account, month: int) -> bool:
    """To the next plan up or down: cancel the subscription, start another in the same month."""
    old, dice, size = account.items[0], account.dice, SIZES[account.size]
    if not dice.chance(0.012 if account.model == "flat" else 0.005):
        return False
    names = PLANS[account.model]
    at = names.index(old.plan_id)
    to = at + (1 if dice.chance(size.up) else -1)
    if not 0 <= to < len(names):
        return False
    stop = moment(account, month, last_day=19)
    start = stop + timedelta(days=dice.whole(1, 6) if dice.chance(0.3) else 0)
    account.serial += 1
    key = f"{account.account_id[4:]}{account.serial}"
    new = copy(old)
    new.subscription_id, new.subscription_item_id = f"sub_{key}", f"si_{key}"
    new.plan_id = names[to]
    digits = 4 if account.model == "usage" else 2
    price = round(old.unit_amount * (1.3 if to > at else 1 / 1.3), digits)
    emit(account, old, stop, status="cancelled")
    emit(account, new, start, unit_amount=price)
    account.items[0] = new
    return True


def add_product(account: Account, month: int) -> bool:
    """A second product: on the same subscription or its own, rarely in another currency."""
    dice, size = account.dice, SIZES[account.size]
    if len(account.items) > 1 or not dice.chance(size.second_product / 12):
        return False
    value = max(60.0, monthly_value(account.items[0]) * dice.between(0.10, 0.35))
    model, when = ("flat" if dice.chance(0.5) else "seat"), moment(account, month)
    home = account.currency
    if dice.chance(0.1):
        account.currency = "EUR" if home == "USD" else "USD"
    item = new_item(account, when, value, "insights", model)
    account.currency = home
    if item.currency == home and account.items[0].subscription_item_id and dice.chance(0.6):
        item.subscription_id = account.items[0].subscription_id
    account.items.append(item)
    emit(account, item, when)
    return True


def drop_product(account: Account, month: int) -> bool:
    """Give up the second product but stay a customer."""
    if len(account.items) < 2 or not account.dice.chance(0.008):
        return False
    emit(account, account.items.pop(), moment(account, month), status="cancelled")
    return True


def change_quantity(account: Account, month: int) -> bool:
    """More or fewer seats, more or less usage; annual contracts go down at renewal only."""
    item, dice, size = account.items[0], account.dice, SIZES[account.size]
    pace = CHANGES_PER_MONTH[account.model] * size.changes
    if account.size == "ent" and on_treadmill(account, month):
        pace *= TREADMILL_CHANGES
    if not dice.chance(pace):
        return False
    up, step = dice.chance(size.up), dice.between(*STEPS[account.model])
    if not up and period_months(item) == 12:
        return False
    quantity = item.quantity * (1 + step if up else 1 / (1 + step))
    if account.model == "seat":
        quantity = max(1, round(quantity))
        quantity += quantity == item.quantity
    emit(account, item, moment(account, month), quantity=round(quantity, 2))
    return True


def offer_discount(account: Account, month: int) -> bool:
    """A discount to keep an account that thinks of leaving."""
    item = account.items[0]
    if item.discount_percent or item.discount_amount or not account.dice.chance(0.003):
        return False
    when = moment(account, month)
    emit(account, item, when, **start_discount(account, item, when, 10, 30))
    return True


def roll_out(account: Account, month: int) -> bool:
    """The whole group of a large account begins to use the product."""
    item = account.items[0]
    if account.plays != "concentration" or month != ROLL_OUT_MONTH:
        return False
    emit(account, item, moment(account, month), quantity=round(item.quantity * ROLL_OUT))
    return True


def leave_after_three_months(account: Account, month: int) -> bool:
    """A small account that was never at home."""
    if "month_3_step" not in account.stories or account.lot >= MONTH_3_STEP:
        return False
    if account.since < MONTH_3_STEP_FROM or month != account.since + 3 or account.size != "smb":
        return False
    if not account.rows or period_months(account.items[0]) != 1:
        return False
    first = account.rows[0]  # of those without a trial who are in their first subscription
    if first.status == "trialing" or first.effective_at != account.anchor:
        return False
    leave(account, billing_moment(account, month), back=0.0)
    return True


def leave_untold(account: Account, month: int) -> bool:
    """Leave, which is recorded months later."""
    if account.plays != "restatement" or month != UNTOLD_MONTH:
        return False
    when = billing_moment(account, month)
    leave(account, when, lead=(when - TOLD_AT).days, back=0.0)
    return True


TRAITS = (
    roll_out, leave_after_three_months, leave_untold, churn, renew, pay_late, pause, change_plan,
    add_product, drop_product, change_quantity, offer_discount,
)  # fmt: skip


def play(account: Account) -> list[Event]:
    """All events of one account: at most one trait shows in a month."""
    join(account)
    account.month += 1
    while account.month < HORIZON:
        if account.items:
            any(trait(account, account.month) for trait in TRAITS)
        else:
            come_back(account)
        account.month += 1
    return account.rows
