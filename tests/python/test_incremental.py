"""Runs on changed input end with the tables of a full refresh and work out what is touched only."""

import re
import shutil
from pathlib import Path
from random import Random

import duckdb
import pytest
from conftest import ROOT, Dbt, copied_project
from reference.batches import arrive, batches, held_in
from reference.files import read_csv, write_csv
from reference.random_history import SEGMENTS, write_history
from test_repeated import all_rows

BUILD = ["build", "--exclude-resource-type", "test", "unit_test"]
# Three histories are played under each of these, one process and one database for all of them.
SETTINGS = [
    {"nrr_segments": []},
    {"nrr_segments": SEGMENTS, "nrr_fx": "actual", "nrr_timezone": "America/New_York"},
    {"nrr_segments": SEGMENTS[:1], "nrr_as_of": "2024-03-10", "nrr_past_due_counts": False},
    {"nrr_segments": SEGMENTS[:1], "nrr_reactivation_counts": False},
]
SEEDS = range(3)


@pytest.fixture(scope="module", params=SETTINGS, ids=["defaults", "actual", "as of", "gaps"])
def played(request, tmp_path_factory):
    """The settings, a database that is built from batch to batch, and one that is built anew."""
    folder = tmp_path_factory.mktemp("played")
    daily, anew = (Dbt(folder / name, data=folder / "data") for name in ("daily", "anew"))
    partial_runs = []
    shutil.copytree(ROOT / "demo/data", folder / "data")
    for database in (daily, anew):
        database.invoke("seed", variables=request.param)
    yield request.param, daily, anew, partial_runs
    if len(partial_runs) == 2 * len(SEEDS):
        assert sum(partial_runs) >= 2, "nearly every run worked out every account"


@pytest.mark.parametrize("seed", SEEDS)
def test_after_each_batch_the_tables_are_those_of_a_full_refresh(seed, played, tmp_path):
    variables, daily, anew, partial_runs = played
    dice = Random(f"{seed} {variables}")
    write_history(tmp_path, seed=dice.randrange(10**6), accounts=15, months=dice.choice([15, 26]))
    first, *later = batches(held_in(tmp_path), dice)
    arrive(daily.data, first)
    daily.invoke("run", "--full-refresh", variables=variables)
    for held in later:
        arrive(daily.data, held)
        daily.invoke("run", variables=variables)
        anew.invoke("run", "--full-refresh", variables=variables)
        assert all_rows(daily) == all_rows(anew)
        versions = daily.query("select distinct version from int_nrr__account_periods")
        partial_runs.append(("changed",) in versions)


# --- What is worked out again --------------------------------------------------------------------

DEMO_SETTINGS = {"nrr_segments": SEGMENTS}
# A figure that no run would come to: where it is still there, the account was not worked out again.
MARK = "999999.9999"


@pytest.fixture
def company(demo, tmp_path) -> Dbt:
    """The demo company as it was built, with input files of its own."""
    shutil.copytree(ROOT / "demo/data", tmp_path / "data")
    shutil.copytree(demo.folder / "target", tmp_path / "target")
    shutil.copy(demo.database, tmp_path)
    return Dbt(tmp_path, data=tmp_path / "data")


def run(company: Dbt, **settings) -> None:
    company.invoke(*BUILD, variables=DEMO_SETTINGS | settings)


def change_input(company: Dbt, name: str, change) -> None:
    path = company.data / f"{name}.csv"
    write_csv(path, change(read_csv(path)))


def add_events(company: Dbt, *events: dict) -> None:
    change_input(company, "subscription_events", lambda rows: [*rows, *events])


def mark_every_account(company: Dbt) -> None:
    with duckdb.connect(company.database) as connection:
        connection.execute(f"update nrr__account_months set mrr = {MARK}")


def accounts(company: Dbt, where: str) -> set[str]:
    rows = company.query(f"select distinct account_id from nrr__account_months where {where}")
    return {account for (account,) in rows}


def worked_out_again(company: Dbt) -> set[str]:
    """The accounts that have lost the mark that all had."""
    return accounts(company, f"mrr <> {MARK}")


def assert_built_as_anew(company: Dbt, tmp_path: Path, **settings) -> None:
    anew = Dbt(tmp_path / "anew", company.project, company.data)
    anew.invoke(*BUILD, variables=DEMO_SETTINGS | settings)
    assert all_rows(company) == all_rows(anew)


def paying_event(company: Dbt) -> dict:
    """An event with MRR of one of the demo's accounts, in US dollars."""
    events = read_csv(company.data / "subscription_events.csv")
    return next(
        event
        for event in events
        if event["status"] == "active" and event["currency"] == "USD" and event["unit_amount"]
    )


def test_a_run_without_new_rows_works_nothing_out(company):
    mark_every_account(company)
    run(company)
    assert worked_out_again(company) == set()


def test_only_the_account_of_a_new_row_is_worked_out(company):
    event = paying_event(company)
    run(company)
    mark_every_account(company)
    add_events(company, {**event, "event_id": "late one", "unit_amount": "77"})
    run(company)
    assert worked_out_again(company) == {event["account_id"]}


def test_accounts_that_share_an_item_are_worked_out_together(company):
    event, other = paying_event(company), "an heir of the item"
    add_events(
        company, {**event, "event_id": "moves", "account_id": other, "effective_at": "2026-05-05"}
    )
    run(company)
    mark_every_account(company)
    change_input(
        company,
        "subscription_events",
        lambda rows: [
            {**row, "quantity": "3"} if row["event_id"] == "moves" else row for row in rows
        ],
    )
    run(company)
    assert worked_out_again(company) == {event["account_id"], other}


