"""How the numbers and dates of a file are written, and the SQL that makes plain ones of them.

A spreadsheet writes 1.200,50 or $1,200.50, and 31.12.2025 or 12/31/2025. Such a value is rewritten
only where its whole column leaves no doubt about what it means: one value proves it, and none
contradicts. Any other stays as it is; the staging models cannot read it and reject its row by name.
In an input that people keep in a spreadsheet, a column in doubt stops the command instead.
"""

import duckdb
import spreadsheet_dates
from found_files import MISSING, File, InputError, text
from header_aliases import INPUTS as SPREADSHEETS

NUMBERS = {
    "subscription_events": [
        *["sequence", "quantity", "unit_amount", "billing_interval_count"],
        *["discount_percent", "discount_amount"],
    ],
    "accounts": [],
    "exchange_rates": ["rate"],
    "mrr_snapshots": ["mrr", "quantity"],
    "billing_totals": ["mrr"],
    "mrr_movements": ["mrr_change", "sequence"],
    "subscription_periods": ["amount", "billing_interval_count", "quantity"],
    "contracts": ["amount", "term_months", "free_months", "one_time_amount"],
    "product_usage": ["value"],
    "customer_events": ["value"],
    "plan_limits": ["limit_value"],
    "signals": ["days", "from_days", "threshold", "minimum"],
}
AMOUNTS = ["unit_amount", "discount_amount", "mrr", "mrr_change", "amount", "one_time_amount"]
PERCENT = "discount_percent"
DATES = {
    "subscription_events": ["effective_at", "recorded_at", "discount_ends_at"],
    "accounts": ["valid_from"],
    "exchange_rates": ["rate_date"],
    "mrr_movements": ["occurred_at"],
    "subscription_periods": ["starts_on", "ends_on", "trial_ends_on"],
    "contracts": ["starts_on", "ends_on", "churned_on"],
    "account_links": ["valid_from"],
    "subscription_links": ["at"],
    "product_usage": ["usage_date", "recorded_at"],
    "customer_events": ["occurred_at", "recorded_at"],
    "plan_limits": ["valid_from", "recorded_at"],
}
# In a Parquet file they may be missing, and yet be there as text: a data frame's str(None).
IDS = ["event_id", "account_id", "subscription_id", "subscription_item_id", "subject_id"]
CURRENCIES_OF_SIGNS = {
    "$": ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "CLP", "COP", "ARS"],
    "US$": ["USD"],
    "€": ["EUR"],
    "£": ["GBP"],
    "¥": ["JPY", "CNY"],
}
# whose sign stands before an amount with a point before its decimals
WITH_POINT = ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "GBP"]

BLANKS = " \t\r\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
SPACE = r"[\s\x{a0}\x{202f}]"
# what parts thousands and never begins decimals: spaces and apostrophes
GAP = r"[ \x{a0}\x{202f}'’]"
EXPONENT = r"(?:[eE][-+]?\d+)?"
SIGN = r"(?:US\$|[$€£¥]|[A-Za-z]{3})"


def whole(thousands: str) -> str:
    """A pattern: digits, or groups of three that are parted by that character or by gaps."""
    return rf"(?:[1-9]\d{{0,2}}(?:(?:[{thousands}]\d{{3}})+|(?:{GAP}\d{{3}})+)|\d+)"


# style -> (a number in it, what parts its thousands, what begins its decimals)
STYLES = {
    "point": (rf"[-+]?(?:{whole(',')}(?:\.\d*)?|\.\d+){EXPONENT}", f"(?:,|{GAP})", "."),
    "comma": (rf"[-+]?(?:{whole('.')}(?:,\d*)?|,\d+){EXPONENT}", rf"(?:\.|{GAP})", ","),
    # neither is proven: only what means the same in both
    "neither": (rf"[-+]?(?:[1-9]\d{{0,2}}(?:{GAP}\d{{3}})+|\d+)", GAP, "."),
}
# 1.200: a thousand and two hundred, or one and two tenths
DOTTED = r"[-+]?[1-9]\d{0,2}\.\d{3}"
WITH_COMMA = r"[-+]?[1-9]\d{0,2},\d{3}"

TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[-+]\d{2}(?::?\d{2})?))?)?"
DOTS = rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}})({TIME})"
SLASHES = rf"(\d{{1,2}})[/-](\d{{1,2}})[/-](\d{{4}})({TIME})"
# which part is the day -> the parts as ISO 8601 has them
YEAR_FIRST = {"day": r"\3-\2-\1\4", "month": r"\3-\1-\2\4"}
# nrr_date_order -> which part comes first
DAY_OR_MONTH = {"dmy": "day", "mdy": "month"}


def replaced(value: str, pattern: str, by: str = "") -> str:
    return f"regexp_replace({value}, {text(pattern)}, {text(by)}, 'g')"


def trimmed(column: str) -> str:
    return f"trim({column}, {text(BLANKS)})"


def is_like(value: str, pattern: str) -> str:
    return f"coalesce(regexp_full_match({value}, {text(pattern)}), false)"


def is_missing_word(column: str) -> str:
    return f"{column} in ({', '.join(map(text, MISSING))})"


def of_text(file: File, names: list[str]) -> dict[str, str]:
    """Those of the columns that the file has as text, as SQL."""
    found = {name: file.column(name) for name in names}
    return {name: c.sql for name, c in found.items() if c and c.type == "VARCHAR"}


def look_at_all(name: str, file: File) -> dict[str, str]:
    """Aggregates that cost little: whether a column has a value that is not plain."""
    looks = {}
    for key, sql in of_text(file, NUMBERS.get(name, [])).items():
        looks[key] = f"count(nullif({sql}, '')) > count(try_cast({sql} as double))"
        if file.delimiter == ";" or (name in SPREADSHEETS and key in AMOUNTS):
            # a comma may begin decimals: 1.200 is looked at too
            looks[key] += f" or count(*) filter ({sql} like '%.___') > 0"
    for key, sql in of_text(file, DATES.get(name, [])).items():
        looks[key] = f"count(*) filter ({sql} not like '____-%') > 0"
        if name in SPREADSHEETS:
            looks[key] += f" or count(*) filter ({sql} like '%00:00%') > 0"
    if file.delimiter is None:
        for key, sql in of_text(file, IDS).items():
            looks[key] = f"coalesce(bool_or({is_missing_word(sql)}), false)"
    return looks


def bare(name: str, column: str, is_sheet: bool) -> str:
    """A number's text without a currency's sign, or the sign for percent.

    In a spreadsheet's amounts, (50) is -50 and a dash is nothing.
    """
    value = trimmed(column)
    if name == PERCENT:
        return replaced(value, rf"{SPACE}*%$")
    if name in AMOUNTS:
        if is_sheet:
            value = replaced(value, rf"^({SIGN}?){SPACE}*\({SPACE}*(.+?){SPACE}*\)$", r"-\1\2")
            value = replaced(value, rf"^{SIGN}?{SPACE}*[-–—]{SPACE}*{SIGN}?$", "0")
        without_front = replaced(value, rf"^([-+]?){SPACE}*{SIGN}{SPACE}*", r"\1")
        return replaced(without_front, rf"{SPACE}*{SIGN}$")
    return value


def sign_with_point(column: str, currency: str) -> str:
    """Whether an amount has the sign of a currency whose decimals a point begins before it."""
    pattern = text(rf"^[-+(]?{SPACE}*(?:US\$|[$£])")
    known = f"{currency} in ({', '.join(map(text, WITH_POINT))})"
    return f"coalesce(regexp_matches({trimmed(column)}, {pattern}) and {known}, false)"


def numbers_look(name: str, column: str, currency: str, is_sheet: bool) -> str:
    """An aggregate: how many values prove a point, how many a comma, and some in doubt."""
    value = bare(name, column, is_sheet)
    point, comma = (is_like(value, STYLES[style][0]) for style in ("point", "comma"))
    agree = signs_agree(column, currency) if is_sheet and name in AMOUNTS else "true"
    fraction = f"abs(try_cast({trimmed(column)} as double)) between 1e-9 and 1 - 1e-9"
    return (
        f"{{point: count(*) filter ({point} and not {comma}), "
        f"comma: count(*) filter ({comma} and not {point}), "
        f"dotted: min({column}) filter ({is_like(value, DOTTED)}), "
        f"with_comma: min({column}) filter ({is_like(value, WITH_COMMA)}), "
        f"signs: count(*) filter ({sign_with_point(column, currency)}), "
        f"other_sign: min({column}) filter (({point} or {comma}) and not {agree}), "
        f"fractions: count(*) filter ({fraction})}}"
    )


