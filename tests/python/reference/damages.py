"""Small histories, one an account, of which each has one row that is damaged in one way.

A damage says what becomes of the account's figures: they are those of the history without damage
(`SAME`), those of the history without the row (`GONE`), or others, since what the row says now is
something that it may say (`OTHER`); and for which reasons rows are rejected. Where figures change
without a reason, it is for a value that is read as the definitions say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

from reference.computation import EVENT_COLUMNS

SAME, GONE, OTHER = "same", "gone", "other"
# Two rows of an account that are damaged: one carries MRR, one ends the item.
PAYING, ENDING = "paying", "ending"
ZONES = [timezone(timedelta(hours=hours)) for hours in (5.5, -7)]


@dataclass
class Damage:
    """What is done to a row, and what follows: for the account's figures, and for the rows.

    `meant` are the rows as they are read from a file where that is not how they are written.
    """

    name: str
    rows: Callable[[dict], list[dict]]
    figures: str
    reasons: tuple[str, ...] = ()
    row: str = PAYING
    meant: Callable[[dict], list[dict]] | None = None


# --- Histories without damage -----------------------------------------------------------------


def account_name(number: int) -> str:
    """The name that each id of an account contains."""
    return f"acc{number:04d}"


def number_in(row: dict) -> int | None:
    """The number of the account that one of a row's ids names."""
    ids = " ".join(str(row[column]) for column in EVENT_COLUMNS[:4]).lower()
    found = re.search(r"acc(\d{4})", ids)
    return int(found.group(1)) if found else None


def clean_rows(number: int, dice: Random) -> dict[str, dict]:
    """An account's rows: an item that begins, is sold anew, changes and ends, and another item.

    The first one is most of what the account pays, so that it decides on its segments, and is in
    euros. Nothing happens near a month's end.
    """
    name = account_name(number)

    def row(kind: str, year: int, month: int, **columns) -> dict:
        at = datetime(year, month, dice.randint(10, 19), 9, 30, dice.randrange(60))
        amount = f"{dice.randint(9000, 19000) / 100:.2f}"
        terms = {"quantity": f"{dice.randint(3, 9)}", "unit_amount": amount, "currency": "EUR"}
        return {
            "event_id": f"{name} {kind}",
            "account_id": name,
            "subscription_id": f"sub {name}",
            "subscription_item_id": f"si {name}",
            "effective_at": str(at),
            "sequence": "3",
            "recorded_at": str(at + timedelta(minutes=dice.randrange(90))),
            "status": "active",
            "product_id": "core",
            "plan_id": "basic",
            "pricing_model": "seat",
            **terms,
            "billing_interval": "month",
            "billing_interval_count": "2",
            "discount_percent": "0",
            "discount_amount": "0",
            "discount_ends_at": "",
            **columns,
        }

    discount = {"discount_percent": "10", "discount_amount": "5"}
    discount["discount_ends_at"] = f"2023-11-{dice.randint(10, 19)} 12:00:00"
    other = {"subscription_id": f"sub2 {name}", "subscription_item_id": f"si2 {name}"}
    other |= {"quantity": "1", "unit_amount": "9", "plan_id": "extra", "pricing_model": "flat"}
    return {
        "begins": row("begins", 2023, dice.randint(1, 3)),
        PAYING: row(PAYING, 2023, dice.randint(6, 8), plan_id="plus", **discount),
        "changes": row("changes", 2024, dice.randint(1, 3), plan_id="plus"),
        ENDING: row(ENDING, 2024, dice.randint(7, 8), status="cancelled"),
        "other": row("other", 2023, 2, **other),
    }


# --- Damages of one value ---------------------------------------------------------------------


def of_value(
    column: str,
    damage: str | Callable[[str], str],
    expected: str,
    row: str = PAYING,
    meant: str | Callable[[str], str] | None = None,
) -> Damage:
    """Another text in a column: SAME, OTHER, or the reason for which the row is rejected."""

    def with_value(value: str | Callable[[str], str]) -> Callable[[dict], list[dict]]:
        return lambda row: [
            {**row, column: value if isinstance(value, str) else value(row[column])}
        ]

    what = repr(damage) if isinstance(damage, str) else damage.__name__
    figures = expected if expected in (SAME, OTHER) else GONE
    reasons = () if expected in (SAME, OTHER) else (expected,)
    name = f"{column} of the {row} row {what}"
    read = None if meant is None else with_value(meant)
    return Damage(name, with_value(damage), figures, reasons, row, read)


