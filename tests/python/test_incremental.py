"""A run rebuilds the accounts that have changed and no others, and ends with a full build's tables.

What it rebuilt shows in the ids of rows: DuckDB gives a row that is written again another one.
"""

import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from random import Random

import pytest
from conftest import ROOT, WITHOUT_CHAPTERS, WITHOUT_TESTS, Dbt, copied_project
from reference.batches import arrive, batches, held_in
from reference.files import read_csv, write_csv
from reference.random_history import SEGMENTS, write_history

STORED = ["int_nrr__item_states", "int_nrr__account_spans"]
UP_TO_STORED = ["--select", *(f"+{table}" for table in STORED)]
SETTINGS = {"nrr_segments": SEGMENTS, "nrr_rejected_rows_allowed": 1}
ALL = "all accounts"


@dataclass
class Company(Dbt):
    """The demo company, with a project and input files of its own."""

    def run_models(self, *arguments: str, **settings) -> None:
        self.succeed("run", *WITHOUT_CHAPTERS, *arguments, variables=SETTINGS | settings)

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

    def change_rows(self, name: str, key: str, like: dict, **values: str) -> None:
        """Other values in the rows of an input that have the same key."""
        self.change(
            name,
            lambda rows: [{**row, **values} if row[key] == like[key] else row for row in rows],
        )

    def remove_rows(self, name: str, key: str, like: dict) -> None:
        self.change(name, lambda rows: [row for row in rows if row[key] != like[key]])

    def add_events(self, *events: dict) -> None:
        self.change("subscription_events", lambda rows: [*rows, *events])

    def add_to_seed(self, name: str, row: str) -> None:
        """Adds a row to a seed, which is loaded then."""
        self.replace_in(f"seeds/rules/{name}.csv", r"\Z", f"{row}\n")
        self.succeed("seed", "--select", name, variables=SETTINGS)

    def replace_in(self, path: str, old: str, new: str) -> None:
        """Changes the project's file of this path."""
        text = (self.project / path).read_text()
        assert re.search(old, text)
        (self.project / path).write_text(re.sub(old, new, text))


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Company:
    folder = tmp_path_factory.mktemp("company")
    # without what customers do, which no stored table knows of
    arrive(folder / "data", held_in(ROOT / "demo/data"))
    company = Company(folder, copied_project(folder), folder / "data")
    company.succeed("build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS, variables=SETTINGS)
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
def events() -> list[dict]:
    """Events with MRR in US dollars, each of another account of the demo."""
    found = {}
    for event in read_csv(ROOT / "demo/data/subscription_events.csv"):
        if event["status"] == "active" and event["currency"] == "USD" and event["unit_amount"]:
            found.setdefault(event["account_id"], event)
    return list(found.values())


# --- What is rebuilt --------------------------------------------------------------------------
# A change takes the company and an event, and may return settings for all runs from then on.


def a_new_event(company, event):
    company.add_events({**event, "event_id": "late", "unit_amount": "77"})


def a_redelivery(company, event):
    company.add_events({**event, "recorded_at": "2026-11-01 12:00:00"})


def a_corrected_event(company, event):
    company.change_rows("subscription_events", "event_id", event, quantity="7")


def an_item_that_moves_to_another_account(company, event):
    moved = {"event_id": "moves", "account_id": "heir", "effective_at": "2026-05-05"}
    company.add_events({**event, **moved})


def a_move_that_is_taken_back(company, event):
    company.remove_rows("subscription_events", "event_id", {"event_id": "moves"})


def another_attribute(company, event):
    company.change_rows("accounts", "account_id", event, region="moon")


def an_event_in_a_currency_without_a_rate(company, event):
    company.add_events({**event, "event_id": "new", "currency": "NZD", "unit_amount": "9"})


def the_first_rate_of_that_currency(company, event):
    company.change("exchange_rates", lambda rows: [*rows, {**rows[0], "currency": "NZD"}])


def a_removed_account(company, event):
    company.remove_rows("subscription_events", "account_id", event)


def nothing(company, event):
    pass


def a_month_that_ends(company, event):
    return {"nrr_as_of": "2026-12-02"}


def a_corrected_rate(company, event):
    new = {"rate_date": "2026-03-31", "rate": "1.5"}
    company.change("exchange_rates", lambda rows: [*rows, {**rows[0], **new}])


def another_bound_of_a_size(company, event):
    company.replace_in("seeds/rules/nrr_sizes.csv", "25000", "30000")
    company.succeed("seed", variables=SETTINGS)


def events_in_words_that_no_seed_knows(company, event):
    in_words = {"status": "Going strong", "billing_interval": "every-month"}
    company.change_rows("subscription_events", "account_id", event, **in_words)


def a_status_that_is_new_in_its_seed(company, event):
    company.add_to_seed("nrr_status_values", "going_strong,active")


def an_interval_that_is_new_in_its_seed(company, event):
    company.add_to_seed("nrr_interval_values", "every_month,month,1")


def other_rules_of_rates_and_gaps(company, event):
    return {"nrr_fx": "actual", "nrr_reactivation_counts": False}


def other_segments(company, event):
    return {"nrr_segments": ["region", "parent_account_id"]}


def another_time_zone(company, event):
    return {"nrr_timezone": "Asia/Tokyo"}


def another_reporting_currency(company, event):
    return {"nrr_reporting_currency": "EUR"}


def another_rule_of_statuses(company, event):
    return {"nrr_past_due_counts": False}


def another_rule_of_discounts(company, event):
    return {"nrr_discounts": "forever_only", "nrr_paused_counts": True}


def another_version_of_the_package(company, event):
    company.replace_in("dbt_project.yml", r"(version: &version) [\d.]+", r"\1 99.0.0")


# Step by step: the change, the event it takes, and whose item states and spans are rebuilt.
ITS, BOTH = {"its"}, {"its", "heir"}
OF_ACCOUNTS = [
    (a_new_event, 0, ITS, ITS),
    (a_redelivery, 1, ITS, ITS),
    (a_corrected_event, 2, ITS, ITS),
    (an_item_that_moves_to_another_account, 3, BOTH, BOTH),
    (a_move_that_is_taken_back, 3, BOTH, BOTH),
    (another_attribute, 4, {}, ITS),
    (an_event_in_a_currency_without_a_rate, 5, ITS, ITS),
    (the_first_rate_of_that_currency, 5, ITS, ITS),
    (a_removed_account, 6, ITS, ITS),
]
OF_VALUES = [
    (events_in_words_that_no_seed_knows, 7, ITS, ITS),
    # which accounts have a value is not looked for
    (a_status_that_is_new_in_its_seed, 7, ALL, ALL),
    (an_interval_that_is_new_in_its_seed, 7, ALL, ALL),
]
OF_WHAT_IS_READ_ANEW = [
    (nothing, 0, {}, {}),
    (a_month_that_ends, 0, {}, {}),
    (a_corrected_rate, 0, {}, {}),
    (another_bound_of_a_size, 0, {}, {}),
    (other_rules_of_rates_and_gaps, 0, {}, {}),
]
OF_MONTHS_AND_SEGMENTS = [
    (other_segments, 0, {}, ALL),
    # days without a time begin elsewhere, in item states too
    (another_time_zone, 0, ALL, ALL),
]
OF_RULES = [
    (another_reporting_currency, 0, ALL, ALL),
    (another_rule_of_statuses, 0, ALL, ALL),
    (another_rule_of_discounts, 0, ALL, ALL),
    (another_version_of_the_package, 0, ALL, ALL),
]


@pytest.mark.parametrize(
    "steps",
    [
        OF_ACCOUNTS,
        pytest.param(OF_VALUES, marks=pytest.mark.long),
        OF_WHAT_IS_READ_ANEW,
        OF_MONTHS_AND_SEGMENTS,
        OF_RULES,
    ],
    ids=["of accounts", "of values", "of what is read anew", "of months and segments", "of rules"],
)
def test_changes_rebuild_what_they_touch_and_end_with_a_full_builds_tables(steps, company, events):
    settings = {}
    for change, number, *expected in steps:
        before = company.stored_rows()
        settings |= change(company, events[number]) or {}
        company.run_models(*UP_TO_STORED, **settings)
        after = company.stored_rows()
        for table, accounts in zip(STORED, expected, strict=True):
            names = {events[number]["account_id"] if n == "its" else n for n in accounts}
            rebuilt = {
                account
                for account in before[table].keys() | after[table].keys()
                if before[table][account] != after[table][account]
            }
            wanted = set(before[table]) if accounts == ALL else names
            assert rebuilt == wanted, f"{table} after {change.__name__}"
    # the other tables, of which each step has changed some
    company.run_models(**settings)
    assert_built_as_anew(company, **settings)


# --- Runs that do not come to their end -------------------------------------------------------


def test_a_run_of_a_part_leaves_the_rest_to_the_next(company, events):
    original = read_csv(company.data / "subscription_events.csv")
    a_new_event(company, events[0])
    another_attribute(company, events[1])
    company.run_models("--select", "int_nrr__item_states")
    # what it has seen is taken back
    write_csv(company.data / "subscription_events.csv", original)
    company.run_models()
    assert_built_as_anew(company)


def test_a_run_of_empty_inputs_leaves_the_stored_accounts_alone(company):
    stored = company.stored_rows()
    company.run_models("--empty")
    assert company.stored_rows() == stored
    company.run_models()
    assert company.stored_rows() == stored


def test_dbt_retry_works_after_a_failure(company, events):
    a_new_event(company, events[0])
    model = "models/intermediate/accounts/int_nrr__account_spans.sql"
    right = (company.project / model).read_text()
    company.replace_in(
        model, r"segmented\.account_id,\n", "error('no space left') as account_id,\n"
    )
    failed = company.run("--write-json", "run", *WITHOUT_CHAPTERS, variables=SETTINGS)
    assert not failed.success
    assert "no space left" in failed.output
    (company.project / model).write_text(right)
    retried = company.succeed("retry")
    assert "nrr__mrr_movements" in retried
    assert "stg_nrr__subscription_events" not in retried
    assert_built_as_anew(company)


@pytest.mark.long
def test_a_run_that_is_killed_leaves_its_accounts_to_the_next(company, events):
    original, moments = read_csv(company.data / "subscription_events.csv"), Random(11)
    for number in range(6):
        company.add_events({**events[0], "event_id": f"new {number}", "unit_amount": f"{number}"})
        company.kill_in(moments, "run", *WITHOUT_CHAPTERS, variables=SETTINGS)
    write_csv(company.data / "subscription_events.csv", original)
    company.run_models()
    assert_built_as_anew(company)


@pytest.mark.long
def test_a_first_build_that_is_killed_is_ended_by_the_next(company):
    marts, moments = company.marts(), Random(7)
    company.database.unlink()
    for _ in range(3):
        company.kill_in(moments, "build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS, variables=SETTINGS)
    company.succeed("build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS, variables=SETTINGS)
    assert company.marts() == marts


# --- Long sequences ---------------------------------------------------------------------------

# Two histories are played under each of these, in one database.
PLAYED = [
    {"nrr_segments": []},
    {"nrr_segments": SEGMENTS, "nrr_fx": "actual", "nrr_timezone": "America/New_York"},
    {"nrr_segments": SEGMENTS[:1], "nrr_as_of": "2024-03-10", "nrr_past_due_counts": False},
    {"nrr_segments": SEGMENTS[:1], "nrr_reactivation_counts": False},
]
SEEDS = range(2)


@pytest.fixture(scope="module", params=PLAYED, ids=["defaults", "actual", "as of", "gaps"])
def played(request, tmp_path_factory):
    """The settings, and two databases: one is built from batch to batch, one is built anew."""
    folder = tmp_path_factory.mktemp("played")
    daily, anew = (Company(folder / name, data=folder / "data") for name in ("daily", "anew"))
    arrive(folder / "data", held_in(ROOT / "demo/data"))
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
    daily.run_models("--full-refresh", *UP_TO_STORED, **variables)
    for held in later:
        arrive(daily.data, held)
        daily.run_models(*UP_TO_STORED, **variables)
        anew.run_models("--full-refresh", *UP_TO_STORED, **variables)
        assert daily.contents(STORED) == anew.contents(STORED)
    # the other tables, which each run makes of those
    daily.run_models(**variables)
    anew.run_models("--full-refresh", **variables)
    assert daily.marts() == anew.marts()
