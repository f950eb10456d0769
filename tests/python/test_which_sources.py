"""Which sources are on, and what is said where an input is missing or dbt was not told of it."""

import duckdb
import pytest
from conftest import WITHOUT_TESTS, Dbt
from found_files import InputError
from found_inputs import found_inputs
from input_files import Plugin
from reference.files import write_csv
from test_installed import PROJECT, installed, shop  # noqa: F401

SNAPSHOTS = [{"account_id": "a", "month": "2024-01", "mrr": 5}]


def configured(folder):
    plugin = Plugin("input_files", {"folder": str(folder)})
    with duckdb.connect() as connection:
        plugin.configure_connection(connection)
        return {
            name for (name,) in connection.execute("show tables from memory.nrr_files").fetchall()
        }


def test_the_inputs_of_a_folder_are_its_files_and_the_tables_in_folders_of_systems(tmp_path):
    write_csv(tmp_path / "mrr_snapshots.csv", SNAPSHOTS)
    write_csv(tmp_path / "Accounts.csv", [{"account_id": "a"}])
    write_csv(tmp_path / "Stripe" / "price.csv", [{"id": "p"}])
    write_csv(tmp_path / "stripe_notes" / "price.csv", [{"id": "p"}])
    (tmp_path / "Stripe" / "readme.txt").write_text("x")
    assert found_inputs(tmp_path) == ["accounts", "mrr_snapshots", "stripe_price"]


def test_a_folder_from_which_nothing_can_be_computed_is_an_error_that_names_what_could(tmp_path):
    write_csv(tmp_path / "accounts.csv", [{"account_id": "a"}])
    with pytest.raises(InputError, match=r"but accounts\.csv\. Put one.*mrr_snapshots.*stripe"):
        found_inputs(tmp_path)


def test_dbt_says_what_it_has_to_be_told_of_a_folder(tmp_path, monkeypatch):
    write_csv(tmp_path / "mrr_snapshots.csv", SNAPSHOTS)
    monkeypatch.delenv("NRR_INPUTS", raising=False)
    with pytest.raises(InputError, match="set NRR_INPUTS='mrr_snapshots'"):
        configured(tmp_path)
    monkeypatch.setenv("NRR_INPUTS", "mrr_snapshots contracts")
    with pytest.raises(InputError, match="set NRR_INPUTS='mrr_snapshots'"):
        configured(tmp_path)
    monkeypatch.setenv("NRR_INPUTS", "mrr_snapshots")
    assert configured(tmp_path) == {"accounts", "exchange_rates", "mrr_snapshots"}
    write_csv(tmp_path / "accounts.csv", [{"account_id": "a"}])
    with pytest.raises(InputError, match="set NRR_INPUTS='accounts mrr_snapshots'"):
        configured(tmp_path)
    monkeypatch.setenv("NRR_INPUTS", "mrr_snapshots accounts exchange_rates")
    assert configured(tmp_path) == {"accounts", "exchange_rates", "mrr_snapshots"}


def test_an_optional_input_that_is_not_there_is_not_asked_for(tmp_path):
    data = tmp_path / "data"
    write_csv(data / "mrr_snapshots.csv", SNAPSHOTS)
    dbt = Dbt(tmp_path, data=data)
    dbt.succeed("--write-json", "parse")
    asked = {
        source.rpartition(".")[2]
        for sources in dbt.manifest["parent_map"].values()
        for source in sources
        if source.startswith("source.")
    }
    assert asked == {"mrr_snapshots"}
    finished = dbt.run("parse", variables={"nrr_segments": ["region"]})
    assert (
        "nrr_segments names columns of accounts (region), but there is no input accounts. Put "
        "accounts.csv into the folder NRR_DATA, or set nrr_segments to []."
    ) in finished.words


