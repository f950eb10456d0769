"""Trino: its dbt adapter without a server."""

from servers.translated import BUILD as BUILD
from servers.translated import ENVIRONMENT as ENVIRONMENT
from servers.translated import TESTED_ON as TESTED_ON
from servers.translated import no_server

TARGET = ADAPTER = "trino"
PACKAGES = ["dbt-trino", "sqlglot", "trino-sql-validator"]

server = no_server(NRR_TRINO_HOST="localhost", NRR_TRINO_CATALOG="iceberg")
