"""nrr__retention_outlook once more, in plain Python: account by account, horizon by horizon."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import sqrt

import numpy as np
from reference.account_signals import (
    Part,
    billing_facts,
    last_day,
    local_day,
    number_of,
    parts_of_items,
)
from reference.computation import (
    Book,
    Seeds,
    add_months,
    as_decimal,
    money,
    rate_of_month,
)

BOOKED = {"scheduled_cancellation", "scheduled_downgrade"}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
ZERO = Decimal(0)
LANDMARKS = 24
LEAST_CASES = 30
LEAST_BACKTESTS = 12


@dataclass(frozen=True)
class Term:
    """From when to when an item is bound for so many months at a time."""

    first_day: date
    end_day: date
    months: int

    def runs_at_the_end_of(self, month: date) -> bool:
        return number_of(self.first_day) <= number_of(month) < number_of(self.end_day)

    def months_left(self, month: date) -> int:
        return self.months - (number_of(month) - number_of(self.first_day)) % self.months

    def next_end(self, today: date) -> date | None:
        """When the term that runs today ends, None where the item ends before."""
        if not self.first_day <= today < self.end_day:
            return None
        ends, terms = self.first_day, 0
        while ends <= today:
            terms += 1
            ends = months_later(self.first_day, terms * self.months)
        return ends if ends <= self.end_day else None


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    month = add_months(day.replace(day=1), months)
    return month.replace(day=min(day.day, last_day(month).day))


def months_of_term(part: Part) -> int:
    """0 where it is bound for less than three months, or for no whole number of them."""
    months = part.state.billing_period * MONTHS.get(part.state.billing_interval, 0)
    whole = part.state.billing_period.denominator == 1 and part.state.billing_period <= 120
    return int(months) if part.mrr and whole and months >= 3 else 0


def terms_of(items: list[list[Part]], zone: str) -> dict[str, list[Term]]:
    """Of each account; a price that changes within a term begins no other."""
    terms = defaultdict(list)
    for parts in items:
        runs = []
        for part in parts:
            months = months_of_term(part)
            if not months:
                continue
            last = runs[-1][-1] if runs else None
            if (
                last
                and last.ends_at == part.starts_at
                and last.state.account_id == part.state.account_id
                and months_of_term(last) == months
            ):
                runs[-1].append(part)
            else:
                runs.append([part])
        for run in runs:
            first_day, ends_at = local_day(run[0].starts_at, zone), run[-1].ends_at
            end_day = date.max if ends_at == datetime.max else local_day(ends_at, zone)
            if number_of(first_day) < number_of(end_day):
                term = Term(first_day, end_day, months_of_term(run[0]))
                terms[run[0].state.account_id].append(term)
    return terms


@dataclass
class Case:
    """An account of a month's base, as it was seen when an outlook was made."""

    cell: tuple
    starting_mrr: Decimal
    known_mrr: Decimal
    ending_mrr: Decimal | None
    segments: dict[str, str]

    @cached_property
    def starting(self) -> float:
        return float(self.starting_mrr)

    @cached_property
    def ending(self) -> float | None:
        return None if self.ending_mrr is None else float(self.ending_mrr)

    @cached_property
    def weight(self) -> float:
        return self.starting if self.cell[1] == "left" else float(self.known_mrr)

    @property
    def retained_weight(self) -> float:
        return min(self.weight, self.starting)


