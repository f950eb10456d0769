"""Builds the package for a warehouse that cannot be had here: DuckDB takes the server's place.

    python static.py plan.json

Takes the plan of build.py and writes the same results. The warehouse's own dbt adapter compiles the
models, makes its statements for tables, views, hooks and merges, and sends them. Here each is
parsed in the warehouse's dialect, checked for what the warehouse is known to reject, translated by
sqlglot and run. So the meaning of the SQL is tested, but not the warehouse: what it does otherwise
than it says of itself shows only there.
"""

import functools
import json
import logging
import re
import sys
import threading
from pathlib import Path

import duckdb
import sqlglot
import sqlparse
from build import build
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TEXT = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.DOTALL)
DATABASES = {"redshift": "analytics", "trino": "iceberg", "databricks": "warehouse"}
# sqlglot says what DuckDB has no word for (a table's file format), which does not matter here
logging.getLogger("sqlglot").setLevel(logging.ERROR)


# --- What the warehouses reject -------------------------------------------------------------------


class RejectedError(Exception):
    """A statement that the warehouse would not take."""


def check(statement: exp.Expression, sql: str, dialect: str, schema: dict) -> None:
    """Raises for what the warehouse would not take, as far as that can be told without it."""
    if isinstance(statement, exp.Command):
        raise RejectedError(f"sqlglot does not know this statement of {dialect}")
    if dialect == "trino":
        check_trino(sql)
    if dialect == "redshift":
        check_redshift(statement)
    for query in queries(statement):
        check_columns_and_types(query, dialect, schema)


def queries(statement: exp.Expression) -> list[exp.Expression]:
    """The queries of a statement, on their own."""
    if isinstance(statement, exp.Query):
        return [statement]
    inner = statement.args.get("expression")
    found = [inner] if isinstance(inner, exp.Query) else []
    if isinstance(inner, exp.Subquery):
        found = [inner.unnest()]
    if isinstance(statement, exp.Delete | exp.Update):
        # what the condition's columns belong to
        found = [exp.select("1").from_(statement.this.copy())]
        if condition := statement.args.get("where"):
            found[0] = found[0].where(condition.this.copy())
    return found


# a call of a function in which there is no other, but of one that a window follows
CALL = re.compile(
    r"\b(?!(?:in|over|as|on|and|or|not|when|then|else|by|from|exists|values|using|unnest|select)\()"
    r"\w+\((?!\s*(?:select|with)\b)[^()]*\)(?!\s*(?:over|filter|within)\b)",
    re.IGNORECASE,
)
TEXT_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
TYPE = re.compile(
    r"\b(?:decimal|timestamp|varchar|array)\((?:[0-9, ]+|json)\)(?: with time zone)?(?! *')",
    re.IGNORECASE,
)


def check_trino(sql: str) -> None:
    import trino_sql_validator

    def validate(part: str) -> None:
        result = trino_sql_validator.validate(part, jinja="reject")
        if not result.valid or result.warnings:
            raise RejectedError(f"Trino: {result.error or ''} {result.warnings}\n{part[:2000]}")

    if re.search(r"\bnumeric\b", TEXT.sub("", sql), re.IGNORECASE):
        raise RejectedError("Trino has no type `numeric`, only `decimal`")
    # the validator takes 2,000 values: of more, calls are validated by themselves, and then are one
    parts = set()
    if len(sql) > 10000:
        sql = TEXT_OR_COMMENT.sub(lambda found: "'text'" if found[0][0] == "'" else "", sql)
        sql = TYPE.sub("bigint", sql)
        while calls := set(CALL.findall(sql)):
            parts |= calls
            sql = CALL.sub("a", sql)
    for part in sorted(parts):
        validate(f"select {part}")
    validate(sql)


