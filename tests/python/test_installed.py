"""The package in somebody else's dbt project: their profile, models, configuration and macros."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, WITHOUT_CHAPTERS, WITHOUT_TESTS, Dbt

PROJECT = """
name: shop
version: 1.0.0
config-version: 2
profile: nrr
model-paths: [models]
macro-paths: [macros]
vars:
  nrr_inputs: {subscription_events: my_events, accounts: dim_accounts}
  nrr_as_of: '2025-04-10'
  nrr_segments: [industry, region, "owner's team"]
"""
# A profile that happens to have the name of this repository's.
PROFILE = """
nrr:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: ../built.duckdb
      schema: analytics
      threads: 2
"""
MODELS = {
    "my_events": """
select * from (
    values
    ('e1', 'a', 's1', timestamp '2024-01-05', 'active', 100.00, 'month', 0),
    ('e2', 'b', 's2', timestamp '2024-01-06', 'active', 50.00, 'month', 0),
    ('e3', 'a', 's1', timestamp '2024-08-05', 'active', 130.00, 'month', 0),
    ('e4', 'b', 's2', timestamp '2024-09-06', 'cancelled', null, null, 0),
    ('e5', 'b', 's2', timestamp '2025-02-06', 'active', 60.00, 'month', 0),
    ('e6', 'c', 's3', timestamp '2024-01-07', 'trialing', 10.00, 'month', 0),
    ('e7', 'd', 's4', timestamp '2024-01-08', 'active', 40.00, 'month', 25)
) as events (
    event_id, account_id, subscription_id, effective_at, status, unit_amount, billing_interval,
    discount_percent
)
""",
    "dim_accounts": """
select 'a' as account_id, 'retail' as industry, '' as region, 'x' as "owner's team"
union all
select 'b' as account_id, 'health' as industry, '' as region, 'x' as "owner's team"
""",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A dbt project that has installed the package."""
    folder = tmp_path_factory.mktemp("installed")
    project = folder / "shop"
    (project / "models").mkdir(parents=True)
    (project / "macros").mkdir()
    for name, sql in MODELS.items():
        (project / f"models/{name}.sql").write_text(sql)
    (project / "dbt_project.yml").write_text(PROJECT)
    (project / "profiles.yml").write_text(PROFILE)
    (project / "packages.yml").write_text(f"packages:\n  - local: {json.dumps(str(ROOT))}\n")
    dbt = Dbt(folder, project)
    dbt.succeed("deps")
    dbt.succeed("parse")
    return project


@pytest.fixture(scope="module")
def shop(installed, tmp_path_factory):
    """Makes a copy of the project, with more configuration or other macros."""

    def copy(configuration: str = "", macros: str = "") -> Dbt:
        folder = tmp_path_factory.mktemp("shop")
        project = folder / "shop"
        shutil.copytree(installed, project, symlinks=True)
        if not configuration + macros:
            # dbt parses what is changed in the copy, and the rest no second time
            (folder / "target").mkdir()
            shutil.copy(installed.parent / "target/partial_parse.msgpack", folder / "target")
        with (project / "dbt_project.yml").open("a") as file:
            file.write(configuration)
        (project / "macros/rules.sql").write_text(macros)
        return Dbt(folder, project)

    return copy


@pytest.fixture(scope="module")
def built(shop) -> Dbt:
    """The project after a build without rows, whose tables a build fills; neither warns."""
    built = shop()
    built.succeed("--warn-error", "build", "--empty")
    assert built.query("select count(*) from analytics.nrr__account_months") == [(0,)]
    built.succeed("--warn-error", "--write-json", "build")
    return built


def test_the_figures_are_those_of_the_projects_own_models(built):
    rates = built.query(
        "select segment_dimension, segment, nrr, grr from analytics.nrr__retention "
        "where month = '2025-01-01' and segment_dimension in ('all', 'industry', 'region')"
    )
    as_text = {(d, s): (float(nrr), float(grr)) for d, s, nrr, grr in rates}
    assert as_text == {
        ("all", "all"): (0.888888889, 0.722222222),
        ("industry", "retail"): (1.3, 1.0),
        ("industry", "health"): (0.0, 0.0),
        ("industry", "(unknown)"): (1.0, 1.0),
        ("region", "(unknown)"): (0.888888889, 0.722222222),
    }


def test_the_package_brings_its_data_tests_and_nothing_that_is_only_for_its_repository(built):
    manifest = built.manifest
    assert not manifest["sources"], "the demo's files are no inputs of other projects"
    assert not manifest["unit_tests"], "the package's unit tests are not for its users"
    types = [node["resource_type"] for node in manifest["nodes"].values()]
    assert "operation" not in types, "hooks would be lines of every command of the project"
    assert "test.nrr.account_movements_add_up" in " ".join(manifest["nodes"])
    staging = manifest["nodes"]["model.nrr.stg_nrr__subscription_events"]
    assert "model.shop.my_events" in staging["depends_on"]["nodes"]


