"""Rows of totals among customers: found by their names, and proven by their sums."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

import duckdb
from export_columns import LINE
from found_files import File, InputError, text

OTHER = "summe|gesamt|gesamtsumme|insgesamt|zwischensumme|somme|suma|totaal|totale|totaux|итого"
# a row that is called so is a total, or its file is in doubt
EXACT = rf"(?i)(?:(?:grand|sub)[ _-]?)?totals?(?: (?:mrr|arr|revenue))?:?|sum|{OTHER}"
# a row that is called so may be one, or a customer: Total for EMEA, Acme Total, Total Wine
WORDED = r"(?i)(?:sub)?totals?\b.+|.+\btotals?:?"
FEWEST_ROWS = 3


@dataclass
class Row:
    """A row of the sheet: its line, or its name where each month is a row of its own."""

    key: object
    name: str
    line: int
    currency: str | None


@dataclass
class Difference:
    """A month in which a row is not the sum of the others."""

    month: str
    given: Decimal
    summed: Decimal


class Totals:
    """The rows of totals of mrr_snapshots, whose values have been read."""

    def __init__(self, conn: duckdb.DuckDBPyConnection, file: File, select: str, names: set[str]):
        self.conn, self.file, self.select, self.names = conn, file, select, names
        self.key = LINE if LINE in names else "account_id"
        self.left_out: list[Row] = []

    def make_sheet(self) -> None:
        """The rows as they are looked at."""
        line = LINE if LINE in self.names else "row_number() over ()"
        currency = "nullif(trim(currency), '')" if "currency" in self.names else "null"
        self.conn.execute(
            f"create or replace temp table sheet as select {self.key} as key, {line} as line, "
            f"coalesce(trim(account_id), '') as name, {currency} as currency, "
            "cast(month as varchar) as month, try_cast(mrr as decimal(24, 6)) as mrr "
            f"from ({self.select})"
        )

    def has_candidates(self) -> bool:
        """Whether a row may be a total: what costs little, where each month is a row of its own."""
        called = text(f"{EXACT}|{WORDED}")
        sql = f"select bool_or(regexp_full_match(trim(account_id), {called})) from ({self.select})"
        return self.key == LINE or bool(self.conn.execute(sql).fetchone()[0])

    def rows(self, condition: str) -> list[Row]:
        sql = (
            "select key, any_value(name), min(line), any_value(currency) from sheet "
            f"where {condition} group by key order by min(line)"
        )
        return [Row(*row) for row in self.conn.execute(sql).fetchall()]

    def called(self, pattern: str) -> list[Row]:
        return self.rows(f"regexp_full_match(name, {text(pattern)})")

    def differences(self, row: Row, of: str, is_rounded: bool = False) -> list[Difference]:
        """The months in which the row is not the sum of the rows of which `of` is true.

        `is_rounded`: whole numbers may have been rounded before they were written.
        """
        allowed = "case when count(*) filter (mrr <> round(mrr)) = 0 then 0.5 else 0.005 end"
        sql = f"""
            select month, coalesce(sum(mrr) filter (is_it), 0) as given,
                coalesce(sum(mrr) filter (not is_it), 0) as summed
            from (select *, key is not distinct from ? as is_it from sheet)
            where is_it or ({of})
            group by month
            having abs(given - summed) > (count(*) + 1) * {allowed if is_rounded else 0.005}
            order by month
        """
        return [Difference(*found) for found in self.conn.execute(sql, [row.key]).fetchall()]

    def summed_way(self, row: Row, ways: list[str]) -> str | None:
        """The first of the ways in which the row is the sum of others."""
        for is_rounded in (False, True):
            for way in ways:
                if self.number_of(way) and not self.differences(row, way, is_rounded):
                    return way
        return None

    def number_of(self, of: str) -> int:
        return self.conn.execute(f"select count(distinct key) from sheet where {of}").fetchone()[0]

    def parts(self, rows: list[Row]) -> str:
        """Whether a row is none of these, and no total that was found."""
        keys = [row.key for row in [*rows, *self.left_out]]
        listed = ", ".join(str(key) if self.key == LINE else text(str(key)) for key in keys)
        return f"key not in ({listed})" if keys else "true"

    def leave_out(self, row: Row) -> None:
        self.left_out.append(row)

    def find_groups(self) -> None:
        """Totals of the rows above them, down from the total before."""
        if self.key != LINE:
            return
        start = 0
        for row in self.called(WORDED):
            if any(row.key == other.key for other in self.called(EXACT)):
                continue
            above = f"line > {start} and line < {row.line}"
            number = self.number_of(above)
            alone = self.rows(above)[0].name.lower() if number == 1 else ""
            is_named = number > 1 or (alone and alone in row.name.lower())
            if is_named and not self.differences(row, above):
                self.leave_out(row)
                start = row.line

    def find_all(self) -> None:
        """Totals of everything; raises InputError where a row is called so and is none."""
        exact = self.called(EXACT)
        worded = [row for row in self.called(WORDED) if row not in exact]
        nameless = self.rows("name = ''") if self.key == LINE else []
        of_all = self.parts([*exact, *nameless])
        for row in exact:
            ways = [of_all]
            if self.key == LINE:
                start = max([0, *(o.line for o in exact if o.line < row.line)])
                ways.append(f"{of_all} and line > {start} and line < {row.line}")
            if row.currency:
                ways.append(f"{of_all} and currency = {text(row.currency)}")
            way = self.summed_way(row, ways)
            if way is None:
                self.refuse(row, of_all)
            self.leave_out(row)
            if row is exact[-1] and way != of_all:
                self.check_nothing_below(row, of_all)
        for row in nameless:
            if self.number_of(of_all) > 1 and not self.differences(row, of_all):
                self.leave_out(row)
        for row in worded:
            others = f"{self.parts([row, *exact, *nameless])}"
            is_known = any(row.key == other.key for other in self.left_out)
            if not is_known and self.number_of(others) > 1 and not self.differences(row, others):
                self.leave_out(row)

    def refuse(self, row: Row, of: str) -> NoReturn:
        """Raises InputError: a row that is called a total is none."""
        found = self.differences(row, of)
        said = ""
        if found:
            first = found[0]
            said = f" ({first.month}: {first.given:,.2f}, the others {first.summed:,.2f})"
        raise InputError(
            f"the row {row.name} in {self.file.path} is called a total, but is not the sum of the "
            f"others{said}. If it is a total, delete the row; if it is a customer, write its id "
            "instead."
        )

    def check_nothing_below(self, total: Row, of_all: str) -> None:
        """Raises InputError where rows stand below the last total, and are not in it."""
        if self.key != LINE or total.currency:
            return
        below = self.rows(f"{of_all} and line > {total.line}")
        if below:
            names = ", ".join(row.name for row in below[:3])
            raise InputError(
                f"{self.file.path} has rows below the row {total.name} that are not in its sum, "
                f"such as {names}. If they are customers, put them above it; if not, delete them."
            )

    def warn_of_last(self) -> None:
        """A last row that is the sum of all others, whatever it is called."""
        if self.key != LINE:
            return
        rows = self.rows(self.parts([]))
        if len(rows) <= FEWEST_ROWS:
            return
        last = rows[-1]
        others = f"{self.parts([last])}"
        if not self.differences(last, others):
            self.file.notes.append(
                f"mrr_snapshots: the last row, {last.name}, is the sum of all others in every "
                "month. It counts as a customer: if it is a total, delete it."
            )

    def without(self) -> str:
        """The rows that are no totals; notes those that are."""
        conditions = [self.only_filled_months()]
        if self.has_candidates():
            self.make_sheet()
            self.find_groups()
            self.find_all()
            self.warn_of_last()
            self.conn.execute("drop table sheet")
        if self.left_out:
            self.note()
            conditions.append(self.where())
        columns = f"* exclude ({LINE})" if self.key == LINE else "*"
        return f"select {columns} from ({self.select}) where {' and '.join(conditions)}"

    def note(self) -> None:
        names = [row.name or f"(no name, line {row.line})" for row in self.left_out]
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
        kind = "is a row" if len(names) == 1 else "are rows"
        self.file.notes.append(
            f"mrr_snapshots: {shown} in {self.file.path.name} {kind} of totals and left out."
        )

    def only_filled_months(self) -> str:
        """Whether a row is of no month at the end in which nobody has MRR: those to come."""
        sql = f"""
            select
                cast(month as varchar) as month,
                count(*) filter (mrr <> '' and (number is null or number <> 0))
            from (
                select month, trim(cast(mrr as varchar)) as mrr, try_cast(mrr as double) as number
                from ({self.select})
            )
            where month is not null
            group by month
            order by month
        """
        counts = self.conn.execute(sql).fetchall()
        filled = [month for month, values in counts if values]
        empty = [month for month, _ in counts if filled and month > filled[-1]]
        if not empty:
            return "true"
        months = empty[0] if len(empty) == 1 else f"{empty[0]} to {empty[-1]}"
        self.file.notes.append(
            f"mrr_snapshots: nobody has MRR in {months}, which is left out as not filled in yet."
        )
        return f"coalesce(cast(month as varchar) not in ({', '.join(map(text, empty))}), true)"

    def where(self) -> str:
        keys = [row.key for row in self.left_out]
        if self.key == LINE:
            return f"{LINE} not in ({', '.join(map(str, keys))})"
        listed = ", ".join(text(str(key)) for key in keys)
        return f"coalesce(account_id not in ({listed}), true)"
