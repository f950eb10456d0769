"""A run rebuilds the accounts that have changed and no others, and ends with a full build's tables.

What it rebuilt shows in the ids of rows: DuckDB gives a row that is written again another one.
"""

import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from random import Random

import pytest
from conftest import ROOT, WITHOUT_TESTS, Dbt, copied_project
from reference.batches import arrive, batches, held_in
from reference.files import read_csv, write_csv
from reference.random_history import SEGMENTS, write_history

STORED = ["int_nrr__item_states", "int_nrr__account_spans"]
SETTINGS = {"nrr_segments": SEGMENTS, "nrr_rejected_rows_allowed": 1}
ALL = "all accounts"


@dataclass
class Company(Dbt):
    """The demo company, with a project and input files of its own."""

    def run_models(self, *arguments: str, **settings) -> None:
        self.succeed("run", *arguments, variables=SETTINGS | settings)

    def stored_rows(self) -> dict[str, dict[str, set]]:
        """The ids and fingerprints of each account's rows in the stored tables."""
        found = {}
        for table in STORED:
            found[table] = defaultdict(set)
            for account, *row in self.query(f"select account_id, rowid, fingerprint from {table}"):
                found[table][account].add(tuple(row))
        return found

    def change(self, name: str, change) -> None:
        path = self.data / f"{name}.csv"
        write_csv(path, change(read_csv(path)))

    def add_events(self, *events: dict) -> None:
        self.change("subscription_events", lambda rows: [*rows, *events])

    def replace_in(self, path: str, old: str, new: str) -> None:
        """Changes the project's file of this path."""
        text = (self.project / path).read_text()
        assert re.search(old, text)
        (self.project / path).write_text(re.sub(old, new, text))


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Company:
    folder = tmp_path_factory.mktemp("company")
    shutil.copytree(ROOT / "demo/data", folder / "data")
    company = Company(folder, copied_project(folder), folder / "data")
    company.succeed("build", *WITHOUT_TESTS, variables=SETTINGS)
    for part in ["data", "project", "built.duckdb"]:
        copy = shutil.copytree if (folder / part).is_dir() else shutil.copy
        copy(folder / part, folder / f"first {part}")
    return company


@pytest.fixture
def company(built) -> Company:
    """The company as it was built first, in the same folder: dbt need not parse all anew."""
    for part in ["data", "project"]:
        shutil.copytree(built.folder / f"first {part}", built.folder / part, dirs_exist_ok=True)
    shutil.copy(built.folder / "first built.duckdb", built.database)
    return built


def assert_built_as_anew(company: Company, **settings) -> None:
    marts = company.marts()
    company.run_models("--full-refresh", **settings)
    assert marts == company.marts()


@pytest.fixture(scope="module")
def event() -> dict:
    """An event with MRR of one of the demo's accounts, in US dollars."""
    return next(
        event
        for event in read_csv(ROOT / "demo/data/subscription_events.csv")
        if event["status"] == "active" and event["currency"] == "USD" and event["unit_amount"]
    )


# --- What is rebuilt --------------------------------------------------------------------------
# Each takes the company and the event, changes something, and may return other settings.


def nothing(company, event):
    pass


def a_new_event(company, event):
    company.add_events({**event, "event_id": "late", "unit_amount": "77"})


def a_redelivery(company, event):
    company.add_events({**event, "recorded_at": "2026-11-01 12:00:00"})


def a_corrected_event(company, event):
    company.change(
        "subscription_events",
        lambda rows: [
            {**row, "quantity": "7"} if row["event_id"] == event["event_id"] else row
            for row in rows
        ],
    )


def an_item_that_moves_to_another_account(company, event):
    company.add_events(
        {**event, "event_id": "moves", "account_id": "heir", "effective_at": "2026-05-05"}
    )


def a_removed_account(company, event):
    gone = event["account_id"]
    company.change(
        "subscription_events", lambda rows: [row for row in rows if row["account_id"] != gone]
    )


def another_attribute(company, event):
    company.change(
        "accounts",
        lambda rows: [
            {**row, "region": "moon"} if row["account_id"] == event["account_id"] else row
            for row in rows
        ],
    )


def a_month_that_ends(company, event):
    return {"nrr_as_of": "2026-12-02"}


def a_corrected_rate(company, event):
    company.change(
        "exchange_rates",
        lambda rows: [*rows, {**rows[0], "rate_date": "2026-03-31", "rate": "1.5"}],
    )


def another_bound_of_a_size(company, event):
    company.replace_in("seeds/rules/nrr_sizes.csv", "25000", "30000")
    company.succeed("seed", variables=SETTINGS)


def other_rules_of_currencies_and_gaps(company, event):
    return {"nrr_fx": "actual", "nrr_reactivation_counts": False}


def other_segments(company, event):
    return {"nrr_segments": ["region", "parent_account_id"]}


def another_time_zone(company, event):
    return {"nrr_timezone": "Asia/Tokyo"}


def another_reporting_currency(company, event):
    return {"nrr_reporting_currency": "EUR"}


def another_rule_of_statuses(company, event):
    return {"nrr_past_due_counts": False}


def another_version_of_the_package(company, event):
    company.replace_in("dbt_project.yml", r"(version: &version) [\d.]+", r"\1 99.0.0")