def padded(text: str) -> str:
    return f" \t{text}\u00a0 "


def with_line_ends(text: str) -> str:
    return f"\r\n{text}\r\n"


def in_capitals(text: str) -> str:
    return text.upper()


def negative(text: str) -> str:
    return f"-{text}"


def with_an_exponent(text: str) -> str:
    return f"{float(text) * 100}e-2"


def with_decimals(text: str) -> str:
    return f"{float(text):.6f}"


def with_a_plus_and_zeros(text: str) -> str:
    return f"+00{text}"


def with_a_letter_t(text: str) -> str:
    return text.replace(" ", "T")


def with_a_letter_z(text: str) -> str:
    return f"{text.replace(' ', 'T')}Z"


def in_utc_by_name(text: str) -> str:
    return f"{text} UTC"


def with_a_fraction(text: str) -> str:
    return f"{text}.000"


def without_a_time(text: str) -> str:
    return text[:10]


def in_india(text: str) -> str:
    instant = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    return instant.astimezone(ZONES[0]).isoformat(" ")


def in_denver(text: str) -> str:
    instant = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    return instant.astimezone(ZONES[1]).strftime("%Y-%m-%dT%H:%M:%S%z")


def as_in(form: str) -> Callable[[str], str]:
    """The instant in another form."""

    def written(text: str) -> str:
        return datetime.fromisoformat(text).strftime(form)

    written.__name__ = f"written {form}"
    return written


AMOUNTS = ["unit_amount", "discount_amount"]
REQUIRED = ["account_id", "subscription_id", "effective_at", "status"]
EMPTY = ["", " ", "\t", "\u00a0", " \r\n"]
# What a file says for it, without quotes.
MISSING = ["NULL", "null", "None", "NaN", "nan", "#N/A", "\\N"]
NO_VALUES = ["N/A", "n/a", "#REF!", "-", "?", "abc", "Null value"]
NO_NUMBERS = [
    *["1,200.00", "1.200,00", "1,2", "12,50", "$100", "100 USD", "5 kr", "10%", "(100)", "1 00"],
    *["1_000", "'100", '"100"', "0x10", "inf", "-Infinity", "1e", "1e5.5", "1 0000", "10 %%"],
    *["١٢", "１０", "½", "1.2.3", "--5", "5-", "true", "2024-01-01", "ten", "1e400", "12 months"],
]
NO_INSTANTS = [
    *["31.12.24", "31/12/2024", "12/31/2024", "Dec 31, 2024", "31 Dec 2024", "20241231"],
    *["2024-12", "2024", "2024-W01-1", "1735603200", "45657", "soon", "now", "today", "tomorrow"],
    *["infinity", "24-01-15", "0001-01-01", "1753-01-01", "1899-12-30", "2200-01-01", "9999-12-31"],
    *["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024-06-31", "0000-00-00"],
    *["2024-05-31 10:60:00", "2024-05-31x", "2024-05-31 10:00:00 Mars/Base", "10:00:00"],
    *["2024-05-31 10:00:00+25:00", "2024-05-31 10:00 am", "May 31, 2024 10:00", "2024-05-31 25:00"],
]


def damages_of_values() -> list[Damage]:
    """Each column of a row that carries MRR with each kind of damage, then of one that ends."""
    return [
        *(of_value(column, padded, SAME) for column in EVENT_COLUMNS),
        *(of_value(column, with_line_ends, SAME) for column in EVENT_COLUMNS),
        *of_nothing(),
        *of_ids(),
        *of_words(),
        *of_numbers(),
        *of_instants(),
        *of_a_row_that_ends(),
    ]


def of_nothing() -> list[Damage]:
    """Blanks only, or a word for nothing."""
    expected = {column: f"missing_{column}" for column in REQUIRED}
    expected |= {column: f"missing_{column}" for column in ("unit_amount", "billing_interval")}
    # its subscription has an item
    expected["subscription_item_id"] = "missing_subscription_item_id"
    # the instants are those of rows that are alone
    expected |= dict.fromkeys(["event_id", "sequence", "recorded_at"], SAME)
    return [
        of_value(column, text, expected.get(column, OTHER), meant="" if text in MISSING else None)
        for column in EVENT_COLUMNS
        for text in [*EMPTY, *MISSING]
    ]


def of_ids() -> list[Damage]:
    """Ids and labels: any text is one, and another one is another item, account or plan."""
    others = [*NO_VALUES, "0", "-1", "1e5", "acc, 1", "acc\n1", "x" * 300, in_capitals]
    expected = {"event_id": SAME}
    columns = [*EVENT_COLUMNS[:4], "product_id", "plan_id", "pricing_model"]
    return [
        of_value(column, text, expected.get(column, OTHER)) for column in columns for text in others
    ]