def check_redshift(statement: exp.Expression) -> None:
    for type_ in statement.find_all(exp.DataType):
        # dbt's own cast of a boolean, to 'true' and 'false', is no matter
        is_text = type_.this in exp.DataType.TEXT_TYPES and not isinstance(
            type_.parent.this, exp.Case
        )
        if is_text and not type_.expressions:
            raise RejectedError("Redshift's text ends after 256 bytes where no length is given")
        if type_.is_type("decimal") and not type_.expressions:
            raise RejectedError("Redshift's numeric is decimal(18, 0) where no precision is given")
    for subquery in statement.find_all(exp.Subquery):
        if isinstance(subquery.parent, exp.From | exp.Join) and not subquery.alias:
            raise RejectedError("Redshift: a subquery in FROM must have an alias")
    for select in statement.find_all(exp.Select):
        if isinstance(select.parent, exp.SetOperation):
            continue
        if any(column.unalias().is_string for column in select.expressions):
            raise RejectedError(
                "Redshift: a literal as a column has the literal's length in a table, and in a"
                " query no type that it can be cast from"
            )
    reserved = sqlglot.Dialect.get_or_raise("redshift").generator_class.RESERVED_KEYWORDS
    for name in statement.find_all(exp.Identifier):
        if not name.args.get("quoted") and name.name.lower() in reserved:
            raise RejectedError(f"Redshift: {name.name} is a reserved word")


FAMILIES = {
    "text": exp.DataType.TEXT_TYPES,
    "number": exp.DataType.NUMERIC_TYPES,
    "time": exp.DataType.TEMPORAL_TYPES,
    "boolean": {exp.DataType.Type.BOOLEAN},
}


def family(expression: exp.Expression) -> str | None:
    type_ = expression.type.this if expression.type else None
    return next((name for name, types in FAMILIES.items() if type_ in types), None)


def check_columns_and_types(query: exp.Expression, dialect: str, schema: dict) -> None:
    """Raises for unknown columns, comparisons of unlike types and divisions of whole numbers."""
    qualified = qualify(
        query.copy(),
        schema=schema,
        dialect=dialect,
        expand_alias_refs=False,
        quote_identifiers=False,
    )
    typed = annotate_types(qualified, schema=schema, dialect=dialect)
    for pair in typed.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        one, other = family(pair.left), family(pair.right)
        if one and other and one != other:
            raise RejectedError(f"{one} compared with {other}: {pair.sql(dialect)}")
    for division in typed.find_all(exp.Div):
        operands = [division.left.type, division.right.type]
        if all(type_ and type_.this in exp.DataType.INTEGER_TYPES for type_ in operands):
            raise RejectedError(f"whole numbers divided: {division.sql(dialect)}")
    if dialect == "redshift":
        for cast in typed.find_all(exp.Cast):
            if family(cast.this) == "boolean" and cast.to.this in exp.DataType.TEXT_TYPES:
                raise RejectedError(f"Redshift casts no boolean to text: {cast.sql(dialect)}")


# --- Translation ----------------------------------------------------------------------------------

# What DuckDB has under no name. The dialects' own functions are named as sqlglot writes them.
MACROS = """
    -- any hash of 64 bits will do: it is only compared with itself
    create macro farm_fingerprint(value) as cast(hash(value) >> 1 as bigint);
    create macro timestamp_seconds(value) as to_timestamp(value);
    create macro xxhash64(value) as cast(hash(value) >> 1 as bigint);
    create macro from_big_endian_64(value) as value;
    -- a timestamp with its zone, and the clock there
    create macro with_timezone(value, zone) as timezone(zone, value);
    create macro at_timezone(value, zone) as timezone(zone, value);
    create macro from_utc_timestamp(value, zone) as cast(
        timezone(zone, cast(value as timestamptz)) as timestamptz
    );
    create macro to_utc_timestamp(value, zone) as timezone(
        zone, timezone('UTC', cast(value as timestamptz))
    );
    -- decimals: DuckDB divides them as floats, the warehouses exactly, to 4 decimals at least
    create macro divide_decimals(dividend, divisor) as cast(
        cast(
            (2 * cast(dividend * 10000 as hugeint) + cast(divisor as hugeint))
            // (2 * cast(divisor as hugeint))
            as decimal(33, 0)
        ) * cast(0.0001 as decimal(5, 4)) as decimal(37, 4)
    );
    -- Spark's `div`, a bigint
    create macro divide_whole(dividend, divisor) as cast(
        cast(dividend as hugeint) // cast(divisor as hugeint) as bigint
    );
    create macro milliseconds_of(days) as cast(days as bigint) * 86400000;
    -- JSON: what is none has no values
    create macro json_or_null(value) as case
        when json_valid(cast(value as varchar)) then cast(value as varchar)
    end;
    create macro json_text_at(value, path) as json_extract_string(json_or_null(value), path);
    create macro json_scalar_at(value, path) as case
        when json_type(json_or_null(value), path) not in ('OBJECT', 'ARRAY')
            then json_text_at(value, path)
    end;
    create macro json_at(value, path) as json_extract(json_or_null(value), path);
    create macro json_list(value) as case
        when json_type(json_or_null(value)) = 'ARRAY' then json_extract(json_or_null(value), '$[*]')
    end;
    create macro json_texts(value) as json_extract_string(json_or_null(value), '$[*]');
    create macro json_serialize(value) as cast(value as varchar);
    create macro can_json_parse(value) as json_valid(cast(value as varchar));
"""


