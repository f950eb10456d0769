"""nrr__evidence once more, in plain Python: account by account at each landmark; the statistics are
those of statsmodels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, erfc, floor, sqrt
from statistics import median

from reference.account_health import HealthSeeds
from reference.account_signals import (
    Customers,
    Signal,
    View,
    last_day,
    read_signals,
    usage_facts,
)
from reference.computation import Book, add_months, movements_of
from scipy.stats import mannwhitneyu, rankdata
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

MOVEMENTS = {"churned": "churn", "contracted": "contraction", "expanded": "expansion"}
OUTCOMES = {
    "risk": ["churned", "contracted"],
    "activation": ["churned"],
    "expansion": ["expanded"],
}
BEGINNING = 90
# kinds of subjects that part accounts by their score
SCORED = {"health", "decile"}
# of an interval that reaches 1.96 standard errors to each side
ALPHA = erfc(1.96 / sqrt(2))


@dataclass(frozen=True)
class Case:
    """An account at a landmark; outcomes: {outcome: the last day of the month of the first}."""

    account_id: str
    month: date
    observed_on: date
    first_paid_on: date
    starting_mrr: float
    ending_mrr: float
    outcomes: dict[str, date]

    def has_paid_for(self, days: int) -> bool:
        return (self.observed_on - self.first_paid_on).days >= days

    def can(self, outcome: str) -> bool:
        """Whether it could come to the outcome: of those who left none could contract."""
        return not (outcome == "contracted" and "churned" in self.outcomes)


@dataclass(frozen=True)
class Subject:
    """What accounts are parted by: who can be compared, and who has it since when."""

    kind: str
    name: str
    outcome: str
    is_more_expected: bool
    compared: list[Case]
    since: dict[tuple[str, date], date]
    # of how well a score parts them, instead of whether they have it
    auc: float | None = None


def landmark_cases(seen: list[View], book: Book, horizon: int) -> list[Case]:
    """Every account that pays at a landmark."""
    newest = book.months[-1]
    cases = []
    for view in seen:
        day, account = view.today, view.observation.account_id
        month = day.replace(day=1)
        end = add_months(month, horizon)
        behind = 12 * (newest.year - month.year) + newest.month - month.month
        if month not in book.months or behind < horizon or behind % horizon:
            continue
        outcomes = {}
        for later in range(horizon, 0, -1):
            moved = movements_of(account, add_months(month, later), book)
            for outcome, movement in MOVEMENTS.items():
                if movement in moved:
                    outcomes[outcome] = last_day(add_months(month, later))
        constant = book.settings.fx == "constant"
        ending = book.at_rates_of(account, end, month) if constant else book.at(account, end)
        if "churned" in outcomes and not book.settings.reactivation_counts:
            ending = 0
        start = float(view.observation.mrr)
        first_paid_on = view.first_paid_on
        cases.append(Case(account, month, day, first_paid_on, start, float(ending), outcomes))
    return cases


def signal_subjects(signals: list[Signal], rows: list[dict], cases: list[Case]) -> list[Subject]:
    """One for each signal that anybody has had, and outcome that it points to."""
    held = defaultdict(dict)
    for row in rows:
        held[row["signal"]][row["account_id"], row["observed_on"]] = row["first_observed_on"]
    subjects = []
    for signal in signals:
        since = held[signal.name]
        days = {"drop": 119, "rise": 210, "silence": signal.days}.get(signal.rule, 0)
        begun = min((day for _, day in since), default=date.max)
        compared = [case for case in cases if case.has_paid_for(days) and begun <= case.observed_on]
        subjects += [
            Subject("signal", signal.name, outcome, True, compared, since)
            for outcome in OUTCOMES[signal.kind]
            if since
        ]
    return subjects


def feature_subjects(customers: Customers, book: Book, cases: list[Case]) -> list[Subject]:
    """Two for each feature that anybody has used in their first 90 days."""
    uses = defaultdict(list)
    for fact in usage_facts(customers.product_usage, book.settings):
        if fact.subject_id and fact.value > 0:
            uses[fact.subject_id].append(fact)
    began = {case.account_id: case.first_paid_on for case in cases}
    subjects = []
    for feature, facts in uses.items():
        first_used_on = min(fact.occurred_on for fact in facts)
        known = {}
        for fact in facts:
            start = began.get(fact.account_id)
            if start and fact.occurred_on < start + timedelta(days=BEGINNING):
                day = max(fact.occurred_on, fact.known_on)
                known[fact.account_id] = min(day, known.get(fact.account_id, day))
        compared = [
            case
            for case in cases
            if case.has_paid_for(BEGINNING) and first_used_on <= case.first_paid_on
        ]
        since = {
            (case.account_id, case.observed_on): known[case.account_id]
            for case in compared
            if known.get(case.account_id, date.max) <= case.observed_on
        }
        if known and compared:
            subjects.append(Subject("feature", feature, "churned", False, compared, since))
            subjects.append(Subject("feature", feature, "expanded", True, compared, since))
    return subjects


def part_subjects(kind: str, parts: dict, cases: list[Case], auc: float | None) -> list[Subject]:
    """One for each part that accounts are in: {(account, day): (part, is_worse)}."""
    compared = [case for case in cases if (case.account_id, case.observed_on) in parts]
    return [
        Subject(
            kind,
            name,
            "churned",
            is_worse,
            compared,
            {key: key[1] for key, part in parts.items() if part == (name, is_worse)},
            auc,
        )
        for name, is_worse in {parts[case.account_id, case.observed_on] for case in compared}
    ]


def health_subjects(health: list[dict], seeds: HealthSeeds, cases: list[Case]) -> list[Subject]:
    """By colour, by tenth of the score at each landmark, and by when they got value first."""
    rows = {(row["account_id"], row["observed_on"]): row for row in health}
    scores = defaultdict(dict)
    for case in cases:
        row = rows[case.account_id, case.observed_on]
        if row["colour"]:
            scores[case.observed_on][case.account_id] = round(row["score"], 9)
    best = max(seeds.colours, key=lambda row: float(row["score_from"]))["colour"]
    colours, tenths = {}, {}
    for day, by_account in scores.items():
        # of equal scores each has their middle place
        places = rankdata([*by_account.values()])
        for account, place in zip(by_account, places, strict=True):
            colour = rows[account, day]["colour"]
            colours[account, day] = (colour, colour != best)
            tenth = floor(10 * (place - 0.5) / len(places)) + 1
            tenths[account, day] = (str(tenth), tenth <= 5)
    leaving, staying = [], []
    for case in cases:
        score = scores[case.observed_on].get(case.account_id)
        if score is not None:
            (leaving if "churned" in case.outcomes else staying).append(score)
    auc = None
    if leaving and staying:
        lower = mannwhitneyu(staying, leaving).statistic
        auc = float(lower) / (len(leaving) * len(staying))
    first = min(int(row["days_to"]) for row in seeds.bands if row["days_to"])
    bands = {}
    for case in cases:
        row = rows[case.account_id, case.observed_on]
        if row["activation_band"] and case.has_paid_for(BEGINNING):
            days = row["days_to_first_value"]
            is_late = days is None or days > first
            bands[case.account_id, case.observed_on] = (row["activation_band"], is_late)
    return [
        *part_subjects("health", colours, cases, auc),
        *part_subjects("decile", tenths, cases, auc),
        *part_subjects("activation", bands, cases, None),
    ]


def nrr_and_error(cases: list[Case]) -> tuple[float | None, float | None]:
    """NRR over the horizon, and its standard error by linearisation."""
    start = sum(case.starting_mrr for case in cases)
    if not start:
        return None, None
    ratio = sum(case.ending_mrr for case in cases) / start
    if len(cases) < 2:
        return ratio, None
    squares = sum((case.ending_mrr - ratio * case.starting_mrr) ** 2 for case in cases)
    return ratio, sqrt(len(cases) / (len(cases) - 1) * squares) / start


def divided(number: float, by: float) -> float | None:
    return number / by if by else None


def compare(subject: Subject) -> dict:
    """The row of a subject and outcome, but for what takes the others into account."""
    everybody = [case for case in subject.compared if case.can(subject.outcome)]
    parted = defaultdict(list)
    for case in everybody:
        parted[(case.account_id, case.observed_on) in subject.since].append(case)
    (n1, x1, p1), (n0, x0, p0) = (
        (len(group), hits, divided(hits, len(group)))
        for group in (parted[True], parted[False])
        for hits in [sum(subject.outcome in case.outcomes for case in group)]
    )
    row = {"difference": None, "difference_low": None, "difference_high": None, "p_value": None}
    if n1 and n0:
        row["difference"] = p1 - p0
        row["difference_low"], row["difference_high"] = confint_proportions_2indep(
            x1, n1, x0, n0, method="newcomb", compare="diff", alpha=ALPHA
        )
        if 0 < x1 + x0 < n1 + n0:
            row["p_value"] = proportions_ztest([x1, x0], [n1, n0])[1]
    events, rest = x1 + x0, n1 + n0 - x1 - x0
    recall, false_alarms = divided(x1, events), divided(n1 - x1, rest)
    auc = subject.auc
    if subject.kind not in SCORED and recall is not None and false_alarms is not None:
        auc = (1 + recall - false_alarms) / 2
    whole = {True: [], False: []}
    for case in subject.compared:
        whole[(case.account_id, case.observed_on) in subject.since].append(case)
    (nrr1, error1), (nrr0, error0) = nrr_and_error(whole[True]), nrr_and_error(whole[False])
    margin = None
    if error1 is not None and error0 is not None:
        margin = 1.96 * sqrt(error1**2 + error0**2)
    leads = [
        (case.outcomes[subject.outcome] - subject.since[case.account_id, case.observed_on]).days
        for case in whole[True]
        if subject.outcome in case.outcomes
    ]
    is_far = row["difference"] is not None and abs(row["difference"]) >= 0.001
    return row | {
        "subject_kind": subject.kind,
        "subject": subject.name,
        "outcome": subject.outcome,
        "landmarks": len({case.month for case in subject.compared}),
        "exposed_accounts": n1,
        "control_accounts": n0,
        "exposed_events": x1,
        "control_events": x0,
        "exposed_rate": p1,
        "control_rate": p0,
        "lift": divided(p1, p0) if n1 and n0 else None,
        "precision": p1,
        "recall": recall,
        "auc": auc,
        "exposed_nrr": nrr1,
        "control_nrr": nrr0,
        "nrr_difference": nrr1 - nrr0 if nrr1 is not None and nrr0 is not None else None,
        "nrr_difference_low": None if margin is None else nrr1 - nrr0 - margin,
        "nrr_difference_high": None if margin is None else nrr1 - nrr0 + margin,
        "median_lead_days": median(leads) if leads else None,
        "needed_accounts": ceil(7.85 * (p1 * (1 - p1) + p0 * (1 - p0)) / (p1 - p0) ** 2 - 1e-9)
        if is_far
        else None,
        "is_enough": n1 >= 30 and bool(n0) and min(events, rest) * min(n1, n0) >= 5 * (n1 + n0),
        "is_as_expected": None if not is_far else (p1 > p0) == subject.is_more_expected,
    }


def evidence(
    seen: list[View],
    rows: list[dict],
    health: list[dict],
    seeds: HealthSeeds,
    book: Book,
    customers: Customers,
    horizon: int = 3,
) -> list[dict]:
    """nrr__evidence of the rows of nrr__account_signals and nrr__account_health: one per subject
    and outcome.

    Rates are floats.
    """
    cases = landmark_cases(seen, book, horizon)
    signals = read_signals(customers.signals)
    subjects = [
        *signal_subjects(signals, rows, cases),
        *feature_subjects(customers, book, cases),
        *health_subjects(health, seeds, cases),
    ]
    found = [compare(subject) for subject in subjects if subject.compared]
    tested = [row for row in found if row["p_value"] is not None]
    corrected = multipletests([row["p_value"] for row in tested], method="fdr_bh")[1]
    for row, q_value in zip(tested, corrected, strict=True):
        row["q_value"] = q_value
    for row in found:
        q_value = row.setdefault("q_value", None)
        is_enough, is_as_expected = row.pop("is_enough"), row.pop("is_as_expected")
        row["horizon_months"] = horizon
        if q_value is None or not is_enough:
            row["verdict"] = "too few"
        elif q_value > 0.05:
            row["verdict"] = "no evidence"
        else:
            row["verdict"] = "predicts" if is_as_expected else "misleads"
    return found
