"""What the demo company's customers do in the product and with the company's people.

What becomes of an account is known when this is made (customers.py has played it), and signs of it
are planted: imperfect ones, as in reality. All chance comes from dice of its own, so that nothing
here changes a subscription; numbers are made as customers.py says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from customers import AS_OF, Account, Dice, monthly_value

COLUMNS = {
    "product_usage": ("account_id", "usage_date", "metric", "value", "feature", "recorded_at"),
    "customer_events": (
        "account_id", "occurred_at", "event", "subject_id", "label", "value", "recorded_at",
    ),
    "plan_limits": (
        "plan_id", "account_id", "metric", "limit_value", "valid_from", "recorded_at",
    ),
}  # fmt: skip
DAYS = {
    "product_usage": "usage_date", "customer_events": "occurred_at", "plan_limits": "valid_from",
}  # fmt: skip

# Signals of the company's own, both without any effect: one of visits of the blog, and one of those
# who have ever asked for a feature.
SIGNAL_COLUMNS = (
    "signal", "kind", "rule", "fact", "label", "other_fact", "days", "from_days", "threshold",
    "minimum", "response",
)  # fmt: skip
OWN_SIGNALS = [
    ["blog_read", "expansion", "happened", "page_visited", "blog", None, 30, *[None] * 3,
     "Ask what they were looking for."],
    ["feature_requested", "risk", "happened", "feature_request", *[None] * 6,
     "Ask how much they miss it."],
]  # fmt: skip
# The product tells since January 2025 what is used: a row is a week, dated on its Sunday. Every
# fourth week it is told by feature, and the seats in use with it.
FIRST_WEEK, FEATURE_WEEKS = date(2025, 1, 5), 4
LATE = 0.012  # of the weeks and of the tickets: told two to six weeks later
# Signs: (part of those that leave who show it, part of all other half-years in which it shows, the
# fewest and the most days before leaving on which it begins).
FALL = (0.60, 0.08, 60, 120)  # usage falls to FLOOR of what it was, some of it to nothing
FLOOR, TO_NOTHING = (0.08, 0.45), 0.2
FALL_DAYS = (35, 80)  # after which it recovers, where nobody leaves
TICKETS = (0.40, 0.05, 25, 75)  # BURST tickets within three weeks
BURST = (4, 6)
BILLING = (0.30, 0.06, 4, 45)  # one to three looks at the page with the bills
CHAMPION = (0.13, 0.065, 15, 180)  # the one who stands up for the product leaves the account
# A part of those that leave and of those that stay begin to use the api in their first 90 days.
API = (0.20, 0.42)
# Breadth: before this part of the expansions, and in this part of all half-years, another feature.
BROADER, BROADER_ANYWAY = 0.6, 0.06
# Reviews: this part is missed, and this one in the last 150 days before leaving.
MISSED, MISSED_BEFORE_LEAVING = 0.10, 0.45
# Ratings (1 to 5) and surveys (0 to 10) in the last half-year before leaving are so much lower.
LOWER_RATING, LOWER_SURVEY = 0.6, 1.6
# Activated: the part that never is, and the part that is late: of those that leave within their
# first year, and of the others.
ACTIVATED = {True: (0.45, 0.30), False: (0.04, 0.08)}
# Seats: before this part of the expansions almost all seats are in use; of some accounts always.
FULL_BEFORE_MORE, ALWAYS_FULL = 0.6, 0.08
# Without any effect, at the same rate per month for all accounts: looks at the blog, and requests
# for a feature, of which accounts that have lived long have ever made one more often.
BLOG, FEATURE_REQUESTS = 0.05, 0.025
RELEASED = 0.3  # of these requests, which become a feature within the year
TICKETS_PER_MONTH = {"smb": 0.045, "mid": 0.16, "ent": 0.40}

FEATURES = ("orders", "routes", "labels", "alerts", "reports", "returns", "docs", "api")
FIRST_FEATURES = {"smb": (1, 3), "mid": (2, 4), "ent": (4, 5)}
KINDS = {"question": 0.45, "bug": 0.25, "how_to": 0.20, "billing": 0.10}
SEASON = {7: 0.95, 8: 0.88, 12: 0.85}  # months in which less is shipped
# What a plan allows; mid-size and large accounts have what they bought.
PLAN_LIMITS = (
    ("team", 40, None), ("team", 50, date(2025, 7, 1)), ("business", 150, None),
    ("corporate", 500, None),
)  # fmt: skip

TODAY = AS_OF.date()
HALF_YEAR = 182
EXPANSION = 1.07  # more than any price rise
USING, STAYING = ("active", "past_due", "trialing"), ("active", "past_due", "trialing", "paused")


class Level(NamedTuple):
    """What an account has from a day on."""

    day: date
    known: date
    value: float  # list MRR in US dollars of what is in use
    seats: int
    stays: bool


class Stay(NamedTuple):
    """The days on which it is a customer, without a break of more than a month."""

    start: date
    end: date  # the first day after it; an open one goes on for months
    leaves: bool


@dataclass
class Customer:
    """An account of which the outcome is known."""

    account: Account
    dice: Dice
    levels: list[Level]
    stays: list[Stay]
    serial: int = 0
    expansions: list[date] = field(default_factory=list)
    falls: list[tuple[date, date, float]] = field(default_factory=list)  # from, until, floor

    def subject(self, kind: str) -> str:
        self.serial += 1
        return f"{kind}{self.account.account_id[4:]}{self.serial}"

    def later(self, day: date, low: int, high: int) -> date:
        return day + timedelta(days=self.dice.whole(low, high))

    def noise(self) -> float:
        """Around 0, two in three between -0.6 and 0.6, never beyond -2 and 2."""
        roll = self.dice.roll
        return roll() + roll() + roll() + roll() - 2

    def leaves_within(self, day: date, days: int) -> bool:
        return any(
            stay.leaves and stay.start <= day < stay.end <= day + timedelta(days=days)
            for stay in self.stays
        )


def levels(account: Account) -> list[Level]:
    """One for each day on which something changes."""
    items, found = {}, {}
    for row in sorted(account.rows, key=attrgetter("effective_at")):
        items[row.subscription_id, row.subscription_item_id] = row
        day, value, seats = row.effective_at.date(), 0.0, 0
        for item in items.values():
            if item.status in USING:
                value += monthly_value(item)
                if item.product_id == "platform" and item.pricing_model == "seat":
                    seats += item.quantity
        stays = any(item.status in STAYING for item in items.values())
        known = (row.recorded_at or row.effective_at).date()
        found[day] = Level(day, known, value, seats, stays)
    return list(found.values())


def stays(account: Account, found: list[Level], dice: Dice) -> list[Stay]:
    """An account without items at the end of the play that nobody knows to leave does so soon."""
    result, start, end = [], None, None
    for level in found:
        if level.stays and end and level.day > end + timedelta(days=31):
            result.append(Stay(start, end, True))
            start = None
        if level.stays:
            start, end = start or level.day, None
        else:
            end = end or level.day
    if start:
        leaves = bool(end) or not account.items
        open_end = TODAY + timedelta(days=dice.whole(1, 85) if leaves else 2 * HALF_YEAR)
        result.append(Stay(start, end or open_end, leaves))
    return result


def signs(customer: Customer, leavers: float, others: float, low: int, high: int) -> Iterator[date]:
    """The days on which a sign of leaving begins, with and without reason."""
    dice = customer.dice
    for stay in customer.stays:
        quiet = stay.end - timedelta(days=high if stay.leaves else 0)
        day = stay.start
        while day < quiet:
            begins = customer.later(day, 0, HALF_YEAR - 1)
            if dice.chance(others) and begins < quiet:
                yield begins
            day += timedelta(days=HALF_YEAR)
        if stay.leaves and dice.chance(leavers):
            yield max(stay.start, stay.end - timedelta(days=dice.whole(low, high)))


def at_rate(customer: Customer, per_month: float) -> Iterator[date]:
    """Days at a constant rate, as long as the account is a customer."""
    for stay in customer.stays:
        day = stay.start
        while day < stay.end:
            if customer.dice.chance(per_month * 7 / 30.4):
                happens = customer.later(day, 0, 6)
                if happens < stay.end:
                    yield happens
            day += timedelta(days=7)


def event(customer: Customer, day: date, name: str, subject=None, label=None, value=None) -> list:
    return [customer.account.account_id, day, name, subject, label, value, None]


def support(customer: Customer) -> Iterator[list]:
    """Tickets at the account's own rate, and more of them as a sign; some are rated."""
    dice = customer.dice
    rate = TICKETS_PER_MONTH[customer.account.size] * dice.between(0.4, 1.6)
    days = list(at_rate(customer, rate))
    for begins in signs(customer, *TICKETS):
        days += [customer.later(begins, 0, 20) for _ in range(dice.whole(*BURST))]
    for day in sorted(days):
        subject, kind = customer.subject("t"), dice.pick(KINDS)
        ticket = event(customer, day, "ticket", subject, kind, dice.whole(1, 4))
        if dice.chance(LATE):
            ticket[-1] = customer.later(day, 14, 42)
        yield ticket
        if dice.chance(0.22):
            lower = LOWER_RATING if customer.leaves_within(day, HALF_YEAR) else 0
            rating = min(5, max(1, round(4.3 + 2.2 * customer.noise() - lower)))
            rated = customer.later(day, 1, 12)
            yield event(customer, rated, "ticket_rated", subject, None, rating)