@pytest.mark.parametrize(
    ("change", "states", "spans"),
    [
        (nothing, {}, {}),
        (a_new_event, {"its"}, {"its"}),
        (a_redelivery, {"its"}, {"its"}),
        (a_corrected_event, {"its"}, {"its"}),
        (an_item_that_moves_to_another_account, {"its", "heir"}, {"its", "heir"}),
        (a_removed_account, {"its"}, {"its"}),
        (another_attribute, {}, {"its"}),
        (a_month_that_ends, {}, {}),
        (a_corrected_rate, {}, {}),
        (another_bound_of_a_size, {}, {}),
        (other_rules_of_currencies_and_gaps, {}, {}),
        (other_segments, {}, ALL),
        (another_time_zone, {}, ALL),
        (another_reporting_currency, ALL, ALL),
        (another_rule_of_statuses, ALL, ALL),
        (another_version_of_the_package, ALL, ALL),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_after(change, states, spans, company, event):
    before = company.stored_rows()
    settings = change(company, event) or {}
    company.run_models(**settings)
    after = company.stored_rows()
    for table, expected in zip(STORED, [states, spans], strict=True):
        names = {event["account_id"] if name == "its" else name for name in expected}
        rebuilt = {
            account
            for account in before[table].keys() | after[table].keys()
            if before[table][account] != after[table][account]
        }
        assert rebuilt == (set(before[table]) if expected == ALL else names), table
    assert_built_as_anew(company, **settings)


def test_an_account_whose_link_to_another_is_gone_is_rebuilt_too(company, event):
    events = read_csv(company.data / "subscription_events.csv")
    an_item_that_moves_to_another_account(company, event)
    company.run_models()
    write_csv(company.data / "subscription_events.csv", events)
    company.run_models()
    assert_built_as_anew(company)


def test_accounts_are_rebuilt_when_their_currency_gets_its_first_rate(company, event):
    company.add_events({**event, "event_id": "new", "currency": "NZD"})
    company.run_models()
    before = company.stored_rows()["int_nrr__item_states"]
    company.change("exchange_rates", lambda rows: [*rows, {**rows[0], "currency": "NZD"}])
    company.run_models()
    after = company.stored_rows()["int_nrr__item_states"]
    assert event["account_id"] in {name for name in after if after[name] != before[name]}
    assert_built_as_anew(company)


# --- Runs that do not come to their end -------------------------------------------------------


@pytest.mark.parametrize("part", STORED)
def test_a_run_of_a_part_leaves_the_rest_to_the_next(part, company, event):
    original = read_csv(company.data / "subscription_events.csv")
    a_new_event(company, event)
    company.run_models("--select", part)
    # what it has seen is taken back
    write_csv(company.data / "subscription_events.csv", original)
    another_attribute(company, event)
    company.run_models()
    assert_built_as_anew(company)


def test_dbt_retry_works_after_a_failure(company, event):
    a_new_event(company, event)
    model = "models/intermediate/accounts/int_nrr__account_spans.sql"
    right = (company.project / model).read_text()
    company.replace_in(model, r"named\.account_id,\n", "error('no space left') as account_id,\n")
    failed = company.run("--write-json", "run", variables=SETTINGS)
    assert not failed.success
    assert "no space left" in failed.output
    (company.project / model).write_text(right)
    retried = company.succeed("retry")
    assert "nrr__mrr_movements" in retried
    assert "stg_nrr__subscription_events" not in retried
    assert_built_as_anew(company)


@pytest.mark.long
def test_a_run_that_is_killed_leaves_its_accounts_to_the_next(company, event):
    original, moments = read_csv(company.data / "subscription_events.csv"), Random(11)
    for number in range(6):
        company.add_events({**event, "event_id": f"new {number}", "unit_amount": f"{number}"})
        company.kill_in(moments, "run", variables=SETTINGS)
    write_csv(company.data / "subscription_events.csv", original)
    company.run_models()
    assert_built_as_anew(company)


@pytest.mark.long
def test_a_first_build_that_is_killed_is_ended_by_the_next(company):
    marts, moments = company.marts(), Random(7)
    company.database.unlink()
    for _ in range(3):
        company.kill_in(moments, "build", *WITHOUT_TESTS, variables=SETTINGS)
    company.succeed("build", *WITHOUT_TESTS, variables=SETTINGS)
    assert company.marts() == marts


# --- Long sequences ---------------------------------------------------------------------------

# Three histories are played under each of these, in one database.
PLAYED = [
    {"nrr_segments": []},
    {"nrr_segments": SEGMENTS, "nrr_fx": "actual", "nrr_timezone": "America/New_York"},
    {"nrr_segments": SEGMENTS[:1], "nrr_as_of": "2024-03-10", "nrr_past_due_counts": False},
    {"nrr_segments": SEGMENTS[:1], "nrr_reactivation_counts": False},
]
SEEDS = range(3)


@pytest.fixture(scope="module", params=PLAYED, ids=["defaults", "actual", "as of", "gaps"])
def played(request, tmp_path_factory):
    """The settings, and two databases: one is built from batch to batch, one is built anew."""
    folder = tmp_path_factory.mktemp("played")
    daily, anew = (Company(folder / name, data=folder / "data") for name in ("daily", "anew"))
    shutil.copytree(ROOT / "demo/data", folder / "data")
    for database in (daily, anew):
        database.succeed("seed", variables=request.param)
    return request.param, daily, anew


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_after_each_batch_the_tables_are_those_of_a_full_build(seed, played, tmp_path):
    variables, daily, anew = played
    dice = Random(f"{seed} {variables}")
    write_history(tmp_path, seed=dice.randrange(10**6), accounts=15, months=dice.choice([15, 26]))
    first, *later = batches(held_in(tmp_path), dice)
    arrive(daily.data, first)
    daily.run_models("--full-refresh", **variables)
    for held in later:
        arrive(daily.data, held)
        daily.run_models(**variables)
        anew.run_models("--full-refresh", **variables)
        assert daily.marts() == anew.marts()
