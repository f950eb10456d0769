"""Serves crucible, the emulator of BigQuery, with what the package needs and it lacks.

    python bigquery.py port statements.jsonl

Runs in the engine's own environment. Writes down the statements that it is given and the columns
of files that are loaded, for zetasql_check.py. Ends when its standard input does, so that it does
not outlive the test.
"""

import json
import os
import re
import sys
import threading
from pathlib import Path

from crucible.cli import main
from crucible.dialects.bigquery import metadata, statements, transforms, translate, types
from crucible.dialects.bigquery.generator import generate
from crucible.dialects.bigquery.transforms.common import duck_cast, typed
from crucible.engine.catalog import qualified
from crucible.server.bigquery import encoding, jobs
from sqlglot import exp

NUMERIC = "DECIMAL(38, 9)"
storage_type, type_name = types.storage_type, types.type_name
plan, cast_projections = statements._plan, translate._cast_projections
encode_value = encoding.encode_value
split, load = statements.split, jobs.Runner._load


def decimal(params: tuple[int, int]) -> exp.DataType:
    return exp.DataType.build(f"DECIMAL({params[0]}, {params[1]})", dialect="duckdb")


# It stores NUMERIC(18, 4) as such a decimal and then refuses to read it, and it has no BIGNUMERIC,
# since DuckDB has no decimals of 76 digits. Here NUMERIC is always 38 digits, 9 of them decimals,
# as it is in BigQuery, and BIGNUMERIC, which the package takes for whole numbers and for rates, is
# a wide integer or a decimal as wide as it says.
def storage_with_decimals(data_type: exp.DataType) -> exp.DataType:
    if data_type.this == exp.DType.DECIMAL:
        return exp.DataType.build(NUMERIC, dialect="duckdb")
    if data_type.this == exp.DType.BIGDECIMAL:
        params = types._decimal_params(data_type)
        return decimal(params) if params else exp.DataType.build("HUGEINT", dialect="duckdb")
    return storage_type(data_type)


def name_with_decimals(data_type: exp.DataType) -> str:
    params = types._decimal_params(data_type)
    if data_type.this == exp.DType.DECIMAL and params not in (None, (38, 9)):
        return f"BIGNUMERIC({params[0]}, {params[1]})"
    if data_type.this in (exp.DType.INT128, exp.DType.BIGDECIMAL):
        return "BIGNUMERIC" + (f"({params[0]}, {params[1]})" if params else "")
    return type_name(data_type)


# A cast to NUMERIC(18, 4) rounds to 4 decimals and leaves a NUMERIC. Text that is read as
# BIGNUMERIC keeps 18 decimals.
def casts_with_decimals(tree: exp.Expr) -> None:
    for node in tree.find_all(exp.Cast):
        if node.meta.get("crucible_storage"):
            continue
        params = types._decimal_params(node.to)
        if node.to.this == exp.DType.DECIMAL and params:
            rounded = type(node)(this=node.this, to=decimal(params))
            rounded.meta["crucible_storage"] = True
            node.set("this", rounded)
        is_text = node.this.type is not None and node.this.type.this in exp.DataType.TEXT_TYPES
        is_read = is_text and node.to.this == exp.DType.BIGDECIMAL
        node.set("to", decimal((38, 18)) if is_read else types.storage_type(node.to))
        node.meta["crucible_storage"] = True


# The type that a result gets: of a BIGNUMERIC the digits that the calculation has given it.
def results_with_decimals(select: exp.Select, names: list[str], out_types: list) -> None:
    unknown = exp.DataType.build("UNKNOWN")
    kept = [unknown if t.this == exp.DType.BIGDECIMAL else t for t in out_types]
    cast_projections(select, names, kept)


class FieldTypes(dict):
    """The API's name of a type: of BIGNUMERIC(20, 12) BIGNUMERIC."""

    def __missing__(self, name: str) -> str:
        return name.partition("(")[0]


# A column may be BIGNUMERIC(26, 12), of which it writes no value in an answer.
def value_with_decimals(value: object, data_type: exp.DataType, **how: bool) -> object:
    if value is not None and name_with_decimals(data_type).startswith("BIGNUMERIC"):
        data_type = exp.DataType.build(NUMERIC, dialect="duckdb")
    return encode_value(value, data_type, **how)


# It knows no FARM_FINGERPRINT: another hash, since fingerprints are compared with each other only.
def with_fingerprints(tree: exp.Expr, ctx) -> exp.Expr:
    for node in list(tree.find_all(exp.FarmFingerprint)):
        hashed = exp.Anonymous(this="hash", expressions=[node.expressions[0].copy()])
        half = exp.IntDiv(this=duck_cast(hashed, "HUGEINT"), expression=exp.Literal.number(2))
        half.meta["crucible_checked"] = True
        node.replace(typed(duck_cast(half, "BIGINT"), "INT64"))
    return tree


