"""Iceberg for Spark, from wheels: the jars and the configuration that both Spark engines take."""

import os
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

# Iceberg's jar in the wheel lacks the Jackson classes that it uses: those of a package of its own.
JACKSON, SHADED = "com.fasterxml.jackson", "org.apache.iceberg.shaded.com.fasterxml.jackson"
FIND = "import {0}; print({0}.__path__[0])"
CONSTANT_SIZES = {
    **dict.fromkeys([7, 8, 16, 19, 20], 3),
    **dict.fromkeys([3, 4, 9, 10, 11, 12, 17, 18], 5),
    15: 4,
    **dict.fromkeys([5, 6], 9),
}


def package(python: Path, name: str) -> Path:
    """The folder of a package in the environment of a Python."""
    found = subprocess.run(
        [str(python), "-c", FIND.format(name)], check=True, stdout=subprocess.PIPE, text=True
    )
    return Path(found.stdout.strip())


def jars(python: Path) -> str:
    """The class path of Iceberg; its Jackson is made once and kept in the environment."""
    folder = package(python, "snowpark_connect_deps_iceberg") / "jars"
    (runtime,) = folder.glob("iceberg-spark-runtime-3.5_2.12-*.jar")
    shaded = python.parents[1] / "iceberg_jackson.jar"
    if not shaded.exists():
        made = shaded.with_suffix(".tmp")
        spark_jars = package(python, "pyspark") / "jars"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in ("core", "databind", "annotations"):
                (jar,) = spark_jars.glob(f"jackson-{part}-2*.jar")
                relocate(jar, archive)
        made.rename(shaded)
    return f"{runtime}:{shaded}"


def relocate(jar: Path, archive: zipfile.ZipFile) -> None:
    """Copies the Jackson classes of a jar with the other package's name."""
    with zipfile.ZipFile(jar) as source:
        for name in source.namelist():
            if name.startswith(slashed(JACKSON)) and name.endswith(".class"):
                content = with_renamed_constants(source.read(name))
                archive.writestr(name.replace(slashed(JACKSON), slashed(SHADED)), content)


def with_renamed_constants(content: bytes) -> bytes:
    """A class file whose text constants name the other package; no length matters in it."""
    (count,) = struct.unpack_from(">H", content, 8)
    written, at, constant = bytearray(content[:10]), 10, 1
    while constant < count:
        kind = content[at]
        if kind == 1:
            (length,) = struct.unpack_from(">H", content, at + 1)
            text = content[at + 3 : at + 3 + length]
            for old, new in [(JACKSON, SHADED), (slashed(JACKSON), slashed(SHADED))]:
                text = text.replace(old.encode(), new.encode())
            written += struct.pack(">BH", 1, len(text)) + text
            at += 3 + length
        else:
            size = CONSTANT_SIZES[kind]
            written += content[at : at + size]
            at += size
        constant += 2 if kind in (5, 6) else 1  # numbers of 64 bits count twice
    return bytes(written + content[at:])


def slashed(name: str) -> str:
    return name.replace(".", "/")


# The metastore warns, in hundreds of lines, of every table that it does not need.
ERRORS_ONLY = """
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


def write_configuration(python: Path, folder: Path, **more: str) -> Path:
    """A folder for SPARK_CONF_DIR. The metastore is in memory: it lives as long as its process."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise RuntimeError("Spark needs Java 17. Install it, or set JAVA_HOME to where it is.")
    class_path = jars(python)
    catalog = "spark.sql.catalog.spark_catalog"
    settings = {
        "spark.driver.extraClassPath": class_path,
        "spark.executor.extraClassPath": class_path,
        "spark.sql.extensions": (
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
        ),
        catalog: "org.apache.iceberg.spark.SparkSessionCatalog",
        f"{catalog}.type": "hive",
        "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:nrr;create=true",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        # the data is small: what takes time is to plan, not to compute
        "spark.sql.shuffle.partitions": "2",
        **more,
    }
    configuration = folder / "conf"
    configuration.mkdir(parents=True)
    lines = "".join(f"{name} {value}\n" for name, value in settings.items())
    (configuration / "spark-defaults.conf").write_text(lines)
    (configuration / "log4j2.properties").write_text(ERRORS_ONLY)
    return configuration
