"""The package's figures once more: slow, exact and simple, as a check of the SQL models.

Every rule is one small function on plain Python values. Money is decimal with 4 places, ratios
are exact fractions inside; an inexact decimal operation would stop the computation. For each
account and month the computation looks at every item and asks which state is in force; nothing
is shared with the SQL.

Entry point: `compute`. "Section n" refers to the sections of the definitions page.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from functools import cache, cached_property
from math import floor, isqrt
from zoneinfo import ZoneInfo

EVENT_COLUMNS = [
    "event_id",
    "account_id",
    "subscription_id",
    "subscription_item_id",
    "effective_at",
    "sequence",
    "recorded_at",
    "status",
    "product_id",
    "plan_id",
    "pricing_model",
    "quantity",
    "unit_amount",
    "currency",
    "billing_interval",
    "billing_interval_count",
    "discount_percent",
    "discount_amount",
    "discount_ends_at",
]
# What decides last which of an item's states at one instant lasts, in this order.
CONTENT_COLUMNS = ["account_id", *EVENT_COLUMNS[EVENT_COLUMNS.index("status") :]]
REQUIRED_COLUMNS = {"account_id", "subscription_id", "effective_at", "status"}
# ... of states that carry MRR
COLUMNS_OF_A_PRICE = {"unit_amount", "billing_interval"}
STATUSES = {"trialing", "active", "past_due", "unpaid", "paused", "cancelled"}
IGNORED = "ignore"
PERIODS_PER_MONTH = {
    "one_time": Fraction(0),
    "day": Fraction(365, 12),
    "week": Fraction(52, 12),
    "month": Fraction(1),
    "quarter": Fraction(1, 3),
    "year": Fraction(1, 12),
}
UNKNOWN = "(unknown)"
# From nothing that a benchmark says of a band to the best.
STANDINGS = ["", "below", "typical", "good", "top"]
# What may stand around a value without meaning anything; the last is the no-break space.
BLANKS = " \t\r\n\u00a0"
Z_95 = Fraction(196, 100)
NUMBER_LIMIT = 10**12


@dataclass
class Settings:
    """The contract's variables without their prefix, and the time of the run (UTC)."""

    as_of: str | datetime | None = None
    reporting_currency: str = "USD"
    timezone: str = "UTC"
    segments: list[str] = field(default_factory=list)
    past_due_counts: bool = True
    paused_counts: bool = False
    discounts: str = "all"
    reactivation_counts: bool = True
    fx: str = "constant"
    conclusive_accounts: int = 30
    run_started_at: datetime = field(
        default_factory=lambda: datetime.now(timezone.utc).replace(tzinfo=None)
    )


@dataclass
class Seeds:
    """The rows of the seeds as text; each band with the columns of its benchmark's row."""

    sizes: list[dict]
    status_values: list[dict]
    interval_values: list[dict]
    benchmarks: list[dict] = field(default_factory=list)
    bands: list[dict] = field(default_factory=list)

    @cached_property
    def statuses(self) -> dict[str, str]:
        """{word: status}, or IGNORED; the statuses themselves are always known."""
        known = {word(row["value"]): word(row["status"]) for row in self.status_values}
        return {status: status for status in STATUSES} | known

    @cached_property
    def intervals(self) -> dict[str, tuple[str, Fraction]]:
        """{word: (interval, how many of them)}; the intervals themselves are always known."""
        known = {
            word(row["value"]): (
                word(row["billing_interval"]),
                read_number(row["billing_interval_count"]),
            )
            for row in self.interval_values
        }
        return {interval: (interval, Fraction(1)) for interval in PERIODS_PER_MONTH} | known


@dataclass
class Result:
    """The contract's output tables as lists of dicts, and what is known of the input rows.

    `used_events` are the rows that were used. `ties` names item and effective_at of each group of
    states that only their ids or contents put in order, although they differ in MRR. The tables
    are made from `book`, `segments` ({(account_id, month): {dimension: segment}}) and
    `pairs_by_month`.
    """

    nrr__account_months: list[dict]
    nrr__mrr_movements: list[dict]
    nrr__mrr_waterfall: list[dict]
    nrr__retention_accounts: list[dict]
    nrr__retention: list[dict]
    nrr__retention_grades: list[dict]
    nrr__rejected_events: list[dict]
    used_events: list[dict]
    ties: list[tuple[str, str, datetime]]
    book: Book
    segments: dict
    pairs_by_month: dict[date, list[Pair]]
    # tables that were computed from these: {table: rows}
    explained: dict[str, list[dict]] = field(default_factory=dict)


@dataclass
class State:
    """One input row of subscription_events, read and with its defaults.

    A status or an interval that the seeds do not know is None. `unreadable` are the columns whose
    value is there and cannot be read.
    """

    row: dict
    unreadable: set[str]
    event_id: str | None
    account_id: str | None
    subscription_id: str | None
    subscription_item_id: str | None
    names_item: bool
    effective_at: datetime | None
    sequence: int
    recorded_at: datetime | None
    status: str | None
    product_id: str | None
    plan_id: str | None
    pricing_model: str | None
    quantity: Fraction
    unit_amount: Fraction | None
    currency: str
    billing_interval: str | None
    intervals_of_value: Fraction
    billing_interval_count: Fraction
    discount_percent: Fraction
    discount_amount: Fraction
    discount_ends_at: datetime | None

    @property
    def item(self) -> tuple:
        """Identity of the item: its subscription and its own id, whoever the account is."""
        return (self.subscription_id, self.subscription_item_id)

    @property
    def billing_period(self) -> Fraction:
        """How many billing intervals a billing period has."""
        return self.billing_interval_count * self.intervals_of_value

    @property
    def loaded_at(self) -> datetime | None:
        """When the source recorded the state: recorded_at, by default effective_at."""
        return self.recorded_at or self.effective_at

    @property
    def rank(self) -> tuple:
        """The order of an item's states, and of redeliveries: the last one counts (section 1)."""
        event_id = self.event_id or ""
        names = {"billing_interval_count": "billing_period"}
        values = [getattr(self, names.get(column, column)) for column in CONTENT_COLUMNS]
        missing_first = [(value is not None, value) for value in values]
        time = (self.effective_at, self.loaded_at, self.sequence)
        return (*time, len(event_id), event_id, *missing_first)