READERS = [exp.JSONExtract, exp.JSONExtractScalar, exp.JSONExtractArray]


# It takes a text for the JSON that it may be: TO_JSON_STRING('a') is '"a"', and JSON_VALUE('a') is
# null.
def with_texts_that_are_no_json(tree: exp.Expr, ctx) -> exp.Expr:
    for kinds, function in ([exp.JSONFormat], "to_json"), (READERS, "json_valid"):
        for node in list(tree.find_all(*kinds)):
            value = node.this
            if value.type is None or value.type.this not in exp.DataType.TEXT_TYPES:
                continue
            call = exp.Anonymous(this=function, expressions=[value.copy()])
            if function == "to_json":
                value.replace(typed(call, "JSON"))
            else:
                value.replace(typed(exp.case().when(call, value.copy()), "STRING"))
    return tree


# It writes DIV(a + b, c * d) as a + b // c * d.
def with_operands_apart(tree: exp.Expr, ctx) -> exp.Expr:
    for node in tree.find_all(exp.IntDiv):
        for side in ("this", "expression"):
            operand = node.args[side]
            apart = exp.Paren(this=operand)
            apart.type = operand.type
            node.set(side, apart)
    return tree


# It takes 10 seconds for 200 rows of values, each of which it turns into a query.
def insert_text(tree: exp.Insert, ctx):
    info = metadata.find_table(ctx, metadata.name_of(tree.this, ctx))
    table = qualified(info.catalog, info.schema, info.name)
    return statements.run_sql(
        f"INSERT INTO {table} {generate(tree.expression)}", "INSERT", ctx, returns_rows=False
    )


# It knows neither DELETE nor UPDATE: condition and values are translated as those of a query on the
# table.
def change(tree: exp.Delete | exp.Update, ctx):
    info = metadata.find_table(ctx, metadata.name_of(tree.this, ctx))
    alias = qualified(tree.this.alias or info.name)
    changes = tree.expressions if isinstance(tree, exp.Update) else []
    values = [tree.args["where"].this, *(assignment.expression for assignment in changes)]
    query = exp.select(*(exp.alias_(value, f"v{i}") for i, value in enumerate(values)))
    [select] = translate.outer_selects(translate.prepare(query.from_(tree.this.copy()), ctx).query)
    where, *news = [projection.this for projection in select.expressions]
    table = f"{qualified(info.catalog, info.schema, info.name)} AS {alias}"
    column_types = {c.name.lower(): types.parse(types.type_name(c.type)) for c in info.columns}
    sets = []
    for assignment, new in zip(changes, news, strict=True):
        name = assignment.this.name
        value = translate.write_value(new, column_types[name.lower()], name)
        sets.append(f"{qualified(name)} = {generate(value)}")
    verb = f"UPDATE {table} SET {', '.join(sets)}" if sets else f"DELETE FROM {table}"
    kind = "UPDATE" if sets else "DELETE"
    sql = f"{verb} WHERE {generate(where)}"
    return statements.run_sql(sql, kind, ctx, returns_rows=False)


def plan_more(tree: exp.Expr, ctx):
    if isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Values):
        return insert_text(tree, ctx)
    if isinstance(tree, exp.Delete | exp.Update):
        return change(tree, ctx)
    return plan(tree, ctx)


types.storage_type, types.type_name = storage_with_decimals, name_with_decimals
translate._storage_casts, translate._cast_projections = casts_with_decimals, results_with_decimals
encoding._LEGACY_NAMES = FieldTypes(encoding._LEGACY_NAMES)
encoding.encode_value = value_with_decimals
transforms.PIPELINE = (
    ("fingerprints", with_fingerprints),
    ("operands", with_operands_apart),
    ("texts", with_texts_that_are_no_json),
    *transforms.PIPELINE,
)
statements._plan = plan_more


class Log:
    """What was asked for, each once: ids of runs and of temporary tables make no difference."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.write_text("")
        self.known, self.lock = set(), threading.Lock()

    def write(self, entry: dict) -> None:
        line = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id", json.dumps(entry))
        line = re.sub(r"__dbt_tmp[0-9]+", "__dbt_tmp", line)
        with self.lock:
            if line not in self.known:
                self.known.add(line)
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")

    def split(self, sql: str) -> list[object]:
        if not sql.startswith("insert into"):
            self.write({"sql": re.sub(r"/\*.*?\*/", "", sql, flags=re.DOTALL).strip()})
        return split(sql)

    def load(self, runner, job, config: dict, data: bytes) -> None:
        self.write({"table": config["destinationTable"], "fields": config["schema"]["fields"]})
        load(runner, job, config, data)


def end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    log = Log(Path(sys.argv[2]))
    statements.split = log.split
    jobs.Runner._load = lambda *arguments: log.load(*arguments)
    threading.Thread(target=end_with_input, daemon=True).start()
    sys.exit(main(["serve", "--dialect", "bigquery", "--port", sys.argv[1]]))
