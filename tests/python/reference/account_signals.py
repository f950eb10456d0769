"""nrr__account_signals once more, in plain Python: account by account, observation by observation.

A rule sees the facts of one account that were known by the end of the day on which it is observed,
and nothing else of the account's future.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

from reference.computation import (
    Book,
    Seeds,
    Settings,
    State,
    add_months,
    as_decimal,
    as_of_instant,
    carries_mrr,
    converted,
    given,
    money,
    month_of,
    movements_of,
    mrr_of_state,
    rate_of_month,
    ratio,
    read_number,
    read_text,
    read_timestamp,
    rounded,
    states_of_items,
    usable_states,
    without_duplicates,
    word,
)
from reference.files import read_csv

BREADTH = "features_used"
BILLING_FACTS = {
    *("past_due", "scheduled_cancellation", "scheduled_downgrade", "discount_end", "contraction"),
}
# a limit is not foreseen to be met later than that
LONGEST_FORECAST = 3650


@dataclass
class Customers:
    """Rows of the inputs on customers and of the two seeds that say how to read them, as text."""

    product_usage: list[dict]
    customer_events: list[dict]
    plan_limits: list[dict]
    signals: list[dict]
    event_values: list[dict]

    @cached_property
    def events(self) -> dict[str, str]:
        """{word: the event that it means}."""
        return {word(row["value"]): word(row["event"]) for row in self.event_values}


def read_customers(data: Path, project: Path) -> Customers:
    """What a folder holds of the inputs on customers, and the project's seeds."""
    return Customers(
        **{
            name: read_csv(data / f"{name}.csv")
            for name in ("product_usage", "customer_events", "plan_limits")
        },
        signals=all_signals(
            read_csv(project / "seeds/customers/nrr_signals.csv"), read_csv(data / "signals.csv")
        ),
        event_values=read_csv(project / "seeds/rules/nrr_customer_events.csv"),
    )


def all_signals(packaged: list[dict], own: list[dict]) -> list[dict]:
    """The package's signals but those of which there is one's own, and these; all usable."""
    own = [row | {"signal": word(row["signal"])} for row in own]
    taken = {row["signal"] for row in own}
    return [row for row in packaged if row["signal"] not in taken] + own


@dataclass(frozen=True)
class Fact:
    """Something that happened to an account on a day, or how much of a metric it had on a day.

    Of usage subject_id is the feature. A fact without mrr puts all at stake that the account pays.
    """

    account_id: str
    fact: str
    occurred_on: date
    known_on: date
    label: str | None = None
    subject_id: str | None = None
    value: Fraction | None = None
    ends_on: date | None = None
    mrr: Decimal | None = None
    # what mrr was converted from
    own_mrr: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Limit:
    """How much of a metric a plan or an account may use, from when on; without a day: always."""

    holder: tuple[str, str]
    metric: str
    value: Fraction
    valid_from_on: date
    known_on: date


@dataclass(frozen=True)
class Signal:
    """A row of the seed nrr_signals."""

    name: str
    kind: str
    rule: str
    fact: str
    label: str | None
    other_fact: str | None
    days: int | None
    from_days: int | None
    threshold: Fraction | None
    minimum: Fraction | None
    response: str


@dataclass(frozen=True)
class Found:
    """What a rule says of an account for which its signal holds."""

    figure: Fraction
    baseline: Fraction | None = None
    mrr: Decimal | None = None
    due_on: date | None = None


# --- Reading the inputs -----------------------------------------------------------------------


class UnusableError(Exception):
    """A row cannot be used."""


def needed(value):
    """The value, which must be there."""
    if value is None:
        raise UnusableError
    return value


def read_optional(row: dict, column: str, read: Callable, default=None):
    """What stands in a column: the default where nothing does; it must be readable."""
    return default if given(row, column) is None else needed(read(row[column]))


def read_usable(rows: Iterable[dict], read: Callable) -> list:
    """The rows that can be read and used."""
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except UnusableError:
            continue
    return found


def local_day(instant: datetime, zone: str) -> date:
    """The day on which an instant (UTC) lies in the zone."""
    return instant.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).date()


