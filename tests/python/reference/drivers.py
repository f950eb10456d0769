"""nrr__mrr_drivers once more, in plain Python: what changed an account's MRR (section 8).

Each account and month by itself: the states of its items at both month ends, pairs of an item that
ended and one that began, and the substitution of quantity, price and discount, in that order.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reference.computation import (
    NUMBER_LIMIT,
    PERIODS_PER_MONTH,
    Book,
    Settings,
    State,
    add_months,
    as_decimal,
    carries_mrr,
    money,
    month_end,
    movements_of,
    rate_of_month,
)

NOTHING = (Fraction(0), Fraction(0))
Item = tuple[str, str]


def held_items(book: Book) -> dict:
    """{account_id: {month: {item: state}}} of the items that are there, free ones too."""
    held = defaultdict(lambda: defaultdict(dict))
    for item, by_month in book.states.items():
        for month, state in by_month.items():
            if carries_mrr(state.status, book.settings) and state.billing_interval != "one_time":
                held[state.account_id][month][item] = state
    return held


def discount_of(state: State, month: date, settings: Settings) -> tuple[Fraction, Fraction]:
    """Percent and amount off that are in force at the month's end."""
    ends_at = state.discount_ends_at
    if ends_at is not None and ends_at < month_end(month, settings.timezone):
        return NOTHING
    return state.discount_percent, state.discount_amount


def mrr_of(quantity: Fraction, price: State, discount: tuple[Fraction, Fraction]) -> Decimal:
    """m(q, p, d): what so many units at the list price of a state cost per month."""
    percent, amount = discount
    gross = quantity * price.unit_amount * (1 - percent / 100) - amount
    periods = PERIODS_PER_MONTH[price.billing_interval] / price.billing_period
    return as_decimal(max(Fraction(0), gross) * periods, 4)


def is_usage(state: State) -> bool:
    return (state.pricing_model or "").lower() == "usage"


def steps_of(old: State | None, new: State | None, month: date, settings: Settings) -> list[tuple]:
    """[(driver, currency, change)] from one state of an item to another, in order."""
    before = add_months(month, -1)
    if old is None or new is None:
        state = old or new
        names = ("removal", -1, before) if new is None else ("add_on", 1, month)
        driver, sign, at = names
        full = mrr_of(state.quantity, state, discount_of(state, at, settings))
        return [("usage" if is_usage(state) else driver, state.currency, sign * full)]
    d0, d1 = discount_of(old, before, settings), discount_of(new, month, settings)
    if old is new and d0 == d1:
        return []
    m0, m3 = mrr_of(old.quantity, old, d0), mrr_of(new.quantity, new, d1)
    moves = old.currency != new.currency

    def repriced(driver: str, last: Decimal, first: Decimal) -> list[tuple]:
        if moves:
            return [(driver, old.currency, -last), (driver, new.currency, first)]
        return [(driver, old.currency, first - last)]

    if is_usage(old) and is_usage(new):
        return repriced("usage", m0, m3)
    if old.quantity == 0:
        return repriced("seats", m0, m3)
    other_units = old.pricing_model and new.pricing_model and old.pricing_model != new.pricing_model
    terms = [
        (s.plan_id or "", s.product_id or "", s.billing_interval, s.billing_period, s.currency)
        for s in (old, new)
    ]
    driver = "plan" if other_units or terms[0] != terms[1] else "price"
    steps, m1 = [], m0
    if not other_units and new.quantity * old.unit_amount < NUMBER_LIMIT:
        m1 = mrr_of(new.quantity, old, d0)
        steps.append(("seats", old.currency, m1 - m0))
    m2 = mrr_of(new.quantity, new, d1 if moves and d0[1] else d0)
    return [*steps, *repriced(driver, m1, m2), ("discount", new.currency, m3 - m2)]


