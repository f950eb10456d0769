"""Asks Google's own SQL analyzer whether BigQuery would take every statement that dbt sends it.

    .engines/zetasql/bin/python tests/python/engines/zetasql_check.py

The statements are those that the emulator was given by `run.py bigquery`, in their order: models in
full and in batches, hooks and data tests; each table has the columns and types that the statement
gives it which makes it. The emulator takes more than BigQuery does. The analyzer is what BigQuery
itself begins with; what its planner refuses later, such as an outer join without an equality, it
does not know. Exits with 1 if a statement is not accepted.
"""

import json
import sys

from google._upb import _message
from servers.bigquery import PROJECT, STATEMENTS
from zetasql.core import ServerError, ZetaSqlLocalService
from zetasql.types import AnalyzerOptions, LanguageOptions, ProductMode, TypeKind
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2

# Types of the columns of a file that is loaded, as the API names them.
KINDS = {
    "STRING": TypeKind.TYPE_STRING,
    "INTEGER": TypeKind.TYPE_INT64,
    "BOOLEAN": TypeKind.TYPE_BOOL,
    "NUMERIC": TypeKind.TYPE_NUMERIC,
}
# What the analyzer answers is nested as deeply as the query.
_message.SetAllowOversizeProtos(True)
# BigQuery's other names of INT64, which only BigQuery tells the analyzer.
ALIASES = ["integer", "bigint"]


class Warehouse:
    """The analyzer, and the tables that it knows."""

    def __init__(self) -> None:
        self.client = ZetaSqlLocalService().wasm_client
        language = LanguageOptions.maximum_features()
        language.product_mode = ProductMode.PRODUCT_EXTERNAL
        self.request = local_service_pb2.AnalyzeRequest()
        self.request.options.CopyFrom(AnalyzerOptions(language_options=language).to_proto())
        self.catalog = self.request.simple_catalog
        self.catalog.builtin_function_options.language_options.CopyFrom(language.to_proto())
        for alias in ALIASES:
            self.catalog.named_type.add(name=alias).type.type_kind = TypeKind.TYPE_INT64

    def add(self, path: list[str], columns: list[tuple]) -> None:
        """Makes a table anew, with the names and types of its columns."""
        if len(path) == 2:
            # a name without a project is one of the project's own
            self.add([PROJECT, *path], columns)
        schema = self.catalog
        for part in path[:-1]:
            known = [one for one in schema.catalog if one.name == part]
            schema = known[0] if known else schema.catalog.add(name=part)
        for old in [table for table in schema.table if table.name == path[-1]]:
            schema.table.remove(old)
        table = schema.table.add(name=path[-1])
        for name, type_ in columns:
            column = table.column.add(name=name)
            if isinstance(type_, TypeKind):
                column.type.type_kind = type_
            else:
                column.type.CopyFrom(type_)

    def run(self, sql: str) -> None:
        """Analyzes a statement; what it makes is there from then on."""
        self.request.sql_statement = sql
        response = self.client.call_grpc_func(
            "ZetaSqlLocalService_Analyze", self.request, local_service_pb2.AnalyzeResponse
        )
        statement = response.resolved_statement.resolved_create_statement_node
        table = statement.resolved_create_table_stmt_base_node
        made = [
            table.resolved_create_table_as_select_stmt_node.parent,
            table.resolved_create_table_stmt_node.parent,
            statement.resolved_create_view_base_node.resolved_create_view_stmt_node.parent,
        ]
        for one in made:
            if one.parent.name_path:
                self.add(
                    list(one.parent.name_path),
                    [(column.name, column.column.type) for column in one.column_definition_list],
                )


def main() -> int:
    if not STATEMENTS.exists():
        print(f"{STATEMENTS.name} is missing: run.py bigquery writes it.", file=sys.stderr)
        return 1
    warehouse = Warehouse()
    accepted, rejected = 0, 0
    for line in STATEMENTS.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "table" in entry:
            place = entry["table"]
            columns = [(field["name"], KINDS[field["type"].upper()]) for field in entry["fields"]]
            warehouse.add([place["projectId"], place["datasetId"], place["tableId"]], columns)
            continue
        try:
            warehouse.run(entry["sql"])
        except ServerError as error:
            rejected += 1
            print(f"\n{error}\n{entry['sql']}")
        else:
            accepted += 1
    print(f"{accepted} statements accepted, {rejected} rejected")
    return 1 if rejected or not accepted else 0


if __name__ == "__main__":
    sys.exit(main())