def translate(statement: exp.Expression, dialect: str) -> str:
    """The statement as DuckDB says it."""
    return translated(statement, dialect).sql("duckdb")


def is_double(node: exp.Expression) -> bool:
    """Whether an operand of a division is a float: a cast to one that no other cast hides."""
    if isinstance(node, exp.Cast):
        return node.to.is_type("double")
    if isinstance(node, exp.Column):
        return False
    return any(is_double(child) for child in node.iter_expressions())


def translated(node: exp.Expression, dialect: str) -> exp.Expression:
    """A part of what something else takes the place of: sqlglot would leave it as it is."""
    return node.transform(functools.partial(duckdbs_own, dialect=dialect))


def json_keys(node: exp.Expression) -> list[str]:
    """The keys of the path of a JSON function, which Redshift has as arguments."""
    path = node.expression
    if isinstance(path, exp.JSONPath):
        return [part.name for part in path.expressions if isinstance(part, exp.JSONPathKey)]
    return [key.name for key in [path, *node.args.get("expressions", [])] if key.is_string]


def with_lateral_lists(statement: exp.Expression) -> exp.Expression:
    """`from t, t.list as element at place`, which is Redshift's, as sqlglot knows it from Spark."""
    for join in list(statement.find_all(exp.Join)):
        if isinstance(join.this, exp.AtIndex):
            element, place = join.this.this, join.this.expression
            alias = exp.TableAlias(
                this=exp.to_identifier("exploded"),
                columns=[place.copy(), exp.to_identifier(element.alias)],
            )
            values = exp.Posexplode(this=exp.func("json_list", element.this.copy()))
            select = join.parent
            join.pop()
            select.append("laterals", exp.Lateral(this=values, view=True, alias=alias))
    return statement


def duckdbs_own(node: exp.Expression, dialect: str) -> exp.Expression:
    if isinstance(node, exp.Div):
        left, right = (translated(side, dialect) for side in (node.left, node.right))
        if is_double(node.left) or is_double(node.right):
            return exp.Div(this=left, expression=right, typed=False, safe=False)
        return exp.func("divide_decimals", left, right)
    if isinstance(node, exp.IntDiv):
        return exp.func(
            "divide_whole", translated(node.left, dialect), translated(node.right, dialect)
        )
    # from_utc_timestamp: sqlglot would go the other way
    if isinstance(node, exp.AtTimeZone) and dialect == "databricks":
        return exp.func("from_utc_timestamp", node.this, node.args["zone"])
    if isinstance(node, exp.FromTimeZone) and dialect == "databricks":
        return exp.func("to_utc_timestamp", node.this, node.args["zone"])
    # groups are $1 there and \1 in DuckDB
    if isinstance(node, exp.RegexpReplace) and dialect == "databricks":
        replacement = node.args["replacement"].name.replace("$", "\\")
        node.set("replacement", exp.Literal.string(replacement))
    if isinstance(node, exp.JSONExtractScalar | exp.JSONExtract):
        is_scalar = isinstance(node, exp.JSONExtractScalar)
        whole = "json_scalar_at" if dialect == "trino" else "json_text_at"
        path = exp.Literal.string(".".join(["$", *json_keys(node)]))
        return exp.func(whole if is_scalar else "json_at", translated(node.this, dialect), path)
    if isinstance(node, exp.JSONFormat):
        return exp.cast(translated(node.this, dialect), "varchar")
    # json_parse, which Trino casts to a list
    if isinstance(node, exp.Cast) and node.to.is_type("array"):
        return exp.func("json_list", translated(node.this, dialect))
    if isinstance(node, exp.ParseJSON):
        return exp.func("json_or_null", translated(node.this, dialect))
    # dbt's datediff: a date less another is an interval there, and days in DuckDB
    if isinstance(node, exp.Anonymous) and node.name.lower() == "to_milliseconds":
        return exp.func("milliseconds_of", *node.expressions)
    if isinstance(node, exp.FromJson):
        return exp.func("json_texts", translated(node.this, dialect))
    # into a table that was made anew just before
    if isinstance(node, exp.Insert):
        node.set("overwrite", False)
    # dates, where DuckDB's are timestamps
    if isinstance(node, exp.TsOrDsAdd) and dialect == "databricks":
        days = exp.Interval(
            this=exp.paren(translated(node.expression, dialect)), unit=exp.var("day")
        )
        day = exp.cast(translated(node.this, dialect), "date")
        return exp.cast(exp.Add(this=day, expression=days), "date")
    if isinstance(node, exp.AddMonths):
        months = exp.Interval(this=exp.paren(node.expression.copy()), unit=exp.var("month"))
        return exp.cast(exp.Add(this=node.this, expression=months), "date")
    return node


