"""nrr__retention_by_method once more, in plain Python: account by account, month by month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from reference.computation import (
    Book,
    Result,
    Seeds,
    add_months,
    as_decimal,
    movements_of,
    rate_of_month,
    rate_over,
    ratio,
)
from reference.renewal_base import Term

METHODS = {
    # the pair of times, and how its rates make the method's
    "point_to_point": ("twelve months", "now"),
    "cohort_movements": ("movements", "now"),
    "chained_monthly": ("one month", "product"),
    "annualised_month": ("one month", "power"),
    "average_of_12": ("twelve months", "average"),
    "weighted_average_of_12": ("twelve months", "together"),
    "average_of_4_quarters": ("twelve months", "quarters"),
    "same_quarter_prior_year": ("same quarter", "now"),
    "trailing_revenue": ("trailing year", "now"),
    "three_months": ("three months", "now"),
}
# ... where terms of contracts are known
OF_TERMS = {"renewal_base": ("renewal base", "now")}
# A rate of this or more is none.
LIMIT = 10**12


def retention_by_method(
    result: Result, seeds: Seeds, terms: list[Term] | None = None
) -> list[dict]:
    """Each method's rates of each segment in each month in which one of them has any."""
    sums = sums_of_pairs(result, terms or [])
    methods = METHODS if terms is None else METHODS | OF_TERMS
    rates = {}
    for key, (start, end, kept) in sums.items():
        rates[key] = (rate_over(end, start), max(rate_over(kept, start), Fraction(0)))
    cells = sorted({key[1:] for key in sums})
    return [
        {
            "month": month,
            "segment_dimension": dimension,
            "segment": segment,
            "method": method,
            "nrr": ratio(rate_by(how, 0, pair, month, dimension, segment, rates, sums)),
            "grr": ratio(rate_by(how, 1, pair, month, dimension, segment, rates, sums)),
        }
        for month, dimension, segment in cells
        for method, (pair, how) in methods.items()
    ]


def rate_by(how, which, pair, month, dimension, segment, rates, sums) -> Fraction | None:
    """NRR (which = 0) or GRR (1) of a method; None where one of its months has no base."""
    back = {"now": [0], "power": [0], "quarters": [0, 3, 6, 9]}.get(how, range(12))
    keys = [(pair, add_months(month, -number), dimension, segment) for number in back]
    if any(key not in rates for key in keys):
        return None
    values = [rates[key][which] for key in keys]
    if how in ("average", "quarters"):
        return sum(values) / len(values)
    if how == "together":
        return rate_over(
            sum(Fraction(sums[key][1 + which]) for key in keys),
            sum(Fraction(sums[key][0]) for key in keys),
        )
    rate = Fraction(1)
    for value in values * (12 if how == "power" else 1):
        rate *= value
    return rate if how == "now" or rate < LIMIT else None


def sums_of_pairs(result: Result, terms: list[Term]) -> dict:
    """{(pair, month, dimension, segment): (what was paid first, then, and what was kept)}."""
    sums = defaultdict(lambda: (Fraction(0), Fraction(0), Fraction(0)))

    def add(pair: str, month: date, segments: dict, start, end, kept) -> None:
        amounts = Fraction(start), Fraction(end), Fraction(kept)
        for dimension, segment in segments.items():
            key = (pair, month, dimension, segment)
            added = zip(sums[key], amounts, strict=True)
            sums[key] = tuple(total + amount for total, amount in added)

    book = result.book
    for month in book.months:
        for pair in result.pairs_by_month[month]:
            add("twelve months", month, pair.segments, pair.starting, pair.ending, pair.retained)
        for account in book.mrr:
            for pair, base_month, figures in pairs_of_account(account, month, book):
                add(pair, month, result.segments[account, base_month], *figures)
        for term in terms:
            if term.due <= month < add_months(term.due, 12):
                target, final = amounts_of_term(term, month, book)
                segments = segments_from(term.account, add_months(month, -12), result)
                add("renewal base", month, segments, target, final, min(target, final))
    return sums


def amounts_of_term(term: Term, month: date, book: Book) -> tuple:
    """What the contract paid at its end, and what its renewals pay."""
    base_month = add_months(month, -12)
    constant = book.settings.fx == "constant"

    def converted(amounts: list, own_month: date):
        rate_month = base_month if constant else own_month
        return sum(
            as_decimal(
                Fraction(mrr) * rate_of_month(currency, rate_month, book.rates, book.settings), 4
            )
            for currency, mrr in amounts
        )

    return converted([term.target], term.due), converted(term.final, term.settled)


