"""Months as the header rows of spreadsheets write them: Jan-24, 2024-01, 01/2024, January 2024."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

# by their number; English, German, French, Spanish, Italian, Dutch and Portuguese
WORDS = [
    "jan january januar janv janvier ene enero gen gennaio januari janeiro jänner",
    "feb february februar févr février fevr fevrier febrero febbraio februari fev fevereiro",
    "mar march mär märz mrz maerz mars marzo mrt maart março marco",
    "apr april avr avril abr abril aprile",
    "may mai mayo mag maggio mei maio",
    "jun june juni juin junio giu giugno junho",
    "jul july juli juil juillet julio lug luglio julho",
    "aug august août aout ago agosto augustus",
    "sep sept september septembre septiembre set settembre setembro",
    "oct october okt oktober octobre octubre ott ottobre out outubro",
    "nov november novembre noviembre novembro",
    "dec december dez dezember déc décembre decembre dic diciembre dicembre dezembro",
]
NUMBER_OF = {word: number for number, words in enumerate(WORDS, 1) for word in words.split()}
YEAR = r"(?:19|20|21)\d\d"
WORD = r"[^\W\d_]+"
# what stands beside the month and says no more than the file's name
BESIDE = re.compile(
    r"\b(?:mrr|monthly recurring revenue)\b|\((?:[A-Za-z]{3}|[$€£¥])\)", re.IGNORECASE
)
TIME = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?: ?(?:Z|UTC))?$")
# Excel's number of a day: days since this one
EXCEL = date(1899, 12, 30)


class MonthError(ValueError):
    """Month columns whose months cannot be known: why."""


@dataclass
class Parsed:
    """What a header may mean: a month, or a day with its parts in an order that is not known."""

    month: date | None = None
    parts: tuple[int, int, int] | None = None
    day: date | None = None


def year_of(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def month_of(year: int, month: int) -> date | None:
    return date(year, month, 1) if 1 <= month <= 12 else None


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parsed(header: str) -> Parsed | None:
    """What a header says; None where it is no month."""
    plain = TIME.sub("", " ".join(BESIDE.sub(" ", header).split()).strip(" -_:"))
    if match := re.fullmatch(rf"({WORD})\.?[ '’/_.,-]*({YEAR}|\d\d)", plain):
        number = NUMBER_OF.get(match[1].lower())
        return Parsed(month=date(year_of(match[2]), number, 1)) if number else None
    if match := re.fullmatch(rf"({YEAR}|\d\d)[ '’/_.,-]*({WORD})\.?", plain):
        number = NUMBER_OF.get(match[2].lower())
        return Parsed(month=date(year_of(match[1]), number, 1)) if number else None
    if match := re.fullmatch(rf"({YEAR})[ /._-]?(?:M|m)?(\d\d?)", plain):
        month = month_of(int(match[1]), int(match[2]))
        return Parsed(month=month) if month else None
    if match := re.fullmatch(rf"(\d\d?)[ /._-]({YEAR})", plain):
        month = month_of(int(match[2]), int(match[1]))
        return Parsed(month=month) if month else None
    if match := re.fullmatch(rf"({YEAR})[/.-]?(\d\d?)[/.-]?(\d\d?)", plain):
        day = day_of(*(int(part) for part in match.groups()))
        return Parsed(day=day) if day else None
    if match := re.fullmatch(rf"(\d\d?)[ ./-]+({WORD})\.?[ ,./-]+({YEAR}|\d\d)", plain):
        number = NUMBER_OF.get(match[2].lower())
        day = day_of(year_of(match[3]), number, int(match[1])) if number else None
        return Parsed(day=day) if day else None
    if match := re.fullmatch(rf"({WORD})\.?[ ]+(\d\d?),? +({YEAR})", plain):
        number = NUMBER_OF.get(match[1].lower())
        day = day_of(int(match[3]), number, int(match[2])) if number else None
        return Parsed(day=day) if day else None
    if match := re.fullmatch(rf"(\d\d?)\.(\d\d?)\.({YEAR}|\d\d)", plain):
        day = day_of(year_of(match[3]), int(match[2]), int(match[1]))
        return Parsed(day=day) if day else None
    if match := re.fullmatch(rf"(\d\d?)([/-])(\d\d?)\2({YEAR}|\d\d)", plain):
        return Parsed(parts=(int(match[1]), int(match[3]), year_of(match[4])))
    if re.fullmatch(r"[2-7]\d{4}(?:\.0+)?", plain):
        return Parsed(day=EXCEL + timedelta(days=int(float(plain))))
    return None


def is_month_word(header: str) -> bool:
    """A month without its year."""
    return header.strip().rstrip(".").lower() in NUMBER_OF


def is_first_or_last(days: list[date]) -> bool:
    return all(day.day == 1 for day in days) or all(
        (day + timedelta(days=1)).day == 1 for day in days
    )


def in_order(parts: list[tuple[int, int, int]], order: str) -> list[date] | None:
    """The days, with the day or the month first; None where one of them is no day then."""
    days = [
        day_of(year, second, first) if order == "dmy" else day_of(year, first, second)
        for first, second, year in parts
    ]
    return None if None in days else days


def days_of(parts: list[tuple[int, int, int]], date_order: str | None) -> list[date]:
    """Days of which both 01/02/2024 and 02/01/2024 may be the first of February.

    The order in which all of them are first days or all are last days of months is theirs.
    """
    if not parts:
        return []
    possible = {order: in_order(parts, order) for order in ("dmy", "mdy")}
    fitting = {
        order: days
        for order, days in possible.items()
        if days
        and is_first_or_last(days)
        and len({day.replace(day=1) for day in days}) == len(days)
    }
    if date_order in fitting:
        return fitting[date_order]
    if len({tuple(days) for days in fitting.values()}) == 1:
        return next(iter(fitting.values()))
    raise MonthError(
        "may be days with the day or with the month first"
        if fitting
        else "are neither all first days nor all last days of months"
    )


def months_of(headers: list[str], date_order: str | None = None) -> dict[int, date]:
    """Which of the headers are months, by position, and which month each of them is."""
    found = {position: parsed(header) for position, header in enumerate(headers)}
    found = {position: one for position, one in found.items() if one}
    unsure = [position for position, one in found.items() if one.parts]
    days = dict(zip(unsure, days_of([found[p].parts for p in unsure], date_order), strict=True))
    days |= {position: one.day for position, one in found.items() if one.day}
    months = {position: one.month for position, one in found.items() if one.month}
    return {p: months.get(p) or days[p].replace(day=1) for p in found}
