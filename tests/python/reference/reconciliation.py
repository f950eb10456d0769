"""nrr__reconciliation once more, in plain Python: account by account, state by state."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reference.computation import (
    PERIODS_PER_MONTH,
    Book,
    State,
    add_months,
    as_decimal,
    month_end,
    mrr_of_state,
)


@dataclass
class Sums:
    """What an account's states come to in a currency at a month's end, in all and by part."""

    mrr: Decimal = Decimal(0)
    before: Decimal = Decimal(0)
    at_list_price: Decimal = Decimal(0)
    usage: Decimal = Decimal(0)
    by_status: dict = field(default_factory=lambda: defaultdict(Decimal))


def price_of(state: State, discounted: bool) -> Decimal:
    """What a state would come to per month if it carried MRR; 0 where it says too little."""
    if state.unit_amount is None or state.billing_interval is None:
        return Decimal(0)
    price = state.quantity * state.unit_amount
    if discounted:
        price = price * (1 - state.discount_percent / 100) - state.discount_amount
    periods = PERIODS_PER_MONTH[state.billing_interval] / state.billing_period
    return as_decimal(max(Fraction(0), price) * periods, 4)


def sums_of_month(month: date, currency: str, book: Book) -> dict[str, Sums]:
    """{account: its sums} of all accounts that have a state in force then or a month before."""
    found = defaultdict(Sums)
    before = add_months(month, -1)
    for by_month in book.states.values():
        then, state = by_month.get(before), by_month.get(month)
        if then and then.currency == currency:
            end = month_end(before, book.settings.timezone)
            found[then.account_id].before += mrr_of_state(then, end, book.settings)
        if state and state.currency == currency:
            sums = found[state.account_id]
            mrr = mrr_of_state(state, month_end(month, book.settings.timezone), book.settings)
            sums.mrr += mrr
            if mrr or state.status == "active":
                sums.at_list_price += price_of(state, discounted=False)
            if state.pricing_model == "usage":
                sums.usage += mrr
            told = mrr if state.status == "past_due" else 0 if mrr else price_of(state, True)
            sums.by_status[state.status] += told
    return found


def reason_of(billed: Decimal, sums: Sums, known: bool) -> str | None:
    """The first reason whose amount the difference is."""
    more = sums.mrr - billed
    reasons = {
        "unknown account": not known,
        "amount of a year": billed == 12 * sums.mrr,
        "past due": more == sums.by_status["past_due"],
        "trial": -more == sums.by_status["trialing"],
        "unpaid": -more == sums.by_status["unpaid"],
        "paused": -more == sums.by_status["paused"],
        "usage": more == sums.usage,
        "discount": billed == sums.at_list_price,
        "change of this month": billed == sums.before,
        "not billed": billed == 0,
    }
    return next((name for name, holds in reasons.items() if more and holds), None)


def reconciliation(book: Book, totals: list[tuple]) -> list[dict]:
    """Rows of (month, currency, account or None, MRR) beside what the states come to."""
    accounts = {state.account_id for held in book.states.values() for state in held.values()}
    rows = []
    for month, currency in sorted({total[:2] for total in totals}):
        billed = defaultdict(Decimal)
        for other_month, other_currency, account, mrr in totals:
            if (other_month, other_currency) == (month, currency):
                billed[account] += mrr
        sums = sums_of_month(month, currency, book)
        total = Sums()
        for one in sums.values():
            total.mrr += one.mrr
            total.before += one.before
            total.at_list_price += one.at_list_price
            total.usage += one.usage
            for status, mrr in one.by_status.items():
                total.by_status[status] += mrr
        by_account = {name: mrr for name, mrr in billed.items() if name is not None}
        of_all = billed[None] if None in billed else sum(by_account.values())
        compared = [(None, of_all, total, True)]
        for name in by_account.keys() | sums.keys() if by_account else ():
            known = name in accounts
            compared.append((name, by_account.get(name, Decimal(0)), sums.get(name, Sums()), known))
        rows += [
            {
                "month": month,
                "currency": currency,
                "account_id": name,
                "billing_mrr": mrr,
                "mrr": one.mrr,
                "difference_mrr": one.mrr - mrr,
                "likely_reason": reason_of(mrr, one, known),
            }
            for name, mrr, one, known in compared
            if name is None or one.mrr != mrr
        ]
    return rows