@dataclass
class Pair:
    """One account of a twelve-month pair: MRR at m-12 (s), at m (e), min of both, segments."""

    account_id: str
    starting: Decimal
    ending: Decimal
    retained: Decimal
    segments: dict[str, str]


# --- Reading text ---------------------------------------------------------------------------


def read_text(value: str | None) -> str | None:
    """The text without the blanks around it; nothing but blanks is a missing value."""
    return (value or "").strip(BLANKS) or None


def given(row: dict, column: str) -> str | None:
    """The text in a column of a row, None if there is none or no such column."""
    return read_text(row.get(column))


def word(value: str | None) -> str | None:
    """A status or an interval as it is looked up: without regard to case, spaces and hyphens."""
    text = read_text(value)
    return text and re.sub("[ -]", "_", text.lower())


def exact_number(value: str | None) -> Fraction | None:
    """The number that the text is, None if it is none."""
    text = read_text(value) or ""
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        return None
    return Fraction(text)


@cache
def read_number(value: str | None, places: int | None = 6) -> Fraction | None:
    """A decimal below 1e12 rounded to `places` decimals (None: as it is), None if unreadable."""
    number = exact_number(value)
    if number is None:
        return None
    number = number if places is None else rounded(number, places)
    return number if abs(number) < NUMBER_LIMIT else None


def read_sequence(value: str | None) -> int | None:
    """A whole number of 64 bits, also written as 3.0; None if it is none."""
    number = exact_number(value)
    is_whole = number is not None and number.denominator == 1
    return int(number) if is_whole and -(2**63) <= number < 2**63 else None


TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?"
    r"\s*(?:Z|UTC|([+-](?:0[0-9]|1[0-4])):?([0-9]{2})?)?)?"
)


def read_timestamp(value: str | datetime | None, zone: str = "UTC") -> datetime | None:
    """An instant in UTC, to the microsecond (further digits are cut); None if unreadable.

    A date without a time of day is that day in the zone. A year before 1900 or after 2199 cannot
    be meant.
    """
    if isinstance(value, datetime):
        return value
    match = TIMESTAMP.fullmatch(read_text(value) or "")
    if not match:
        return None
    year, month, day, hour, minute, second, digits, off_hours, off_minutes = match.groups()
    try:
        instant = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((digits or "0")[:6].ljust(6, "0")),
        )  # fmt: skip
        if not 1900 <= instant.year < 2200:
            return None
        if hour is None:
            return utc_time(instant, zone)
        offset = 60 * int(off_hours or 0)
        offset += int(off_minutes or 0) * (-1 if (off_hours or "").startswith("-") else 1)
        return instant - timedelta(minutes=offset)
    except (ValueError, OverflowError):
        return None


def read_date(value: str | None) -> date | None:
    """A day, of an instant that in UTC; None if unreadable."""
    instant = read_timestamp(value)
    return instant and instant.date()


def read_state(row: dict, settings: Settings, seeds: Seeds) -> State:
    """One row of subscription_events with its types and defaults."""

    def instant(value: str | None) -> datetime | None:
        return read_timestamp(value, settings.timezone)

    readers = {
        **dict.fromkeys(["effective_at", "recorded_at", "discount_ends_at"], instant),
        "sequence": read_sequence,
        **dict.fromkeys(["quantity", "unit_amount", "billing_interval_count"], read_number),
        **dict.fromkeys(["discount_percent", "discount_amount"], read_number),
    }
    read = {column: readers.get(column, read_text)(row.get(column)) for column in EVENT_COLUMNS}
    defaults = {
        "subscription_item_id": read["subscription_id"],
        "sequence": 0,
        "quantity": Fraction(1),
        "currency": settings.reporting_currency,
        "billing_interval_count": Fraction(1),
        "discount_percent": Fraction(0),
        "discount_amount": Fraction(0),
    }
    values = {
        column: defaults.get(column) if value is None else value for column, value in read.items()
    }
    values["currency"] = values["currency"].upper()
    values["status"] = seeds.statuses.get(word(row.get("status")))
    interval = seeds.intervals.get(word(row.get("billing_interval")), (None, Fraction(1)))
    values["billing_interval"], values["intervals_of_value"] = interval
    return State(
        row=row,
        unreadable={c for c in EVENT_COLUMNS if given(row, c) is not None and read[c] is None},
        names_item=read["subscription_item_id"] is not None,
        **values,
    )


def content(row: dict) -> str:
    """A row's whole content as text, to choose always the same one among ties."""
    return repr(sorted(row.items(), key=repr))


# --- Exact arithmetic -----------------------------------------------------------------------


def units_of(number: Fraction, places: int) -> int:
    """How many units of the last of so many places the number is, rounded half away from zero."""
    top, bottom = number.as_integer_ratio()
    units = (2 * abs(top) * 10**places + bottom) // (2 * bottom)
    return units if top >= 0 else -units


def rounded(number: Fraction, places: int) -> Fraction:
    """The number rounded half away from zero."""
    return Fraction(units_of(number, places), 10**places)


