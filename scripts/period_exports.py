"""Lists of subscriptions and invoice lines as subscription_periods."""

from export_columns import Columns
from found_files import InputError, text
from header_aliases import rule_rows

# the end of the ids that Chargebee makes for the prices of a plan
PERIOD_WORD = r"(?i)[-_ ](daily|weekly|monthly|quarterly|half[-_ ]?yearly|yearly|annual|annually)$"
EVERY = r"(?i)[-_ ]every[-_ ](\d+)[-_ ](day|week|month|year)s?$"
PLAN_CURRENCY = r"[-_ ]([A-Z]{3})[-_ ]"
NO_SUBSCRIPTION = ["credit memo", "credit note", "refund", "payment", "credit", "journal entry"]


def words_of(status: str) -> str:
    """The words that mean a status, as a list of SQL."""
    rows = rule_rows("nrr_status_values")
    return ", ".join(text(row["value"]) for row in rows if row["status"] == status)


def word(sql: str) -> str:
    return f"regexp_replace(lower(trim({sql})), '[ -]', '_', 'g')"


def whole_amounts(columns: Columns) -> None:
    """An amount of all units together, for a month or a year: `MRR`, `ARR`."""
    has_own = "amount" in columns and "billing_interval" in columns
    for name, interval in [("monthly_amount", "month"), ("annual_amount", "year")]:
        amount = columns.pop(name)
        if amount is None or has_own:
            continue
        left = [c for c in ("amount", "quantity", "billing_interval") if c in columns]
        if left:
            columns.note(
                f"{columns.headers[name][0]} is the amount; {', '.join(left)} is not used."
            )
        for column in [*left, "billing_interval_count"]:
            columns.pop(column)
        columns.headers["amount"] = columns.headers[name]
        columns.sql |= {"amount": amount, "billing_interval": text(interval)}
        has_own = True
    # Chargebee's plan_amount is that of all units, for a plan whose price is no unit's
    whole = columns.pop("whole_amount")
    if whole and "amount" in columns:
        amount, quantity = columns.sql["amount"], columns.sql.get("quantity", "null")
        columns.sql["amount"] = f"coalesce(nullif({amount}, ''), {whole})"
        columns.sql["quantity"] = f"case when nullif({amount}, '') is not null then {quantity} end"
    elif whole:
        columns.pop("quantity")
        columns.sql["amount"], columns.headers["amount"] = whole, columns.headers["whole_amount"]


def ends(columns: Columns) -> None:
    """A cancellation is an end where the subscription has no other and is cancelled."""
    cancelled = columns.pop("cancelled_on")
    if cancelled is None:
        return
    header = columns.headers["cancelled_on"][0]
    is_over = "true"
    if "status" in columns:
        is_over = f"{word(columns.sql['status'])} in ({words_of('cancelled')})"
    end = columns.sql.get("ends_on", "null")
    if "ends_on" not in columns:
        columns.headers["ends_on"] = [header]
    number = columns.number_of(f"nullif({end}, '') is null and {is_over} and {cancelled} <> ''")
    if number and "status" in columns:
        columns.note(
            f"{header} is the end of {number:,} cancelled subscription{'s' * (number > 1)} without "
            "another; elsewhere it is when the cancellation was asked for, and is not used."
        )
    columns.sql["ends_on"] = (
        f"coalesce(nullif({end}, ''), case when {is_over} then nullif({cancelled}, '') end)"
    )


def pauses(columns: Columns) -> None:
    """What is paused or unpaid today was not always: it ends when that began, as far as known."""
    paused, period = columns.pop("paused_on"), columns.pop("current_period_starts_on")
    if "status" not in columns:
        return
    status, end = columns.sql["status"], columns.sql.get("ends_on", "null")
    is_stopped = f"{word(status)} in ({words_of('paused')}, {words_of('unpaid')})"
    began = f"coalesce(nullif({paused or 'null'}, ''), nullif({period or 'null'}, ''))"
    found = f"{is_stopped} and nullif({end}, '') is null and {began} is not null"
    number = columns.number_of(found)
    if not number:
        return
    known = [c for c in ("paused_on", "current_period_starts_on") if c in columns.headers]
    headers = " or else ".join(columns.headers[column][0] for column in known)
    rows = (
        "1 paused or unpaid subscription ends"
        if number == 1
        else (f"{number:,} paused or unpaid subscriptions end")
    )
    columns.note(f"{rows} at {headers}: when that began, as far as the file says.")
    columns.sql["ends_on"] = f"case when {found} then {began} else {end} end"
    columns.sql["status"] = f"case when {found} then 'active' else {status} end"
    columns.headers.setdefault("ends_on", ["ends_on"])


