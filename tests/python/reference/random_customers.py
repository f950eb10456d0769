"""Random inputs on the customers of a random history: their use, what happened to them, limits.

`write_customers` adds product_usage.csv, customer_events.csv and plan_limits.csv to the folder of a
history. The same seed always gives the same files. Some rows cannot be used, on purpose, and some
are of accounts without subscriptions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from reference.computation import add_months, given, read_timestamp
from reference.files import read_csv
from reference.random_history import write_rows

COLUMNS = {
    "product_usage": ["account_id", "usage_date", "metric", "value", "feature", "recorded_at"],
    "customer_events": [
        *["account_id", "occurred_at", "event", "subject_id", "label", "value", "recorded_at"],
    ],
    "plan_limits": [
        *["plan_id", "account_id", "metric", "limit_value", "valid_from", "recorded_at"],
    ],
}
METRICS = ["actions", "logins", "active_users", "seats_used", "api_calls"]
FEATURES = ["export", "Report", "report", "api", "naïve-ß", "a,b"]
WORDS = {
    "ticket": ["ticket", "Ticket Created", "case-opened"],
    "ticket_rated": ["ticket_rated", "csat", "CSAT"],
    "survey": ["survey", "nps", "NPS survey"],
    "meeting_planned": ["meeting_planned", "Meeting Scheduled"],
    "meeting_held": ["meeting_held", "meeting-completed"],
    "contact_left": ["contact_left", "Contact Removed"],
    "contact_joined": ["contact_joined", "contact added"],
    "page_visited": ["page_visited", "Page View", "pageview"],
}
LABELS = {
    "ticket": ["bug", "question", ""],
    "meeting_planned": ["value review", "kick-off", ""],
    "meeting_held": ["Value Review", "value-review", "kick_off", ""],
    "contact_left": ["champion", "Champion", "user", ""],
    "contact_joined": ["admin", "champion", ""],
    "milestone": ["activated", "Activated", "first export", ""],
    "page_visited": ["billing", "Billing", "competitor", "docs", ""],
    "treated": ["call", ""],
}
VALUES = {
    "ticket": ["1", "2", "3", ""],
    "ticket_rated": ["1", "2", "2.0", "2.5", "3", "5", "5", ""],
    "survey": ["0", "3", "6", "6.00", "7", "9", "10", ""],
}
# how many there are of an account at most
OTHER_EVENTS = {
    **{"ticket_rated": 5, "survey": 4, "contact_left": 3, "contact_joined": 4, "milestone": 2},
    **{"feature_request": 2, "release": 3, "treated": 2, "held_out": 1, "page_visited": 5},
    "ticket_closed": 3,
}


class Company:
    """What is being made: the rows so far, when accounts begin, and the dice."""

    def __init__(self, events: list[dict], seed: int):
        self.rng = Random(seed)
        self.rows: dict[str, list[dict]] = {name: [] for name in COLUMNS}
        begins, recorded = {}, []
        for row in events:
            account, at = given(row, "account_id"), read_timestamp(row["effective_at"])
            if account and at:
                begins[account] = min(at.date(), begins.get(account, at.date()))
            recorded.append(read_timestamp(row["recorded_at"]))
        self.until = max(at for at in recorded if at and at.year < 2090).date()
        self.begins = {name: day for name, day in begins.items() if day < self.until}

    def day_between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.rng.randint(0, max((last - first).days, 0)))

    def month_end(self, first: date) -> date:
        """The end of a month that is over, 230 days or more after the first day if there is one."""
        soonest = min(first + timedelta(days=230), self.until - timedelta(days=40))
        day = self.day_between(soonest, self.until - timedelta(days=32))
        return add_months(day, 1) - timedelta(days=1)

    def text_of(self, day: date) -> str:
        """A day as text: mostly alone, or with a time at which it may be another one elsewhere."""
        rng = self.rng
        if rng.random() < 0.8:
            return day.isoformat()
        at = datetime(day.year, day.month, day.day) + timedelta(seconds=rng.randrange(86400))
        return at.isoformat(rng.choice([" ", "T"])) + rng.choice(["", "Z"])

    def recorded(self, day: date) -> str:
        """When a fact of the day was recorded: at once, later, much later, ahead, or not told."""
        rng = self.rng
        delay = rng.choices([None, 0, rng.randint(1, 3), rng.randint(7, 60)], [30, 40, 20, 10])[0]
        return "" if delay is None else self.text_of(day + timedelta(days=delay))

    def add(self, name: str, *values: str) -> dict:
        row = dict(zip(COLUMNS[name], values, strict=True))
        self.rows[name].append(row)
        return row


# --- Use --------------------------------------------------------------------------------------


def number(rng: Random, value: float) -> str:
    """A number as text, of few digits or of more than are kept."""
    return f"{value:.{rng.choice([0, 0, 0, 1, 4, 6])}f}"


def metric_rows(company: Company, account: str, begin: date, metric: str) -> None:
    """An account's use by one metric: it grows and falls, has gaps, and may end."""
    rng = company.rng
    day = begin + timedelta(days=rng.randint(-40, 150))
    last = company.until + timedelta(days=rng.choice([-300, -100, -30, 0, 0, 0, 0, 5]))
    cadence = rng.choice([1, 7, 7, 7, 7, 30])
    if cadence == 1:
        day = max(day, last - timedelta(days=rng.randint(60, 220)))
    level = rng.choice([0.15, 3, 12, 40, 60, 90])
    features = rng.sample(FEATURES, rng.choice([0, 1, 3])) if metric != "seats_used" else []
    name = rng.choice([metric, metric, metric.replace("_", " ").title(), metric.replace("_", "-")])
    while day <= last:
        if rng.random() < 0.04:
            level *= rng.choice([0.3, 0.6, 0.7, 1.3, 1.5, 3])
        if rng.random() < 0.02:
            features = features[:1]
        if rng.random() < 0.02:
            day += timedelta(days=rng.choice([10, 30, 70, 140]))
        recorded = company.recorded(day)
        for feature in [one for one in features if rng.random() < 0.8] or [""]:
            value = number(rng, level * (0.7 + 0.6 * rng.random()))
            value = rng.choices([value, "", "0"], [95, 3, 2])[0]
            row = (account, company.text_of(day), name, value, feature, recorded)
            company.add("product_usage", *row)
            if rng.random() < 0.01:
                company.add("product_usage", *row)
        day += timedelta(days=cadence)