def as_decimal(number: Fraction | None, places: int) -> Decimal | None:
    """The number as a decimal with exactly so many places, rounded half away from zero."""
    if number is None:
        return None
    return Decimal(f"{units_of(number, places)}E-{places}")


def money(number: Decimal | int) -> Decimal:
    """A sum of amounts for the result: 4 decimals, reporting currency."""
    return Decimal(number).quantize(Decimal("0.0001"))


def ratio(number: Fraction | None) -> Decimal | None:
    """A rate for the result: 1.08 is 108 percent, 9 decimals."""
    return as_decimal(number, 9)


def square_root(number: Fraction) -> Fraction:
    """The square root to 30 decimals, exact where it ends before."""
    return Fraction(isqrt(floor(number * 10**60)), 10**30)


# --- Months ---------------------------------------------------------------------------------


def add_months(month: date, months: int) -> date:
    """The first day of the month so many months later."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@cache
def month_end(month: date, zone: str) -> datetime:
    """The instant (UTC) at which the next month begins in the zone (section 1, Month end)."""
    following = add_months(month, 1)
    return utc_time(datetime(following.year, following.month, 1), zone)


def utc_time(local: datetime, zone: str) -> datetime:
    """The instant (UTC) at which clocks in the zone show this time."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc).replace(tzinfo=None)


def month_of(instant: datetime, zone: str) -> date:
    """The month in which the instant (UTC) lies in the zone."""
    local = instant.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
    return date(local.year, local.month, 1)


def months_between(first: date, last: date) -> list[date]:
    """All months from first to last, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = add_months(first, 1)
    return months


def as_of_instant(states: list[State], settings: Settings) -> datetime | None:
    """Up to when the data is complete: the setting, or the newest record before the run.

    A row that does not say when it was recorded counts with its effective_at.
    """
    if settings.as_of:
        return read_timestamp(settings.as_of, settings.timezone)
    instants = [state.loaded_at for state in states]
    return max((at for at in instants if at <= settings.run_started_at), default=None)


def complete_months(states: list[State], settings: Settings) -> list[date]:
    """Months from the first effective_at to the newest month that is over at the as-of instant."""
    as_of = as_of_instant(states, settings)
    if as_of is None or not states:
        return []
    first = month_of(min(state.effective_at for state in states), settings.timezone)
    months = months_between(first, month_of(as_of, settings.timezone))
    return [month for month in months if month_end(month, settings.timezone) <= as_of]


# --- Section 6: rows that cannot be used ------------------------------------------------------


def carries_mrr(status: str | None, settings: Settings) -> bool:
    """Whether a status carries MRR: active, and past_due and paused as the settings say."""
    as_set = {"past_due": settings.past_due_counts, "paused": settings.paused_counts}
    return status == "active" or as_set.get(status, False)


def unread_column(state: State, settings: Settings) -> str | None:
    """missing_<column> or unreadable_<column> of the first column for which it is true."""
    carries = carries_mrr(state.status, settings)
    required = REQUIRED_COLUMNS | (COLUMNS_OF_A_PRICE if carries else set())
    for column in EVENT_COLUMNS:
        if column in required and given(state.row, column) is None:
            return f"missing_{column}"
        amount = state.unit_amount if column == "unit_amount" else None
        # more than a column of money holds
        is_too_much = amount is not None and state.quantity * amount >= NUMBER_LIMIT
        if column in state.unreadable or is_too_much:
            return f"unreadable_{column}"
    return None


def rejection_reason(state: State, items: dict, rates: dict, settings: Settings) -> str | None:
    """The first reason for which the row cannot be used, duplicates apart, or None (section 6)."""
    if state.status == IGNORED:
        return "ignored_status"
    unread = unread_column(state, settings)
    if unread:
        return unread
    carries = carries_mrr(state.status, settings)
    amount = state.unit_amount
    count = state.billing_interval_count
    rules = [
        ("unknown_status", state.status is None),
        (
            "unknown_billing_interval",
            state.billing_interval is None and given(state.row, "billing_interval") is not None,
        ),
        ("negative_unit_amount", amount is not None and amount < 0),
        ("negative_quantity", state.quantity < 0),
        (
            "invalid_billing_interval_count",
            count < 1 or count.denominator != 1 or state.billing_period >= NUMBER_LIMIT,
        ),
        ("invalid_discount", not 0 <= state.discount_percent <= 100 or state.discount_amount < 0),
        ("missing_subscription_item_id", carries and is_for_all_items(state, items)),
        (
            "no_exchange_rate",
            state.currency != settings.reporting_currency and state.currency not in rates,
        ),
    ]
    return next((reason for reason, applies in rules if applies), None)


def items_of_subscriptions(states: list[State]) -> dict:
    """{subscription_id: {item id: when it begins}} of the subscriptions that have items.

    A subscription has items where a state names one that is not the subscription itself.
    """
    begins = defaultdict(dict)
    for state in states:
        if state.names_item:
            items = begins[state.subscription_id]
            begin = items.get(state.subscription_item_id, state.effective_at)
            items[state.subscription_item_id] = min(begin, state.effective_at)
    return {name: items for name, items in begins.items() if items.keys() != {name}}


def is_for_all_items(state: State, items: dict) -> bool:
    """Whether a state is one of its whole subscription: it names no item where there are items."""
    return not state.names_item and state.subscription_id in items


def usable_states(
    events: list[dict], rates: dict, settings: Settings, seeds: Seeds
) -> tuple[list, list, dict]:
    """States that can be used, duplicates among them, the other rows with their reason, and items.

    The items of subscriptions come from the rows that can be used and name one. A row without any
    value is no row.
    """
    states = [
        read_state(row, settings, seeds)
        for row in events
        if any(given(row, column) is not None for column in EVENT_COLUMNS)
    ]
    items = items_of_subscriptions(
        [state for state in states if not rejection_reason(state, {}, rates, settings)]
    )
    usable, rejected = [], []
    for state in states:
        reason = rejection_reason(state, items, rates, settings)
        if reason:
            rejected.append({**state.row, "reason": reason})
        else:
            usable.append(with_counted_discount(state, settings))
    return usable, rejected, items


def identity(state: State, items: dict) -> tuple:
    """What deliveries of a state have in common; without event_id the content as given."""
    if state.event_id is None:
        return tuple(given(state.row, column) for column in EVENT_COLUMNS)
    return (state.event_id, *state.item, state.effective_at, is_for_all_items(state, items))


def with_counted_discount(state: State, settings: Settings) -> State:
    """The state without its discount if that has an end and such discounts do not count."""
    if settings.discounts == "all" or state.discount_ends_at is None:
        return state
    return replace(state, discount_percent=Fraction(0), discount_amount=Fraction(0))


def without_duplicates(usable: list[State], items: dict) -> tuple[list[State], list[dict]]:
    """Of each state's deliveries the last in order, and the others' rows with their reason."""
    deliveries = defaultdict(list)
    for state in usable:
        deliveries[identity(state, items)].append(state)
    used, rejected = [], []
    for states in deliveries.values():
        last = max(states, key=lambda state: (state.rank, content(state.row)))
        used.append(last)
        rejected += [{**s.row, "reason": "duplicate"} for s in states if s is not last]
    return used, rejected


# --- Section 1: from events to MRR ------------------------------------------------------------


def mrr_of_state(state: State, instant: datetime, settings: Settings) -> Decimal:
    """MRR of a state in force just before the instant, in the currency of the item (section 1)."""
    if not carries_mrr(state.status, settings):
        return Decimal(0)
    price = state.quantity * state.unit_amount
    if state.discount_ends_at is None or state.discount_ends_at >= instant:
        price = price * (1 - state.discount_percent / 100) - state.discount_amount
    periods = PERIODS_PER_MONTH[state.billing_interval] / state.billing_period
    return as_decimal(max(Fraction(0), price) * periods, 4)


def states_of_items(states: list[State], items: dict) -> dict[tuple, list[State]]:
    """{item: its states}; a state of a whole subscription is one of each item begun by then."""
    by_item = defaultdict(list)
    for state in states:
        if not is_for_all_items(state, items):
            by_item[state.item].append(state)
            continue
        for item_id, begin in items[state.subscription_id].items():
            if begin <= state.effective_at:
                by_item[state.subscription_id, item_id].append(state)
    return by_item


def ties(states: dict[tuple, list[State]], settings: Settings) -> list[tuple]:
    """Item and effective_at of each group of states in which only id or content decides the MRR."""
    amounts = defaultdict(set)
    for item, item_states in states.items():
        for state in item_states:
            # at datetime.min no discount has ended
            mrr = mrr_of_state(state, datetime.min, settings)
            time = (state.effective_at, state.loaded_at, state.sequence)
            amounts[(*item, *time)].add(mrr)
    return sorted(group[:3] for group, different in amounts.items() if len(different) > 1)


def item_mrr(states: dict[tuple, list[State]], months: list[date], settings: Settings) -> dict:
    """{account_id: {month: [(state, MRR)]}}: every item's state in force at each month end."""
    holdings = defaultdict(lambda: defaultdict(list))
    for item in states.values():
        item = sorted(item, key=lambda state: state.rank)
        begins = [state.effective_at for state in item]
        for month in months:
            instant = month_end(month, settings.timezone)
            begun = bisect_left(begins, instant)
            if begun:
                state = item[begun - 1]
                mrr = mrr_of_state(state, instant, settings)
                if mrr:
                    holdings[state.account_id][month].append((state, mrr))
    return holdings