def test_an_account_whose_link_to_another_is_gone_is_worked_out_too(company, tmp_path):
    event = paying_event(company)
    link = {**event, "account_id": "an heir of the item", "effective_at": "2026-05-05"}
    add_events(company, {**link, "event_id": "moves"})
    run(company)
    change_input(
        company,
        "subscription_events",
        lambda rows: [row for row in rows if row["event_id"] != "moves"],
    )
    run(company)
    assert_built_as_anew(company, tmp_path)


def test_an_account_that_is_not_in_the_input_any_more_goes_from_every_table(company, tmp_path):
    gone = paying_event(company)["account_id"]
    change_input(
        company,
        "subscription_events",
        lambda rows: [row for row in rows if row["account_id"] != gone],
    )
    run(company)
    assert_built_as_anew(company, tmp_path)
    run(company)
    assert_built_as_anew(company, tmp_path)


def test_a_rate_of_the_running_month_touches_no_account_and_one_of_a_month_that_is_over_all(
    company, tmp_path
):
    newest = company.query("select newest_month + interval 1 month from int_nrr__as_of")[0][0]
    rate = read_csv(company.data / "exchange_rates.csv")[0]
    mark_every_account(company)
    change_input(
        company,
        "exchange_rates",
        lambda rows: [*rows, {**rate, "rate_date": f"{newest:%Y-%m}-02", "rate": "1.5"}],
    )
    run(company)
    assert worked_out_again(company) == set()
    change_input(
        company,
        "exchange_rates",
        lambda rows: [*rows, {**rate, "rate_date": "2026-03-31", "rate": "1.5"}],
    )
    run(company)
    assert not accounts(company, f"mrr = {MARK}")
    assert_built_as_anew(company, tmp_path)


def test_when_a_month_is_over_every_account_gets_it(company, tmp_path):
    event = paying_event(company)
    add_events(
        company,
        {
            **event,
            "event_id": "next month",
            "effective_at": "2026-12-02",
            "recorded_at": "2026-12-02",
        },
    )
    before = company.query("select max(month) from nrr__retention")
    run(company)
    assert company.query("select max(month) from nrr__retention") > before
    assert_built_as_anew(company, tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {"nrr_segments": ["region"]},
        {"nrr_segments": [*SEGMENTS, "parent_account_id"]},
        {"nrr_reporting_currency": "EUR"},
        {"nrr_timezone": "Asia/Tokyo"},
        {"nrr_as_of": "2025-08-20"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_another_setting_works_everything_out_anew(settings, company, tmp_path):
    settings |= {"nrr_rejected_rows_allowed": 1}
    run(company, **settings)
    assert_built_as_anew(company, tmp_path, **settings)


def test_another_version_of_the_package_works_everything_out_anew(company, tmp_path):
    company.project = copied_project(tmp_path)
    run(company)
    mark_every_account(company)
    run(company)
    assert worked_out_again(company) == set()
    path = company.project / "dbt_project.yml"
    path.write_text(re.sub(r"(version: &version) [\d.]+", r"\1 99.0.0", path.read_text()))
    run(company)
    assert not accounts(company, f"mrr = {MARK}")


def test_another_bound_of_a_size_works_everything_out_anew(company, tmp_path):
    company.project = copied_project(tmp_path)
    path = company.project / "seeds/nrr_sizes.csv"
    path.write_text(path.read_text().replace("25000", "30000"))
    run(company)
    assert_built_as_anew(company, tmp_path)


# --- Runs that do not come to their end -----------------------------------------------------------


def test_a_run_that_is_killed_or_builds_a_part_leaves_its_accounts_to_the_next(company, tmp_path):
    event, moments = paying_event(company), Random(11)
    original = read_csv(company.data / "subscription_events.csv")
    for number in range(3):
        add_events(company, {**event, "event_id": f"new {number}", "unit_amount": str(50 + number)})
        company.kill_in(moments, *BUILD, variables=DEMO_SETTINGS)
    company.invoke("run", "--select", "int_nrr__account_periods+", variables=DEMO_SETTINGS)
    # what the killed runs had seen is taken back
    write_csv(company.data / "subscription_events.csv", original)
    run(company)
    assert_built_as_anew(company, tmp_path)


def test_dbt_retry_works_after_a_failure(company, tmp_path):
    company.project = copied_project(tmp_path)
    event = paying_event(company)
    add_events(company, {**event, "event_id": "new", "unit_amount": "321"})
    model = company.project / "models/intermediate/int_nrr__account_periods.sql"
    right = model.read_text()
    model.write_text(
        right.replace("from steady", "from steady where error('no space left') is null")
    )
    failed = company.run(*BUILD, variables=DEMO_SETTINGS)
    assert failed.returncode == 1, failed.stdout
    assert "no space left" in failed.stdout
    model.write_text(right)
    retried = company.run("retry")
    assert retried.returncode == 0, retried.stdout
    assert "nrr__mrr_movements" in retried.stdout
    assert "stg_nrr__subscription_events" not in retried.stdout
    assert_built_as_anew(company, tmp_path)
    # and the next run has nothing left over
    run(company)
    assert_built_as_anew(company, tmp_path)
