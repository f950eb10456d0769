"""A Spark cluster on this machine: a master, two workers of one executor each, a Thrift server.

The tables are Iceberg's, as in spark.py, but compiled and computed as Spark does by default. Only
derived conditions are off.
"""

import contextlib
import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path

from servers.iceberg import package, write_configuration
from servers.ports import HOST, SECONDS_TO_START, free_ports, wait_for

TARGET, ADAPTER, ENVIRONMENT = "spark_cluster", "spark", "spark"
TESTED_ON = "real cluster, 2 workers"
PACKAGES = ["dbt-spark", "pyspark", "snowpark-connect-deps-iceberg"]

WORKERS = 2
THRIFT_SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"


@contextlib.contextmanager
def server(python: Path, folder: Path):
    """Starts the cluster; yields the variables of its dbt target, then shows who did the work."""
    with cluster(python, folder / "cluster", WORKERS) as (port, api):
        yield {"NRR_SPARK_HOST": HOST, "NRR_SPARK_PORT": str(port)}
        tasks = {e["id"]: e["totalTasks"] for e in executors(api)}
        print(f"spark_cluster: tasks by executor {tasks}", flush=True)
        if sum(count > 0 for count in tasks.values()) < WORKERS:
            raise RuntimeError("An executor of the cluster had nothing to do.")


@contextlib.contextmanager
def cluster(python: Path, folder: Path, workers: int, **settings: str):
    """Workers of one core; yields the Thrift server's port and the address of its REST API."""
    home = package(python, "pyspark")
    master, master_page, thrift, page = free_ports(4)
    configuration = write_configuration(
        python,
        folder,
        **{
            "spark.driver.host": HOST,
            "spark.driver.bindAddress": HOST,
            "spark.driver.memory": "4g",
            "spark.executor.cores": "1",
            "spark.executor.memory": "1g",
            # with it a long statement takes the driver minutes, and all of its memory, to plan
            "spark.sql.constraintPropagation.enabled": "false",
            "spark.local.dir": str(folder / "local"),
            "spark.ui.port": str(page),
            **settings,
        },
    )
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(configuration),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_NO_DAEMONIZE": "1",
        "TZ": "UTC",
    }
    with contextlib.ExitStack() as stack:

        def start(name: str, *command: str) -> subprocess.Popen:
            output = stack.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [str(home / "bin" / command[0]), *command[1:]],
                cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
            stack.callback(end, process)
            return process

        deploy, address = "org.apache.spark.deploy", f"spark://{HOST}:{master}"
        process = start(
            "master", "spark-class", f"{deploy}.master.Master",
            "--host", HOST, "--port", str(master), "--webui-port", str(master_page),
        )  # fmt: skip
        wait_for(master, process, folder / "master.log")
        for number in range(workers):
            start(
                f"worker_{number}", "spark-class", f"{deploy}.worker.Worker",
                "--host", HOST, "--webui-port", "0", "--cores", "1", "--memory", "2g",
                "--work-dir", str(folder / f"worker_{number}"), address,
            )  # fmt: skip
        process = start(
            "thrift", "spark-submit", "--class", THRIFT_SERVER, "--master", address,
            "spark-internal",
            "--hiveconf", f"hive.server2.thrift.bind.host={HOST}",
            "--hiveconf", f"hive.server2.thrift.port={thrift}",
        )  # fmt: skip
        wait_for(thrift, process, folder / "thrift.log")
        api = f"http://{HOST}:{page}/api/v1/applications"
        (application,) = fetched(api)
        api += f"/{application['id']}"
        until = time.monotonic() + SECONDS_TO_START
        while len(executors(api)) < workers:
            if time.monotonic() > until:
                raise RuntimeError(f"Only {len(executors(api))} executors: {folder}")
            time.sleep(0.5)
        yield thrift, api


def end(process: subprocess.Popen) -> None:
    """Ends one process; a worker ends its executor."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def fetched(address: str):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


def executors(api: str) -> list[dict]:
    return [executor for executor in fetched(f"{api}/executors") if executor["id"] != "driver"]