def read_day(value: str | None, zone: str) -> date | None:
    """The day on which the instant lies in the zone; a date is itself."""
    instant = read_timestamp(value, zone)
    return instant and local_day(instant, zone)


def read_named_day(value: str | None, zone: str) -> date | None:
    """The same, but what is at midnight in UTC names its day there, as lists of days do."""
    instant = read_timestamp(value)
    if instant and instant.time() == time.min:
        return instant.date()
    return instant and local_day(instant, zone)


def usage_facts(rows: list[dict], settings: Settings) -> list[Fact]:
    """The usable rows of product_usage, and on how many features each day's were."""

    def read(row: dict) -> Fact:
        zone = settings.timezone
        day = needed(read_named_day(row.get("usage_date"), zone))
        value = read_optional(row, "value", read_number, Fraction(1))
        if value < 0:
            raise UnusableError
        return Fact(
            account_id=needed(given(row, "account_id")),
            fact=needed(word(row.get("metric"))),
            occurred_on=day,
            known_on=read_optional(row, "recorded_at", lambda text: read_day(text, zone), day),
            subject_id=given(row, "feature"),
            value=rounded(value, 4),
        )

    usage = read_usable(rows, read)
    known_on = {}
    for fact in usage:
        if fact.subject_id and fact.value > 0:
            key = (fact.account_id, fact.occurred_on, fact.subject_id)
            known_on[key] = min(fact.known_on, known_on.get(key, fact.known_on))
    return usage + [
        Fact(account, BREADTH, day, known, subject_id=feature, value=Fraction(1))
        for (account, day, feature), known in known_on.items()
    ]


def event_facts(rows: list[dict], meanings: dict[str, str], settings: Settings) -> list[Fact]:
    """The usable rows of customer_events whose word is not to be ignored."""

    def read(row: dict) -> Fact:
        zone = settings.timezone
        day = needed(read_day(row.get("occurred_at"), zone))
        event = needed(meanings.get(word(row.get("event"))))
        if event == "ignore":
            raise UnusableError
        value = read_optional(row, "value", read_number)
        return Fact(
            account_id=needed(given(row, "account_id")),
            fact=event,
            occurred_on=day,
            known_on=read_optional(row, "recorded_at", lambda text: read_day(text, zone), day),
            label=word(row.get("label")),
            subject_id=given(row, "subject_id"),
            value=None if value is None else rounded(value, 4),
        )

    return read_usable(rows, read)


def read_limits(rows: list[dict], settings: Settings) -> list[Limit]:
    """The usable rows of plan_limits; one that names both is the account's."""

    def read(row: dict) -> Limit:
        def day(text: str) -> date | None:
            return read_day(text, settings.timezone)

        account, plan = given(row, "account_id"), given(row, "plan_id")
        value = rounded(needed(read_number(row.get("limit_value"))), 4)
        if value <= 0:
            raise UnusableError
        valid_from_on = read_optional(row, "valid_from", day, date.min)
        return Limit(
            holder=("account", account) if account else ("plan", needed(plan)),
            metric=needed(word(row.get("metric"))),
            value=value,
            valid_from_on=valid_from_on,
            known_on=read_optional(row, "recorded_at", day, valid_from_on),
        )

    return read_usable(rows, read)


def read_signals(rows: list[dict]) -> list[Signal]:
    """The seed nrr_signals."""

    def whole(value: str | None) -> int | None:
        return int(value) if read_text(value) else None

    return [
        Signal(
            name=row["signal"],
            kind=row["kind"],
            rule=row["rule"],
            fact=word(row["fact"]),
            label=given(row, "label"),
            other_fact=given(row, "other_fact"),
            days=whole(given(row, "days")),
            from_days=whole(given(row, "from_days")),
            threshold=read_number(given(row, "threshold")),
            minimum=read_number(given(row, "minimum")),
            response=row["response"],
        )
        for row in rows
    ]


# --- What billing says ------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What an item pays from starts_at up to, not including, ends_at; a discount's end parts it."""

    state: State
    starts_at: datetime
    ends_at: datetime
    mrr: Decimal
    is_discounted: bool


