"""Spark within the process that runs dbt, with Iceberg tables in a folder of its own."""

import contextlib
from pathlib import Path

from servers.iceberg import write_configuration

TARGET = ADAPTER = ENVIRONMENT = "spark"
TESTED_ON = "real, local session, Iceberg"
PACKAGES = ["dbt-spark", "pyspark", "snowpark-connect-deps-iceberg"]

# dbt-spark's session writes a seed's missing values as 'None' and its apostrophes as they are.
SEEDS_AS_GIVEN = """
from dbt.adapters.spark.session import SessionConnectionWrapper as Session

as_it_is = Session._fix_binding


def fix_binding(value):
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + value.replace("\\\\", "\\\\\\\\").replace("'", "\\\\'") + "'"
    return as_it_is(value)


Session._fix_binding = staticmethod(fix_binding)
"""


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Configures the session that dbt begins; yields the variables of its dbt target."""
    configuration = write_configuration(
        python,
        folder / "spark",
        **{
            "spark.master": "local[2]",
            "spark.driver.memory": "6g",
            "spark.ui.enabled": "false",
            # A statement over little data is over before compiled code pays off. This compiler's
            # own code cache has 48 MB: once it is full, Java does little but clear it.
            "spark.driver.extraJavaOptions": (
                "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
            ),
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            # beside other tests a table of ten rows may take minutes
            "spark.sql.broadcastTimeout": "1200",
            "spark.sql.constraintPropagation.enabled": "false",
        },
    )
    shims = folder / "shims"
    shims.mkdir()
    (shims / "sitecustomize.py").write_text(SEEDS_AS_GIVEN)
    yield {
        "SPARK_CONF_DIR": str(configuration),
        "NRR_SPARK_SHUFFLE_PARTITIONS": "2",
        "NRR_SPARK_THREADS": "4",
        "PYTHONPATH": str(shims),
    }