def of_words() -> list[Damage]:
    """Statuses, intervals and currencies: some words are known, all others are named."""
    unknown = [*NO_VALUES, "0", "1", "true", "-1", "100", "2024-01-01", "act ive", "mon_th", "€"]
    reasons = {"status": "unknown_status", "billing_interval": "unknown_billing_interval"}
    reasons["currency"] = "no_exchange_rate"
    known = {
        "status": {
            SAME: ["Active", "ACTIVE", "live", "past_due", "Past Due", "past-due"],
            OTHER: ["cancelled", "Canceled", "trial", "In Trial", "unpaid", "expired", "paused"],
            "ignored_status": ["draft", "Draft "],
            "unknown_status": ["activ", "actif", "month", "canceld"],
        },
        "billing_interval": {
            SAME: ["Month", "MONTHLY", "monthly", "months"],
            OTHER: ["year", "Annual", "quarterly", "weekly", "day", "One-time", "lifetime"],
            "unknown_billing_interval": ["1 month", "30 days", "12", "mensuel", "active"],
        },
        "currency": {
            SAME: ["eur", "Eur"],
            OTHER: ["USD", "usd", "GBP"],
            "no_exchange_rate": ["euro", "EU", "XXX", "EUR EUR"],
        },
    }
    return [
        *(of_value(column, text, reasons[column]) for column in reasons for text in unknown),
        *(
            of_value(column, text, expected)
            for column, by_expected in known.items()
            for expected, texts in by_expected.items()
            for text in texts
        ),
    ]


def of_numbers() -> list[Damage]:
    """Numbers: written otherwise, none at all, below zero, zero, too large, too small."""
    columns = ["quantity", "unit_amount", "billing_interval_count", "discount_percent"]
    columns += ["discount_amount"]
    same = [with_an_exponent, with_decimals, with_a_plus_and_zeros]
    invalid = {
        "quantity": "negative_quantity",
        "unit_amount": "negative_unit_amount",
        "billing_interval_count": "invalid_billing_interval_count",
        "discount_percent": "invalid_discount",
        "discount_amount": "invalid_discount",
    }
    found = []
    for column in columns:
        unreadable = f"unreadable_{column}"
        found += [of_value(column, text, unreadable) for text in [*NO_VALUES, *NO_NUMBERS]]
        found += [of_value(column, text, unreadable) for text in ("1e12", "9" * 13, "1e30")]
        found += [of_value(column, text, SAME) for text in same]
        found += [of_value(column, text, invalid[column]) for text in (negative, "-0.01", "-1e9")]
        # 0.0000001 is read as 0
        nothing = "invalid_billing_interval_count" if column == "billing_interval_count" else OTHER
        found += [of_value(column, text, nothing) for text in ("0", "-0", "0.0000001", "1e-9")]
    # more than the money type holds, together with the other one
    found += [of_value(column, "9" * 12, "unreadable_unit_amount") for column in columns[:2]]
    found += [
        *(of_value(column, text, OTHER) for column in columns[:2] for text in ("1e5", "0.01")),
        *(of_value("billing_interval_count", text, OTHER) for text in ("1", "3.0", "1e6")),
        of_value("billing_interval_count", "1.5", "invalid_billing_interval_count"),
        *(of_value("discount_percent", text, OTHER) for text in ("0.1", "100", "99.999999")),
        *(of_value("discount_percent", text, "invalid_discount") for text in ("100.01", "1e6")),
        *(of_value("discount_amount", text, OTHER) for text in ("1e6", "0.01")),
    ]
    # its order among states of the same instant: there are none
    whole = ["0", "-7", "7", "3.0", "1e18", "0003", negative, with_an_exponent]
    found += [of_value("sequence", text, SAME) for text in whole]
    # what a file may say of any number, and of an amount in its own currency
    thousands = {"discount_percent": "invalid_discount", "sequence": SAME}
    for column in ("quantity", "billing_interval_count", *AMOUNTS, *thousands):
        for text in ("1 000", "1'000", "1\u00a0000", "1\u202f000"):
            found.append(of_value(column, text, thousands.get(column, OTHER), meant="1000"))
    for column in AMOUNTS:
        found += [of_value(column, text, OTHER, meant="8") for text in ("€8", "8 €", "8 EUR")]
    no_whole = [*NO_VALUES, *NO_NUMBERS, "1.5", "0.01", "1e30", "9223372036854775808"]
    return found + [of_value("sequence", text, "unreadable_sequence") for text in no_whole]