def parts_of(states: list[State], settings: Settings) -> list[Part]:
    """An item's states in order, each before and after its discount's end; none of no length."""
    ordered = sorted(states, key=lambda state: state.rank)
    ends = [*(state.effective_at for state in ordered[1:]), datetime.max]
    parts = []
    for state, end in zip(ordered, ends, strict=True):
        begin, stop = state.effective_at, state.discount_ends_at
        is_discounted = state.discount_percent > 0 or state.discount_amount > 0
        if stop is None or not is_discounted or not carries_mrr(state.status, settings):
            stop = end
        turn = min(max(stop, begin), end)
        # at datetime.min no discount has ended, at datetime.max each that ends
        before, after = (mrr_of_state(state, at, settings) for at in (datetime.min, datetime.max))
        if begin < turn:
            parts.append(Part(state, begin, turn, before, is_discounted))
        if turn < end:
            parts.append(Part(state, turn, end, after, False))
    return parts


def is_alike(old: State, new: State) -> bool:
    """Whether nothing but the discount can be another."""
    return all(
        getattr(old, name) == getattr(new, name)
        for name in (
            *("account_id", "status", "quantity", "unit_amount", "currency"),
            *("billing_interval", "billing_period"),
        )
    )


def last_day(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def billing_facts(items: list[list[Part]], book: Book, newest_month: date) -> list[Fact]:
    """Facts of the items' parts and of the accounts' movements."""
    zone = book.settings.timezone
    facts = []

    def add(fact: str, part: Part, mrr: Decimal, currency: str, ends_on: date | None = None):
        day = local_day(part.starts_at, zone)
        month = min(date(day.year, day.month, 1), newest_month)
        rate = rate_of_month(currency, month, book.rates, book.settings)
        facts.append(
            Fact(
                account_id=part.state.account_id,
                fact=fact,
                occurred_on=day,
                known_on=local_day(part.state.loaded_at, zone),
                ends_on=ends_on,
                mrr=as_decimal(Fraction(mrr) * rate, 4),
                own_mrr=mrr,
                currency=currency,
            )
        )

    for parts in items:
        for part in parts:
            if part.state.status == "past_due" and part.mrr:
                ends = None if part.ends_at == datetime.max else local_day(part.ends_at, zone)
                add("past_due", part, part.mrr, part.state.currency, ends)
        for old, new in pairwise(parts):
            currency = old.state.currency
            if new.state.account_id != old.state.account_id:
                continue
            if old.mrr and not new.mrr and new.state.status == "cancelled":
                add("scheduled_cancellation", new, old.mrr, currency)
            if 0 < new.mrr < old.mrr and new.state.currency == currency:
                add("scheduled_downgrade", new, old.mrr - new.mrr, currency)
            ends = old.is_discounted and not new.is_discounted and is_alike(old.state, new.state)
            if ends and new.mrr > old.mrr:
                add("discount_end", new, new.mrr - old.mrr, currency)
    for account in book.mrr:
        for month in book.months:
            if "contraction" in movements_of(account, month, book):
                day = last_day(month)
                facts.append(Fact(account, "contraction", day, day))
    return facts


# --- Observations -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Observation:
    """An account that pays, on the day on which it is looked at; months are counted by number."""

    account_id: str
    number: int
    observed_on: date
    mrr: Decimal
    plans: frozenset[str]


def number_of(month: date) -> int:
    return 12 * month.year + month.month


def plans_of(holding: list) -> frozenset[str]:
    return frozenset(state.plan_id for state, _ in holding if state.plan_id)


def observations(items: list[list[Part]], book: Book, as_of: datetime) -> list[Observation]:
    """Each account at the end of each month in which it pays, and at the as-of instant."""
    open_month = month_of(as_of, book.settings.timezone)
    newest_month = add_months(open_month, -1)
    found = [
        Observation(
            account, number_of(month), last_day(month), mrr, plans_of(book.holdings[account][month])
        )
        for account, by_month in book.mrr.items()
        for month, mrr in by_month.items()
    ]
    holdings = defaultdict(list)
    for part in (part for parts in items for part in parts):
        if part.mrr and part.starts_at <= as_of < part.ends_at:
            holdings[part.state.account_id].append((part.state, part.mrr))
    as_of_day = local_day(as_of, book.settings.timezone)
    for account, holding in holdings.items():
        mrr = converted(holding, newest_month, book.rates, book.settings)
        if mrr > 0:
            plans = plans_of(holding)
            found.append(Observation(account, number_of(open_month), as_of_day, mrr, plans))
    return sorted(found, key=lambda one: (one.account_id, one.number))


@dataclass
class View:
    """What may be seen of an account at an observation: the facts that were known, by name.

    `begun_on` says from which day on anybody in the company is known to have had a fact.
    """

    observation: Observation
    first_paid_on: date
    known: dict[str, list[Fact]]
    metrics: set[str]
    limits: dict[tuple, list[Limit]]
    begun_on: dict[tuple, date]

    @property
    def today(self) -> date:
        return self.observation.observed_on

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def facts(self, signal: Signal, after: date = date.min, to: date = date.max) -> list[Fact]:
        """What the signal is about, of the days after one and up to another."""
        return [
            fact
            for fact in self.known.get(signal.fact, ())
            if after < fact.occurred_on <= to and signal.label in (None, fact.label)
        ]

    def has_paid_for(self, days: int) -> bool:
        return (self.today - self.first_paid_on).days >= days

    def limit(self, metric: str) -> Fraction | None:
        """The account's own limit, or what its plans' limits come to."""

        def in_force(*holder: str) -> Fraction | None:
            limits = [
                (limit.valid_from_on, limit.value)
                for limit in self.limits.get((holder, metric), ())
                if limit.valid_from_on <= self.today and limit.known_on <= self.today
            ]
            return max(limits)[1] if limits else None

        own = in_force("account", self.observation.account_id)
        if own is not None:
            return own
        by_plan = [in_force("plan", plan) for plan in self.observation.plans]
        by_plan = [limit for limit in by_plan if limit is not None]
        return sum(by_plan) if by_plan else None


# --- The rules --------------------------------------------------------------------------------


def use_per_day(signal: Signal, view: View) -> tuple[Fraction, Fraction] | None:
    """In the last 28 days, and in the 91 days before, if that was enough to be compared with."""
    before = view.facts(signal, view.day(-119), view.day(-28))
    baseline = sum((fact.value for fact in before), Fraction(0)) / 91
    last = view.facts(signal, view.day(-28), view.today)
    figure = sum((fact.value for fact in last), Fraction(0)) / 28
    is_enough = baseline > 0 and baseline >= (signal.minimum or 0)
    return (figure, baseline) if view.has_paid_for(119) and is_enough else None


def drop(signal: Signal, view: View) -> Found | None:
    """Use per day in the last 28 days, beside the 91 days before."""
    figure, baseline = use_per_day(signal, view) or (1, 0)
    return Found(figure, baseline) if figure <= signal.threshold * baseline else None


def last_and_usual(signal: Signal, view: View) -> tuple[Fraction, Fraction] | None:
    """Use, or how many facts, in the last 28 days, and what 28 of the 182 days before had."""

    def amount(facts: list[Fact]) -> Fraction:
        is_metric = signal.fact in view.metrics
        return sum((fact.value if is_metric else 1 for fact in facts), Fraction(0))

    figure = amount(view.facts(signal, view.day(-28), view.today))
    baseline = amount(view.facts(signal, view.day(-210), view.day(-28))) * Fraction(28, 182)
    return (figure, baseline) if view.has_paid_for(210) else None


def rise(signal: Signal, view: View) -> Found | None:
    """The last 28 days are above the usual ones by more than chance."""
    if (both := last_and_usual(signal, view)) is None:
        return None
    figure, baseline = both
    more = figure - baseline
    # compared without the root
    is_much = more >= 0 and more**2 >= signal.threshold**2 * max(baseline, Fraction(1))
    return Found(figure, baseline) if is_much and figure >= (signal.minimum or 0) else None


def at_least(signal: Signal, view: View) -> Found | None:
    """The newest level of the last 28 days, beside the limit."""
    by_day = defaultdict(Fraction)
    for fact in view.facts(signal, view.day(-91), view.today):
        by_day[(fact.occurred_on - view.today).days] += fact.value
    newest, limit = max(by_day, default=-28), view.limit(signal.fact)
    if newest <= -28 or limit is None or by_day[newest] < signal.threshold * limit:
        return None
    days = 0 if by_day[newest] >= limit else days_to_limit(by_day, limit)
    return Found(by_day[newest], limit, due_on=None if days is None else view.day(days))


def days_to_limit(by_day: dict[int, Fraction], limit: Fraction) -> int | None:
    """In how many days a line through the levels of {days from now: level} is at the limit."""
    if len(by_day) < 3:
        return None
    mean_x, mean_y = (Fraction(sum(n), len(by_day)) for n in (by_day.keys(), by_day.values()))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in by_day.items())
    slope /= sum((x - mean_x) ** 2 for x in by_day)
    if slope <= 0:
        return None
    days = max(1, ceil((limit - (mean_y - slope * mean_x)) / slope))
    return days if days <= LONGEST_FORECAST else None