def use(company: Company, account: str, begin: date) -> None:
    """An account's use, of some metrics or none."""
    metrics = company.rng.choices([0, 1, 2, 3], [2, 3, 3, 2])[0]
    for metric in company.rng.sample(METRICS, metrics):
        metric_rows(company, account, begin, metric)


def use_at_the_bound(company: Company, account: str, begin: date) -> None:
    """Daily use that falls to exactly 0.7 of what it was, which is as little as counts or more."""
    rng = company.rng
    end, share = company.month_end(begin), rng.choice([1, 1, 0.01])
    for back in range(119):
        value = f"{(7 if back < 28 else 10) * share:.4f}"
        day = (end - timedelta(days=back)).isoformat()
        for metric in ("actions", "logins"):
            company.add("product_usage", account, day, metric, value, rng.choice(FEATURES), "")


def rise_at_the_bound(company: Company, account: str, begin: date) -> None:
    """Exactly two roots more than before: 8 tickets after 4 in 28 days, 3 users after 1."""
    rng = company.rng
    end = company.month_end(begin)
    days = [rng.randint(0, 27) for _ in range(8)] + [rng.randint(28, 209) for _ in range(26)]
    for number_of_ticket, back in enumerate(days):
        day = (end - timedelta(days=back)).isoformat()
        subject = f"ticket {number_of_ticket}"
        company.add("customer_events", account, day, "ticket", subject, "", "", day)
    for back, value in ((209, "6"), (28, "0.5"), (27, "2"), (0, "1")):
        day = (end - timedelta(days=back)).isoformat()
        company.add("product_usage", account, day, "active_users", value, "", "")


