"""Amazon Redshift: its dbt adapter without a server."""

from servers.translated import BUILD as BUILD
from servers.translated import ENVIRONMENT as ENVIRONMENT
from servers.translated import TESTED_ON as TESTED_ON
from servers.translated import no_server

TARGET = ADAPTER = "redshift"
PACKAGES = ["dbt-redshift", "sqlglot"]

server = no_server(NRR_REDSHIFT_HOST="localhost", NRR_REDSHIFT_DATABASE="analytics")