def states_in_force(states: dict[tuple, list[State]], months: list[date], zone: str) -> dict:
    """{item: {month: state}}: what is in force of every item at each month end, paid or not."""
    in_force = {}
    for item, item_states in states.items():
        ordered = sorted(item_states, key=lambda state: state.rank)
        begins = [state.effective_at for state in ordered]
        begun = {month: bisect_left(begins, month_end(month, zone)) for month in months}
        in_force[item] = {month: ordered[count - 1] for month, count in begun.items() if count}
    return in_force


def usable_rates(exchange_rates: list[dict]) -> dict:
    """{currency: [(rate_date, rate)]} by date, of the rows that can be read, with rate > 0."""
    by_date = defaultdict(dict)
    for row in exchange_rates:
        currency = given(row, "currency")
        day = read_date(row.get("rate_date"))
        rate = read_number(row.get("rate"), places=None)
        if currency and day and rate and rate > 0:
            known = by_date[currency.upper()]
            known[day] = max(rate, known.get(day, rate))
    return {currency: sorted(rates.items()) for currency, rates in by_date.items()}


def rate_of_month(currency: str, month: date, rates: dict, settings: Settings) -> Fraction:
    """Newest rate on or before the month's last day; before the first rate, the first one."""
    if currency == settings.reporting_currency:
        return Fraction(1)
    begun = bisect_left(rates[currency], (add_months(month, 1),))
    return rates[currency][max(begun - 1, 0)][1]