def dates_look(column: str) -> str:
    """An aggregate: the largest first and second part of the dates with slashes."""
    pattern = text(f"^{SLASHES}$")
    first, second = (
        f"max(try_cast(regexp_extract({trimmed(column)}, {pattern}, {part}) as integer))"
        for part in (1, 2)
    )
    return f"{{first: coalesce({first}, 0), second: coalesce({second}, 0)}}"


def check_no_doubt(file: File, column: str, look: dict, style: str) -> None:
    """Raises InputError where an amount of a spreadsheet may be two numbers."""
    if style == "neither" and (look["dotted"] or look["with_comma"]):
        given = (look["dotted"] or look["with_comma"]).strip()
        digits = replace_all(given, ".,")
        raise InputError(
            f"{column} in {file.path} has {given}, which may be thousands or have decimals, and "
            f"no other value says which. Write the amounts with their decimals (such as "
            f"{given}{'.00' if ',' in given else ',00'}) or without thousands ({digits})."
        )


def replace_all(value: str, characters: str) -> str:
    return "".join(character for character in value if character not in characters)


def styles_of(file: File, looked: dict[str, dict], is_sheet: bool = False) -> dict[str, str]:
    """The style of each column of numbers.

    Raises InputError where 1.200 may be two numbers: in a file with semicolons, which is how they
    write it where a comma begins the decimals, and in which nothing proves the one or the other.
    """
    proven = {}
    for column, look in looked.items():
        point, comma = look["point"] > 0, look["comma"] > 0
        if is_sheet and not comma and look["signs"]:
            point = True
        proven[column] = "neither" if point == comma else "point" if point else "comma"
    elsewhere = set(proven.values()) - {"neither"}
    if is_sheet:
        for column, look in looked.items():
            if proven[column] == "neither" and len(elsewhere) == 1:
                proven[column] = next(iter(elsewhere))
            if column in AMOUNTS:
                check_no_doubt(file, column, look, proven[column])
        return proven
    for column, look in looked.items():
        if not look["dotted"] or look["point"] or look["comma"]:
            continue
        if elsewhere == {"comma"}:
            proven[column] = "comma"
        elif not elsewhere and file.delimiter == ";":
            raise InputError(
                f"{column} in {file.path} has {look['dotted']}, which in a file with semicolons "
                "may be thousands or have decimals. Write the numbers with a point before their "
                "decimals and nothing between thousands, or with their decimals (1.200,00)."
            )
    return proven


def signs_agree(column: str, currency: str) -> str:
    """Whether the signs before and behind an amount, if it has any, are those of its currency."""
    conditions = []
    for pattern in [rf"^[-+(]?{SPACE}*({SIGN})", rf"({SIGN})\)?$"]:
        sign = f"upper(regexp_extract({trimmed(column)}, {text(pattern)}, 1))"
        cases = " ".join(
            f"when {text(mark)} then {currency} in ({', '.join(map(text, currencies))})"
            for mark, currencies in CURRENCIES_OF_SIGNS.items()
        )
        conditions.append(f"case {sign} when '' then true {cases} else {sign} = {currency} end")
    return f"coalesce({' and '.join(conditions)}, false)"


def currency_sql(file: File, reporting_currency: str | None) -> str:
    """The currency of a row."""
    currency = file.column("currency")
    given = f"nullif(upper(trim({currency.sql})), '')" if currency else "null"
    return f"coalesce({given}, {text(reporting_currency) if reporting_currency else 'null'})"


def check_sign(file: File, column: str, look: dict, reporting_currency: str | None) -> None:
    """Raises InputError where an amount has a sign that is not the reporting currency's.

    In a file with a column of currencies such a row is left for the models to reject.
    """
    if look["other_sign"] and reporting_currency and not file.column("currency"):
        raise InputError(
            f"{column} in {file.path} has {look['other_sign'].strip()}, while the reporting "
            f"currency is {reporting_currency} and there is no column currency. If that is another "
            "currency, report in it, such as by make build "
            "NRR_VARS='{nrr_reporting_currency: EUR}', or add the column currency."
        )


def may_be_rewritten(name: str, file: File, looked: dict, reporting_currency: str | None) -> str:
    """When a number may be rewritten, apart from its style."""
    if name in AMOUNTS:
        return signs_agree(file.column(name).sql, currency_sql(file, reporting_currency))
    if name == PERCENT and looked["fractions"]:
        # 0.2 beside 20% may be a fifth of a percent or 20%
        return f"not contains({file.column(name).sql}, '%')"
    return "true"


