"""nrr__retention_cohorts once more, in plain Python: account by account, month by month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import exp, log, sqrt

from reference.computation import Book, Result, Seeds, add_months, money, rate_over, ratio


def retention_cohorts(result: Result, seeds: Seeds) -> list[dict]:
    """One row per segment, cohort and month since the start in which an account is old enough."""
    book = result.book
    cohorts = defaultdict(list)
    for account, month in book.acquisition_month.items():
        if not book.at(account, month):
            continue
        quarter = add_months(month, -((month.month - 1) % 3))
        for dimension, segment in result.segments[account, month].items():
            cohorts[dimension, segment, "month", month].append(account)
            cohorts[dimension, segment, "quarter", quarter].append(account)
    histories = {account: history(account, book) for account in book.mrr}
    rows = []
    for key, members in cohorts.items():
        rows += cohort_rows(key, members, histories, book)
    return rows


def history(account: str, book: Book) -> list[tuple]:
    """(MRR, whether it has not left before, whether it leaves) of each month from its first on."""
    start = book.acquisition_month[account]
    known, here = [], True
    for month in book.months:
        if month < start:
            continue
        leaves = here and not book.pays(account, month)
        constant = book.settings.fx == "constant"
        mrr = book.at_rates_of(account, month, start) if constant else book.at(account, month)
        if not book.settings.reactivation_counts and (leaves or not here):
            mrr = Decimal(0)
        known.append((mrr, here, leaves))
        here = here and not leaves
    return known


def cohort_rows(key: tuple, members: list[str], histories: dict, book: Book) -> list[dict]:
    dimension, segment, grain, cohort = key
    last_start = cohort if grain == "month" else add_months(cohort, 2)
    rows, survival, variance = [], Fraction(1), Fraction(0)
    for since in range(max(len(histories[account]) for account in members)):
        old = [histories[account] for account in members if len(histories[account]) > since]
        pairs = [(known[0][0], known[since][0]) for known in old]
        start, now = sum(s for s, e in pairs), sum(e for s, e in pairs)
        kept, staying = sum(min(s, e) for s, e in pairs), sum(e > 0 for s, e in pairs)
        at_risk, left = sum(known[since][1] for known in old), sum(known[since][2] for known in old)
        if left:
            survival *= 1 - Fraction(left, at_risk)
            variance += Fraction(left, at_risk * (at_risk - left)) if left < at_risk else 0
        low, high = bounds(survival, variance)
        rows.append(
            {
                "segment_dimension": dimension,
                "segment": segment,
                "cohort_grain": grain,
                "cohort": cohort,
                "months_since_start": since,
                "accounts": len(members),
                "old_enough_accounts": len(old),
                "retained_accounts": staying,
                "starting_mrr": money(start),
                "current_mrr": money(now),
                "retained_mrr": money(kept),
                "nrr": ratio(rate_over(now, start)),
                "grr": ratio(rate_over(kept, start)),
                "logo_retention": ratio(rate_over(staying, len(old))),
                "at_risk_accounts": at_risk,
                "left_accounts": left,
                "hazard": ratio(rate_over(left, at_risk)),
                "survival": ratio(survival),
                "survival_low": ratio(low),
                "survival_high": ratio(high),
                "is_complete": is_over(add_months(last_start, since), book),
            }
        )
    return rows


def is_over(month: date, book: Book) -> bool:
    return month <= book.months[-1]


def bounds(survival: Fraction, variance: Fraction) -> tuple:
    """The 95 percent interval that is symmetric in log(-log(survival)), by Greenwood's variance."""
    if survival in (0, 1):
        return survival, survival
    logarithm = log(survival)
    reach = 1.96 * sqrt(variance) / -logarithm
    return tuple(Fraction(exp(logarithm * exp(side * reach))) for side in (1, -1))
