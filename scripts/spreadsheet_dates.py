"""Dates as people keep them in a spreadsheet, and the SQL that makes plain ones of them.

A column is read where all of it can be read in one way only: 31/12/2025 has its day first, and so
has 01/02/2025 beside it. Elsewhere nrr_date_order says which part comes first.
"""

from found_files import File, InputError, text
from month_names import NUMBER_OF

BLANKS = " \t\r\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
CLOCK = r"(?:(?:T|,? )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)"
TIME = rf"({CLOCK}?(?: ?(?:Z|UTC|[-+]\d{{2}}(?::?\d{{2}})?))?)"
# two numbers and a year, with what parts them
SLASHES = r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})"
DOTS = r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})"
YEAR_FIRST = r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})"
DIGITS = r"((?:19|20)\d{2})([01]\d)([0-3]\d)"
# Excel's number of a day, of 1954 to 2119
SERIAL = r"[2-7]\d{4}(?:\.\d+)?"
WORD = r"([^\s\d.,/-]+)"
DAY_WORD = rf"(\d{{1,2}})(?:st|nd|rd|th)?[ ./-]+{WORD}\.?[ ,./-]+(\d{{4}}|\d{{2}})"
WORD_DAY = rf"{WORD}\.? +(\d{{1,2}})(?:st|nd|rd|th)?,? +(\d{{4}})"
HALF_DAYS = rf"({CLOCK}) ?([AaPp])\.?[Mm]\.?"
NO_DATE = ["-", "–", "—", "n/a", "N/A", "#N/A"]
MIDNIGHT = r"[T ]0?0:00(?::00(?:\.0+)?)?(?: ?(?:Z|UTC|\+00(?::?00)?))?$"


def trimmed(column: str) -> str:
    return f"trim({column}, {text(BLANKS)})"


def part(value: str, pattern: str, number: int) -> str:
    return f"regexp_extract({value}, {text(f'^{pattern}')}, {number})"


def look(column: str) -> str:
    """An aggregate: what the dates of a column prove about the order of their parts."""
    value = trimmed(column)
    first, second = (f"try_cast({part(value, SLASHES, n)} as integer)" for n in (1, 2))
    unsure = f"{first} <= 12 and {second} <= 12 and {first} <> {second}"
    has_time = f"regexp_matches({value}, ':')"
    return (
        f"{{day_first: min({column}) filter ({first} > 12), "
        f"month_first: min({column}) filter ({second} > 12), "
        f"unsure: min({column}) filter ({unsure}), "
        f"times: count(*) filter ({has_time}), "
        f"midnights: count(*) filter (regexp_matches({value}, {text(MIDNIGHT)}))}}"
    )


def order_of(file: File, column: str, looked: dict, date_order: str | None) -> str | None:
    """Whether the day or the month comes first; raises InputError where it cannot be known."""
    if date_order:
        return date_order
    day, month, unsure = (looked[key] for key in ("day_first", "month_first", "unsure"))
    ways = "Set nrr_date_order to dmy (day first) or mdy (month first)"
    if day and month:
        raise InputError(
            f"{column} in {file.path} has {day.strip()} and {month.strip()}, which have their "
            f"parts in different orders. Write all dates alike, best as 2025-12-31. {ways} if one "
            "of them is a slip: its row is then rejected by name."
        )
    if unsure and not day and not month:
        raise InputError(
            f"{column} in {file.path} has {unsure.strip()}, which may have its day or its month "
            f"first, and no other date in the column says which. {ways}: make build "
            "NRR_VARS='{nrr_date_order: dmy}', or in the vars of dbt_project.yml."
        )
    return "dmy" if day else "mdy" if month else "dmy" if not unsure else None


def iso(year: str, month: str, day: str) -> str:
    """A date of three parts, with its year first; null where one of them is missing."""
    long_year = f"case when length({year}) = 2 then '20' || {year} else {year} end"
    return f"{long_year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0')"


def month_of(word: str) -> str:
    words = ", ".join(text(name) for name in NUMBER_OF)
    numbers = ", ".join(text(str(number)) for number in NUMBER_OF.values())
    return f"map([{words}], [{numbers}])[lower({word})]"


def clock(value: str, tail: str) -> str:
    """The time of day behind a date, of 24 hours, with two digits each."""
    of_12 = f"regexp_full_match({tail}, {text(HALF_DAYS)})"
    stripped = f"regexp_replace({tail}, '^[T, ]+', '')"
    as_24 = (
        f"' ' || strftime(try_strptime(upper(replace({stripped}, '.', '')), "
        "['%I:%M:%S %p', '%I:%M %p', '%I:%M%p', '%I:%M:%S%p']), '%H:%M:%S')"
    )
    padded = f"regexp_replace({stripped}, '^(\\d):', '0\\1:')"
    return f"case when {tail} = '' then '' when {of_12} then {as_24} else ' ' || {padded} end"


def written(value: str, pattern: str, parts: tuple[int, int, int], word: int = 0) -> str:
    """A case of SQL: a date in that pattern as ISO 8601 has it.

    `parts`: where year, month and day are; `word`: which of them is the name of a month.
    """
    year, month, day = (part(value, pattern, number) for number in parts)
    if word:
        month = month_of(month)
    tail = f"regexp_replace({value}, {text(f'^{pattern}')}, '')"
    whole = rf"{pattern}(?:{TIME}|{HALF_DAYS})"
    result = f"{iso(year, month, day)} || {clock(value, tail)}"
    is_one = f"regexp_full_match({value}, {text(whole)}) and try_cast({month} as integer) <= 12"
    return f"when {is_one} then {result}"


def serial(value: str) -> str:
    """A case of SQL: Excel's number of a day, with its time as a fraction."""
    seconds = f"round(try_cast({value} as double) * 86400)"
    at = f"timestamp '1899-12-30' + to_seconds(cast({seconds} as bigint))"
    written_out = (
        f"case when contains({value}, '.') then strftime({at}, '%Y-%m-%d %H:%M:%S') "
        f"else strftime({at}, '%Y-%m-%d') end"
    )
    return f"when regexp_full_match({value}, {text(SERIAL)}) then {written_out}"


def read(file: File, column: str, looked: dict, date_order: str | None) -> str:
    """A date as ISO 8601 has it, where it was written otherwise; or as it is."""
    sql = file.column(column).sql
    value = trimmed(sql)
    if looked["times"] and looked["times"] == looked["midnights"]:
        # Days: a tool has written the time of none of them.
        value = f"regexp_replace({value}, {text(MIDNIGHT)}, '')"
    order = order_of(file, column, looked, date_order)
    year, month, day = (3, 2, 1) if order == "dmy" else (3, 1, 2)
    cases = [
        f"when {value} in ({', '.join(map(text, NO_DATE))}) then null",
        written(value, DOTS, (3, 2, 1)),
        *([written(value, SLASHES, (year, month, day))] if order else []),
        written(value, YEAR_FIRST, (1, 2, 3)),
        f"when regexp_full_match({value}, {text(DIGITS)}) then "
        + iso(*(part(value, DIGITS, number) for number in (1, 2, 3))),
        serial(value),
        written(value, DAY_WORD, (3, 2, 1), word=2),
        written(value, WORD_DAY, (3, 1, 2), word=1),
    ]
    if value != trimmed(sql):
        cases.append(f"when {sql} is not null then {value}")
    return f"case {' '.join(cases)} else {sql} end"