def number_sql(name: str, column: str, style: str, condition: str, is_sheet: bool) -> str:
    """A number in that style with digits and a point alone, where it is one; else as it is."""
    pattern, thousands, point = STYLES[style]
    value = bare(name, column, is_sheet)
    digits = replaced(value, thousands)
    if point != ".":
        digits = f"replace({digits}, {text(point)}, '.')"
    return f"case when {is_like(value, pattern)} and {condition} then {digits} else {column} end"


def order_of(looked: dict) -> str | None:
    """Which part of the dates with slashes is the day or month: where one above 12 proves it."""
    if looked["first"] > 12 >= looked["second"]:
        return "day"
    if looked["second"] > 12 >= looked["first"]:
        return "month"
    return None


def date_sql(column: str, first: str | None) -> str:
    """A date with its year first, where it was written with dots or in that order; or as it is."""
    value = trimmed(column)
    cases = ""
    for pattern, order in [(DOTS, "day"), (SLASHES, first)]:
        if order:
            plain = replaced(value, f"^{pattern}$", YEAR_FIRST[order])
            two_digits = replaced(plain, r"([-T ])(\d)\b", r"\10\2")
            cases += f" when {is_like(value, pattern)} then {two_digits}"
    return f"case{cases} else {column} end"


def noted(conn: duckdb.DuckDBPyConnection, file: File, done: dict[str, str]) -> dict[str, str]:
    """Those of the rewritings that change a value, each noted with one."""
    if not done:
        return {}
    examples = []
    for key, sql in done.items():
        given = file.column(key).sql
        examples.append(
            f"arg_max({{given: {given}, read: {sql}}}, length({given})) "
            f"filter (trim({given}) is distinct from {sql})"
        )
    found = conn.execute(f"select {', '.join(examples)} from {file.scan}").fetchone()
    kept = {}
    for key, example in zip(done, found, strict=True):
        if example is not None:
            kept[key] = done[key]
            read = "a missing value" if example["read"] is None else example["read"]
            given = example["given"].strip()
            file.notes.append(f"{key} in {file.path.name}: {given} is read as {read}.")
    return kept


def rewritings(
    conn: duckdb.DuckDBPyConnection,
    name: str,
    file: File,
    unusual: set[str],
    reporting_currency: str | None,
    date_order: str | None = None,
) -> dict[str, str]:
    """Columns whose values are read otherwise than they stand there, as SQL; notes what is done.

    `unusual`: the columns of which look_at_all() says so; `date_order`: nrr_date_order.
    """
    is_sheet = name in SPREADSHEETS
    # all of them, since one column may prove what is in doubt in another
    numbers = of_text(file, NUMBERS.get(name, [])) if unusual & set(NUMBERS.get(name, [])) else {}
    dates = {key: sql for key, sql in of_text(file, DATES.get(name, [])).items() if key in unusual}
    done = {
        key: f"case when not {is_missing_word(sql)} then {sql} end"
        for key, sql in of_text(file, IDS).items()
        if key in unusual
    }
    if numbers or dates:
        currency = currency_sql(file, reporting_currency)
        looks = [numbers_look(key, sql, currency, is_sheet) for key, sql in numbers.items()]
        look_at_dates = spreadsheet_dates.look if is_sheet else dates_look
        looks += [look_at_dates(sql) for sql in dates.values()]
        found = conn.execute(f"select {', '.join(looks)} from {file.scan}").fetchone()
        looked = dict(zip([*numbers, *dates], found, strict=True))
        styles = styles_of(file, {key: looked[key] for key in numbers}, is_sheet)
        for key in numbers:
            if is_sheet and key in AMOUNTS:
                check_sign(file, key, looked[key], reporting_currency)
        for key, sql in numbers.items():
            if key in unusual or styles[key] == "comma":
                allowed = may_be_rewritten(key, file, looked[key], reporting_currency)
                done[key] = number_sql(key, sql, styles[key], allowed, is_sheet)
        for key, sql in dates.items():
            if is_sheet:
                done[key] = spreadsheet_dates.read(file, key, looked[key], date_order)
            else:
                done[key] = date_sql(sql, DAY_OR_MONTH.get(date_order) or order_of(looked[key]))
    return noted(conn, file, done)