def levels_at_the_limit(company: Company, account: str, begin: date) -> None:
    """Seats that grow by a line: at 0.8 of the limit, and at all of it exactly on a day to come."""
    rng = company.rng
    end, steps = company.month_end(begin), rng.choice([2, 3, 13, 14])
    step, last = rng.choice([1, 2, 0.7, 0.01]), rng.choice([40, 41, 49.9, 50])
    for back in range(steps):
        day = (end - timedelta(days=7 * back)).isoformat()
        level = last - step * back
        if back == 0 and rng.random() < 0.3:
            # below the line, which may be at the limit already
            level -= rng.choice([0.5, 2])
        company.add("product_usage", account, day, "seats_used", f"{level:.2f}", "", day)
    company.add("plan_limits", "", account, "seats_used", "50", "", "")


# --- Events -----------------------------------------------------------------------------------


def event(company: Company, account: str, name: str, day: date, subject: str, **given_values):
    """One event, in one of its words, of a random label and value unless they are given."""
    rng = company.rng
    values = {
        "label": rng.choice(LABELS.get(name, [""])),
        "value": rng.choice(VALUES.get(name, [""])),
        "recorded_at": company.recorded(day),
        **given_values,
    }
    word = rng.choice(WORDS.get(name, [name]))
    at = company.text_of(day)
    row = company.add("customer_events", account, at, word, subject, *values.values())
    if rng.random() < 0.02:
        company.add("customer_events", *row.values())


def planned_ahead(company: Company, day: date) -> str:
    return company.text_of(day - timedelta(days=company.rng.randint(1, 80)))


def tickets(company: Company, account: str, begin: date) -> None:
    """Tickets now and then, and perhaps many at once."""
    rng = company.rng
    days = [company.day_between(begin, company.until) for _ in range(rng.choice([0, 1, 4, 20]))]
    if rng.random() < 0.5:
        start = company.day_between(begin, company.until)
        days += [start + timedelta(days=rng.randint(0, 25)) for _ in range(rng.randint(3, 9))]
    for day in days:
        event(company, account, "ticket", day, rng.choice(["", f"t{rng.randint(1, 99)}"]))


def meetings(company: Company, account: str, begin: date) -> None:
    """Meetings that were planned, ahead or not, of which some were held; ids as others have too."""
    rng = company.rng
    for meeting in range(rng.choice([0, 0, 1, 3, 7])):
        subject = rng.choice([f"m{meeting}", f"m{meeting}", f"M{meeting}", ""])
        day = company.day_between(begin, company.until + timedelta(days=60))
        recorded = rng.choice([planned_ahead(company, day), company.recorded(day)])
        event(company, account, "meeting_planned", day, subject, recorded_at=recorded)
        if rng.random() < 0.1:
            # put off
            later = day + timedelta(days=30)
            event(company, account, "meeting_planned", later, subject)
        held = day + timedelta(days=rng.choice([-2, 0, 0, 0, 9, 40]))
        if rng.random() < 0.6 and held <= company.until:
            event(company, account, "meeting_held", held, subject)


def other_events(company: Company, account: str, begin: date) -> None:
    """Some of all other events, a few of them twice on a day or planned ahead."""
    rng = company.rng
    for name, most in OTHER_EVENTS.items():
        for count in range(max(rng.randint(-2, most), 0)):
            day = company.day_between(begin - timedelta(days=30), company.until)
            event(company, account, name, day, rng.choice(["", f"{name} {count}"]))
            if rng.random() < 0.1:
                event(company, account, name, day, "")
            if rng.random() < 0.1:
                later = company.day_between(day, company.until + timedelta(days=60))
                recorded = planned_ahead(company, later)
                event(company, account, name, later, "", recorded_at=recorded)


# --- Limits -----------------------------------------------------------------------------------