def converted(holding: list, month: date, rates: dict, settings: Settings) -> Decimal:
    """An account's MRR in reporting currency at a month's rates: rounded per currency, summed."""
    amounts = defaultdict(Decimal)
    for state, mrr in holding:
        amounts[state.currency] += mrr
    total = Decimal(0)
    for currency, amount in amounts.items():
        rate = rate_of_month(currency, month, rates, settings)
        total += as_decimal(Fraction(amount) * rate, 4)
    return total


class Book:
    """Account MRR by month: `mrr[account][month]` (0 where absent) and what it is made of.

    An account's acquisition month is the first at whose end it pays in its own currency, even an
    amount that converts to nothing. `states[item][month]` is what is in force of an item.
    """

    def __init__(
        self, holdings: dict, months: list[date], rates: dict, settings: Settings, states: dict
    ):
        self.holdings, self.rates, self.settings = holdings, rates, settings
        self.states = states
        self.mrr = {}
        for account, by_month in holdings.items():
            known = {m: converted(held, m, rates, settings) for m, held in by_month.items()}
            known = {month: amount for month, amount in known.items() if amount > 0}
            if known:
                self.mrr[account] = known
        self.acquisition_month = {name: min(by_month) for name, by_month in holdings.items()}
        first = min(self.acquisition_month.values(), default=None)
        self.months = [month for month in months if first and month >= first]

    def at(self, account: str, month: date) -> Decimal:
        """Reported MRR of the account at the month's end."""
        return self.mrr.get(account, {}).get(month, Decimal(0))

    def pays(self, account: str, month: date) -> bool:
        """Whether the account pays anything at the month's end, in its own currency."""
        return month in self.holdings[account]

    def at_rates_of(self, account: str, month: date, rate_month: date) -> Decimal:
        """MRR of the account at the month's end, at the rates of another month."""
        holding = self.holdings[account].get(month, [])
        return converted(holding, rate_month, self.rates, self.settings)


def account_months(book: Book) -> list[dict]:
    """nrr__account_months: each account from its acquisition month on, zeros included."""
    return [
        {"account_id": account, "month": month, "mrr": money(book.at(account, month))}
        for account in sorted(book.acquisition_month)
        for month in book.months
        if month >= book.acquisition_month[account]
    ]


# --- Section 2: movements ---------------------------------------------------------------------


def movements_of(account: str, month: date, book: Book) -> dict[str, Decimal]:
    """The account's movements of the month, signed; only those that are not 0 (section 2)."""
    before = add_months(month, -1)
    opening, closing = book.at(account, before), book.at(account, month)
    if not opening:
        name = "new" if month == book.acquisition_month[account] else "reactivation"
        movements = {name: closing}
    elif not closing:
        movements = {"churn": -opening}
    else:
        change = book.at_rates_of(account, month, before) - opening
        name = "expansion" if change > 0 else "contraction"
        movements = {name: change, "fx": closing - opening - change}
    return {name: amount for name, amount in movements.items() if amount}


def mrr_movements(book: Book) -> list[dict]:
    """nrr__mrr_movements: one row per account, month and movement that is not 0."""
    return [
        {
            "account_id": account,
            "month": month,
            "movement": movement,
            "opening_mrr": money(book.at(account, add_months(month, -1))),
            "closing_mrr": money(book.at(account, month)),
            "movement_mrr": money(amount),
        }
        for account in sorted(book.mrr)
        for month in book.months
        for movement, amount in sorted(movements_of(account, month, book).items())
    ]


# --- Segments ---------------------------------------------------------------------------------


def size_of(mrr: Decimal, sizes: list[dict]) -> str:
    """The size with the greatest arr_from at or below 12 x MRR (section 3)."""
    reached = [row for row in sizes if read_number(row["arr_from"]) <= 12 * mrr]
    return max(reached, key=lambda row: read_number(row["arr_from"]))["size"]


def largest_share(values: list[tuple[str | None, Decimal | Fraction]]) -> str:
    """The value with the largest sum; ties: first in alphabetical order (section 3)."""
    sums = defaultdict(int)
    for value, amount in values:
        sums[value or UNKNOWN] += amount
    return min(sums, key=lambda value: (-sums[value], value))


def quarter_of(month: date) -> str:
    """The quarter of a month, as 2024-Q3."""
    return f"{month.year:04d}-Q{(month.month + 2) // 3}"


def account_histories(accounts: list[dict], settings: Settings) -> dict:
    """{account_id: [(valid_from, row)]} oldest first; without valid_from: always.

    A row whose valid_from is there and cannot be read is not used.
    """
    histories = defaultdict(list)
    for row in accounts:
        account, begin = given(row, "account_id"), given(row, "valid_from")
        valid_from = read_timestamp(begin, settings.timezone) if begin else datetime.min
        if account and valid_from:
            histories[account].append((valid_from, row))
    for history in histories.values():
        history.sort(key=lambda entry: (entry[0], content(entry[1])))
    return histories


def attribute_row(history: list, instant: datetime) -> dict:
    """The accounts row in force just before the instant, or an empty one."""
    in_force = [row for valid_from, row in history if valid_from < instant]
    return in_force[-1] if in_force else {}


def segments_of(account: str, month: date, book: Book, histories: dict, sizes: list) -> dict:
    """{dimension: segment} of an account with MRR at the month's end (section 3)."""
    settings = book.settings
    shares = [
        (state, Fraction(mrr) * rate_of_month(state.currency, month, book.rates, settings))
        for state, mrr in book.holdings[account][month]
    ]
    row = attribute_row(histories.get(account, []), month_end(month, settings.timezone))
    return {
        "all": "all",
        "size": size_of(book.at(account, month), sizes),
        "pricing_model": largest_share([(state.pricing_model, mrr) for state, mrr in shares]),
        "product": largest_share([(state.product_id, mrr) for state, mrr in shares]),
        "plan": largest_share([(state.plan_id, mrr) for state, mrr in shares]),
        "billing_interval": largest_share([(s.billing_interval, mrr) for s, mrr in shares]),
        "currency": largest_share([(state.currency, mrr) for state, mrr in shares]),
        "acquisition_quarter": quarter_of(book.acquisition_month[account]),
        **{name: given(row, name) or UNKNOWN for name in settings.segments},
    }


