"""nrr__account_health once more, in plain Python: one account and observation after another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import fmean

from reference.account_signals import (
    Customers,
    Signal,
    View,
    has_begun,
    last_and_usual,
    newest_value,
    read_signals,
    silent_days,
    use_per_day,
)
from reference.computation import word
from reference.files import read_csv

LEAST_COVERAGE = 0.5
COMPONENTS = ["usage", "adoption", "support", "sentiment", "relationship", "billing"]
# a signal of one's own has all points while it does not hold
YES_OR_NO = [
    {"tenure_from": "0", "tenure_to": "", "value": value, "points": points, "form": "step"}
    for value, points in (("0", "100"), ("1", "0"))
]


@dataclass
class HealthSeeds:
    """The rows of the four seeds, as text."""

    rules: list[dict]
    weights: list[dict]
    colours: list[dict]
    bands: list[dict]


def read_health_seeds(project: Path) -> HealthSeeds:
    names = ["nrr_health_rules", "nrr_health_weights", "nrr_health_colours"]
    return HealthSeeds(
        *(read_csv(project / f"seeds/customers/{name}.csv") for name in names),
        read_csv(project / "seeds/customers/nrr_activation_bands.csv"),
    )


def figure_of(signal: Signal, view: View, held: bool, is_billing: bool) -> float | None:
    """What health looks at of a signal, None where it cannot be told."""
    if signal.rule == "drop":
        both = use_per_day(signal, view)
        return both and float(both[0] / both[1])
    if signal.rule == "at_most":
        value = newest_value(signal, view)
        return None if value is None else float(value)
    if signal.rule == "silence":
        return silent_days(signal, view)
    if not is_billing and not has_begun(signal, view):
        return None
    if signal.rule == "rise":
        if (both := last_and_usual(signal, view)) is None:
            return None
        return float(both[0] - both[1]) / sqrt(max(both[1], 1))
    return float(held)


def points_of(figure: float, tenure: int, rules: list[dict]) -> float | None:
    """The points of a figure: those of the bound below, or on the line to the one above."""
    there = sorted(
        (float(row["value"]), float(row["points"]), row["form"])
        for row in rules
        if int(row["tenure_from"]) <= tenure and tenure < int(row["tenure_to"] or 10**6)
    )
    if not there:
        return None
    if figure < there[0][0]:
        return there[0][1]
    place = max(n for n, (value, _, _) in enumerate(there) if value <= figure)
    value, points, form = there[place]
    if form == "step" or place == len(there) - 1:
        return points
    next_value, next_points, _ = there[place + 1]
    return points + (next_points - points) * (figure - value) / (next_value - value)


def milestones_of(view: View) -> tuple:
    """The day of the first value that is known, and how many milestones are."""
    reached = [
        fact
        for fact in view.known.get("milestone", ())
        if fact.label and fact.occurred_on <= view.today
    ]
    days = [fact.occurred_on for fact in reached if fact.label == "activated"]
    return min(days, default=None), len({fact.label for fact in reached})


def account_health(
    seen: list[View], rows: list[dict], customers: Customers, seeds: HealthSeeds
) -> list[dict]:
    """nrr__account_health, of the rows of nrr__account_signals."""
    held = {(row["account_id"], row["observed_on"], row["signal"]) for row in rows}
    components = {row["signal"]: row["component"] for row in seeds.rules}
    own = {word(row["signal"]): word(row.get("component")) for row in customers.signals}
    rules = defaultdict(list)
    for row in seeds.rules:
        rules[row["signal"]].append(row)
    weights = {row["component"]: float(row["weight"]) for row in seeds.weights}
    colours = sorted((float(row["score_from"]), row["colour"]) for row in seeds.colours)
    signals = [
        (signal, components.get(signal.name) or own[signal.name])
        for signal in read_signals(customers.signals)
    ]
    found, scores = [], {}
    for view in seen:
        account, today = view.observation.account_id, view.today
        tenure = (today - view.first_paid_on).days
        points = defaultdict(list)
        for signal, component in signals:
            if component is None:
                continue
            holds = (account, today, signal.name) in held
            figure = figure_of(signal, view, holds, component == "billing")
            if figure is None:
                continue
            told = points_of(figure, tenure, rules.get(signal.name, YES_OR_NO))
            if told is not None:
                points[component].append(told)
        means = {component: fmean(told) for component, told in points.items()}
        weight = sum(weights[component] for component in means)
        score = None
        if means:
            score = sum(weights[name] * mean for name, mean in means.items()) / weight
        coverage = weight / sum(weights.values())
        scores[account, view.observation.number] = score

        def change(months: int, key=(account, view.observation.number), score=score):
            before = scores.get((key[0], key[1] - months))
            return None if score is None or before is None else score - before

        first_value_at, milestones = milestones_of(view)
        days, band = None, None
        if first_value_at:
            days = max(0, (first_value_at - view.first_paid_on).days)
            band = next(
                row["activation_band"]
                for row in seeds.bands
                if days <= int(row["days_to"] or 10**6)
            )
        elif view.begun_on.get(("milestone", "activated"), view.day(1)) <= today:
            band = "not yet"
        colour = None
        if score is not None and coverage >= LEAST_COVERAGE:
            colour = [name for bound, name in colours if bound <= score][-1]
        found.append(
            {
                "account_id": account,
                "observed_on": today,
                "mrr": view.observation.mrr,
                "score": score,
                "coverage": coverage,
                "colour": colour,
                "score_change_1m": change(1),
                "score_change_3m": change(3),
                **{f"points_{name}": means.get(name) for name in COMPONENTS},
                "first_value_at": first_value_at,
                "days_to_first_value": days,
                "activation_band": band,
                "milestones_reached": milestones,
            }
        )
    return found
