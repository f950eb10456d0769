"""Which columns of a file are the columns of an input, by the aliases of its headers."""

from dataclasses import dataclass

import duckdb
from found_files import COLUMNS, Column, File, InputError, identifier
from header_aliases import Alias, meant, plain

# the number of a row in its file, which is none of the input's columns
LINE = "line_of_the_file"
# Two columns with ids are two ways to call a customer: of these one is taken for all rows.
IDS = ["account_id", "subscription_id", "contract_id"]


@dataclass
class Candidate:
    """A column of the file that may be a column of the input."""

    column: Column
    alias: Alias
    values: int = 0

    @property
    def sql(self) -> str:
        """Its values as text; what is empty is a missing value."""
        return f"nullif(trim(cast({self.column.sql} as varchar)), '')"


class Columns:
    """The columns of an input as SQL over the rows of a file.

    Beside the input's own there are columns that the seed of aliases calls by other names, such as
    `deal_stage`: what an export says in another way than the input does.
    """

    def __init__(self, conn: duckdb.DuckDBPyConnection, name: str, file: File):
        self.conn, self.name, self.file = conn, name, file
        self.rows_of_file = file.scan
        self.only = "true"
        self.sql: dict[str, str] = {}
        self.headers: dict[str, list[str]] = {}
        self.used: list[Column] = []
        headers = [column.name for column in file.columns]
        found = meant(name, headers, COLUMNS[name])
        self.check_twice(headers, found)
        candidates: dict[str, list[Candidate]] = {}
        for position, alias in found.items():
            one = Candidate(file.columns[position], alias)
            candidates.setdefault(alias.column, []).append(one)
        self.count_values([one for some in candidates.values() for one in some])
        self.most_values = max(
            (one.values for some in candidates.values() for one in some), default=0
        )
        for column, some in candidates.items():
            self.choose(column, sorted(some, key=lambda one: one.alias.preference))
        self.words = {plain(header) for header in headers}

    def check_twice(self, headers: list[str], found: dict[int, Alias]) -> None:
        """Raises InputError where one header of a column that is used is there twice."""
        words = [plain(headers[position]) for position in found]
        twice = [headers[p] for p in found if words.count(plain(headers[p])) > 1]
        if twice:
            raise InputError(
                f"the header row of {self.file.path} has {twice[0].strip()} more than once. Which "
                "is meant cannot be known: rename or delete the others."
            )

    def count_values(self, candidates: list[Candidate]) -> None:
        counts = ", ".join(f"count({one.sql})" for one in candidates)
        if counts:
            found = self.conn.execute(f"select {counts} from {self.file.scan}").fetchone()
            for one, values in zip(candidates, found, strict=True):
                one.values = values

    def choose(self, column: str, candidates: list[Candidate]) -> None:
        """What of the candidates, the preferred one first, the column is."""
        filled = [one for one in candidates if one.values] or candidates[:1]
        if filled[0].values == self.most_values:
            filled = filled[:1]
        if column in IDS:
            most = max(one.values for one in filled)
            filled = [one for one in filled if one.values * 2 >= most][:1]
        only = filled[0]
        self.used += [one.column for one in filled]
        self.headers[column] = [one.column.name.strip() for one in filled]
        if len(filled) > 1:
            self.sql[column] = f"coalesce({', '.join(one.sql for one in filled)})"
        else:
            self.sql[column] = only.column.sql

    def __contains__(self, column: str) -> bool:
        return column in self.sql

    def pop(self, column: str) -> str | None:
        """The SQL of a column that the input does not have."""
        return self.sql.pop(column, None)

    def drop(self, column: str) -> None:
        """Leaves a column of the file unused."""
        if self.pop(column):
            headers = self.headers.pop(column)
            self.used = [one for one in self.used if one.name.strip() not in headers]

    def note(self, said: str) -> None:
        self.file.notes.append(f"{self.name}: {said}")

    def leave_out(self, condition: str, why: str) -> None:
        """Leaves out the rows of which the condition is true, and says how many they are."""
        number = self.number_of(condition)
        if number:
            rows = "1 row is" if number == 1 else f"{number:,} rows are"
            self.note(f"{rows} left out: {why}.")
        self.only += f" and not coalesce({condition}, false)"

    def number_of(self, condition: str) -> int:
        sql = f"select count(*) from {self.rows_of_file} where {self.only} and ({condition})"
        return self.conn.execute(sql).fetchone()[0]

    def examples(self, value: str, condition: str, limit: int = 3) -> list[str]:
        sql = (
            f"select distinct {value} from {self.rows_of_file} where {self.only} and ({condition}) "
            f"order by 1 limit {limit}"
        )
        return [str(row[0]) for row in self.conn.execute(sql).fetchall()]

    def note_headers(self) -> None:
        """One line for all that have another name in the file."""
        renamed = [
            f"{column} is {' or else '.join(headers)}"
            for column, headers in self.headers.items()
            if column in self.sql and [plain(header) for header in headers] != [plain(column)]
        ]
        if renamed:
            self.note(f"in {self.file.path.name} {', '.join(renamed)}.")

    def as_file(self) -> File:
        """The file with the columns of the input, and those that it does not know."""
        self.note_headers()
        kept = [Column(identifier(name), name) for name in self.sql]
        select = [f"{sql} as {identifier(name)}" for name, sql in self.sql.items()]
        names = {name.lower() for name in self.sql}
        for column in self.file.columns:
            if any(column is one for one in self.used) or column.name.lower() in names:
                continue
            names.add(column.name.lower())
            kept.append(Column(column.sql, column.name, column.type))
            select.append(f"{column.sql} as {column.sql}")
        described = f"describe select {', '.join(select)} from {self.rows_of_file}"
        for column, row in zip(kept, self.conn.execute(described).fetchall(), strict=True):
            column.type = row[1]
        scan = f"(select {', '.join(select)} from {self.rows_of_file} where {self.only})"
        return File(
            self.file.path, scan, kept, self.file.delimiter, self.file.notes, self.file.finish
        )