def all_segments(book: Book, accounts: list[dict], sizes: list[dict]) -> dict:
    """{(account_id, month): {dimension: segment}} wherever an account has MRR."""
    histories = account_histories(accounts, book.settings)
    return {
        (account, month): segments_of(account, month, book, histories, sizes)
        for account, by_month in book.mrr.items()
        for month in by_month
    }


# --- Section 2: waterfall ---------------------------------------------------------------------

WATERFALL_COLUMN = {
    "new": "new_mrr",
    "reactivation": "reactivation_mrr",
    "expansion": "expansion_mrr",
    "contraction": "contraction_mrr",
    "churn": "churned_mrr",
    "fx": "fx_mrr",
}
WATERFALL = ["opening_mrr", *WATERFALL_COLUMN.values(), "segment_transfer_mrr", "closing_mrr"]
WATERFALL_ACCOUNTS = [column.replace("_mrr", "_accounts") for column in WATERFALL]


def mrr_waterfall(book: Book, segments: dict) -> list[dict]:
    """nrr__mrr_waterfall: from opening to closing by month, dimension and segment, signed."""

    def nothing() -> dict:
        return dict.fromkeys(WATERFALL, Decimal(0)) | dict.fromkeys(WATERFALL_ACCOUNTS, 0)

    cells = {(month, "all", "all"): nothing() for month in book.months}

    def book_in(
        month: date, dimension: str, segment: str, column: str, amount: Decimal, accounts: int = 1
    ) -> None:
        cell = cells.setdefault((month, dimension, segment), nothing())
        cell[column] += amount
        cell[column.replace("_mrr", "_accounts")] += accounts

    for account in book.mrr:
        for month in book.months:
            before = add_months(month, -1)
            opening, closing = book.at(account, before), book.at(account, month)
            if not opening and not closing:
                continue
            old, new = segments.get((account, before)), segments.get((account, month))
            movements = movements_of(account, month, book)
            for dimension in old or new:
                if old:
                    book_in(month, dimension, old[dimension], "opening_mrr", opening)
                if new:
                    book_in(month, dimension, new[dimension], "closing_mrr", closing)
                for movement, amount in movements.items():
                    column = WATERFALL_COLUMN[movement]
                    book_in(month, dimension, (old or new)[dimension], column, amount)
                if old and new and old[dimension] != new[dimension]:
                    column = "segment_transfer_mrr"
                    book_in(month, dimension, old[dimension], column, -closing, -1)
                    book_in(month, dimension, new[dimension], column, closing)
    return [
        {
            "month": month,
            "segment_dimension": dimension,
            "segment": segment,
            **{column: money(cell[column]) for column in WATERFALL},
            **{column: cell[column] for column in WATERFALL_ACCOUNTS},
        }
        for (month, dimension, segment), cell in sorted(cells.items())
    ]


# --- Section 3: twelve-month retention ----------------------------------------------------------


def ending_mrr(account: str, month: date, book: Book) -> Decimal:
    """e: the account's MRR at m, as currency and reactivation settings say (section 3)."""
    inside = [add_months(month, -months) for months in range(1, 12)]
    was_gone = any(not book.pays(account, other) for other in inside)
    if was_gone and not book.settings.reactivation_counts:
        return Decimal(0)
    if book.settings.fx == "actual":
        return book.at(account, month)
    return book.at_rates_of(account, month, add_months(month, -12))


def pairs_of(month: date, book: Book, segments: dict) -> list[Pair]:
    """The base of a month: every account with MRR at m-12, its segments frozen there."""
    base_month = add_months(month, -12)
    pairs = []
    for account in sorted(book.mrr):
        starting = book.at(account, base_month)
        if starting:
            ending = ending_mrr(account, month, book)
            retained = min(starting, ending)
            frozen = segments[account, base_month]
            pairs.append(Pair(account, starting, ending, retained, frozen))
    return pairs


def retention_accounts(pairs_by_month: dict) -> list[dict]:
    """nrr__retention_accounts: one row per month and account of its base."""
    return [
        {
            "month": month,
            "account_id": pair.account_id,
            "starting_mrr": money(pair.starting),
            "ending_mrr": money(pair.ending),
            "retained_mrr": money(pair.retained),
            **{name: value for name, value in pair.segments.items() if name != "all"},
        }
        for month, pairs in pairs_by_month.items()
        for pair in pairs
    ]


def rate_over(numerator: Decimal | int, denominator: Decimal | int) -> Fraction | None:
    """A ratio; over zero it is None."""
    return Fraction(numerator) / Fraction(denominator) if denominator else None


def interval(starts: list[Decimal], ends: list[Decimal]) -> tuple:
    """The 95 percent interval of r = sum(ends) / sum(starts), by linearisation (section 3)."""
    n, start_sum, end_sum = len(starts), sum(starts), sum(ends)
    if n < 2:
        return None, None
    # end - r start is taken times start_sum, so that nothing is divided before the end
    squares = sum((e * start_sum - end_sum * s) ** 2 for s, e in zip(starts, ends, strict=True))
    variance = Fraction(n, n - 1) * Fraction(squares) / Fraction(start_sum) ** 4
    rate, reach = rate_over(end_sum, start_sum), Z_95 * square_root(variance)
    return rate - reach, rate + reach