def surveys(customer: Customer) -> Iterator[list]:
    """Everybody is asked about twice a year; a third answers."""
    for day in at_rate(customer, 0.05):
        lower = LOWER_SURVEY if customer.leaves_within(day, HALF_YEAR) else 0
        answer = min(10, max(0, round(7.7 + 3.2 * customer.noise() - lower)))
        yield event(customer, day, "survey", None, "nps", answer)


def reviews(customer: Customer) -> Iterator[list]:
    """About every eleven weeks; with small accounts it is a call that nobody plans."""
    dice = customer.dice
    for stay in customer.stays:
        day = customer.later(stay.start, 5, 30)
        while day < stay.end:
            subject = None
            if customer.account.size != "smb":
                subject = customer.subject("m")
                planned = event(customer, day, "meeting_planned", subject)
                planned[-1] = max(stay.start, customer.later(day, -60, -14))
                yield planned
            leaves = customer.leaves_within(day, 150)
            if not dice.chance(MISSED_BEFORE_LEAVING if leaves else MISSED):
                held = customer.later(day, 1, 5) if dice.chance(0.15) else day
                yield event(customer, held, "meeting_held", subject, "value_review")
            day = customer.later(day, 70, 88)


def champions(customer: Customer) -> Iterator[list]:
    """One who stands up for the product; who leaves is mostly followed by another, in time."""
    dice, gone = customer.dice, sorted(signs(customer, *CHAMPION))
    for stay in customer.stays:
        day = customer.later(stay.start, 0, 20)
        for left in [*gone, stay.end]:
            if not day < left <= stay.end:
                continue
            subject = customer.subject("c")
            yield event(customer, day, "contact_joined", subject, "champion")
            if left == stay.end:
                break
            yield event(customer, left, "contact_left", subject, "champion")
            if not dice.chance(0.8):
                break
            day = customer.later(left, 20, 120)