class Outlook:
    """All that is needed to say what was known of an account at a month's end."""

    def __init__(
        self, book: Book, events: list[dict], health: list[dict], segments: dict, seeds: Seeds
    ):
        self.book, self.segments = book, segments
        zone = book.settings.timezone
        items, _ = parts_of_items(book, events, seeds)
        self.terms = terms_of(items, zone)
        self.colours = {(row["account_id"], row["observed_on"]): row["colour"] for row in health}
        self.booked = defaultdict(list)
        for fact in billing_facts(items, book, book.months[-1]):
            if fact.fact in BOOKED:
                self.booked[fact.account_id].append(fact)

    def pays(self, account: str, month: date, base: date) -> bool:
        """Whether it pays, and has done so ever since if coming back does not count."""
        paid = self.book.pays(account, month)
        if self.book.settings.reactivation_counts:
            return paid
        months = number_of(month) - number_of(base)
        return paid and all(self.book.pays(account, add_months(base, n)) for n in range(months))

    def amount(
        self, account: str, month: date, base: date, booked: dict[str, Decimal] | None = None
    ) -> Decimal:
        """What it pays, and what is booked of that, at the rates that retention has."""
        own = defaultdict(Decimal, booked or {})
        for state, mrr in self.book.holdings[account].get(month, ()):
            own[state.currency] += mrr
        settings = self.book.settings
        rates_of = base if settings.fx == "constant" else month

        def converted(currency: str, amount: Decimal) -> Decimal:
            rate = rate_of_month(currency, rates_of, self.book.rates, settings)
            return as_decimal(Fraction(max(amount, ZERO)) * rate, 4)

        return sum((converted(*one) for one in own.items()), ZERO)

    def booked_change(self, account: str, made: date, month: date) -> dict[str, Decimal]:
        """By currency."""
        total = defaultdict(Decimal)
        for fact in self.booked[account]:
            known = fact.known_on <= last_day(made)
            if known and made < fact.occurred_on.replace(day=1) <= month:
                total[fact.currency] -= fact.own_mrr
        return total

    def case(self, account: str, base: date, made: date, month: date) -> Case:
        segments = self.segments[account, base]
        starting = self.book.at(account, base)
        known, state, renews = ZERO, "left", False
        if self.pays(account, made, base):
            known = self.amount(account, made, base, self.booked_change(account, made, month))
            state = self.colours.get((account, last_day(made))) or "none"
            left = [
                term.months_left(made)
                for term in self.terms[account]
                if term.runs_at_the_end_of(made)
            ]
            renews = bool(left) and min(left) <= number_of(month) - number_of(made)
        ending = None
        if month <= self.book.months[-1]:
            paid = self.pays(account, month, base)
            ending = self.amount(account, month, base) if paid else ZERO
        cell = segments["size"], state, renews
        return Case(cell, starting, known, ending, segments)

    def cases(self, made: date, horizon: int) -> list[Case]:
        month = add_months(made, horizon)
        base = add_months(month, -12)
        return [
            self.case(account, base, made, month)
            for account in sorted(self.book.mrr)
            if self.book.at(account, base)
        ]


def cases_in(cases: list[Case], horizon: int) -> float:
    """How many independent accounts of equal size they tell as much as."""
    total, squares = sum(c.weight for c in cases), sum(c.weight**2 for c in cases)
    return (over(total**2, squares) or 0) / horizon


def pools_of(asked: set[tuple], seen: dict[tuple, list[Case]], horizon: int) -> dict:
    """Which pool each cell is of, and the cases in each pool."""
    named = {}
    for cell in asked:
        size, state, renews = cell
        if state == "left":
            named[cell] = "left"
        elif cases_in(seen[cell], horizon) >= LEAST_CASES:
            named[cell] = (size, state, renews)
        else:
            named[cell] = ("rest of", size)
    pools = defaultdict(list)
    for cell, pool in named.items():
        pools[pool] += seen[cell]
    small = {
        pool
        for pool, cases in pools.items()
        if pool != "left" and cases_in(cases, horizon) < LEAST_CASES
    }
    named = {cell: "rest" if pool in small else pool for cell, pool in named.items()}
    pools = defaultdict(list)
    for cell, pool in named.items():
        pools[pool] += seen[cell]
    return {cell: (pool, pools[pool]) for cell, pool in named.items()}