def limit(company: Company, plan: str, account: str, begin: date, value: float) -> None:
    """A limit of seats or actions: held always, from a day on, or told later."""
    rng = company.rng
    day = company.day_between(begin, company.until + timedelta(days=30))
    valid_from = rng.choice(["", company.text_of(day)])
    recorded = rng.choice(["", "", company.recorded(day), planned_ahead(company, day)])
    metric = rng.choice(["seats_used", "Seats Used", "actions", "api_calls"])
    text = number(rng, value)
    company.add("plan_limits", plan, account, metric, text, valid_from, recorded)
    if rng.random() < 0.2:
        again = number(rng, value * rng.choice([0.5, 1, 2]))
        company.add("plan_limits", plan, account, metric, again, valid_from, recorded)


def limits(company: Company, plans: list[str]) -> None:
    """Limits of plans and of some accounts."""
    rng = company.rng
    first = min(company.begins.values())
    for plan in plans:
        for value in rng.choices([30, 50, 80, 100], k=4):
            limit(company, plan, "", first, value)
    for account, begin in company.begins.items():
        if rng.random() < 0.2:
            for value in rng.choices([20, 50, 100, 200], k=rng.choice([1, 1, 2, 3])):
                limit(company, rng.choice(["", "", *plans]), account, begin, value)


# --- Rows that cannot be used -----------------------------------------------------------------

BROKEN = {
    "product_usage": [
        {"account_id": ""},
        {"usage_date": ""},
        {"usage_date": "2024-02-30"},
        {"usage_date": "yesterday", "value": "-1"},
        {"metric": " "},
        {"value": "many"},
        {"value": "-3"},
        {"value": "-0.5", "recorded_at": "soon"},
        {"recorded_at": "soon"},
    ],
    "customer_events": [
        {"account_id": "\t"},
        {"occurred_at": ""},
        {"occurred_at": "2024-13-01"},
        {"event": ""},
        {"event": "moonwalk"},
        {"value": "good"},
        {"recorded_at": "later"},
    ],
    "plan_limits": [
        {"plan_id": "", "account_id": ""},
        {"metric": ""},
        {"limit_value": ""},
        {"limit_value": "unlimited"},
        {"limit_value": "0"},
        {"limit_value": "-5"},
        {"valid_from": "always"},
        {"recorded_at": "2024-02-30"},
    ],
}


def broken_rows(company: Company) -> None:
    """Copies of rows, each broken in one way."""
    for name, ways in BROKEN.items():
        used = list(company.rows[name])
        for way in ways:
            for row in company.rng.sample(used, 2):
                company.rows[name].append({**row, **way})
        company.rows[name].append(dict.fromkeys(COLUMNS[name], ""))


ON_PURPOSE: list[Callable] = [use_at_the_bound, rise_at_the_bound, levels_at_the_limit]


def customer_rows(events: list[dict], seed: int) -> dict[str, list[dict]]:
    """{input: rows} for the accounts of these subscription events."""
    company = Company(events, seed)
    rng = company.rng
    strangers = {f"stranger {count}": company.until - timedelta(days=400) for count in range(5)}
    for count, (account, begin) in enumerate([*company.begins.items(), *strangers.items()]):
        if count % 8 == 0:
            ON_PURPOSE[count // 8 % len(ON_PURPOSE)](company, account, begin)
        else:
            use(company, account, begin)
            tickets(company, account, begin)
        if rng.random() < 0.7:
            meetings(company, account, begin)
            other_events(company, account, begin)
    plans = {given(row, "plan_id") for row in events} - {None}
    limits(company, sorted(plan for plan in plans if not plan.startswith("only")))
    broken_rows(company)
    for rows in company.rows.values():
        rng.shuffle(rows)
    return company.rows


def write_customers(folder: Path, seed: int) -> None:
    """Write the three inputs into the folder of a history."""
    made = customer_rows(read_csv(folder / "subscription_events.csv"), seed)
    for name, rows in made.items():
        write_rows(folder / f"{name}.csv", COLUMNS[name], rows)