def of_instants() -> list[Damage]:
    """Instants: written otherwise, none at all, and far away."""
    same = [with_a_letter_t, with_a_letter_z, in_utc_by_name, with_a_fraction, without_a_time]
    same += [in_india, in_denver]
    forms = [as_in(form) for form in ("%d.%m.%y", "%m/%d/%Y %H:%M", "%d-%m-%Y", "%Y%m%dT%H%M%S")]
    found = []
    for column in ("effective_at", "recorded_at", "discount_ends_at"):
        unreadable = [*NO_VALUES, *NO_INSTANTS, *forms]
        found += [of_value(column, text, f"unreadable_{column}") for text in unreadable]
        found += [of_value(column, text, SAME) for text in same]
        # what a file may say of any day: which part is the month is sure
        found.append(of_value(column, as_in("%d.%m.%Y"), SAME, meant=without_a_time))
        found.append(of_value(column, as_in("%d.%m.%Y %H:%M:%S"), SAME, meant=with_a_fraction))
        # when a row was recorded changes nothing where its instant is its own
        far = SAME if column == "recorded_at" else OTHER
        days = ["2022-11-05", "2022-12-28 10:00:00", "2099-12-31", "2199-12-31 23:59:59"]
        found += [of_value(column, text, far) for text in days]
    return found


def of_a_row_that_ends() -> list[Damage]:
    """Of a row without MRR the price is not needed, but one that is there must be right."""
    reasons = {
        "quantity": "negative_quantity",
        "unit_amount": "negative_unit_amount",
        "billing_interval_count": "invalid_billing_interval_count",
        "discount_percent": "invalid_discount",
        "discount_amount": "invalid_discount",
    }
    columns = [*reasons, "billing_interval", "currency", "discount_ends_at", "event_id"]
    columns += ["sequence", "recorded_at", "plan_id", "pricing_model", "product_id"]
    return [
        *(of_value(column, "", SAME, ENDING) for column in columns),
        *(of_value(column, "-1", reason, ENDING) for column, reason in reasons.items()),
        *(of_value(column, "x", f"unreadable_{column}", ENDING) for column in reasons),
        *(of_value(c, text, f"missing_{c}", ENDING) for c in REQUIRED for text in ("", "\t")),
        *(of_value("status", text, SAME, ENDING) for text in ("Canceled", "trial", "unpaid")),
        of_value("status", "gone", "unknown_status", ENDING),
        of_value("status", "active", OTHER, ENDING),
        of_value("status", "pending", "ignored_status", ENDING),
        of_value("billing_interval", "moon", "unknown_billing_interval", ENDING),
        of_value("billing_interval", "once", SAME, ENDING),
        of_value("currency", "XXX", "no_exchange_rate", ENDING),
        # it speaks of all the items of its subscription, which is this one
        of_value("subscription_item_id", "", SAME, ENDING),
        of_value("effective_at", "31/12/2024", "unreadable_effective_at", ENDING),
        of_value("effective_at", "2099-01-01", OTHER, ENDING),
        of_value("discount_ends_at", "never", "unreadable_discount_ends_at", ENDING),
    ]


# --- Damages of a row -------------------------------------------------------------------------


def swapped(one: str, other: str, figures: str, *reasons: str) -> Damage:
    """Two columns change places."""
    return Damage(
        f"{one} and {other} change places",
        lambda row: [{**row, one: row[other], other: row[one]}],
        figures,
        reasons,
    )


def a_day_later(row: dict) -> dict:
    at = datetime.fromisoformat(row["recorded_at"]) + timedelta(days=1)
    return {**row, "recorded_at": str(at)}


def moved(row: dict, places: int) -> dict:
    """The values are so many columns further on; what leaves the row is lost."""
    values = [row[column] for column in EVENT_COLUMNS]
    values = [""] * places + values[:-places] if places > 0 else values[-places:] + [""] * -places
    return dict(zip(EVENT_COLUMNS, values, strict=True))


def with_nothing(row: dict, **columns: str) -> dict:
    return {**dict.fromkeys(row, ""), **columns}