def over(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator else None


@dataclass(frozen=True)
class Ratio:
    """What the accounts of a pool came to pay, for each unit of their weight."""

    pool: object
    nrr: float
    grr: float
    # of an account's amount by the square of its weight, and of the ratio itself
    variance: float = 0.0
    ratio_variance: float = 0.0


def rates_of(cases: list[Case]) -> tuple[float | None, float | None]:
    """For NRR and for GRR; None where nothing weighs anything."""
    return (
        over(sum(case.ending for case in cases), sum(case.weight for case in cases)),
        over(
            sum(min(case.ending, case.starting) for case in cases),
            sum(case.retained_weight for case in cases),
        ),
    )


def ratios_of(asked: set[tuple], seen: dict[tuple, list[Case]], horizon: int) -> dict | None:
    """{cell: Ratio}; None before anything is known."""
    usual = rates_of([case for cell in asked if cell[1] != "left" for case in seen[cell]])
    if usual[0] is None:
        return None
    ratios = {}
    for cell, (pool, cases) in pools_of(asked, seen, horizon).items():
        nrr, grr = rates_of(cases)
        if nrr is None:
            ratios[cell] = Ratio(pool, *((0.0, 0.0) if pool == "left" else usual))
            continue
        squares = sum((case.ending - nrr * case.weight) ** 2 for case in cases)
        weight = sum(case.weight for case in cases)
        variance = over(squares, sum(case.weight**2 for case in cases))
        ratios[cell] = Ratio(pool, nrr, grr, variance, horizon * squares / weight**2)
    return ratios


def forecast(group: list[Case], ratios: dict[tuple, Ratio]) -> dict:
    """What is expected of a segment's accounts."""
    starting = sum(case.starting for case in group)
    own, weights, shared = 0.0, defaultdict(float), {}
    for case in group:
        ratio = ratios[case.cell]
        own += case.weight**2 * ratio.variance
        weights[ratio.pool] += case.weight
        shared[ratio.pool] = ratio.ratio_variance
    variance = own + sum(weight**2 * shared[pool] for pool, weight in weights.items())
    return {
        "accounts": len(group),
        "starting_mrr": money(sum(case.starting_mrr for case in group)),
        "known_mrr": money(sum(case.known_mrr for case in group)),
        "expected_nrr": sum(c.weight * ratios[c.cell].nrr for c in group) / starting,
        "expected_grr": sum(c.retained_weight * ratios[c.cell].grr for c in group) / starting,
        "error_of_nrr": sqrt(variance) / starting,
    }


def forecasts(outlook: Outlook, dimensions: list[str]) -> list[dict]:
    """What was expected, by month in which it was made, horizon and segment."""
    first, rows = outlook.book.months[0], []
    cases = {
        (made, horizon): outlook.cases(made, horizon)
        for made in outlook.book.months
        for horizon in range(1, 13)
        if add_months(made, horizon - 12) >= first
    }
    for (made, horizon), members in cases.items():
        seen = defaultdict(list)
        for back in range(LANDMARKS):
            for case in cases.get((add_months(made, -horizon - back), horizon), ()):
                seen[case.cell].append(case)
        ratios = ratios_of({case.cell for case in members}, seen, horizon)
        if ratios is None:
            continue
        groups = defaultdict(list)
        for case in members:
            for dimension in dimensions:
                groups[dimension, case.segments[dimension]].append(case)
        for (dimension, segment), group in groups.items():
            key = {"made": made, "month": add_months(made, horizon), "horizon": horizon}
            names = {"segment_dimension": dimension, "segment": segment}
            rows.append(key | names | forecast(group, ratios))
    return rows


def mean_size(errors: list[float | None]) -> float | None:
    sizes = [abs(error) for error in errors if error is not None]
    return over(sum(sizes), len(sizes))


def retention_outlook(outlook: Outlook, retention: list[dict]) -> list[dict]:
    """The rows of nrr__retention_outlook, of those of nrr__retention."""
    made = forecasts(outlook, sorted({row["segment_dimension"] for row in retention}))
    nrr = {
        (row["month"], row["segment_dimension"], row["segment"]): float(row["nrr"])
        for row in retention
        if row["nrr"] is not None
    }
    errors = {}
    for row in made:
        key = row["segment_dimension"], row["segment"]
        row["expected_nrr"] = round(row["expected_nrr"], 9)
        actual, newest = nrr.get((row["month"], *key)), nrr.get((row["made"], *key))
        row["actual_nrr"] = actual
        row["error"] = None if actual is None else actual - row["expected_nrr"]
        row["naive_error"] = None if None in (actual, newest) else actual - newest
        if actual is not None:
            errors[(row["horizon"], row["month"], *key)] = row["error"], row["naive_error"]
    rows = []
    for row in made:
        key = row["segment_dimension"], row["segment"]
        months = [add_months(row["made"], -back) for back in range(LANDMARKS)]
        known = [errors.get((row["horizon"], month, *key)) for month in months]
        past = [both for both in known if both]
        is_tested = len(past) >= LEAST_BACKTESTS
        margin = 1.28 * round(row["error_of_nrr"], 9)
        low, high = -margin, margin
        if is_tested:
            low, high = np.quantile([error for error, _ in past], [0.1, 0.9], method="weibull")
        mean, naive = mean_size([one for one, _ in past]), mean_size([one for _, one in past])
        is_better = None if None in (mean, naive) else mean < naive
        rest = {name: value for name, value in row.items() if name not in ("made", "error_of_nrr")}
        rows.append(
            {
                "made_on": last_day(row["made"]),
                **rest,
                "low_80": row["expected_nrr"] + float(low),
                "high_80": row["expected_nrr"] + float(high),
                "range_from": "past errors" if is_tested else "standard error",
                "backtests": len(past),
                "mean_error": mean,
                "naive_mean_error": naive,
                "is_better_than_naive": is_better,
            }
        )
    return rows