def activation(customer: Customer) -> Iterator[list]:
    """Activated within days, or later, or never."""
    dice, stay = customer.dice, customer.stays[0]
    leaves_early = stay.leaves and (stay.end - stay.start).days <= 365
    never, late = ACTIVATED[leaves_early]
    kind = dice.pick({"never": never, "late": late, "in time": 1 - never - late})
    day = customer.later(stay.start, *((45, 130) if kind == "late" else (1, 27)))
    if kind != "never" and day < stay.end:
        yield event(customer, day, "milestone", None, "activated")


def billing_pages(customer: Customer) -> Iterator[list]:
    """Looks at the page with the bills, on which a subscription can be cancelled."""
    for begins in signs(customer, *BILLING):
        for _ in range(customer.dice.whole(1, 3)):
            yield event(customer, customer.later(begins, 0, 3), "page_visited", None, "billing")


def without_effect(customer: Customer) -> Iterator[list]:
    """What says nothing about an account."""
    for day in at_rate(customer, BLOG):
        yield event(customer, day, "page_visited", None, "blog")
    for day in at_rate(customer, FEATURE_REQUESTS):
        feature = FEATURES[customer.dice.whole(0, len(FEATURES) - 1)]
        yield event(customer, day, "feature_request", None, feature)
        if customer.dice.chance(RELEASED):
            released = customer.later(day, 60, 300)
            yield event(customer, released, "release", None, feature)


def features(customer: Customer) -> dict[str, date]:
    """Since when each feature is used, in the order in which they were taken up."""
    dice, stay = customer.dice, customer.stays[0]
    others = [name for name in FEATURES if name != "api"]
    for index in range(len(others) - 1, 0, -1):  # shuffled
        other = dice.whole(0, index)
        others[index], others[other] = others[other], others[index]
    first = dice.whole(*FIRST_FEATURES[customer.account.size])
    used = {others[0]: stay.start}
    if dice.chance(API[0] if stay.leaves else API[1]):
        used["api"] = customer.later(stay.start, 5, 50)
    used |= dict.fromkeys(others[1:first], stay.start)
    days = [customer.later(day, -80, -10) for day in customer.expansions if dice.chance(BROADER)]
    days += signs(customer, 0, BROADER_ANYWAY, 0, 0)
    rest = [name for name in (others[first], "api", *others[first + 1 :]) if name not in used]
    for name, day in zip(rest, sorted(days), strict=False):
        used[name] = max(day, stay.start + timedelta(days=91))
    return used


def fall(customer: Customer, day: date) -> float:
    """What is left of the usage on a day, from 1 down to the floor, which it meets in six weeks."""
    left = 1.0
    for begins, ends, floor in customer.falls:
        if begins <= day < ends:
            left = min(left, max(floor, 1 - (1 - floor) * (day - begins).days / 42))
    return left


