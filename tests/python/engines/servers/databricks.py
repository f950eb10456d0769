"""Databricks: its dbt adapter without a server."""

from servers.translated import BUILD as BUILD
from servers.translated import ENVIRONMENT as ENVIRONMENT
from servers.translated import TESTED_ON as TESTED_ON
from servers.translated import no_server

TARGET = ADAPTER = "databricks"
PACKAGES = ["dbt-databricks", "sqlglot"]

server = no_server(
    NRR_DATABRICKS_HOST="localhost",
    NRR_DATABRICKS_HTTP_PATH="none",
    NRR_DATABRICKS_TOKEN="none",
    NRR_DATABRICKS_CATALOG="warehouse",
)
