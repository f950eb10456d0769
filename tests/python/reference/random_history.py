"""Random, nasty, mostly valid input files, to compare the SQL models with the computation.

`write_history` writes the three input files. The same seed always gives the same files. Amounts
are in major units, instants in UTC. Rows that cannot be used are about 1 in 140 at the default
size, so that a build of such a history finishes; redeliveries come on top.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from reference.computation import EVENT_COLUMNS

SEGMENTS = ["industry", "region", "acquisition_channel"]
RATES = {"EUR": 1.02, "CHF": 1.0, "GBP": 1.25, "JPY": 0.0067, "VND": 0.00004}
MONTHS_PER_INTERVAL = {"day": 12 / 365, "week": 12 / 52, "month": 1, "quarter": 3, "year": 12}
MICROSECOND = timedelta(microseconds=1)
# UTC offsets of local midnights (New York, Auckland, Kolkata), as hours from the UTC month end
LOCAL_MIDNIGHTS = [4, 5, -12, -13, -5.5]
NASTY_IDS = [
    "o'brien",
    'say "hi"',
    " leading space",
    "trailing space ",
    "a,b;c",
    "line\nbreak",
    "naïve-ß-日本-🙂",
    "cafe\u0301",
    "café",
    "ACC_0001",
    "x" * 10_000,
    "tab\there",
    "back\\slash",
    "NULL",
    "0",
    "01",
    "true",
    "%_",
    "-- {{ x }}",
    "(unknown)",
]


class History:
    """What is being made: the rows so far, the clock and the dice."""

    def __init__(self, seed: int, months: int):
        self.rng = Random(seed)
        self.first = 2023 * 12  # index of the first month: January 2023
        self.months = months
        slack = [0, 14, 77, 15 * 24][seed % 4]
        self.known_until = self.begin_of(months) + timedelta(hours=slack)
        self.events: list[dict] = []
        self.names_events = "anew"
        self.counted = 0

    def begin_of(self, month: int) -> datetime:
        """When the month with this index begins (UTC); 0 is the history's first month."""
        index = self.first + month
        return datetime(index // 12, index % 12 + 1, 1)

    def instant(self, month: float) -> datetime:
        """An instant in or near the month: often exactly where a month begins somewhere."""
        rng = self.rng
        begin = self.begin_of(int(month))
        shape = rng.random()
        if shape < 0.45:
            return begin + timedelta(seconds=rng.randrange(28 * 86400))
        if shape < 0.60:
            return begin
        if shape < 0.70:
            return begin + rng.choice([-1, 1]) * MICROSECOND
        if shape < 0.82:
            return begin + timedelta(minutes=rng.randrange(-14 * 60, 14 * 60))
        local = begin + timedelta(hours=rng.choice(LOCAL_MIDNIGHTS))
        return local - rng.choice([0, 0, 1]) * MICROSECOND

    def begin_account(self) -> None:
        """Choose how the account's events are named: ids of their own, or ids that states share."""
        kinds = ["anew", "by subscription", "by count"]
        self.names_events = self.rng.choices(kinds, [7, 1, 2])[0]
        self.counted = 0

    def event_id(self, state: dict) -> str:
        """The id of the next event: one of its own, the subscription's, or 1, 2, ... by account."""
        if self.names_events == "by subscription":
            return state["subscription_id"]
        if self.names_events == "by count":
            self.counted += 1
            return str(self.counted)
        return f"evt_{len(self.events):06d}"

    def emit(self, state: dict, at: datetime, **changes) -> dict:
        """Add the item's whole state from `at` on; recorded at once, late or ahead of time."""
        rng = self.rng
        delay = timedelta(seconds=rng.randrange(60))
        if rng.random() < 0.12:
            delay = timedelta(days=rng.randrange(1, 60), microseconds=rng.randrange(10**6))
        elif rng.random() < 0.08:
            delay = -timedelta(days=rng.randrange(1, 40))
        row = {
            **state,
            "event_id": self.event_id(state),
            "sequence": rng.choice(["1", "2", "-1", "3.0"]) if rng.random() < 0.04 else "",
            **changes,
            "effective_at": at,
            "recorded_at": min(at + delay, self.known_until),
        }
        self.events.append(row)
        return row


# --- Items ------------------------------------------------------------------------------------


def price(history: History, monthly: float, currency: str, interval: str, count: int) -> str:
    """A unit amount that makes about `monthly` reporting units a month."""
    amount = monthly * MONTHS_PER_INTERVAL[interval] * count / RATES.get(currency, 1)
    return f"{amount:.{history.rng.choice([0, 0, 2, 2, 2, 3, 6, 8])}f}"


def new_item(history: History, account: str, subscription: str, item: str, **given) -> dict:
    """An item's first state, active, with random terms; `given` fixes columns."""
    rng = history.rng
    scale = rng.choice([40, 150, 400, 400, 900, 3000, 5000, 12000])
    currency = rng.choice(["USD", "USD", "USD", "EUR", "EUR", "GBP", "CHF", "JPY", "VND"])
    interval = rng.choice(["day", "week", "month", "month", "month", "quarter", "year", "year"])
    count = rng.choice([1, 1, 1, 1, 2, 3, 6, 24])
    quantity = rng.choice(["1", "1", "3", "10", "2.5", "0.125", "1000"])
    if currency == "VND":  # keeps quantity x unit_amount readable
        scale = min(scale, 400)
    monthly = scale * (0.5 + rng.random()) / float(quantity)
    return {
        "account_id": account,
        "subscription_id": subscription,
        "subscription_item_id": item,
        "status": "active",
        "product_id": rng.choice(["core", "core", "extra", ""]),
        "plan_id": rng.choice(["basic", "plus", "pro", "Pro", "pro, yearly", ""]),
        "pricing_model": rng.choice(["seat", "seat", "usage", "flat", "tiered", "per 'unit'", ""]),
        "quantity": quantity,
        "unit_amount": price(history, monthly, currency, interval, count),
        "currency": currency,
        "billing_interval": interval,
        "billing_interval_count": str(count),
        "discount_percent": "0",
        "discount_amount": "0",
        "discount_ends_at": None,
        **given,
    }


def plain_item(history: History, account: str, name: str, **given) -> dict:
    """A US dollar item at 100 a month, for the histories that are made on purpose."""
    terms = {
        "quantity": "1",
        "unit_amount": "100",
        "currency": "USD",
        "billing_interval": "month",
        "billing_interval_count": "1",
        **given,
    }
    return new_item(history, account, f"sub_{account}_{name}", f"si_{account}_{name}", **terms)


def discount(history: History, state: dict, month: float) -> dict:
    """Terms of a discount: percent, amount or both; ended, ending at some instant, or never."""
    rng = history.rng
    kind = rng.choice(["percent", "amount", "both", "everything"])
    terms = {"discount_percent": "0", "discount_amount": "0"}
    if kind in ("percent", "both"):
        terms["discount_percent"] = rng.choice(["10", "15", "33.333333", "0.5", "99.999999"])
    if kind in ("amount", "both"):
        whole = float(state["quantity"]) * float(state["unit_amount"])
        terms["discount_amount"] = f"{whole * rng.choice([0.05, 0.3, 1.2]):.2f}"
    if kind == "everything":
        terms["discount_percent"] = "100"
    end = rng.choice([None, -3, 0, 1, 2, 6, 12])
    terms["discount_ends_at"] = None if end is None else history.instant(month + end)
    return terms


def change(history: History, state: dict, month: float) -> dict:
    """The columns that the item's next state changes."""
    rng = history.rng
    if state["status"] in ("cancelled", "unpaid", "paused", "trialing"):
        return {"status": rng.choice(["active", "active", "active", "cancelled", "past_due"])}
    kind = rng.choices(
        ["seats", "price", "discount", "no discount", "status", "terms", "plan", "nothing"],
        [25, 15, 14, 4, 24, 6, 8, 4],
    )[0]
    if kind == "seats":
        return {"quantity": f"{float(state['quantity']) * rng.choice([0.5, 0.8, 1.25, 2]):.6f}"}
    if kind == "price":
        return {"unit_amount": f"{float(state['unit_amount']) * (0.8 + rng.random() / 2):.2f}"}
    if kind == "discount":
        return discount(history, state, month)
    if kind == "no discount":
        return {"discount_percent": "0", "discount_amount": "0", "discount_ends_at": None}
    if kind == "status":
        return {
            "status": rng.choice(
                ["cancelled", "cancelled", "paused", "unpaid", "past_due", "past_due", "trialing"]
            )
        }
    if kind == "terms":
        fresh = new_item(history, "", "", "")
        terms = ["quantity", "unit_amount", "currency"]
        terms += ["billing_interval", "billing_interval_count"]
        return {column: fresh[column] for column in terms}
    if kind == "plan":
        fresh = new_item(history, "", "", "")
        return {column: fresh[column] for column in ("plan_id", "product_id", "pricing_model")}
    return {}


def random_item(history: History, account: str, subscription: str, item: str) -> None:
    """An item's whole life: it begins, changes a few times, and may run into the future."""
    rng = history.rng
    month = rng.choice([0, 0, 1, 2, rng.random() * history.months])
    state = new_item(history, account, subscription, item)
    if rng.random() < 0.12:
        state["status"] = "trialing"
    if rng.random() < 0.15:
        state |= discount(history, state, month)
    for _ in range(rng.choice([1, 2, 4, 6, 8, 11])):
        history.emit(state, history.instant(month))
        state = {**state, **change(history, state, month)}
        month += rng.choice([0, 0.5, 1, 2, 3, 4, 8, 14])
        if month > history.months + 4:
            break


def random_account(history: History, account: str) -> None:
    """An account with one to three subscriptions of one to three items."""
    rng = history.rng
    for number in range(rng.choice([1, 1, 1, 2, 3])):
        subscription = f"sub_{account}_{number}"
        for item in range(rng.choice([1, 1, 1, 2, 3])):
            # item ids are unique only within their subscription, or the subscription's own
            item_id = rng.choice([f"item {item}", f"si_{item}", subscription])
            random_item(history, account, subscription, item_id)
        if rng.random() < 0.2:
            status = rng.choice(["cancelled", "cancelled", "paused", "trialing", "unpaid"])
            whole = new_item(history, account, subscription, "", status=status)
            history.emit(whole, history.instant(rng.random() * history.months))


# --- Histories made on purpose ------------------------------------------------------------------


def tie_at_the_rounding_digit(history: History, account: str) -> None:
    """USD 18.06 a year less 15 percent is exactly 1.27925 a month; 0.0006 a year is 0.00005."""
    start = history.rng.randrange(6)
    item = plain_item(history, account, "tie", unit_amount="18.06", billing_interval="year")
    item["subscription_item_id"] = item["subscription_id"]
    history.emit(item, history.instant(start), discount_percent="15")
    small = plain_item(history, account, "small", unit_amount="0.0006", billing_interval="year")
    history.emit(small, history.instant(start + 3))


def tiny_in_a_cheap_currency(history: History, account: str) -> None:
    """VND 1 is USD 0.00004 and rounds to nothing; VND 2 is not nothing; 1.25 may be a tie."""
    item = plain_item(history, account, "tiny", currency="VND")
    for step, amount in enumerate(["1", "2", "1", "1.25", "3", "1"]):
        history.emit(item, history.instant(step * 4), unit_amount=amount)


def plan_move(history: History, account: str) -> None:
    """One subscription is cancelled and another starts in the same month."""
    old, new = (plain_item(history, account, name) for name in ("old", "new"))
    move = history.rng.randrange(3, history.months)
    history.emit(old, history.instant(move - 3))
    history.emit(old, history.begin_of(move) + timedelta(days=9), status="cancelled")
    amount = history.rng.choice(["100", "130", "70"])
    history.emit(new, history.begin_of(move) + timedelta(days=9), unit_amount=amount, plan_id="up")


def left_and_came_back(history: History, account: str) -> None:
    """Away for 1 to 20 months, so inside or outside of a twelve-month pair; perhaps twice."""
    rng = history.rng
    item = plain_item(history, account, "back", currency=rng.choice(["USD", "EUR"]))
    month = rng.randrange(4)
    for _ in range(rng.choice([1, 2])):
        history.emit(item, history.instant(month))
        gone = month + rng.choice([2, 6, 12, 13])
        away = rng.choice(["cancelled", "paused", "unpaid", "trialing"])
        history.emit(item, history.instant(gone), status=away)
        month = gone + rng.choice([1, 2, 11, 12, 13, 20])
    history.emit(item, history.instant(month), unit_amount=rng.choice(["100", "80", "125"]))


def states_at_one_instant(history: History, account: str) -> None:
    """Several states of one item at the same instant, and what decides which of them lasts.

    By event_id, 10 comes after 9, and a short id before a long one. Of states that have nothing
    else, the content decides column by column; those that share an id are redeliveries.
    """
    rng = history.rng
    item = plain_item(history, account, "same")
    for month in (1, 8, 17, 22):
        at = history.instant(month)
        decides = rng.choice(["recorded_at", "sequence", "event_id", "content", "redelivery"])
        ids = rng.sample(["9", "10", "11", "a", "B", "é", "Z9", "z10"], 3)
        for number, amount in enumerate(rng.sample(["9", "10", "20.5", "100", ""], 3)):
            state = {**item, "unit_amount": amount, "status": "active" if amount else "cancelled"}
            row = history.emit(state, at, sequence="")
            row["recorded_at"] = min(at, history.known_until)
            if decides == "recorded_at":
                row["recorded_at"] -= timedelta(hours=rng.choice([0, 0, 1]))
            elif decides == "sequence":
                row["sequence"] = rng.choice(["", "0", "1", "1.5", "2", "10", "-1", "9" * 15])
            elif decides == "event_id":
                row["event_id"] = ids[number]
            else:
                row["event_id"] = "" if decides == "content" else ids[0]
                row["product_id"] = rng.choice(["", "core"])
                row["plan_id"] = rng.choice(["", "basic", "Basic"])
                row["quantity"] = rng.choice(["1", "2", "10"])


def rows_for_a_whole_subscription(history: History, account: str) -> None:
    """Rows without an item: before any item begins, between, and at the instant of other rows."""
    rng = history.rng
    subscription = f"sub_{account}_whole"
    items = [
        plain_item(
            history, account, "", subscription_id=subscription, subscription_item_id=name,
            unit_amount=rng.choice(["80", "20", "45.5"]),
        )
        for name in ("si_1", "si_2", rng.choice(["si_3", subscription]))
    ]  # fmt: skip
    whole = {**items[0], "subscription_item_id": "", "unit_amount": "", "billing_interval": ""}
    ends = ["cancelled", "cancelled", "paused", "unpaid", "trialing"]
    if rng.random() < 0.5:
        history.emit(whole, history.instant(0), status=rng.choice(ends))
    history.emit(items[0], history.instant(1))
    history.emit(items[1], history.instant(rng.choice([1, 3])))
    if rng.random() < 0.3:
        history.emit(items[0], history.instant(5), account_id=f"{account} heir")
    end = history.emit(whole, history.instant(7), status=rng.choice(ends))
    for item in rng.sample(items, rng.randrange(3)):
        row = history.emit(item, end["effective_at"], unit_amount="60")
        row["recorded_at"] = rng.choice([row["recorded_at"], end["recorded_at"]])
        row["sequence"] = rng.choice(["", "", "1", "-1"])
    history.emit(items[0], history.instant(rng.choice([9, 12])))
    history.emit(items[2], history.instant(rng.choice([6, 10])))
    if rng.random() < 0.5:
        status = rng.choice(["active", "past_due", "past_due"])
        terms = {"unit_amount": "70", "billing_interval": "month"}
        history.emit(whole, history.instant(15), status=status, **terms)
    if rng.random() < 0.5:
        history.emit(whole, history.instant(18), status=rng.choice(ends))


def discount_ends_at_a_boundary(history: History, account: str) -> None:
    """A discount that ends exactly where a month begins, or a microsecond beside it."""
    rng = history.rng
    item = plain_item(history, account, "ends")
    for month in (0, 9, 18):
        end = history.begin_of(month + 5) + timedelta(hours=rng.choice([0, 0, *LOCAL_MIDNIGHTS]))
        end += rng.choice([-1, 0, 0, 1]) * MICROSECOND
        history.emit(item, history.instant(month), discount_percent="25", discount_ends_at=end)


def flipping_shares(history: History, account: str) -> None:
    """Two currencies of nearly the same worth, so that the larger share changes with the rates."""
    for currency, plan in (("EUR", "plus"), ("CHF", "basic")):
        item = plain_item(history, account, currency, currency=currency, plan_id=plan)
        history.emit(item, history.instant(0))


def tied_shares(history: History, account: str) -> None:
    """Equal shares of two plans, intervals and pricing models, one of them missing."""
    month = history.rng.randrange(12)
    monthly = {"plan_id": "zeta", "pricing_model": "usage"}
    yearly = {"plan_id": history.rng.choice(["alpha", ""]), "pricing_model": "(unknown)"}
    yearly |= {"unit_amount": "1200", "billing_interval": "year"}
    history.emit(plain_item(history, account, "m", **monthly), history.instant(month))
    history.emit(plain_item(history, account, "y", **yearly), history.instant(month))


def item_moves_account(history: History, account: str) -> None:
    """An item's next state names another account, and later perhaps the first one again."""
    rng = history.rng
    item = plain_item(history, account, "moves", unit_amount="250")
    history.emit(item, history.instant(0))
    other = rng.choice([f"{account} heir", "acc_0001"])
    history.emit(item, history.instant(rng.randrange(6, 20)), account_id=other)
    if rng.random() < 0.5:
        history.emit(item, history.instant(24), account_id=account)


def ids_that_run_together(history: History, account: str) -> None:
    """Different items whose ids are the same once put together."""
    for subscription, item in ((f"{account}|b", "c"), (account, "b|c"), (f"{account}|", "b|c")):
        state = plain_item(history, account, "joined", subscription_id=subscription)
        history.emit({**state, "subscription_item_id": item}, history.instant(2))


def lone_segments(history: History, account: str) -> None:
    """A plan and a pricing model that few others have, at a size bound: exactly 25,000 a year."""
    yearly = {"unit_amount": history.rng.choice(["25000", "24999.99", "100000", "99999.99"])}
    yearly |= {"billing_interval": "year", "plan_id": f"only {account}", "pricing_model": "barter"}
    item = plain_item(history, account, "lone", **yearly)
    history.emit(item, history.instant(history.rng.randrange(10)))


def never_pays(history: History, account: str) -> None:
    """Trials, free and fully discounted items: no MRR at any time."""
    item = plain_item(history, account, "free")
    history.emit(item, history.instant(2), status="trialing")
    history.emit(item, history.instant(4), discount_percent="100")
    history.emit(item, history.instant(6), unit_amount="0")
    history.emit(item, history.instant(8), quantity="0")


def pays_once(history: History, account: str) -> None:
    """Fees that are paid once: an item of their own, and a state between those of another item."""
    rng = history.rng
    once = {"unit_amount": "5000", "billing_interval": rng.choice(["one_time", "Once", "lifetime"])}
    item = plain_item(history, account, "monthly")
    history.emit(item, history.instant(1))
    history.emit(plain_item(history, account, "fee", **once), history.instant(rng.choice([0, 3])))
    if rng.random() < 0.5:
        history.emit(item, history.instant(5), **once)
        history.emit(item, history.instant(9))


ON_PURPOSE = [
    tie_at_the_rounding_digit,
    tiny_in_a_cheap_currency,
    plan_move,
    left_and_came_back,
    left_and_came_back,
    states_at_one_instant,
    states_at_one_instant,
    rows_for_a_whole_subscription,
    rows_for_a_whole_subscription,
    discount_ends_at_a_boundary,
    flipping_shares,
    tied_shares,
    item_moves_account,
    ids_that_run_together,
    lone_segments,
    never_pays,
    pays_once,
]


# --- What happens to rows on their way ------------------------------------------------------------


def as_text(instant: datetime | None, rng: Random) -> str:
    """An instant as text in one of the usual ways."""
    if instant is None:
        return ""
    if instant == instant.replace(hour=0, minute=0, second=0, microsecond=0):
        return instant.date().isoformat() if rng.random() < 0.3 else instant.isoformat(" ")
    return instant.isoformat(rng.choice([" ", "T"]), "auto")


def with_text_times(row: dict, rng: Random) -> dict:
    """The row with its instants as text."""
    times = ("effective_at", "recorded_at", "discount_ends_at")
    return {**row, **{column: as_text(row[column], rng) for column in times}}


def subscriptions_with_items(rows: list[dict]) -> set[str]:
    """The subscriptions in which a row without an item does not say the default."""
    return {
        row["subscription_id"]
        for row in rows
        if row["subscription_item_id"] not in ("", row["subscription_id"])
    }


def left_empty(row: dict, history: History, with_items: set[str]) -> dict:
    """The row with columns left empty that may be: mostly those that say only the default."""
    rng = history.rng
    row = dict(row)
    defaults = {"quantity": "1", "currency": "USD", "billing_interval_count": "1"}
    defaults |= {"discount_percent": "0", "discount_amount": "0"}
    for column, default in defaults.items():
        if row[column] == default and rng.random() < 0.5:
            row[column] = ""
    is_default = row["subscription_item_id"] == row["subscription_id"]
    if is_default and row["subscription_id"] not in with_items and rng.random() < 0.5:
        row["subscription_item_id"] = ""
    if rng.random() < 0.04:
        row["event_id"] = ""
    if row["status"] in ("trialing", "unpaid", "paused", "cancelled"):
        for column in ("unit_amount", "billing_interval", "plan_id", "pricing_model"):
            if rng.random() < 0.3:
                row[column] = ""
    if row["effective_at"] <= history.known_until and rng.random() < 0.1:
        row["recorded_at"] = None
    return row


# Other words for a value; those of intervals by how many of them make a period.
STATUS_WORDS = {
    "active": ["Active", "ACTIVE", "live"],
    "past_due": ["Past Due", "past-due"],
    "trialing": ["trial", "In Trial", "in-trial"],
    "cancelled": ["canceled", "Canceled", "expired", "Ended", "DELETED"],
}
INTERVAL_WORDS = {
    ("day", "1"): ["daily", "Daily"],
    ("week", "1"): ["weekly", "WEEKLY"],
    ("month", "1"): ["monthly", "Month"],
    ("month", "6"): ["semiannual"],
    ("quarter", "1"): ["quarterly", "Quarterly"],
    ("year", "1"): ["annual", "Annually", "yearly"],
    ("year", "2"): ["biennial"],
}


def written_otherwise(row: dict, rng: Random) -> dict:
    """The row in other words and with blanks around some values, all of the same meaning."""
    row = dict(row)
    if rng.random() < 0.15:
        row["status"] = rng.choice(STATUS_WORDS.get(row["status"], [row["status"]]))
    period = (row["billing_interval"], row["billing_interval_count"] or "1")
    if rng.random() < 0.15 and period in INTERVAL_WORDS:
        row["billing_interval"] = rng.choice(INTERVAL_WORDS[period])
        row["billing_interval_count"] = rng.choice(["", "1"])
    if rng.random() < 0.1:
        row["currency"] = rng.choice([row["currency"].lower(), row["currency"].capitalize()])
    if rng.random() < 0.1:
        for column in rng.sample(EVENT_COLUMNS, 4):
            before, after = rng.choices(["", " ", "\t", "\u00a0", "  ", "\r\n"], k=2)
            row[column] = f"{before}{row[column]}{after}"
    return row


def unreadable(row: dict, rng: Random) -> dict:
    """The row with an optional value that cannot be read, so that it cannot be used."""
    column, value = rng.choice(
        [
            ("sequence", "1.5"),
            ("sequence", "first"),
            ("quantity", "many"),
            ("billing_interval_count", "two"),
            ("discount_percent", "10%"),
            ("discount_amount", "5,00"),
            ("discount_ends_at", "never"),
            ("discount_ends_at", "2024-02-30"),
        ]
    )
    return {**row, column: value}


def redeliveries(row: dict, history: History) -> list[dict]:
    """The row with its other deliveries: an exact copy, or others with other content.

    One that names another effective_at is a state of its own.
    """
    rng = history.rng
    recorded = row["recorded_at"]
    if rng.random() < 0.25:
        return [row, dict(row)]
    if rng.random() < 0.25:
        column = rng.choice(["account_id", "unit_amount", "quantity", "sequence"])
        return [row, {**row, column: "7"}]
    if recorded is None or recorded > history.known_until - timedelta(days=2):
        return [row]
    newer = {**row, "recorded_at": recorded + timedelta(seconds=1), "unit_amount": "77.77"}
    newer["effective_at"] = row["effective_at"] + timedelta(hours=rng.choice([0, 0, -30, 30]))
    newest = {**newer, "recorded_at": recorded + timedelta(days=1), "quantity": "2"}
    return rng.choice([[row, newer], [row, newer, newest], [row, newest, dict(newest)]])


BROKEN = [
    {"event_id": "", "status": "gone"},
    {"event_id": "", "account_id": ""},
    {"account_id": ""},
    {"account_id": "", "status": "gone"},
    {"subscription_id": ""},
    {"effective_at": ""},
    {"effective_at": "soon"},
    {"effective_at": "2024-02-30", "status": ""},
    {"sequence": "first", "recorded_at": "soon"},
    {"recorded_at": "January 2026"},
    {"status": "\t"},
    {"status": "active!", "unit_amount": "-1"},
    {"status": "lost", "unit_amount": ""},
    {"status": "Draft", "unit_amount": "x"},
    {"quantity": "many", "unit_amount": ""},
    {"unit_amount": ""},
    {"unit_amount": "12,50", "quantity": "-1"},
    {"unit_amount": "x", "status": "cancelled"},
    {"billing_interval_count": "two"},
    {"discount_percent": "10%", "discount_amount": "5,00"},
    {"discount_amount": "5,00", "discount_ends_at": "never"},
    {"discount_ends_at": "2024-02-30", "billing_interval": "aeon"},
    {"unit_amount": "1000000", "quantity": "1000000"},
    {"unit_amount": "1000000", "quantity": "1000000", "billing_interval": ""},
    {"unit_amount": "-0.01"},
    {"unit_amount": "-5", "status": "cancelled"},
    {"quantity": "-3", "billing_interval_count": "0"},
    {"billing_interval": "Moon"},
    {"billing_interval": ""},
    {"billing_interval": "moons", "status": "paused"},
    {"billing_interval_count": "0"},
    {"billing_interval_count": "0.5", "billing_interval": "semiannual"},
    {"billing_interval_count": "1.5", "discount_percent": "101"},
    {"discount_percent": "100.01"},
    {"discount_percent": "-1", "currency": "XXX"},
    {"discount_amount": "-10"},
    {"currency": "XXX"},
    {"currency": "dollars", "status": "cancelled"},
]


def broken_rows(history: History, rows: list[dict]) -> list[dict]:
    """Copies of used rows under ids of their own, each broken once or twice."""
    candidates = [row for row in rows if row["unit_amount"] and row["status"] == "active"]
    broken = []
    for number, values in enumerate(BROKEN):
        row = history.rng.choice(candidates)
        broken.append({**row, "event_id": f"evt_broken_{number}", **values})
    # rows that say what their whole subscription pays, and one that names an item but does not
    # count, so that its subscription has none
    with_items = subscriptions_with_items(candidates)
    for number, (has_items, values) in enumerate(
        [
            (True, {"subscription_item_id": ""}),
            (True, {"subscription_item_id": "", "currency": "XXX"}),
            (False, {"subscription_item_id": "si_unused", "quantity": "-1"}),
        ]
    ):
        rows_alike = [r for r in candidates if (r["subscription_id"] in with_items) == has_items]
        if rows_alike:
            row = history.rng.choice(rows_alike)
            broken.append({**row, "event_id": f"evt_item_{number}", **values})
    # a newer delivery that cannot be used: the older one stays
    row = next(row for row in candidates if row["recorded_at"])
    return [*broken, {**row, "status": "vanished", "recorded_at": "2100-01-01 00:00:00"}]


def edge_rows(history: History) -> list[dict]:
    """The row that is recorded last, and two that do not move the as-of, of 2099: one begins then
    and does not say when it was recorded, one says that it was recorded then.
    """
    last = history.emit(plain_item(history, "acc_last", "last"), history.begin_of(1))
    far = history.emit(plain_item(history, "acc_last", "far"), datetime(2099, 1, 1))
    slip = history.emit(plain_item(history, "acc_last", "slip"), history.begin_of(2))
    rows = [{**last, "recorded_at": history.known_until}, {**far, "recorded_at": None}]
    rows.append({**slip, "recorded_at": datetime(2099, 1, 1)})
    del history.events[-3:]
    return rows


def delivered(history: History) -> list[dict]:
    """All rows as they arrive: gaps, other words, redeliveries, broken and empty rows, any order.

    A row without event_id that comes again with another text is a state of its own.
    """
    rng = history.rng
    rows = []
    with_items = subscriptions_with_items(history.events)
    for row in history.events:
        row = left_empty(row, history, with_items)
        arrived = redeliveries(row, history) if rng.random() < 0.04 else [row]
        texts = [with_text_times(one, rng) for one in arrived]
        texts = [written_otherwise(one, rng) for one in texts]
        if len(texts) == 1 and rng.random() < 0.004:
            texts = [unreadable(texts[0], rng)]
        if not row["event_id"] and rng.random() < 0.3:
            texts.append({**texts[0], **rng.choice([{}, {}, {"sequence": "0"}])})
        rows += texts
    rows += broken_rows(history, rows)
    rows += [with_text_times(row, rng) for row in edge_rows(history)]
    rows += [dict.fromkeys(EVENT_COLUMNS, blank) for blank in ("", " ", "\t\u00a0")]
    rng.shuffle(rows)
    return rows


# --- The other inputs -----------------------------------------------------------------------------


def account_rows(history: History, accounts: list[str]) -> list[dict]:
    """Attributes: always the same, with history, with gaps, or no row at all."""
    rng = history.rng

    def row(account: str, valid_from: str) -> dict:
        return {
            "account_id": account,
            "valid_from": valid_from,
            "parent_account_id": rng.choice(["", "", "acc_0001"]),
            "industry": rng.choice(["Retail", "Retail", "Health", "Oil, gas & \"more\"", ""]),
            "region": rng.choice(["EMEA", "AMER", "APAC", "Zürich\nWest", ""]),
            "acquisition_channel": rng.choice(["search", "partner", "event", "(unknown)"]),
        }  # fmt: skip

    rows = []
    for account in accounts:
        kind = rng.random()
        if kind < 0.70:
            rows.append(row(account, ""))
        elif kind < 0.90:
            starts = {history.instant(rng.randrange(history.months)) for _ in range(3)}
            begins = [""] if rng.random() < 0.6 else []
            rows += [row(account, start) for start in begins]
            rows += [row(account, start.isoformat(" ", "auto")) for start in sorted(starts)]
        elif kind < 0.93:
            rows.append(row(account, "long ago"))
    rows.append({**row("acc_last", ""), "industry": "Lighthouses"})
    rows += [row("nobody", ""), row("", "")]
    rng.shuffle(rows)
    return rows


def exchange_rate_rows(history: History) -> list[dict]:
    """Rates that wander, some known late, some on a month's last or first day, some unusable."""
    rng = history.rng
    rows = []
    for currency, rate in RATES.items():
        first = {"GBP": 5, "JPY": 2}.get(currency, -1)
        dates = {history.begin_of(first).date()}
        for month in range(first + 1, history.months + 2):
            for day in rng.choice([[0], [-1], [-1, 0], [14], [3, 27], []]):
                dates.add((history.begin_of(month) + timedelta(days=day)).date())
        for day in sorted(dates):
            rate *= 0.96 + 0.08 * rng.random()
            places = 5 if currency == "VND" else rng.choice([2, 4, 6])
            text = "0.00004" if currency == "VND" else f"{rate:.{places + (currency == 'JPY')}f}"
            rows.append(rate_row(currency, day, text))
    some_day = history.begin_of(3).date()
    rows += [rate_row("USD", some_day, "2"), rate_row("", some_day, "1.5")]
    rows += [rate_row("XXX", some_day, text) for text in ("", "n/a", "0", "-1")]
    rows += [rate_row("XXX", "one day", "1.1"), rate_row("EUR", some_day, "none")]
    rng.shuffle(rows)
    return rows


def rate_row(currency: str, day: date | str, rate: str) -> dict:
    """One row of exchange_rates."""
    return {"currency": currency, "rate_date": str(day), "rate": rate}


def write_rows(path: Path, columns: list[str], rows: list[dict]) -> None:
    """A CSV file with a header; what stands in quotes is text, NULL too."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def write_history(folder: str | Path, seed: int, accounts: int = 500, months: int = 30) -> None:
    """Write subscription_events.csv, accounts.csv and exchange_rates.csv into the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    history = History(seed, months)
    names = [f"acc_{number:04d}" for number in range(accounts)]
    for number, name in enumerate(NASTY_IDS):
        if 7 * number + 5 < accounts:
            names[7 * number + 5] = name
    for number, name in enumerate(names):
        history.begin_account()
        if number % 4 == 0:
            # shifted by the seed, so that small histories reach all of them
            ON_PURPOSE[(number // 4 + seed) % len(ON_PURPOSE)](history, name)
        else:
            random_account(history, name)
    write_rows(folder / "subscription_events.csv", EVENT_COLUMNS, delivered(history))
    attributes = ["account_id", "valid_from", "parent_account_id", *SEGMENTS]
    write_rows(folder / "accounts.csv", attributes, account_rows(history, names))
    rate_columns = ["currency", "rate_date", "rate"]
    write_rows(folder / "exchange_rates.csv", rate_columns, exchange_rate_rows(history))