# --- The server's place ---------------------------------------------------------------------------


class Warehouse:
    """DuckDB, taking the statements of another dialect."""

    def __init__(self, dialect: str):
        self.dialect, self.database = dialect, DATABASES[dialect]
        self.lock = threading.RLock()
        self.checked = set()
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(f"attach ':memory:' as {self.database}; use {self.database}")
        self.connection.execute(MACROS)

    def run(self, sql: str, bindings=None) -> tuple[list, list]:
        """Runs what an adapter sends: rows, and the names and types of their columns."""
        sql = COMMENT.sub("", sql).strip().rstrip(";")
        if re.fullmatch("begin|commit|rollback", sql, re.IGNORECASE):
            return [], []
        if bindings:
            sql = sql.replace("%s", "?")
        with self.lock:
            rows, columns = [], []
            for parsed in sqlglot.parse(sql, read=self.dialect):
                statement = with_lateral_lists(parsed)
                # runs differ in their ids only
                key = re.sub("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{9,}", "", sql)
                # seeds and inputs come as values
                is_data = isinstance(statement.args.get("expression"), exp.Values)
                if key not in self.checked and not is_data:
                    names = {table.name.lower() for table in parsed.find_all(exp.Table)}
                    check(statement, sql, self.dialect, self.schema(names))
                    self.checked.add(key)
                found = self.connection.execute(
                    translate(statement, self.dialect), list(bindings) if bindings else None
                )
                columns = [(name, str(type_)) for name, type_, *_ in found.description or []]
                rows = found.fetchall() if columns else []
            return rows, columns

    def schema(self, names: set[str]) -> dict:
        """The columns of tables, as sqlglot takes them; temporary ones are in no schema."""
        found = {self.database: {}}
        # duckdb_columns() would work out the columns of every view
        tables = self.connection.execute(
            "select database_name, schema_name, table_name from duckdb_tables()"
            " union all select database_name, schema_name, view_name from duckdb_views()"
            " where not internal"
        ).fetchall()
        for database, schema, table in tables:
            if table.lower() not in names:
                continue
            try:
                columns = self.columns(f'"{database}"."{schema}"."{table}"')
            except (duckdb.CatalogException, duckdb.BinderException):
                # a view on what an earlier stage had and this one has not: it is replaced next
                continue
            found[self.database].setdefault(schema, {})[table] = {
                column: type_.replace("HUGEINT", "DECIMAL(38, 0)") for column, type_ in columns
            }
        return found if found[self.database] else {}

    def relations(self, schema: str) -> dict[str, str]:
        """The tables and views of a schema: name -> kind."""
        with self.lock:
            return dict(
                self.connection.execute(
                    "select table_name, case table_type when 'VIEW' then 'view' else 'table' end"
                    " from information_schema.tables where lower(table_schema) = lower(?)"
                    " and table_catalog = ?",
                    [schema, self.database],
                ).fetchall()
            )

    def columns(self, relation: str) -> list[tuple[str, str]]:
        with self.lock:
            found = self.connection.execute(f"describe {relation}").fetchall()
        return [(name, type_) for name, type_, *_ in found]