def test_a_table_that_a_source_needs_is_named_with_what_turns_the_source_off(tmp_path):
    data = tmp_path / "data"
    write_csv(data / "mrr_snapshots.csv", SNAPSHOTS)
    write_csv(data / "recurly" / "subscription_history.csv", [{"id": "s"}])
    finished = Dbt(tmp_path, data=data).run("parse")
    assert not finished.success
    assert (
        "the source recurly needs the input recurly_plan_history, which is not given: put "
        "recurly/plan_history.csv or .parquet into the folder NRR_DATA, or turn the source off by "
        "nrr_sources: [mrr_snapshots]."
    ) in finished.words


def test_a_source_of_which_only_optional_tables_are_given_is_not_passed_over(tmp_path):
    data = tmp_path / "data"
    write_csv(data / "mrr_snapshots.csv", SNAPSHOTS)
    write_csv(data / "stripe" / "coupon.csv", [{"id": "c"}])
    finished = Dbt(tmp_path, data=data).run("parse")
    assert not finished.success
    assert (
        "of the source stripe only stripe_coupon is given, which is not enough: it needs the input "
        "stripe_subscription_history, stripe_subscription_item, stripe_price "
        "(docs/sources/stripe.md lists the tables): put stripe/subscription_history.csv or "
        ".parquet into the folder NRR_DATA, or turn the source off by nrr_sources: [mrr_snapshots]."
    ) in finished.words


def test_and_where_there_is_no_other_source_it_is_named_as_well(tmp_path):
    data = tmp_path / "data"
    write_csv(data / "recurly" / "accounts.csv", [{"id": "a"}])
    finished = Dbt(tmp_path, data=data).run("parse")
    assert not finished.success
    assert "of the source recurly only recurly_accounts is given" in finished.words
    assert "turn the source off" not in finished.words


def test_a_project_names_a_table_of_its_own_sources_and_no_model_of_another_source_is_built(
    shop,  # noqa: F811
):
    project = shop()
    path = project.project / "dbt_project.yml"
    own = "nrr_inputs: {subscription_events: my_events, accounts: dim_accounts}"
    assert own in PROJECT
    path.write_text(
        path.read_text().replace(
            own, "nrr_inputs: {mrr_snapshots: source.finance.months, accounts: dim_accounts}"
        )
    )
    (project.project / "models/finance.yml").write_text(
        "sources: [{name: finance, schema: raw, tables: [{name: months}]}]"
    )
    with duckdb.connect(project.database) as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.months as select 'a' as account_id, month, 70.5 as mrr "
            "from generate_series(date '2024-01-01', date '2025-03-01', interval 1 month) t(month)"
        )
    project.succeed("--warn-error", "build", *WITHOUT_TESTS, "--select", "+nrr__retention")
    rates = project.query(
        "select segment, nrr from analytics.nrr__retention "
        "where month = '2025-03-01' and segment_dimension = 'industry'"
    )
    assert [(segment, float(nrr)) for segment, nrr in rates] == [("retail", 1.0)]
    names = project.query("select table_name from information_schema.tables")
    assert not [name for (name,) in names if name.startswith(("stg_nrr__sub", "stg_stripe"))]


def test_what_a_source_ends_in_is_a_table_since_several_models_read_it(tmp_path):
    """As a view, Chargebee's beside another source was planned so often that no build ended."""
    data = tmp_path / "data"
    write_csv(data / "mrr_snapshots.csv", SNAPSHOTS)
    write_csv(data / "mrr_movements.csv", SNAPSHOTS)
    write_csv(data / "subscription_periods.csv", SNAPSHOTS)
    write_csv(data / "contracts.csv", SNAPSHOTS)
    tables = {
        "chargebee": ["subscription"],
        "recurly": ["subscription_history", "plan_history"],
        "stripe": ["subscription_history", "subscription_item", "price"],
        "zuora": ["subscription", "rate_plan", "rate_plan_charge"],
    }
    for system, names in tables.items():
        for name in names:
            write_csv(data / system / f"{name}.csv", [{"id": "x"}])
    dbt = Dbt(tmp_path, data=data)
    dbt.succeed("--write-json", "parse")
    found = {
        node["name"]: node["config"]["materialized"]
        for node in dbt.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"].endswith("__subscription_events")
    }
    assert len(found) == 8
    assert set(found.values()) == {"table"}