def weeks(customer: Customer) -> Iterator[tuple[int, date, Level]]:
    """The Sundays on which the product is in use, numbered from the first that is told."""
    for week in range((TODAY - FIRST_WEEK).days // 7 + 1):
        day, now = FIRST_WEEK + timedelta(days=7 * week), None
        for level in customer.levels:
            if level.day <= day:
                now = level
        if now and now.value:
            yield week, day, now


def by_feature(customer: Customer, used: dict[str, date], day: date, amount: float) -> dict:
    """The amount by feature; when usage falls, those taken up last are given up."""
    now = [feature for feature, since in used.items() if since <= day]
    now = now[: max(1, round(len(now) * (0.4 + 0.6 * fall(customer, day))))]
    weights = [customer.dice.between(0.7, 1.3) / (2 + place) for place in range(len(now))]
    total = 0.0
    for weight in weights:
        total += weight
    parts = [amount * weight / total for weight in weights]
    return dict(zip(now, parts, strict=True))


def actions(customer: Customer) -> Iterator[list]:
    """What is done in a week goes with what is paid, wanders, and knows the season."""
    dice, used, drift = customer.dice, features(customer), 1.0
    intensity = dice.between(0.06, 0.24)
    for week, day, level in weeks(customer):
        drift += 0.08 * customer.noise() + 0.06 * (1 - drift)
        at_home = min(1, 0.3 + (day - customer.stays[0].start).days / 80)
        amount = level.value * intensity * max(0.3, drift) * at_home * fall(customer, day)
        amount *= SEASON.get(day.month, 1) * (1 + 0.35 * customer.noise())
        recorded = customer.later(day, 14, 42) if dice.chance(LATE) else None
        told = {None: amount} if week % FEATURE_WEEKS else by_feature(customer, used, day, amount)
        for feature, part in told.items():
            if round(part):
                name = customer.account.account_id
                yield [name, day, "actions", round(part), feature, recorded]


def seats_used(customer: Customer) -> Iterator[list]:
    """For 100 days before they buy more almost all come to be in use; the new ones fill slowly."""
    dice = customer.dice
    own = dice.between(0.90, 0.96) if dice.chance(ALWAYS_FULL) else dice.between(0.42, 0.78)
    full = [day for day in customer.expansions if dice.chance(FULL_BEFORE_MORE)]
    peaks = [dice.between(0.93, 1.01) for _ in full]
    for week, day, level in weeks(customer):
        if level.seats and not week % FEATURE_WEEKS:
            part = own
            for bought, peak in zip(full, peaks, strict=True):
                near = 1 - abs((bought - day).days) / 100
                part = max(part, own + (peak - own) * near)
            part *= 0.5 + 0.5 * fall(customer, day)
            seats = max(1, round(level.seats * (part + 0.01 * customer.noise())))
            yield [customer.account.account_id, day, "seats_used", seats, None, None]


def limits(customer: Customer) -> Iterator[list]:
    """What mid-size and large accounts bought, from when on; the others' plans say it."""
    before = 0
    for level in customer.levels:
        if customer.account.size != "smb" and level.seats not in (0, before):
            known = None if level.known == level.day else level.known
            name = customer.account.account_id
            yield [None, name, "seats_used", level.seats, level.day, known]
            before = level.seats


EVENTS = (
    activation, champions, reviews, support, surveys, billing_pages, without_effect,
)  # fmt: skip


def know(account: Account, dice: Dice) -> Customer:
    """The account's outcome, which everything below follows."""
    found = levels(account)
    customer = Customer(account, dice, found, stays(account, found, dice))
    for before, after in pairwise(found):
        if before.value and after.value > before.value * EXPANSION:
            customer.expansions.append(after.day)
    for begins in signs(customer, *FALL):
        if customer.leaves_within(begins, FALL[3]):
            ends = min(stay.end for stay in customer.stays if stay.end > begins)
        else:
            ends = customer.later(begins, *FALL_DAYS)
        floor = 0.0 if dice.chance(TO_NOTHING) else dice.between(*FLOOR)
        customer.falls.append((begins, ends, floor))
    return customer


def tell(account: Account, dice: Dice) -> dict[str, list[list]]:
    """The rows of each file about one account that has been played."""
    if not account.rows:
        return {}
    customer = know(account, dice)
    return {
        "product_usage": [*actions(customer), *seats_used(customer)],
        "customer_events": [row for trait in EVENTS for row in trait(customer)],
        "plan_limits": list(limits(customer)),
    }


def plan_rows() -> list[list]:
    return [[plan, None, "seats_used", limit, start, None] for plan, limit, start in PLAN_LIMITS]
