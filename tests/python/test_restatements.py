"""Restatements: builds one after the other, and what each says of what was published before."""

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from conftest import WITHOUT_TESTS, Dbt
from reference.batches import INPUTS, held_in
from reference.comparison import SEEDS, differences, variables_of
from reference.computation import Settings, read_timestamp
from reference.files import write_csv
from reference.random_history import SEGMENTS, write_history, write_rows
from reference.restatements import Publication, restatements
from test_published_faults import state

JANUARY = date(2025, 1, 1)
MODELS = ["build", "--select", "+nrr__restatements", *WITHOUT_TESTS]
SETTINGS = {"nrr_restatements": True, "nrr_segments": ["region"]}
EVENTS = [
    state("a", "2024-01-10", "100", event_id="a1"),
    state("b", "2024-01-10", "50", event_id="b1"),
    state("c", "2024-01-15", "100", event_id="c1", currency="EUR"),
    # up to here the data is complete
    state("d", "2025-03-02", "1", event_id="d1", recorded_at="2025-03-02"),
]
RATES = [("EUR", "2024-01-01", "1.1"), ("EUR", "2025-01-01", "1.3")]
REGIONS = {"a": "EMEA", "b": "EMEA", "c": "APAC", "d": "EMEA"}


def write(data, events=EVENTS, rates=RATES, regions=REGIONS):
    columns = dict.fromkeys(key for event in events for key in event)
    rows = [{column: event.get(column, "") for column in columns} for event in events]
    for row in rows:
        row["recorded_at"] = row["recorded_at"] or row["effective_at"]
    write_csv(data / "subscription_events.csv", rows)
    names = ["currency", "rate_date", "rate"]
    write_csv(data / "exchange_rates.csv", [dict(zip(names, r, strict=True)) for r in rates])
    write_csv(data / "accounts.csv", [{"account_id": a, "region": r} for a, r in regions.items()])


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    write(folder / "data")
    Dbt(folder, data=folder / "data").succeed(*MODELS, variables=SETTINGS)
    return folder


@pytest.fixture
def built_again(published, tmp_path):
    """A function that builds after the first publication from another input, by other settings."""
    shutil.copy(published / "built.duckdb", tmp_path)

    def build(*arguments, settings=None, **inputs) -> Dbt:
        write(tmp_path / "data", **inputs)
        dbt = Dbt(tmp_path, data=tmp_path / "data")
        dbt.succeed(*MODELS, *arguments, variables=SETTINGS | (settings or {}))
        return dbt

    return build


def rows(dbt, columns, where="true"):
    return dbt.query(f"select {columns} from nrr__restatements where {where} order by all")


WHOLE = "segment_dimension = 'all' and month = '2025-01-01'"


def test_what_happens_on_time_restates_nothing(built_again):
    later = state("a", "2025-04-01", "120", event_id="a2", recorded_at="2025-04-02")
    dbt = built_again(events=[*EVENTS, later])
    assert rows(dbt, "count(*)") == [(0,)]
    [(newest,)] = dbt.query("select max(month) from nrr__published_retention")
    assert newest == date(2025, 3, 1)


def test_a_late_event_is_named_with_its_account(built_again):
    late = state("b", "2025-01-20", "25", event_id="b2", recorded_at="2025-03-03")
    dbt = built_again(events=[*EVENTS, late])
    figures = "first_starting_mrr, starting_mrr, first_ending_mrr, ending_mrr, nrr_change"
    assert rows(dbt, figures, WHOLE) == [
        (260, 260, 260, 235, round(Decimal(235) / 260 - 1, 9)),
    ]
    said = "causes, late_events, corrected_events, accounts_with_events, first_account_ids"
    assert rows(dbt, said, WHOLE) == [("late events", 1, 0, 1, "b")]
    # the other region is what it was
    assert rows(dbt, "month, segment", "segment_dimension = 'region'") == [
        (JANUARY, "EMEA"),
        (date(2025, 2, 1), "EMEA"),
    ]


def test_what_was_published_outlives_a_full_refresh_and_causes_add_up(built_again):
    late = state("b", "2025-01-20", "25", event_id="b2", recorded_at="2025-03-03")
    built_again(events=[*EVENTS, late])
    dbt = built_again("--full-refresh", events=[*EVENTS, late], settings={"nrr_fx": "actual"})
    figures = "first_nrr, nrr, restatements, causes"
    # the euros are worth 130 at the end
    now = round(Decimal(255) / 260, 9)
    assert rows(dbt, figures, WHOLE) == [(1, now, 2, "settings, late events")]
    [(before, after)] = rows(dbt, "first_method_settings, method_settings", WHOLE)
    assert "nrr_fx: constant" in before
    assert "nrr_fx: actual" in after