def newest_value(signal: Signal, view: View) -> Fraction | None:
    """The newest value that came with a fact, of several of that day the least."""
    facts = view.facts(signal, view.day(-signal.days), view.today)
    told = [fact for fact in facts if fact.value is not None]
    newest = max((fact.occurred_on for fact in told), default=None)
    return min((fact.value for fact in told if fact.occurred_on == newest), default=None)


def at_most(signal: Signal, view: View) -> Found | None:
    """The newest value is that low."""
    value = newest_value(signal, view)
    return Found(value) if value is not None and value <= signal.threshold else None


def happens(fact: Fact, metrics: set[str]) -> bool:
    """Whether something happened on the day: a metric's row of nothing does not say so."""
    return fact.fact not in metrics or fact.value > 0


def has_begun(signal: Signal, view: View) -> bool:
    """Whether anybody is known to have had it."""
    begun_on = view.begun_on.get((signal.fact, signal.label))
    return begun_on is not None and begun_on <= view.today


def silent_days(signal: Signal, view: View) -> int | None:
    """The days since it happened last, or since the account pays; of `ever`, 0 once it has."""
    if not has_begun(signal, view):
        return None
    facts = view.facts(signal, to=view.today)
    days = [fact.occurred_on for fact in facts if happens(fact, view.metrics)]
    if days and signal.other_fact == "ever":
        return 0
    return (view.today - max([*days, view.first_paid_on])).days