def test_a_model_of_the_project_reads_marts_and_no_intermediate_model(shop):
    other = shop()
    model = other.project / "models/churned.sql"
    model.write_text("select * from {{ ref('nrr__mrr_movements') }} where movement = 'churn'")
    other.succeed("parse")
    model.write_text("select * from {{ ref('int_nrr__account_movements') }}")
    parsed = other.run("parse")
    assert not parsed.success
    assert "is private to the 'nrr' group" in " ".join(parsed.output.split())


@pytest.mark.parametrize(
    "configuration",
    ["{intermediate: {+materialized: ephemeral}}", "{marts: {+materialized: table}}"],
    ids=["ephemeral intermediate models", "account marts as tables"],
)
def test_other_materializations_have_the_same_figures(configuration, built, shop):
    other = shop(f"models: {{nrr: {configuration}}}\n")
    other.succeed("build", *WITHOUT_TESTS)
    assert other.marts("analytics") == built.marts("analytics")
    kinds = dict(
        other.query(
            "select table_name, table_type from information_schema.tables "
            "where table_schema = 'analytics'"
        )
    )
    if "table" in configuration:
        assert {kinds[name] for name in kinds if name.startswith("nrr__")} == {"BASE TABLE"}
    else:
        assert not [name for name in kinds if name.startswith("int_nrr__")]


OVERRIDES = """
{% macro default__movement(opening_mrr, closing_mrr, closing_mrr_at_opening_rates, is_new) -%}
    case when {{ closing_mrr }} > {{ opening_mrr }} then 'new' else 'churn' end
{%- endmacro %}

{% macro default__state_mrr(
    quantity, unit_amount, discount_percent, discount_amount, billing_interval,
    billing_interval_count
) -%}
    cast(2 * {{ unit_amount }} as decimal(18, 4))
{%- endmacro %}

{% macro default__carries_mrr(status) -%} {{ status }} in ('active', 'trialing') {%- endmacro %}

{% macro default__size(arr, sizes) -%} {{ sizes }}.size = 'enterprise' {%- endmacro %}
"""


@pytest.fixture(scope="module")
def overridden(shop) -> Dbt:
    built = shop(macros=OVERRIDES)
    built.succeed("build", *WITHOUT_CHAPTERS)
    return built


@pytest.mark.parametrize(
    ("figure", "ours", "theirs"),
    [
        (
            "string_agg(distinct movement, ' ' order by movement) from nrr__mrr_movements",
            "churn expansion new reactivation",
            "churn new",
        ),
        (
            "max(mrr)::varchar from nrr__account_months where account_id = 'd'",
            "30.0000",
            "80.0000",
        ),
        ("count(*) from nrr__account_months where account_id = 'c'", 0, 15),
        ("max(segment) from nrr__retention where segment_dimension = 'size'", "smb", "enterprise"),
    ],
    ids=["movement", "state_mrr", "carries_mrr", "size"],
)
def test_a_rule_can_be_replaced(figure, ours, theirs, built, overridden):
    query = f"select {figure}".replace("from ", "from analytics.")
    assert built.query(query) == [(ours,)]
    assert overridden.query(query) == [(theirs,)]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "nrr_inputs names no model for subscription_events"),
        ({"subscription_event": "my_events"}, "nrr_inputs"),
        ({"subscription_events": "no_such_model", "accounts": "dim_accounts"}, "no_such_model"),
        (
            {"subscription_events": "my_events"},
            "nrr_segments names columns of accounts (industry, region, owner's team), but "
            "nrr_inputs names no model for accounts.",
        ),
    ],
    ids=["no input", "a misspelt input", "a misspelt model", "segments without accounts"],
)
def test_a_wrong_input_is_named(inputs, message, shop):
    finished = shop().run("parse", variables={"nrr_inputs": inputs})
    assert not finished.success
    assert message in finished.words


@pytest.mark.parametrize(
    ("model", "spoilt", "message"),
    [
        (
            "my_events",
            "select event_id, account_id, subscription_id, effective_at from ({sql}) as events",
            "my_events, which nrr_inputs names for subscription_events, lacks the column status. "
            "It has: event_id, account_id, subscription_id, effective_at. "
            "Add the missing column.",
        ),
        (
            "dim_accounts",
            "select account_id as id, industry as Industry from ({sql}) as accounts",
            "dim_accounts, which nrr_inputs names for accounts, lacks the column "
            "account_id, region, owner's team. It has: id, Industry. "
            "Add the missing column, or take it out of nrr_segments.",
        ),
        (
            "my_rates",
            "select 'EUR' as currency, 1.1 as value",
            "my_rates, which nrr_inputs names for exchange_rates, lacks the column "
            "rate_date, rate. It has: currency, value. Add the missing column.",
        ),
    ],
)
def test_a_column_that_a_model_lacks_is_named_before_anything_is_built_from_it(
    model, spoilt, message, shop
):
    other = shop()
    inputs = {"subscription_events": "my_events", "accounts": "dim_accounts"}
    (other.project / f"models/{model}.sql").write_text(spoilt.format(sql=MODELS.get(model)))
    variables = {
        "nrr_inputs": inputs | {"exchange_rates": "my_rates"} if "rates" in model else inputs
    }
    # nothing is known of a model that is not there yet
    other.succeed("compile", "--select", "nrr__account_months", variables=variables)
    finished = other.run("build", variables=variables)
    assert not finished.success
    assert message in finished.words
    assert "nrr__account_months" not in str(other.query("select * from duckdb_tables()"))


