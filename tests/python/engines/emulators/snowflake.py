"""Serves fakesnow on a free port, which it prints first; ends when its standard input does."""

import socket
import sys
import threading

import fakesnow.arrow
import fakesnow.cursor
import fakesnow.server
import fakesnow.transforms
import pyarrow as pa
import uvicorn
from snowflake.connector.errors import Error, ProgrammingError
from sqlglot import exp


def mend() -> None:
    """What of fakesnow would give other figures than Snowflake's, or none."""
    transforms = fakesnow.transforms
    # It sums all numbers in floating point, so that text can be summed. Snowflake's sums are exact.
    transforms.numeric_agg_implicit_cast = lambda expression: expression
    # It makes try_cast(... as timestamp_ntz) a cast that fails. Snowflake's is null.
    to_timestamp = transforms.to_timestamp
    transforms.to_timestamp = lambda expression: (
        expression if isinstance(expression, exp.TryCast) else to_timestamp(expression)
    )
    # It answers 1970 where there is no timestamp.
    fakesnow.arrow.timestamp_to_sf_struct = with_nulls(fakesnow.arrow.timestamp_to_sf_struct)
    cursor = fakesnow.cursor.FakeSnowflakeCursor
    transform, explode = cursor._transform, cursor._transform_explode
    # DuckDB's temporary views have no schema. Those of dbt are dropped by dbt.
    cursor._transform = lambda self, expression, params: transform(
        self, lasting(expression).transform(signed), params
    )
    # What it cannot do is a server's fault to it, which a client tries again for minutes.
    cursor.execute = told(cursor.execute)
    # It joins the two sides of a merge and then finds the columns that dbt inserts in both.
    # A merge writes to two databases, which DuckDB does not do in one transaction: there are none.
    cursor._transform_explode = lambda self, expression: (
        [transforms.SUCCESS_NOP.copy()]
        if isinstance(expression, (exp.Transaction, exp.Commit))
        else explode(self, from_source(expression))
    )


def told(execute):
    """A function that fails for good."""

    def run(*arguments, **options):
        try:
            return execute(*arguments, **options)
        except Error:
            raise
        except Exception as error:
            raise ProgrammingError(msg=repr(error), errno=9999, sqlstate="99999") from error

    return run


def with_nulls(as_struct):
    """A function that writes timestamps as structs, which are missing where the timestamps are."""

    def run(timestamps):
        made = as_struct(timestamps)
        parts = [made.field(place).fill_null(0) for place in range(made.type.num_fields)]
        if isinstance(timestamps, pa.ChunkedArray):
            timestamps = timestamps.combine_chunks()
        return pa.StructArray.from_arrays(parts, fields=list(made.type), mask=timestamps.is_null())

    return run


def lasting(expression: exp.Expr) -> exp.Expr:
    """A `create temporary` in a schema as one of what lasts."""
    properties = expression.args.get("properties")
    if isinstance(expression, exp.Create) and properties and expression.find(exp.Table).db:
        kept = [p for p in properties.expressions if not isinstance(p, exp.TemporaryProperty)]
        properties.set("expressions", kept)
    return expression


def signed(node: exp.Expr) -> exp.Expr:
    """Snowflake's hash is a number with a sign; DuckDB's takes a digit more."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "hash":
        value = exp.Anonymous(this="hash", expressions=node.expressions)
        halved = exp.BitwiseRightShift(this=value, expression=exp.Literal.number(1))
        return exp.cast(halved, "bigint")
    return node


def from_source(expression: exp.Expr) -> exp.Expr:
    """A merge whose inserted columns say that they are the source's."""
    if isinstance(expression, exp.Merge):
        source = expression.args["using"].alias_or_name
        for when in expression.args["whens"].expressions:
            if isinstance(when.args["then"], exp.Insert):
                for column in when.args["then"].expression.find_all(exp.Column):
                    column.set("table", exp.to_identifier(source))
    return expression


def serve() -> None:
    mend()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(fakesnow.server.app, log_level="warning"))

    def end_with_standard_input():
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end_with_standard_input, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    serve()