def silence(signal: Signal, view: View) -> Found | None:
    """Nothing has happened for so many days."""
    days = silent_days(signal, view)
    return Found(Fraction(days)) if days is not None and days >= signal.days else None


def missed(signal: Signal, view: View) -> Found | None:
    """The days since the oldest fact that should have been followed by another and was not."""
    done = {
        fact.subject_id
        for fact in view.known.get(signal.other_fact, ())
        if fact.occurred_on <= view.today
    }
    days = [
        (view.today - fact.occurred_on).days
        for fact in view.facts(signal, view.day(-signal.from_days), view.day(-signal.days))
        if fact.subject_id and fact.subject_id not in done
    ]
    return Found(Fraction(max(days))) if days else None


def mrr_of(facts: list[Fact]) -> Decimal | None:
    """What the facts are about, None if they are about all that the account pays."""
    amounts = [fact.mrr for fact in facts if fact.mrr is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def due_within(signal: Signal, view: View) -> Found | None:
    """The days until it happens next."""
    facts = view.facts(signal, view.day(signal.from_days or 0), view.day(signal.days))
    if not facts:
        return None
    due_on = min(fact.occurred_on for fact in facts)
    mrr = mrr_of([fact for fact in facts if fact.occurred_on == due_on])
    return Found(Fraction((due_on - view.today).days), mrr=mrr, due_on=due_on)


def happened(signal: Signal, view: View) -> Found | None:
    """How many there were that have not ended."""
    after = date.min if signal.days is None else view.day(-signal.days)
    facts = [
        fact
        for fact in view.facts(signal, after, view.today)
        if fact.ends_on is None or fact.ends_on > view.today
    ]
    return Found(Fraction(len(facts)), mrr=mrr_of(facts)) if facts else None


RULES = {
    **{"drop": drop, "rise": rise, "at_least": at_least, "at_most": at_most},
    **{"silence": silence, "missed": missed, "due_within": due_within, "happened": happened},
}
# the rules whose bound is a number of days
BOUND_BY_DAYS = {"silence", "due_within"}


# --- Everything -------------------------------------------------------------------------------


def begun_on_days(facts: list[Fact], metrics: set[str]) -> dict[tuple, date]:
    """{(fact, label or None for any): from which day on anybody is known to have had it}."""
    days = defaultdict(lambda: date.max)
    for fact in facts:
        if happens(fact, metrics):
            for label in {None, fact.label}:
                day = max(fact.occurred_on, fact.known_on)
                days[fact.fact, label] = min(day, days[fact.fact, label])
    return days


def first_paid_days(items: list[list[Part]], zone: str) -> dict[str, date]:
    """{account_id: the day on which the first of its states with MRR begins}."""
    days = {}
    for part in (part for parts in items for part in parts):
        if part.mrr:
            account, day = part.state.account_id, local_day(part.starts_at, zone)
            days[account] = min(day, days.get(account, day))
    return days


def parts_of_items(
    book: Book, events: list[dict], seeds: Seeds
) -> tuple[list[list[Part]], datetime | None]:
    """What each item pays and from when on, in order, and the as-of instant."""
    settings = book.settings
    usable, _, subscription_items = usable_states(events, book.rates, settings, seeds)
    used, _ = without_duplicates(usable, subscription_items)
    by_item = states_of_items(used, subscription_items)
    items = [parts_of(states, settings) for states in by_item.values()]
    return items, as_of_instant(used, settings)


def views(book: Book, events: list[dict], customers: Customers, seeds: Seeds) -> list[View]:
    """What may be seen at each observation, by account and in order of time."""
    settings = book.settings
    items, as_of = parts_of_items(book, events, seeds)
    if as_of is None:
        return []
    newest_month = add_months(month_of(as_of, settings.timezone), -1)
    usage = usage_facts(customers.product_usage, settings)
    happenings = event_facts(customers.customer_events, customers.events, settings)
    happenings += billing_facts(items, book, newest_month)
    known_events = BILLING_FACTS | set(customers.events.values())
    metrics = {fact.fact for fact in usage} - known_events
    facts_of = defaultdict(list)
    for fact in usage + happenings:
        facts_of[fact.account_id].append(fact)
    limits = defaultdict(list)
    for limit in read_limits(customers.plan_limits, settings):
        limits[limit.holder, limit.metric].append(limit)
    begun_on = begun_on_days(usage + happenings, metrics)
    first_paid_on = first_paid_days(items, settings.timezone)

    def known(observation: Observation) -> dict[str, list[Fact]]:
        by_name = defaultdict(list)
        for fact in facts_of[observation.account_id]:
            if fact.known_on <= observation.observed_on:
                by_name[fact.fact].append(fact)
        return by_name

    return [
        View(one, first_paid_on[one.account_id], known(one), metrics, limits, begun_on)
        for one in observations(items, book, as_of)
    ]


def account_signals(seen: list[View], signals: list[Signal]) -> list[dict]:
    """nrr__account_signals: one row per account, observation and signal that holds."""
    rows, held_since = [], {}
    for view in seen:
        account, number = view.observation.account_id, view.observation.number
        for signal in signals:
            found = RULES[signal.rule](signal, view)
            if found is None:
                continue
            since = held_since.get((account, signal.name, number - 1), view.today)
            held_since[account, signal.name, number] = since
            bound = signal.days if signal.rule in BOUND_BY_DAYS else signal.threshold
            mrr = view.observation.mrr
            rows.append(
                {
                    "account_id": account,
                    "observed_on": view.today,
                    "signal": signal.name,
                    "kind": signal.kind,
                    "figure": ratio(found.figure),
                    "baseline": ratio(found.baseline),
                    "threshold": None if bound is None else ratio(Fraction(bound)),
                    "first_observed_on": since,
                    "mrr_at_stake": money(mrr if found.mrr is None else min(found.mrr, mrr)),
                    "due_on": found.due_on,
                    "response": signal.response,
                }
            )
    return rows