def effective_accounts(starts: list[Decimal]) -> Fraction | None:
    """How many equal accounts tell as much as these (section 3)."""
    return rate_over(sum(starts) ** 2, sum(s * s for s in starts))


def wilson_interval(share: Fraction | None, cases: Fraction | int | None) -> tuple:
    """The ends of Wilson's 95 percent interval of a share seen in so many cases (section 3)."""
    if share is None or not cases:
        return None, None
    widened = 1 + Z_95**2 / Fraction(cases)
    middle = (share + Z_95**2 / (2 * Fraction(cases))) / widened
    spread = share * (1 - share) / Fraction(cases) + Z_95**2 / (4 * Fraction(cases) ** 2)
    reach = Z_95 * square_root(spread) / widened
    return max(middle - reach, Fraction(0)), min(middle + reach, Fraction(1))


def metric_of(pairs: list[Pair], metric: str) -> tuple:
    """(numerator, rate, low, high) of nrr or grr, exact."""
    starts = [pair.starting for pair in pairs]
    ends = [pair.ending if metric == "nrr" else pair.retained for pair in pairs]
    rate = rate_over(sum(ends), sum(starts))
    if metric == "nrr":
        low, high = interval(starts, ends)
    else:
        low, high = wilson_interval(rate, effective_accounts(starts))
    return Fraction(sum(ends)), rate, low, high


def retention_figures(pairs: list[Pair]) -> dict:
    """The columns of nrr__retention for the accounts given (section 3)."""
    moves = [(pair.starting, pair.ending) for pair in pairs]
    _, nrr, nrr_low, nrr_high = metric_of(pairs, "nrr")
    _, grr, grr_low, grr_high = metric_of(pairs, "grr")
    staying = sum(e > 0 for s, e in moves)
    logos = rate_over(staying, len(pairs))
    logo_low, logo_high = wilson_interval(logos, len(pairs))
    return {
        "starting_accounts": len(pairs),
        "retained_accounts": staying,
        "starting_mrr": money(sum(s for s, e in moves)),
        "expansion_mrr": money(sum(e - s for s, e in moves if e > s)),
        "contraction_mrr": money(sum(e - s for s, e in moves if 0 < e < s)),
        "churned_mrr": money(sum(-s for s, e in moves if e == 0)),
        "retained_mrr": money(sum(pair.retained for pair in pairs)),
        "ending_mrr": money(sum(e for s, e in moves)),
        "nrr": ratio(nrr),
        "grr": ratio(grr),
        "logo_retention": ratio(logos),
        "nrr_low": ratio(nrr_low),
        "nrr_high": ratio(nrr_high),
        "grr_low": ratio(grr_low),
        "grr_high": ratio(grr_high),
        "logo_low": ratio(logo_low),
        "logo_high": ratio(logo_high),
        "effective_accounts": ratio(effective_accounts([s for s, e in moves])),
    }


def by_segment(pairs: list[Pair], dimension: str) -> dict[str, list[Pair]]:
    """The pairs by their segment in the dimension."""
    groups = defaultdict(list)
    for pair in pairs:
        groups[pair.segments[dimension]].append(pair)
    return groups


def retention(pairs_by_month: dict, dimensions: list[str]) -> list[dict]:
    """nrr__retention: one row per month and segment with a base, and always for all."""
    rows = []
    for month, pairs in pairs_by_month.items():
        groups = {("all", "all"): pairs}
        for dimension in dimensions:
            for segment, members in sorted(by_segment(pairs, dimension).items()):
                groups[dimension, segment] = members
        for (dimension, segment), members in groups.items():
            key = {"month": month, "segment_dimension": dimension, "segment": segment}
            rows.append({**key, **retention_figures(members)})
    return rows


# --- Section 5: grades ------------------------------------------------------------------------


GRADE_COLUMNS = [
    "starting_accounts",
    "rate",
    "band",
    "standing",
    "next_band",
    "rate_to_next_band",
    "mrr_to_next_band",
    "is_conclusive",
    "not_graded_reason",
]


def is_true(value: str | None) -> bool:
    """Whether a seed's flag is true."""
    return str(value).lower() == "true"


def is_within(value: Fraction, row: dict) -> bool:
    """Whether a value lies within a benchmark row's dimension bounds."""
    low, high = read_number(row["dimension_from"]), read_number(row["dimension_to"])
    above = (
        low is None or value > low or (value == low and is_true(row["dimension_from_inclusive"]))
    )
    below = (
        high is None or value < high or (value == high and is_true(row["dimension_to_inclusive"]))
    )
    return above and below


def segment_within(value: Fraction | None, rows: list[dict]) -> str | None:
    """The benchmark segment whose bounds contain the value, or None."""
    if value is None:
        return None
    return next((row["segment"] for row in rows if is_within(value, row)), None)


def band_reached(numerator: Fraction, denominator: Fraction, bands: list[dict]) -> dict:
    """The best band that numerator / denominator reaches, decided without division (section 5)."""

    def reaches(band: dict) -> bool:
        begin = read_number(band["rate_from"])
        if begin is None:
            return True
        inclusive = is_true(band["rate_from_inclusive"])
        return numerator > begin * denominator or (inclusive and numerator == begin * denominator)

    return [band for band in bands if reaches(band)][-1]


