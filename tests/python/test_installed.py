"""The package in somebody else's dbt project: another profile, models of their own."""

import json
from pathlib import Path

import pytest
from conftest import ROOT, Dbt

PROJECT = """
name: shop
version: 1.0.0
config-version: 2
profile: shop_warehouse
model-paths: [models]
vars:
  nrr_inputs: {inputs}
  nrr_as_of: '2025-03-10'
"""
PROFILE = """
shop_warehouse:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: "{{ env_var('NRR_DUCKDB_PATH') }}"
      schema: analytics
      threads: 2
"""
EVENTS = """
select * from (
    values
    ('e1', 'a', 's1', timestamp '2024-01-05', 'active', 100.00, 'month'),
    ('e2', 'b', 's2', timestamp '2024-01-06', 'active', 50.00, 'month'),
    ('e3', 'a', 's1', timestamp '2024-08-05', 'active', 130.00, 'month'),
    ('e4', 'b', 's2', timestamp '2024-09-06', 'cancelled', null, null)
) as events (
    event_id, account_id, subscription_id, effective_at, status, unit_amount, billing_interval
)
"""
ACCOUNTS = """
select 'a' as account_id, 'retail' as industry, 'x' as "owner's team"
union all
select 'b' as account_id, 'health' as industry, 'x' as "owner's team"
"""


def shop(folder: Path, models: dict[str, str], inputs: dict[str, str]) -> Dbt:
    """A dbt project that installs the package and names its own models as its inputs."""
    project = folder / "shop"
    (project / "models").mkdir(parents=True)
    for name, sql in models.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    (project / "dbt_project.yml").write_text(PROJECT.replace("{inputs}", json.dumps(inputs)))
    (project / "profiles.yml").write_text(PROFILE)
    (project / "packages.yml").write_text(f"packages:\n  - local: {json.dumps(str(ROOT))}\n")
    built = Dbt(folder, project)
    installed = built.run("deps")
    assert installed.returncode == 0, installed.stdout
    return built


def test_another_project_installs_the_package_and_builds(tmp_path):
    built = shop(
        tmp_path,
        {"my_subscription_events": EVENTS, "dim_accounts": ACCOUNTS},
        {"subscription_events": "my_subscription_events", "accounts": "dim_accounts"},
    )
    finished = built.run(
        "build", variables={"nrr_segments": ["industry", "region", "owner's team"]}
    )
    assert finished.returncode == 0, finished.stdout

    rates = built.query(
        "select segment_dimension, segment, nrr, grr from analytics.nrr__retention "
        "where month = '2025-01-01' and segment_dimension in ('all', 'industry', 'region')"
    )
    as_text = {(d, s): (float(nrr), float(grr)) for d, s, nrr, grr in rates}
    assert as_text == {
        ("all", "all"): (0.866666667, 0.666666667),
        ("industry", "retail"): (1.3, 1.0),
        ("industry", "health"): (0.0, 0.0),
        ("region", "(unknown)"): (0.866666667, 0.666666667),
    }


def test_the_installed_package_brings_its_data_tests_and_no_demo(tmp_path):
    built = shop(tmp_path, {"my_events": EVENTS}, {"subscription_events": "my_events"})
    assert built.run("parse").returncode == 0
    manifest = json.loads((tmp_path / "target/manifest.json").read_text())
    assert not manifest["sources"], "the demo's files are no inputs of other projects"
    assert not manifest["unit_tests"], "the package's unit tests are not for its users"
    tests = [n for n in manifest["nodes"].values() if n["resource_type"] == "test"]
    assert any(n["name"] == "account_movements_add_up" for n in tests)
    staging = manifest["nodes"]["model.nrr.stg_nrr__subscription_events"]
    assert "model.shop.my_events" in staging["depends_on"]["nodes"]


def test_an_installed_package_without_inputs_says_what_to_set(tmp_path):
    built = shop(tmp_path, {"my_events": EVENTS}, {})
    finished = built.run("parse")
    assert finished.returncode != 0
    assert "nrr_inputs names no model for subscription_events" in finished.stdout


@pytest.mark.parametrize("fault", ["misspelt_input", "misspelt_model"])
def test_a_wrong_input_is_named(tmp_path, fault):
    inputs = {
        "misspelt_input": {"subscription_event": "my_events"},
        "misspelt_model": {"subscription_events": "no_such_model"},
    }[fault]
    finished = shop(tmp_path, {"my_events": EVENTS}, inputs).run("parse")
    assert finished.returncode != 0
    assert {"misspelt_input": "nrr_inputs", "misspelt_model": "no_such_model"}[fault] in (
        finished.stdout
    )
