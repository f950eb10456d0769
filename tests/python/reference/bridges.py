"""nrr__retention_bridges once more, in plain Python (section 9).

Each account of each month's base by itself: its drivers of twelve months, at the rates of twelve
months before; then sums, and comparisons of two months.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from reference.computation import Book, Pair, add_months, as_decimal, money, rate_over, ratio
from reference.drivers import at_rate, held_items, item_drivers

STEPS = [
    "seats", "price", "plan", "discount", "usage", "add_on", "removal", "returned", "churn", "fx",
]  # fmt: skip
DISTANCES = (1, 3, 12)


def amounts_of(pair: Pair, month: date, drivers: dict, book: Book) -> dict[str, Decimal]:
    """{step: amount} that leads from what an account paid twelve months before to what it pays."""
    then = add_months(month, -12)
    if not pair.ending:
        return {"churn": -pair.starting}
    if any(not book.pays(pair.account_id, add_months(then, months)) for months in range(1, 12)):
        return {"returned": pair.ending - pair.starting}
    amounts = defaultdict(Decimal)
    for months in range(1, 13):
        for _, _, name, currency, first, last in drivers[pair.account_id, add_months(then, months)]:
            change = at_rate(last, currency, then, book) - at_rate(first, currency, then, book)
            amounts[name] += change
    rest = pair.ending - pair.starting - sum(amounts.values())
    assert not rest or book.settings.fx == "actual", f"{pair.account_id} {month}: {rest} is left"
    return {**amounts, "fx": rest}


def losses_of(pair: Pair, amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    """{step: loss}: what the account lost, spread over what lost in proportion, to 4 decimals."""
    loss = max(pair.starting - pair.ending, Decimal(0))
    losing = {step: -amounts[step] for step in STEPS if amounts.get(step, 0) < 0}
    whole, so_far, spread = sum(losing.values()), Decimal(0), {}
    for step, amount in losing.items():
        parts = [as_decimal(Fraction(loss) * Fraction(part) / Fraction(whole), 4)
                 for part in (so_far, so_far + amount)]  # fmt: skip
        spread[step] = parts[0] - parts[1]
        so_far += amount
    return spread


@dataclass
class Part:
    """The accounts of a segment in a month: [(pair, amounts, losses)]."""

    pairs: list[tuple]

    @cached_property
    def starting(self) -> Decimal:
        return sum(pair.starting for pair, _, _ in self.pairs)

    @cached_property
    def rates(self) -> tuple[Fraction, Fraction]:
        """NRR and GRR."""
        endings = (
            sum(pair.ending for pair, _, _ in self.pairs),
            sum(pair.retained for pair, _, _ in self.pairs),
        )
        return tuple(rate_over(ending, self.starting) for ending in endings)

    @cached_property
    def bridge(self) -> dict[str, tuple]:
        """{step: (amount, points of NRR, points of GRR, accounts)}."""
        steps = {}
        for step in STEPS:
            amounts = [amounts[step] for _, amounts, _ in self.pairs if amounts.get(step)]
            if amounts:
                loss = sum((losses.get(step, Decimal(0)) for *_, losses in self.pairs), Decimal(0))
                nrr, grr = rate_over(sum(amounts), self.starting), rate_over(loss, self.starting)
                steps[step] = (sum(amounts), nrr, grr, len(amounts))
        return steps


def row(key: tuple, step: str, start: Fraction, points: tuple, mrr, accounts: int) -> dict:
    columns = ["month", "compared_month", "segment_dimension", "segment", "effect"]
    numbers = {"rate": 1, "mix": 2, **{name: n for n, name in enumerate(STEPS, 1)}}
    return {
        **dict(zip(columns, key, strict=True)),
        "step": step,
        "step_number": numbers[step],
        "start_rate": ratio(start),
        "points_nrr": ratio(points[0]),
        "points_grr": ratio(points[1]),
        "step_mrr": None if mrr is None else money(mrr),
        "accounts": accounts,
    }


def driver_changes(key: tuple, now: Part, then: Part) -> list[dict]:
    """What each step changed of a segment's rates from one month to another."""
    new, old, nothing = now.bridge, then.bridge, (Decimal(0), Fraction(0), Fraction(0), 0)
    rows = []
    for step in new.keys() | old.keys():
        last, first = new.get(step, nothing), old.get(step, nothing)
        points = (last[1] - first[1], last[2] - first[2])
        rows.append(row((*key, "driver"), step, then.rates[0], points, last[0] - first[0], last[3]))
    return rows


def segment_changes(
    key: tuple, now: Part | None, then: Part | None, all_now: Part, all_then: Part
) -> list[dict]:
    """What a segment changed of the company's rates: by its own rate, and by its share."""
    shares = [
        rate_over(part.starting if part else Decimal(0), whole.starting)
        for part, whole in ((then, all_then), (now, all_now))
    ]
    rate_points, mix_points = [], []
    for metric in (0, 1):
        r0 = (then or now).rates[metric]
        r1 = (now or then).rates[metric]
        mean = (all_now.rates[metric] + all_then.rates[metric]) / 2
        rate_points.append(sum(shares) / 2 * (r1 - r0))
        mix_points.append((shares[1] - shares[0]) * ((r0 + r1) / 2 - mean))
    start, accounts = all_then.rates[0], len(now.pairs) if now else 0
    return [
        row((*key, "rate"), "rate", start, tuple(rate_points), None, accounts),
        row((*key, "mix"), "mix", start, tuple(mix_points), None, accounts),
    ]


def retention_bridges(book: Book, pairs_by_month: dict[date, list[Pair]]) -> list[dict]:
    """nrr__retention_bridges: from 100% to each month's rates, and between two months' rates."""
    held = held_items(book)
    drivers = {
        (account, month): item_drivers(account, month, held, book)
        for account in list(held)
        for month in book.months
    }
    groups = {}
    for month, pairs in pairs_by_month.items():
        groups[month] = defaultdict(lambda: Part([]))
        for pair in pairs:
            amounts = amounts_of(pair, month, drivers, book)
            losses = losses_of(pair, amounts)
            for segment in pair.segments.items():
                groups[month][segment].pairs.append((pair, amounts, losses))
    rows = []
    for month, segments in groups.items():
        for segment, now in segments.items():
            for step, (mrr, nrr, grr, accounts) in now.bridge.items():
                key = (month, None, *segment, "driver")
                rows.append(row(key, step, Fraction(1), (nrr, grr), mrr, accounts))
        for distance in DISTANCES:
            compared = add_months(month, -distance)
            old = groups.get(compared)
            if not segments or not old:
                continue
            for segment in segments.keys() | old.keys():
                now, then = segments.get(segment), old.get(segment)
                key = (month, compared, *segment)
                if now and then:
                    rows += driver_changes(key, now, then)
                if segment[0] != "all":
                    whole = (segments["all", "all"], old["all", "all"])
                    rows += segment_changes(key, now, then, *whole)
    return rows