def test_an_event_that_replaces_another_is_a_correction(built_again):
    corrected = state("a", "2024-01-10", "80", event_id="a1", recorded_at="2025-03-03")
    dbt = built_again(events=[*EVENTS, corrected])
    said = "starting_mrr, causes, late_events, corrected_events, first_account_ids"
    assert rows(dbt, said, WHOLE) == [(240, "corrected events", 0, 1, "a")]


def test_another_rate_is_a_cause_of_the_months_that_use_it(built_again):
    # at constant rates the newer one is not used
    assert rows(built_again(rates=[RATES[0], ("EUR", "2025-01-01", "1.4")]), "count(*)") == [(0,)]
    dbt = built_again(rates=[("EUR", "2024-01-01", "1.2"), RATES[1]])
    assert rows(dbt, "starting_mrr, causes", WHOLE) == [(270, "rates")]


def test_another_attribute_restates_its_segments_and_one_without_accounts_is_there(built_again):
    dbt = built_again(regions=REGIONS | {"c": "EMEA"})
    said = "segment_dimension, segment, first_starting_mrr, starting_mrr, nrr, causes"
    assert rows(dbt, said, "month = '2025-01-01'") == [
        ("region", "APAC", 110, 0, None, "attributes"),
        ("region", "EMEA", 150, 260, 1, "attributes"),
    ]
    assert rows(dbt, "distinct accounts_with_other_attribute") == [(1,)]


def test_a_row_that_was_changed_in_place_is_other_input(built_again):
    changed = [EVENTS[0] | {"unit_amount": "90"}, *EVENTS[1:]]
    assert rows(built_again(events=changed), "starting_mrr, causes", WHOLE) == [
        (250, "other input")
    ]


# --- Against the computation in Python --------------------------------------------------------


def told_late(rows: list[dict], at: datetime, dice: Random) -> list[dict]:
    """Events that were recorded only then: corrections of these, and some of days after these."""
    told = []
    for number, row in enumerate(dice.sample(rows, 60)):
        effective = read_timestamp(row["effective_at"])
        late = {**row, "event_id": f"told {at} {number}", "recorded_at": str(at)}
        if number % 2 and effective:
            late["effective_at"] = str(effective + timedelta(days=17))
        told.append({**late, "unit_amount": dice.choice(["10", "99.5", "1200"])})
    return told


def published_in_turn(folder, dice: Random) -> list[dict[str, list[dict]]]:
    """What a random company's sources hold at three builds: more, and other, each time."""
    held = held_in(folder)
    rows, accounts = held["subscription_events"], held["accounts"]
    known = [(read_timestamp(row["recorded_at"] or row["effective_at"]), row) for row in rows]
    # what says no time was there from the beginning
    at = sorted(instant for instant, _ in known if instant and instant < datetime(2090, 1, 1))
    bounds = [at[round(len(at) * share)] for share in (0.7, 0.85)]
    bounds.append(at[-1] + timedelta(days=1))
    first, second, third = (
        [row for instant, row in known if not instant or instant <= bound] for bound in bounds
    )
    more = told_late(first, bounds[1], dice)
    moved = dice.sample(range(len(accounts)), 20)
    elsewhere = [
        {**row, "region": "APAC"} if number in moved else row for number, row in enumerate(accounts)
    ]
    # one attribute is another, and the rest is said once more
    again = [
        {**row, "valid_from": str(at[len(at) // 3]), "industry": "Rail"}
        for row in dice.sample(elsewhere, 20)
    ]
    rates = [
        {**row, "rate": "1.9"} if row["currency"] == "EUR" and number % 3 == 0 else row
        for number, row in enumerate(held["exchange_rates"])
    ]
    return [
        held | {"subscription_events": first},
        {"subscription_events": second + more, "accounts": elsewhere, "exchange_rates": rates},
        {
            "subscription_events": third + more + told_late(second, bounds[2], dice),
            "accounts": elsewhere + again,
            "exchange_rates": rates,
        },
    ]


@pytest.mark.long
def test_restatements_of_a_random_history_are_those_of_the_computation(tmp_path):
    write_history(tmp_path / "history", seed=13, accounts=200, months=26)
    data, settings, publications = tmp_path / "data", Settings(segments=SEGMENTS, fx="actual"), []
    data.mkdir()
    for held in published_in_turn(tmp_path / "history", Random(5)):
        if len(publications) == 2:
            settings = replace(settings, past_due_counts=False)
        for name, rows in held.items():
            write_rows(data / f"{name}.csv", [*rows[0]], rows)
        dbt = Dbt(tmp_path, data=data)
        variables = {"nrr_restatements": True, "nrr_rejected_rows_allowed": 1}
        dbt.succeed(*MODELS, variables=variables_of(settings) | variables)
        publications.append(Publication(*(held[name] for name in INPUTS), settings, SEEDS))

    expected = restatements(publications)
    found = differences("nrr__restatements", dbt.rows("nrr__restatements"), expected)
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:20])
    said = {cause for row in expected for cause in row["causes"].split(", ")}
    assert said >= {"settings", "rates", "attributes", "late events", "corrected events"}