def grade_targets(benchmark: dict, rows: list, pairs: list, company_arr, sizes: list) -> list:
    """[(segment, benchmark segment or None, pairs)]: what the benchmark grades (section 5)."""
    names = list(dict.fromkeys(row["segment"] for row in rows))
    dimension, scope = benchmark["dimension"], benchmark["scope"]
    if dimension == "all":
        targets = [("all", "all", pairs)]
        if scope == "any":
            groups = by_segment(pairs, "size")
            targets += [(row["size"], "all", groups.get(row["size"], [])) for row in sizes]
        return targets
    if dimension == "arr":
        found = segment_within(company_arr, rows)
        return [(found or "all", found, pairs)]
    if dimension == "acv" and scope == "segment":
        groups = defaultdict(list)
        for pair in pairs:
            groups[segment_within(12 * pair.starting, rows)].append(pair)
        return [(name, name, groups[name]) for name in names]
    if dimension == "acv":
        total = sum(pair.starting for pair in pairs)
        found = segment_within(rate_over(12 * total, len(pairs)), rows)
        return [(found or "all", found, pairs)]
    if scope == "segment":
        groups = by_segment(pairs, "pricing_model")
        return [(name, name, groups.get(name, [])) for name in names]
    if not pairs:
        return [("all", None, pairs)]
    sought = largest_share([(pair.segments["pricing_model"], pair.starting) for pair in pairs])
    return [(sought, sought if sought in names else None, pairs)]


def grade(metric: str, bands: list[dict], pairs: list[Pair], conclusive_accounts: int) -> dict:
    """The graded columns of one row: exactly one band, or one reason why not (section 5)."""
    row = {**dict.fromkeys(GRADE_COLUMNS), "starting_accounts": len(pairs)}
    if not pairs:
        return {**row, "not_graded_reason": "no_base"}
    numerator, rate, low, high = metric_of(pairs, metric)
    row["rate"] = ratio(rate)
    if not bands:
        return {**row, "not_graded_reason": "no_benchmark_row"}
    bands = sorted(bands, key=lambda band: int(band["band_number"]))
    starting = Fraction(sum(pair.starting for pair in pairs))
    band = band_reached(numerator, starting, bands)
    row.update(band=band["band"], standing=band["standing"] or None)
    enough = effective_accounts([pair.starting for pair in pairs]) >= conclusive_accounts
    row["is_conclusive"] = (
        enough
        and low is not None
        and all(band_reached(end, Fraction(1), bands) is band for end in (low, high))
    )
    later = bands[bands.index(band) + 1 :]
    better = [
        b for b in later if STANDINGS.index(b["standing"]) > STANDINGS.index(band["standing"])
    ]
    if better:
        begin = read_number(better[0]["rate_from"])
        row["next_band"] = better[0]["band"]
        row["rate_to_next_band"] = ratio(begin - rate)
        row["mrr_to_next_band"] = as_decimal(begin * starting - numerator, 4)
    return row


def retention_grades(pairs_by_month: dict, book: Book, seeds: Seeds) -> list[dict]:
    """nrr__retention_grades: one row per month and gradable benchmark segment."""
    graded = []
    for month, pairs in pairs_by_month.items():
        company_arr = 12 * sum(book.at(account, month) for account in book.mrr)
        for benchmark in seeds.benchmarks:
            rows = [row for row in seeds.bands if row["benchmark_id"] == benchmark["benchmark_id"]]
            targets = grade_targets(benchmark, rows, pairs, company_arr, seeds.sizes)
            for segment, sought, members in targets:
                own_bands = [row for row in rows if row["segment"] == sought]
                key = {
                    "month": month,
                    "benchmark_id": benchmark["benchmark_id"],
                    "segment": segment,
                    "publisher": benchmark["publisher"],
                    "metric": benchmark["metric"],
                    "dimension": benchmark["dimension"],
                }
                figures = grade(
                    benchmark["metric"], own_bands, members, book.settings.conclusive_accounts
                )
                graded.append({**key, **figures})
    return graded


# --- Everything -------------------------------------------------------------------------------


def compute(
    events: list[dict],
    accounts: list[dict],
    exchange_rates: list[dict],
    settings: Settings,
    seeds: Seeds,
) -> Result:
    """All output tables from rows of text, as csv.DictReader gives them (columns may lack)."""
    with localcontext() as context:
        context.prec = 200
        context.traps[Inexact] = True
        return computed(events, accounts, exchange_rates, settings, seeds)


def computed(events, accounts, exchange_rates, settings: Settings, seeds: Seeds) -> Result:
    """What `compute` gives."""
    rates = usable_rates(exchange_rates)
    usable, rejected, items = usable_states(events, rates, settings, seeds)
    used, duplicates = without_duplicates(usable, items)
    months = complete_months(used, settings)
    states = states_of_items(used, items)
    in_force = states_in_force(states, months, settings.timezone)
    book = Book(item_mrr(states, months, settings), months, rates, settings, in_force)
    segments = all_segments(book, accounts, seeds.sizes)
    pairs_by_month = {month: pairs_of(month, book, segments) for month in book.months}
    dimensions = [
        "size", "pricing_model", "product", "plan", "billing_interval", "currency",
        "acquisition_quarter", *settings.segments,
    ]  # fmt: skip
    return Result(
        nrr__account_months=account_months(book),
        nrr__mrr_movements=mrr_movements(book),
        nrr__mrr_waterfall=mrr_waterfall(book, segments),
        nrr__retention_accounts=retention_accounts(pairs_by_month),
        nrr__retention=retention(pairs_by_month, dimensions),
        nrr__retention_grades=retention_grades(pairs_by_month, book, seeds),
        nrr__rejected_events=rejected + duplicates,
        used_events=[state.row for state in used],
        ties=ties(states_of_items(usable, items), settings),
        book=book,
        segments=segments,
        pairs_by_month=pairs_by_month,
    )