class Handle:
    """A connection as the adapters' drivers give it."""

    def __init__(self, warehouse: Warehouse):
        self.warehouse = warehouse

    def cursor(self):
        return Cursor(self.warehouse)

    def get_session_id_hex(self):
        return ""

    def close(self):
        pass

    commit = rollback = cancel = close


class Cursor:
    """A cursor as the adapters' drivers give it."""

    rowcount, query, query_id, update_type, active_op_handle = -1, "", "", None, None

    def __init__(self, warehouse: Warehouse):
        self.warehouse, self.rows, self.description = warehouse, [], []
        self.connection = Handle(warehouse)

    def execute(self, sql: str, params=None):
        self.rows, columns = self.warehouse.run(sql, params)
        self.description = [(name, type_, None, None, None, None, None) for name, type_ in columns]
        return self

    def fetchall(self):
        return self.rows

    def fetchone(self):
        return self.rows[0] if self.rows else None

    def fetchmany(self, size):
        return self.rows[:size]

    def close(self):
        pass

    cancel = close


# --- The adapters ---------------------------------------------------------------------------------


def stand_in(name: str) -> None:
    """Lets an adapter talk to DuckDB; what it asks the catalogue for is answered without SQL."""
    warehouse = Warehouse(name)
    adapter, manager, wrapped = {
        "redshift": redshift,
        "trino": trino,
        "databricks": databricks,
    }[name]()

    def open_connection(cls, connection):
        connection.handle = wrapped(Handle(warehouse))
        connection.state = "open"
        return connection

    def list_relations(self, schema_relation):
        delta = {"is_delta": True} if name == "databricks" else {}
        return [
            self.Relation.create(
                database=schema_relation.database,
                schema=schema_relation.schema,
                identifier=identifier,
                type=kind,
                **delta,
            )
            for identifier, kind in warehouse.relations(schema_relation.schema).items()
        ]

    def get_columns(self, relation):
        quoted = '"' if name != "databricks" else "`"
        found = warehouse.columns(str(relation).replace(quoted, '"'))
        return [self.Column(column, type_) for column, type_ in found]

    # the adapters split by reading token by token; the warehouse takes several statements at once
    sqlparse.split = lambda sql, **_: [sql]
    manager.open = classmethod(open_connection)
    manager.data_type_code_to_name = classmethod(lambda cls, code: code)
    adapter.list_relations_without_caching = list_relations
    adapter.get_columns_in_relation = get_columns
    adapter.list_schemas = lambda self, database: ["nrr"]
    adapter.check_schema_exists = lambda self, database, schema: True
    warehouse.connection.execute("create schema nrr")


def redshift():
    from dbt.adapters.redshift import RedshiftAdapter, RedshiftConnectionManager

    # which views would be dropped with a table: DuckDB drops none
    RedshiftAdapter._link_cached_relations = lambda self, manifest: None
    return RedshiftAdapter, RedshiftConnectionManager, lambda handle: handle


def trino():
    from dbt.adapters.trino.connections import ConnectionWrapper, TrinoConnectionManager
    from dbt.adapters.trino.impl import TrinoAdapter

    return TrinoAdapter, TrinoConnectionManager, lambda handle: ConnectionWrapper(handle, True)


def databricks():
    from dbt.adapters.databricks.connections import DatabricksConnectionManager
    from dbt.adapters.databricks.handle import DatabricksHandle
    from dbt.adapters.databricks.impl import DatabricksAdapter

    class Wrapped(DatabricksHandle):
        def cursor(self):
            return self._conn.cursor()

    # a table's tags and properties, of which there are none
    class Unchanged:
        def get_changeset(self, existing):
            return None

    DatabricksAdapter.get_relation_config = lambda self, relation: None
    DatabricksAdapter.get_config_from_model = lambda self, model: Unchanged()
    DatabricksAdapter._set_relation_information = lambda self, relation: relation
    return DatabricksAdapter, DatabricksConnectionManager, lambda handle: Wrapped(handle, False)


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[1]).read_text())
    stand_in(plan["adapter"])
    build(plan)
