"""nrr__restatements once more, in plain Python: one publication after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from reference.computation import (
    UNKNOWN,
    Result,
    Seeds,
    Settings,
    State,
    account_histories,
    add_months,
    attribute_row,
    compute,
    given,
    month_end,
    month_of,
    rate_of_month,
    usable_rates,
    usable_states,
)

COUNTS = ["starting_accounts", "retained_accounts", "starting_mrr", "retained_mrr", "ending_mrr"]
RATES = ["nrr", "grr", "logo_retention"]
# what the table shows of them
SHOWN = ["starting_mrr", "ending_mrr", *RATES]
NOTHING = dict.fromkeys(COUNTS, Decimal(0)) | dict.fromkeys(RATES)


@dataclass
class Publication:
    """What one build published: its inputs and settings, and what follows from them."""

    events: list[dict]
    accounts: list[dict]
    exchange_rates: list[dict]
    settings: Settings
    seeds: Seeds

    @cached_property
    def result(self) -> Result:
        given_rows = (self.events, self.accounts, self.exchange_rates)
        return compute(*given_rows, self.settings, self.seeds)

    @cached_property
    def figures(self) -> dict[tuple, dict]:
        """{(month, dimension, segment): the figures that are compared}."""
        return {
            (row["month"], row["segment_dimension"], row["segment"]): {
                name: row[name] for name in COUNTS + RATES
            }
            for row in self.result.nrr__retention
        }

    @cached_property
    def rates(self) -> dict:
        return usable_rates(self.exchange_rates)

    @cached_property
    def states(self) -> list[State]:
        """The states that can be used and say when they were recorded, all deliveries of them."""
        states, _, _ = usable_states(self.events, self.rates, self.settings, self.seeds)
        return [state for state in states if state.recorded_at]

    @cached_property
    def currencies(self) -> set[str]:
        return {state.currency for state in self.states}

    @cached_property
    def told_late(self) -> list[tuple[State, date, datetime]]:
        """States recorded after their own month: its first day, and when their instant was told."""
        zone, told_first_at, late = self.settings.timezone, {}, []
        for state in self.states:
            told = (*state.item, state.effective_at)
            told_first_at[told] = min(state.recorded_at, told_first_at.get(told, state.recorded_at))
        for state in self.states:
            month = month_of(state.effective_at, zone)
            if month_of(state.recorded_at, zone) > month:
                late.append((state, month, told_first_at[(*state.item, state.effective_at)]))
        return late

    @cached_property
    def newest_recorded_at(self) -> datetime:
        recorded = [state.recorded_at for state in self.states]
        return max(at for at in recorded if at <= self.settings.run_started_at)

    @cached_property
    def histories(self) -> dict:
        return account_histories(self.accounts, self.settings)

    def rates_of(self, month: date) -> dict:
        """{currency: the rates at which the month's pairs are converted}."""
        months = [add_months(month, -12), *([month] if self.settings.fx == "actual" else [])]
        return {
            currency: [rate_of_month(currency, at, self.rates, self.settings) for at in months]
            for currency in self.currencies
        }

    def attribute(self, account: str, name: str, month: date) -> str | None:
        """An account's attribute when the month's window began; None of one without a row."""
        instant = month_end(add_months(month, -12), self.settings.timezone)
        row = attribute_row(self.histories.get(account, []), instant)
        return (given(row, name) or UNKNOWN) if row else None


def versions_of(key: tuple, publications: list[Publication]) -> list[tuple[Publication, dict]]:
    """The publications that have a row, and the last one: to 0 where a segment is gone."""
    known = [(one, one.figures[key]) for one in publications if key in one.figures]
    last = publications[-1]
    if key not in last.figures and any(month == key[0] for month, *_ in last.figures):
        known.append((last, NOTHING))
    return known


def events_between(month: date, first: Publication, last: Publication, newest: Publication):
    """{account: [late events, corrected events]} that were recorded between two publications."""
    begin, end, found = first.newest_recorded_at, last.newest_recorded_at, {}
    for state, effective_month, told_first_at in newest.told_late:
        if begin < state.recorded_at <= end and effective_month <= month:
            is_correction = told_first_at <= begin
            found.setdefault(state.account_id, [0, 0])[is_correction] += 1
    return found


def accounts_with_other_attribute(
    key: tuple, between: list[Publication], newest: Publication
) -> int:
    """Accounts in the newest base for which these publications had several values."""
    month, dimension, _ = key
    if dimension not in newest.settings.segments:
        return 0

    def is_other(account: str) -> bool:
        values = [one.attribute(account, dimension, month) for one in between]
        return len({*values}) > 1

    return sum(is_other(pair.account_id) for pair in newest.result.pairs_by_month[month])


def restatement(key: tuple, publications: list[Publication]) -> dict | None:
    """The row of a month and segment, if its figures were restated."""
    versions = versions_of(key, publications)
    changes = [(before, after) for (before, old), (after, new) in pairwise(versions) if old != new]
    if not changes:
        return None
    (first, first_figures), (_, figures) = versions[0], versions[-1]
    month, restated = key[0], changes[-1][1]
    events = events_between(month, first, restated, publications[-1])
    order = sorted(events, key=lambda account: (-sum(events[account]), account))
    late, corrected = (sum(counts[kind] for counts in events.values()) for kind in (0, 1))
    begin, end = (publications.index(one) for one in (first, restated))
    between = publications[begin : end + 1]
    attributes = accounts_with_other_attribute(key, between, publications[-1])
    has_other_settings = [method_of(a) != method_of(b) for a, b in changes]
    causes = {
        "settings": any(has_other_settings),
        "rates": any(
            a.rates_of(month) != b.rates_of(month)
            for (a, b), is_other in zip(changes, has_other_settings, strict=True)
            if not is_other
        ),
        "attributes": attributes > 0,
        "late events": late > 0,
        "corrected events": corrected > 0,
    }
    return {
        **dict(zip(("month", "segment_dimension", "segment"), key, strict=True)),
        "restatements": len(changes),
        "causes": ", ".join(name for name, holds in causes.items() if holds) or "other input",
        **{f"first_{name}": first_figures[name] for name in SHOWN},
        **{name: figures[name] for name in SHOWN},
        "late_events": late,
        "corrected_events": corrected,
        "accounts_with_events": len(events),
        "first_account_ids": ", ".join(order[:3]) or None,
        "accounts_with_other_attribute": attributes,
    }


def method_of(publication: Publication) -> tuple:
    """The settings that figures depend on."""
    one = publication.settings
    return (
        *(one.reporting_currency, one.timezone, one.fx, one.discounts),
        *(one.past_due_counts, one.paused_counts, one.reactivation_counts),
    )


def restatements(publications: list[Publication]) -> list[dict]:
    keys = {key for one in publications for key in one.figures}
    rows = [restatement(key, publications) for key in sorted(keys)]
    return [row for row in rows if row]