def damages_of_rows() -> list[Damage]:
    return [
        Damage("twice", lambda row: [row, dict(row)], SAME, ("duplicate",)),
        Damage("four times", lambda row: [dict(row) for _ in range(4)], SAME, ("duplicate",) * 3),
        Damage("again later", lambda row: [a_day_later(row), row], SAME, ("duplicate",)),
        Damage(
            "again in other words",
            lambda row: [row, {**row, "status": "ACTIVE ", "billing_interval": "monthly"}],
            SAME,
            ("duplicate",),
        ),
        Damage(
            "again later with another price",
            lambda row: [row, {**a_day_later(row), "unit_amount": "1"}],
            OTHER,
            ("duplicate",),
        ),
        Damage(
            "again later with a price that cannot be read",
            lambda row: [row, {**a_day_later(row), "unit_amount": "1,00"}],
            SAME,
            ("unreadable_unit_amount",),
        ),
        Damage(
            "once more under another id",
            lambda row: [row, {**row, "event_id": f"{row['event_id']} II"}],
            SAME,
        ),
        Damage(
            "twice without an id",
            lambda row: [{**row, "event_id": ""}, {**row, "event_id": " "}],
            SAME,
            ("duplicate",),
        ),
        Damage("lost", lambda row: [], GONE),
        Damage("its end lost", lambda row: [row | dict.fromkeys(EVENT_COLUMNS[14:], "")], GONE,
               ("missing_billing_interval",)),
        Damage("an empty row behind it", lambda row: [row, with_nothing(row)], SAME),
        Damage("a row of blanks", lambda row: [row, dict.fromkeys(row, " \t")], SAME),
        Damage(
            "the header again",
            lambda row: [row, {c: c for c in row} | {"event_id": row["event_id"]}],
            SAME,
            ("unreadable_effective_at",),
        ),
        Damage(
            "a total behind it",
            lambda row: [row, with_nothing(row, account_id=row["account_id"], unit_amount="9")],
            SAME,
            ("missing_subscription_id",),
        ),
        Damage("a column moved to the right", lambda row: [moved(row, 1)], GONE,
               ("unreadable_effective_at",)),
        Damage("a column moved to the left", lambda row: [moved(row, -1)], GONE,
               ("unreadable_effective_at",)),
        swapped("quantity", "unit_amount", SAME),
        swapped("effective_at", "recorded_at", SAME),
        swapped("event_id", "plan_id", OTHER),
        swapped("event_id", "product_id", OTHER),
        swapped("account_id", "subscription_id", OTHER),
        swapped("subscription_id", "subscription_item_id", OTHER),
        swapped("discount_percent", "discount_amount", OTHER),
        swapped("plan_id", "pricing_model", OTHER),
        swapped("status", "billing_interval", GONE, "unknown_status"),
        swapped("status", "currency", GONE, "unknown_status"),
        swapped("currency", "billing_interval", GONE, "unknown_billing_interval"),
        swapped("unit_amount", "currency", GONE, "unreadable_unit_amount"),
        swapped("quantity", "plan_id", GONE, "unreadable_quantity"),
        swapped("effective_at", "status", GONE, "unreadable_effective_at"),
        swapped("discount_ends_at", "effective_at", OTHER),
        swapped("unit_amount", "discount_ends_at", GONE, "unreadable_unit_amount"),
        swapped("billing_interval", "billing_interval_count", GONE,
                "unreadable_billing_interval_count"),
    ]  # fmt: skip


DAMAGES = [*damages_of_values(), *damages_of_rows()]


# --- Everything together ----------------------------------------------------------------------

RATES = [
    {"currency": currency, "rate_date": "2023-01-01", "rate": rate}
    for currency, rate in {"EUR": "1.1", "GBP": "1.25", "USD": "0.8"}.items()
]


@dataclass
class Damaged:
    """The events of all accounts: without damage, without the rows in question, and damaged, as
    they are written in a file and as they are read from it.
    """

    clean: list[dict]
    gone: list[dict]
    damaged: list[dict]
    read: list[dict]


def damaged_events(seed: int) -> Damaged:
    """Account by account the damages in their order; the rows in any order."""
    dice = Random(seed)
    # says up to when the data is complete
    clock = clean_rows(len(DAMAGES), dice)["other"] | {"recorded_at": "2024-10-02 00:00:00"}
    events = Damaged([clock], [clock], [clock], [clock])
    for number, damage in enumerate(DAMAGES):
        rows = clean_rows(number, dice)
        events.clean += rows.values()
        row = rows.pop(damage.row)
        events.gone += rows.values()
        events.damaged += [*rows.values(), *damage.rows(row)]
        events.read += [*rows.values(), *(damage.meant or damage.rows)(row)]
    dice.shuffle(events.damaged)
    return events