def unit_prices(columns: Columns) -> None:
    """Whether Stripe's Amount is that of a unit is not documented: said where it matters."""
    if "currentperiodstart" not in columns.words or "quantity" not in columns:
        return
    number = columns.number_of(f"try_cast({columns.sql['quantity']} as double) > 1")
    if number and "amount" in columns:
        columns.note(
            f"Amount is read as the price of one unit, which matters to {number:,} "
            f"row{'s' * (number > 1)} with a Quantity above 1. If it is that of all units, delete "
            "the column Quantity."
        )


def plan_ids(columns: Columns) -> None:
    """Chargebee's export has no billing period: its ids of plans end in one."""
    is_chargebee = any(word.startswith("subscriptionsplan") for word in columns.words)
    if not is_chargebee or "plan_id" not in columns:
        return
    plan = columns.sql["plan_id"]
    given = columns.sql.get("billing_interval", "null")
    every = f"nullif(regexp_extract({plan}, {text(EVERY)}, 2), '')"
    named = f"nullif(regexp_extract({plan}, {text(PERIOD_WORD)}, 1), '')"
    interval = f"coalesce(nullif({given}, ''), lower({every}), lower({named}))"
    unknown = columns.examples(f"coalesce({plan}, '')", f"{interval} is null")
    if unknown:
        raise InputError(
            f"{columns.name} in {columns.file.path} has no billing period of the plan "
            f"{', '.join(unknown)}, and the plan's id does not end in one, such as -monthly. Add "
            "a column billing_interval that says it (month, year, ...)."
        )
    if columns.number_of(f"nullif({given}, '') is null"):
        columns.note("the billing period is the end of the plan's id, such as -monthly.")
        count = columns.sql.get("billing_interval_count", "null")
        every_count = f"nullif(regexp_extract({plan}, {text(EVERY)}, 1), '')"
        columns.sql["billing_interval_count"] = (
            f"case when nullif({given}, '') is null then {every_count} else {count} end"
        )
        columns.sql["billing_interval"] = interval
    if "currency" not in columns:
        columns.sql["currency"] = f"nullif(regexp_extract({plan}, {text(PLAN_CURRENCY)}, 1), '')"
        if found := columns.examples(columns.sql["currency"], columns.sql["currency"] + " <> ''"):
            columns.note(f"the currency is that in the plan's id, such as {found[0]}.")
    columns.note("add-ons are in another file of Chargebee's and are not counted.")


def grouped_lines(columns: Columns) -> None:
    """QuickBooks writes a customer's name above its lines, and `Total for ...` below them."""
    first = columns.file.columns[0]
    if "invoice_date" not in columns or "account_id" in columns or first.name:
        return
    name = f"nullif(trim({first.sql}), '')"
    group = (
        f"case when {name} like 'Total for %' or upper({name}) = 'TOTAL' then '' else {name} end"
    )
    columns.rows_of_file = (
        f"(select *, nullif(last_value({group} ignore nulls) over (order by line "
        "rows between unbounded preceding and current row), '') as group_name from "
        f"(select *, row_number() over () as line from {columns.rows_of_file}))"
    )
    columns.sql["account_id"] = "group_name"
    columns.headers["account_id"] = ["the name above the lines"]
    columns.file.columns.pop(0)
    date = columns.sql["invoice_date"]
    columns.only += f" and nullif({date}, '') is not null"