def changes_of(account: str, month: date, held: dict, book: Book) -> list[tuple]:
    """[(item, replaced item, old state, new state)], by item; an item that begins replaces one."""
    before = add_months(month, -1)
    old, new = held[account][before], held[account][month]
    changes = [(item, None, old[item], new[item]) for item in old.keys() & new.keys()]

    def families(states: dict, at: date) -> dict[tuple, list[Item]]:
        def worth(item: Item) -> Fraction:
            state = states[item]
            amount = mrr_of(state.quantity, state, discount_of(state, at, book.settings))
            rate = rate_of_month(state.currency, before, book.rates, book.settings)
            return Fraction(amount) * rate

        groups = defaultdict(list)
        for item in sorted(states, key=lambda item: (-worth(item), item)):
            product = states[item].product_id
            groups[("product", product) if product else ("subscription", item[0])].append(item)
        return groups

    ended = families({item: old[item] for item in old.keys() - new.keys()}, before)
    begun = families({item: new[item] for item in new.keys() - old.keys()}, month)
    for family in ended.keys() | begun.keys():
        gone, come = ended.get(family, []), begun.get(family, [])
        for number in range(max(len(gone), len(come))):
            last = gone[number] if number < len(gone) else None
            first = come[number] if number < len(come) else None
            replaced = last if last and first else None
            changes.append((first or last, replaced, old.get(last), new.get(first)))
    return sorted(changes, key=lambda change: change[0])


def item_drivers(account: str, month: date, held: dict, book: Book) -> list[tuple]:
    """[(item, replaced item, driver, currency, total before, total after)], in order (8.5).

    The totals are what the account pays in the currency, one change after the other.
    """
    before = add_months(month, -1)
    totals = defaultdict(Decimal)
    for state in held[account][before].values():
        discount = discount_of(state, before, book.settings)
        totals[state.currency] += mrr_of(state.quantity, state, discount)
    rows = []
    for item, replaced, old, new in changes_of(account, month, held, book):
        for driver, currency, change in steps_of(old, new, month, book.settings):
            if change:
                after = totals[currency] + change
                rows.append((item, replaced, driver, currency, totals[currency], after))
                totals[currency] = after
    return rows


def at_rate(amount: Decimal, currency: str, month: date, book: Book) -> Decimal:
    """An amount at a month's rate, rounded."""
    rate = rate_of_month(currency, month, book.rates, book.settings)
    return as_decimal(Fraction(amount) * rate, 4)


def drivers_of(account: str, month: date, held: dict, book: Book) -> list[dict]:
    """The rows of one account and month."""
    before = add_months(month, -1)
    sums, replaced_by = defaultdict(Decimal), {}
    for item, replaced, driver, currency, first, last in item_drivers(account, month, held, book):
        change = at_rate(last, currency, before, book) - at_rate(first, currency, before, book)
        sums[item, driver] += change
        replaced_by[item] = replaced
    movements = movements_of(account, month, book) if account in book.mrr else {}
    whole = [name for name in movements if name in ("new", "reactivation", "churn")]

    def row(driver: str, amount: Decimal, event: str | None, item=None, replaced=None) -> dict:
        return {
            "account_id": account,
            "month": month,
            "subscription_id": item and item[0],
            "subscription_item_id": item and item[1],
            "driver": driver,
            "driver_mrr": money(amount),
            "event_id": event,
            "replaced_subscription_id": replaced and replaced[0],
            "replaced_subscription_item_id": replaced and replaced[1],
        }

    def event_of(item: Item) -> str | None:
        return book.states[item][month].event_id

    rows = []
    for name in whole:
        largest = min(sums, key=lambda key: (-abs(sums[key]), key), default=None)
        rows.append(row(name, movements[name], largest and event_of(largest[0])))
    if not whole:
        rows += [
            row(driver, amount, event_of(item), item, replaced_by[item])
            for (item, driver), amount in sums.items()
            if amount
        ]
    if movements.get("fx"):
        rows.append(row("fx", movements["fx"], None))
    return rows


def mrr_drivers(book: Book) -> list[dict]:
    """nrr__mrr_drivers: one row per account, month, item and driver that is not 0."""
    held = held_items(book)
    return [
        row
        for account in sorted(set(held) | set(book.mrr))
        for month in book.months
        for row in drivers_of(account, month, held, book)
    ]