def segments_from(account: str, month: date, result: Result) -> dict:
    """The account's segments in a month, or the next one in which it had MRR, or the last."""
    months = sorted(m for a, m in result.segments if a == account)
    return result.segments[account, next((m for m in months if m >= month), months[-1])]


def pairs_of_account(account: str, month: date, book: Book):
    """(pair, month whose segments count, (start, end, kept)) of each pair that it is in."""
    ago = [add_months(month, -number) for number in range(24)]
    if book.at(account, ago[1]):
        start = book.at(account, ago[1])
        changes = movements_of(account, month, book)
        loss = changes.get("contraction", 0) + changes.get("churn", 0)
        end = start + loss + changes.get("expansion", 0)
        yield "one month", ago[1], (start, end, start + loss)
    if book.at(account, ago[3]):
        yield "three months", ago[3], three_months(account, month, book)
    if book.at(account, ago[12]):
        yield "movements", ago[12], cohort_movements(account, month, book)
    base_month = next((m for m in ago[12:15] if book.pays(account, m)), None)
    if base_month and book.at(account, base_month):
        start, end = paid(account, ago[12:15], month, book), paid(account, ago[:3], month, book)
        yield "same quarter", base_month, (start, end, min(start, end))
    if book.at(account, ago[23]):
        start, end = paid(account, ago[12:], month, book), paid(account, ago[:12], month, book)
        yield "trailing year", ago[23], (start, end, min(start, end))


def is_back(account: str, base_month: date, month: date, book: Book) -> bool:
    """Whether the account was away at a month's end between two, where that matters."""
    if book.settings.reactivation_counts:
        return False
    other = add_months(base_month, 1)
    while other < month:
        if not book.pays(account, other):
            return True
        other = add_months(other, 1)
    return False


def has_several_currencies(account: str, book: Book) -> bool:
    """Whether it ever paid in more than one: only then are amounts rounded before added up."""
    held = book.holdings[account].values()
    return len({state.currency for holding in held for state, _ in holding}) > 1


def mrr_at(account: str, month: date, rate_month: date, book: Book) -> Fraction:
    """MRR of the account at the month's end, at the rates of another month."""
    if has_several_currencies(account, book):
        return Fraction(book.at_rates_of(account, month, rate_month))
    return sum(
        Fraction(mrr) * rate_of_month(state.currency, rate_month, book.rates, book.settings)
        for state, mrr in book.holdings[account].get(month, [])
    )


def three_months(account: str, month: date, book: Book) -> tuple:
    """What it paid three months before, what it pays now, and the smaller of the two."""
    base_month = add_months(month, -3)
    if book.settings.fx == "actual":
        start, end = book.at(account, base_month), book.at(account, month)
    else:
        start, end = (mrr_at(account, m, base_month, book) for m in (base_month, month))
    if is_back(account, base_month, month, book):
        end = 0
    return start, end, min(start, end)


def cohort_movements(account: str, month: date, book: Book) -> tuple:
    """What it paid twelve months before, with all its movements since, and with its losses only."""
    base_month = add_months(month, -12)
    start = end = kept = Fraction(book.at(account, base_month))
    before = mrr_at(account, base_month, base_month, book)
    for number in range(11, -1, -1):
        now = mrr_at(account, add_months(month, -number), base_month, book)
        end += now - before
        kept += min(now - before, 0)
        before = now
        away = not book.pays(account, add_months(month, -number))
        if away and not book.settings.reactivation_counts:
            break
    return start, end, kept


def paid(account: str, months: list[date], month: date, book: Book) -> Fraction:
    """What an account paid in some months, at the rates of twelve months before.

    Where it matters, what it pays after it has been away is not counted.
    """
    base_month = add_months(month, -12)
    amounts = defaultdict(Fraction)
    for other in months:
        counts = other <= base_month or not (
            is_back(account, add_months(base_month, -1), other, book)
        )
        for state, mrr in book.holdings[account].get(other, []):
            amounts[state.currency] += Fraction(mrr) if counts else 0
    several = has_several_currencies(account, book)
    total = Fraction(0)
    for currency, amount in amounts.items():
        rate = rate_of_month(currency, base_month, book.rates, book.settings)
        total += Fraction(as_decimal(amount * rate, 4)) if several else amount * rate
    return total
