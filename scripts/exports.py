"""Files of exports and spreadsheets as the inputs that they are.

A file is taken as it was downloaded. Everything that is guessed is a note; what cannot be known
stops the command with the reason. docs/sources/exports.md says what is read of each export.
"""

from dataclasses import dataclass

import contract_exports
import duckdb
import period_exports
import snapshot_exports
from export_columns import LINE, Columns
from found_files import SCHEMA, File, InputError, text
from header_aliases import INPUTS, RULES, rule_rows
from totals import EXACT, Totals

# headers, all of which an export has that cannot be used -> why, and what to do
REFUSED = [
    (
        {"subscriptionappleid"},
        "is a summary of the App Store's, which counts subscriptions and names no customer. "
        "Retention needs to know who stayed: use the transactions of a service that knows the "
        "customers, such as RevenueCat.",
    ),
    (
        {"activestandardpricesubscriptions"},
        "is a summary of an app store's, which counts subscriptions and names no customer. "
        "Retention needs to know who stayed: use the transactions of a service that knows the "
        "customers, such as RevenueCat.",
    ),
    (
        {"customersubscriptionid", "planuuid", "billingconnectorname"},
        "is ChartMogul's list of subscriptions, which has today's MRR and no dates. Use its MRR "
        "movements instead, as mrr_movements.",
    ),
    (
        {"subscribersince", "billingcycle", "netpayments"},
        "is ChartMogul's list of customers, which has today's MRR and none of earlier months. Use "
        "its MRR movements instead, as mrr_movements.",
    ),
    (
        {"scheduleunit", "scheduleperiod"},
        "is Xero's list of repeating invoices, whose dates are those of the newest version of each "
        "template, not of the subscription. Use invoice lines with service periods, or a list of "
        "subscriptions.",
    ),
]


@dataclass
class Settings:
    """The variables of dbt that decide how a file is read."""

    reporting_currency: str | None = None
    date_order: str | None = None
    movements_unit: str | None = None

    def __post_init__(self) -> None:
        # no model reads it, so that none can say so
        if self.date_order not in (None, "dmy", "mdy"):
            raise InputError(
                f"nrr_date_order is {self.date_order}. It takes null, dmy (day first) or mdy "
                "(month first)."
            )


def check_not_refused(columns: Columns) -> None:
    for headers, why in REFUSED:
        if headers <= columns.words:
            raise InputError(f"{columns.file.path} {why}")


def totals_of_lists(columns: Columns) -> None:
    """A row of a list that is called a total, and has no date, is none of its rows."""
    account = columns.sql.get("account_id")
    dates = [columns.sql[c] for c in ("starts_on", "occurred_at") if c in columns]
    if account is None or not dates:
        return
    called = f"regexp_full_match(trim(cast({account} as varchar)), {text(EXACT)})"
    columns.leave_out(f"{called} and nullif(cast({dates[0]} as varchar), '') is null", "totals")


def exponents() -> dict[str, int]:
    """Currency -> how many decimals its amounts have, where they are not two."""
    if not (RULES / "nrr_currency_exponents.csv").exists():
        return {}
    rows = rule_rows("nrr_currency_exponents")
    return {row["currency"]: int(row["exponent"]) for row in rows if row["exponent"] != "2"}


def major_units(column: str, currency: str) -> str:
    """An amount in minor units in major ones; what is no number stays."""
    by_decimals: dict[int, list[str]] = {}
    for code, decimals in exponents().items():
        by_decimals.setdefault(decimals, []).append(text(code))
    cases = " ".join(
        f"when upper(trim({currency})) in ({', '.join(codes)}) then {one_minor_unit(decimals)}"
        for decimals, codes in by_decimals.items()
    )
    factor = f"case {cases} else {one_minor_unit(2)} end" if cases else one_minor_unit(2)
    number = f"try_cast({column} as decimal(24, 6))"
    return f"coalesce(cast(cast({number} * {factor} as decimal(28, 6)) as varchar), {column})"


def one_minor_unit(decimals: int) -> str:
    return f"cast({10**-decimals:.{decimals}f} as decimal(9, 4))"


def cents(columns: Columns, settings: Settings) -> None:
    """Amounts in cents, which ChartMogul and Baremetrics write."""
    for name, column in [("amount_in_cents", "amount"), ("mrr_change_in_cents", "mrr_change")]:
        amount = columns.pop(name)
        if amount is None:
            continue
        columns.sql[column], columns.headers[column] = amount, columns.headers[name]
        if column == "mrr_change" and settings.movements_unit == "minor":
            # the models convert them
            continue
        columns.note(f"{columns.headers[name][0]} is in cents.")
        default = text(settings.reporting_currency or "")
        currency = "currency" if "currency" in columns else default
        columns.file.finish.append(
            lambda select, column=column, currency=currency: (
                f"select * replace ({major_units(column, currency)} as {column}) from ({select})"
            )
        )


def met_half_way(
    conn: duckdb.DuckDBPyConnection, name: str, file: File, settings: Settings
) -> File:
    """The file with the columns of the input, whatever its headers are."""
    if name not in INPUTS:
        return file
    columns = Columns(conn, name, file)
    check_not_refused(columns)
    if name == "mrr_snapshots":
        snapshot_exports.adapt(columns, settings.date_order)
    elif name == "subscription_periods":
        period_exports.adapt(columns)
    elif name == "contracts":
        contract_exports.adapt(columns)
    totals_of_lists(columns)
    cents(columns, settings)
    return columns.as_file()


def finished(conn: duckdb.DuckDBPyConnection, name: str, file: File, select: str) -> str:
    """The rows of an input whose values have been read."""
    for step in file.finish:
        select = step(select)
    if name == "mrr_snapshots":
        names = {column.name for column in file.columns}
        if LINE in names:
            # A sheet has made many rows of each of its own: they are read once.
            conn.execute(f"create or replace table {SCHEMA}.sheet_rows as {select}")
            select = f"select * from {SCHEMA}.sheet_rows"
        return Totals(conn, file, select, names).without()
    return select
