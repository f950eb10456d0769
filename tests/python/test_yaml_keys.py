"""dbt parses the project's YAML with every key checked, as dbt v2 does.

dbt-core checks keys for a few adapters only and says nothing about a misspelt one elsewhere. The
list of these adapters is private, so a new dbt-core may move it; then this file must follow.
"""

import shutil
import subprocess
import sys

from conftest import ROOT

# Runs in a process of its own, since it changes dbt itself.
STRICT_PARSE = """
import sys
from dbt.jsonschemas import jsonschemas
from dbt.cli.main import dbtRunner

jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
arguments = ["--no-use-colors", "--warn-error", "parse", "--no-partial-parse"]
result = dbtRunner().invoke([*arguments, "--show-all-deprecations"])
if result.exception:
    print(result.exception)
sys.exit(not result.success)
"""


def strict_parse(project, target):
    """dbt's strict parse of a project; the finished process with its output."""
    return subprocess.run(
        [sys.executable, "-c", STRICT_PARSE],
        cwd=project,
        env={
            "PATH": "/usr/bin:/bin",
            "DBT_PROFILES_DIR": str(project),
            "DBT_TARGET_PATH": str(target),
            "DBT_LOG_PATH": str(target),
            "NRR_DUCKDB_PATH": str(target / "keys.duckdb"),
        },
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def test_every_yaml_key_is_one_that_dbt_knows(tmp_path):
    parsed = strict_parse(ROOT, tmp_path)
    assert parsed.returncode == 0, parsed.stdout


def test_a_misspelt_yaml_key_is_found(tmp_path):
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("{name: small, profile: nrr}\n")
    shutil.copy(ROOT / "profiles.yml", project)
    (project / "models/one.sql").write_text("select 1 as one\n")
    (project / "models/one.yml").write_text("models:\n  - name: one\n    data_testz: []\n")
    parsed = strict_parse(project, tmp_path / "target")
    assert parsed.returncode != 0
    assert "data_testz" in parsed.stdout