# As docs/input.md says it.
OWN_STATUSES = """
seeds: {nrr: {rules: {nrr_status_values: {+enabled: false}}}}
flags: {warn_error_options: {silence: [PackageNodeDependsOnRootProjectNode]}}
"""


def test_a_project_says_with_a_seed_of_its_own_what_its_statuses_mean(shop):
    """It disables the package's seed and has one of the same name."""
    other = shop(OWN_STATUSES)
    words = (ROOT / "seeds/rules/nrr_status_values.csv").read_text()
    (other.project / "seeds").mkdir()
    (other.project / "seeds/nrr_status_values.csv").write_text(words + "going_strong,active\n")
    events = MODELS["my_events"].replace(
        "'d', 's4', timestamp '2024-01-08', 'active'",
        "'d', 's4', timestamp '2024-01-08', 'Going strong'",
    )
    assert events != MODELS["my_events"]
    (other.project / "models/my_events.sql").write_text(events)
    marts = ["+nrr__account_months", "+nrr__rejected_events"]
    assert "WARNING" not in other.succeed("build", *WITHOUT_TESTS, "--select", *marts)
    months = (
        "select count(*) from analytics.nrr__account_months where account_id = 'd' and mrr = 30"
    )
    assert other.query(months) == [(15,)]
    assert other.query("select count(*) from analytics.nrr__rejected_events") == [(0,)]


def test_a_model_without_rows_fails_by_name_after_every_table_is_built(shop):
    other = shop()
    (other.project / "models/my_events.sql").write_text(
        f"select * from ({MODELS['my_events']}) as events where 1 = 0"
    )
    finished = other.run("build")
    assert not finished.success
    assert "subscription_events: 0 no_rows" in finished.words
    assert "Failure in test every_source_has_rows" in finished.words
    assert " ERROR=1 SKIP=0 " in finished.output


def test_a_signal_of_ones_own_is_one_model_and_one_row(shop):
    """... found among the signals, in the evidence on them, in health and in the queue."""
    own = shop()
    (own.project / "models/page_visits.sql").write_text(
        "select 'b' as account_id, occurred_at, 'page_visited' as event, 'Prices' as label "
        "from (values (date '2024-05-20'), (date '2025-04-01')) as visits (occurred_at)"
    )
    (own.project / "seeds").mkdir()
    (own.project / "seeds/my_signals.csv").write_text(
        "signal,kind,rule,fact,label,days,component,response\n"
        "price_list_read,risk,happened,page_visited,prices,60,support,Ask what they compare.\n"
    )
    inputs = {
        **{"subscription_events": "my_events", "accounts": "dim_accounts"},
        **{"customer_events": "page_visits", "signals": "my_signals"},
    }
    marts = ["+nrr__account_queue", "+nrr__account_health", "+nrr__input_problems"]
    select = ["--select", *marts]
    own.succeed("build", *select, variables={"nrr_inputs": inputs})
    held = own.query(
        "select account_id, observed_on::text, kind, mrr_at_stake, response "
        "from analytics.nrr__account_signals where signal = 'price_list_read' order by observed_on"
    )
    assert held == [
        ("b", "2024-05-31", "risk", 50, "Ask what they compare."),
        ("b", "2024-06-30", "risk", 50, "Ask what they compare."),
        ("b", "2025-04-10", "risk", 60, "Ask what they compare."),
    ]
    evidence = own.query(
        "select outcome, exposed_accounts, exposed_events, verdict from analytics.nrr__evidence "
        "where subject = 'price_list_read' order by outcome"
    )
    assert evidence == [("churned", 1, 1, "too few"), ("contracted", 0, 0, "too few")]

    points = own.query(
        "select observed_on::text, points_support from analytics.nrr__account_health "
        "where account_id = 'b' and observed_on between '2024-04-30' and '2024-06-30' order by 1"
    )
    assert points == [("2024-04-30", None), ("2024-05-31", 0), ("2024-06-30", 0)]
    queue = own.query(
        "select signals, next_action from analytics.nrr__account_queue where account_id = 'b'"
    )
    assert queue == [("price_list_read", "Ask what they compare.")]

    with (own.project / "seeds/my_signals.csv").open("a") as file:
        file.write("prices_again,risk,happens,page_visited,prices,60,,Ask.\n")
    again = own.run("build", *select, variables={"nrr_inputs": inputs})
    assert "signals_can_be_used" in again.words
    assert "signals: 1 unknown_rule: 'prices_again, risk, happens" in again.words