def invoice_lines(columns: Columns) -> None:
    """An invoice line's amount is that of its service period."""
    dates = columns.pop("invoice_date")
    columns.pop("invoice_number")
    starts, ends_ = columns.pop("service_starts_on"), columns.pop("service_ends_on")
    if starts is None or ends_ is None:
        if dates is None:
            # a list of subscriptions whose columns are called so
            for column, sql in [("starts_on", starts), ("ends_on", ends_)]:
                if sql and column not in columns:
                    columns.sql[column] = sql
                    columns.headers[column] = columns.headers[f"service_{column}"]
            return
        raise InputError(
            f"{columns.file.path} has invoices without service periods. An invoice says what was "
            "billed on a day, not for which months, so that no MRR can be computed from it. Add "
            "the columns Service start and Service end to its lines, or give a list of "
            "subscriptions instead."
        )
    if dates is None and "billing_interval" in columns:
        columns.sql |= {"starts_on": starts, "ends_on": ends_}
        return
    kind = columns.pop("transaction_type")
    if kind:
        words = ", ".join(map(text, NO_SUBSCRIPTION))
        columns.leave_out(f"lower(trim({kind})) in ({words})", "credits and payments")
    columns.leave_out(
        f"nullif({starts}, '') is null or nullif({ends_}, '') is null",
        "lines without a service period",
    )
    line_amount = columns.pop("line_amount")
    if line_amount:
        columns.pop("quantity")
        columns.sql["amount"], columns.headers["amount"] = (
            line_amount,
            columns.headers["line_amount"],
        )
    columns.sql |= {"starts_on": starts, "ends_on": ends_}
    columns.headers["starts_on"] = columns.headers["service_starts_on"]
    columns.headers["ends_on"] = columns.headers["service_ends_on"]
    columns.sql |= {"billing_interval": "''", "billing_interval_count": "''"}
    discount = columns.pop("line_discount_percent")
    if discount:
        columns.sql["line_discount_percent"] = discount
        columns.headers["line_discount_percent"] = ["line_discount_percent"]
        columns.file.finish.append(less_discount)
    columns.note("each amount is that of its service period.")
    columns.file.finish.append(over_its_period)


def less_discount(select: str) -> str:
    """A line's amount less its discount, in percent."""
    percent = "try_cast(replace(line_discount_percent, '%', '') as decimal(9, 6))"
    kept = f"(100 - coalesce({percent}, 0)) * cast(0.01 as decimal(3, 2))"
    exact = f"try_cast(amount as decimal(18, 6)) * cast({kept} as decimal(12, 8))"
    amount = f"coalesce(cast(cast({exact} as decimal(18, 6)) as varchar), amount)"
    return f"select * exclude (line_discount_percent) replace ({amount} as amount) from ({select})"


def over_its_period(select: str) -> str:
    """A line's amount is for the months from its start to its end or, if not whole, the days."""
    start, end = (f"try_cast(left({column}, 10) as date)" for column in ("starts_on", "ends_on"))
    months = f"datediff('month', {start}, {end} + 1)"
    months_before = f"datediff('month', {start}, {end})"
    is_whole = f"{months} > 0 and {start} + to_months(cast({months} as integer)) = {end} + 1"
    # an end that is the next one's start
    is_open = (
        f"{months_before} > 0 "
        f"and {start} + to_months(cast({months_before} as integer)) = {end} "
        f"and day({start}) = day({end})"
    )
    count = (
        f"case when {is_whole} then {months} when {is_open} then {months_before} "
        f"else datediff('day', {start}, {end}) + 1 end"
    )
    return (
        f"select * replace (case when ({is_whole}) or ({is_open}) then 'month' else 'day' end "
        "as billing_interval, "
        f"cast({count} as varchar) as billing_interval_count, "
        f"case when {is_open} then cast({end} - 1 as varchar) else ends_on end as ends_on) "
        f"from ({select})"
    )


def adapt(columns: Columns) -> None:
    grouped_lines(columns)
    invoice_lines(columns)
    whole_amounts(columns)
    ends(columns)
    pauses(columns)
    unit_prices(columns)
    plan_ids(columns)
