"""Customers by months as mrr_snapshots: one column for each month becomes one row for each."""

import re
from collections import Counter
from datetime import date

from export_columns import LINE, Columns
from found_files import InputError, identifier, text
from month_names import MonthError, is_month_word, months_of, parsed

# A file with so few of them may have a column of another kind that is called so.
FEWEST_MONTHS = 1
MOST_VALUES = 5000


def month_columns(columns: Columns, date_order: str | None) -> dict[int, date]:
    """Which columns of the file are months; raises InputError where it cannot be known."""
    headers = [column.name for column in columns.file.columns]
    try:
        months = months_of(headers, date_order)
    except MonthError as error:
        days = [h.strip() for h in headers if (found := parsed(h)) and found.parts]
        raise InputError(
            f"the month columns of {columns.file.path}, such as {', '.join(days[:3])}, {error}. "
            "Set nrr_date_order to dmy (day first) or mdy (month first), or write the months as "
            "2024-01."
        ) from error
    twice = [month for month, number in Counter(months.values()).items() if number > 1]
    if twice:
        same = [headers[p].strip() for p, month in months.items() if month == twice[0]]
        raise InputError(
            f"{columns.file.path} has more than one column for {twice[0]:%B %Y}: "
            f"{', '.join(same)}. Which is meant cannot be known: rename or delete the others."
        )
    bare_words = [header.strip() for header in headers if is_month_word(header)]
    if bare_words and ("month" not in columns or "mrr" not in columns):
        raise InputError(
            f"the month columns of {columns.file.path}, such as {', '.join(bare_words[:3])}, do "
            "not say which year they are of. Write them as 2024-01 or Jan-24."
        )
    return months


def note_unused(columns: Columns, months: dict[int, date]) -> None:
    """The columns that are neither months nor used, totals apart."""
    left = [
        column.name
        for position, column in enumerate(columns.file.columns)
        if column.name and position not in months and not any(column is c for c in columns.used)
    ]
    totals = [header for header in left if is_total(header)]
    if totals:
        kind = "is a column" if len(totals) == 1 else "are columns"
        columns.note(f"{', '.join(totals)} {kind} of totals and left out.")
    others = [header for header in left if header not in totals]
    if others:
        columns.note(f"columns that are not used: {', '.join(others)}.")


def customer_column(columns: Columns, months: dict[int, date]) -> None:
    """The customer is the first column where no header says so."""
    if "account_id" in columns:
        return
    file = columns.file
    first = next((c for p, c in enumerate(file.columns) if p not in months), None)
    if first is None:
        raise InputError(
            f"{file.path} has a column for each month and none for the customer. Add it."
        )
    columns.sql["account_id"], columns.headers["account_id"] = first.sql, [first.name or "column 1"]


def wide(columns: Columns, months: dict[int, date]) -> None:
    """One row for each customer and month that has a value; an empty cell is no row."""
    for column in ("month", "mrr", "annual_amount"):
        columns.drop(column)
    customer_column(columns, months)
    note_unused(columns, months)
    own = {name: identifier(f"own_{name}") for name in columns.sql}
    kept = [f"{sql} as {own[name]}" for name, sql in columns.sql.items()]
    cells = [
        f"cast({columns.file.columns[position].sql} as varchar) as {identifier(str(month))}"
        for position, month in months.items()
    ]
    rows = (
        f"select row_number() over () as line, {', '.join([*kept, *cells])} "
        f"from {columns.rows_of_file}"
    )
    listed = ", ".join(identifier(str(month)) for month in months.values())
    columns.rows_of_file = (
        f"(select * from (unpivot ({rows}) on {listed} into name month value mrr) "
        "where trim(mrr) <> '')"
    )
    columns.sql = own | {"month": "month", "mrr": "mrr", LINE: "line"}
    columns.headers |= {name: [name] for name in ("month", "mrr", LINE)}
    columns.file.columns = []
    first, last = min(months.values()), max(months.values())
    if len(months) == 1:
        columns.note(f"1 column is a month, {first:%B %Y}.")
    else:
        columns.note(f"{len(months):,} columns are months, {first:%B %Y} to {last:%B %Y}.")


def is_total(header: str) -> bool:
    """Whether a column is called a total: of all months, a quarter or a year."""
    word = r"(?:.*\b)?(?:totals?|sum|ytd|average|avg)\b.*"
    span = r"(?:fy|cy)? ?(?:19|20)\d\d|[qh][1-4]\W*\d*|\d*\W*[qh][1-4]"
    return bool(re.fullmatch(f"{word}|{span}", header.strip(), re.IGNORECASE))


def read_months(columns: Columns, date_order: str | None) -> None:
    """The months of a column of months, where they are not dates already."""
    sql = columns.sql["month"]
    described = f"describe select {sql} as month from {columns.rows_of_file}"
    if columns.conn.execute(described).fetchone()[1] != "VARCHAR":
        return
    values = columns.examples(sql, f"{sql} <> ''", MOST_VALUES + 1)
    if len(values) > MOST_VALUES:
        return
    try:
        months = months_of(values, date_order)
    except MonthError as error:
        days = [value for value in values if (found := parsed(value)) and found.parts]
        raise InputError(
            f"month in {columns.file.path} has {days[0]}, ... which {error}. Set nrr_date_order to "
            "dmy (day first) or mdy (month first), or write the months as 2024-01."
        ) from error
    changed = {values[p]: str(month) for p, month in months.items() if values[p] != str(month)}
    if changed:
        given = ", ".join(map(text, changed))
        read = ", ".join(map(text, changed.values()))
        columns.sql["month"] = f"coalesce(map([{given}], [{read}])[{sql}], {sql})"
        example = max(changed, key=len)
        columns.note(f"the month {example} is read as {changed[example]}.")


def yearly(columns: Columns) -> None:
    """ARR is twelve times the MRR."""
    amount = columns.pop("annual_amount")
    if amount and "mrr" not in columns:
        columns.sql["mrr"], columns.headers["mrr"] = amount, columns.headers["annual_amount"]
        columns.file.finish.append(a_twelfth)
        columns.note(f"{columns.headers['mrr'][0]} is twelve times the MRR.")


def a_twelfth(select: str) -> str:
    number = "try_cast(mrr as decimal(18, 6)) * cast(0.0833333333333333 as decimal(17, 16))"
    return (
        f"select * replace (coalesce(cast(round({number}, 6) as varchar), mrr) as mrr) "
        f"from ({select})"
    )


def adapt(columns: Columns, date_order: str | None) -> None:
    months = month_columns(columns, date_order)
    if "month" in columns and ("mrr" in columns or "annual_amount" in columns):
        read_months(columns, date_order)
        yearly(columns)
    elif len(months) >= FEWEST_MONTHS:
        wide(columns, months)
