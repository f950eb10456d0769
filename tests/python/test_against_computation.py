"""Every figure of the built tables against the separate computation in plain Python."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import ROOT, WITHOUT_UNIT_TESTS, Dbt
from reference.computation import Result, Settings, compute, read_state
from reference.files import read_csv
from reference.random_history import write_history
from reference.seeds import read_seeds

SEEDS = read_seeds(ROOT)
SEGMENTS = ["industry", "region", "acquisition_channel"]
KEYS = {
    "nrr__account_months": ["account_id", "month"],
    "nrr__mrr_movements": ["account_id", "month", "movement"],
    "nrr__mrr_waterfall": ["month", "segment_dimension", "segment"],
    "nrr__retention_accounts": ["month", "account_id"],
    "nrr__retention": ["month", "segment_dimension", "segment"],
    "nrr__retention_grades": ["month", "benchmark_id", "segment"],
}
# The test that warns of states that only their ids put in order, and the columns that name them.
TIES = "states_of_one_instant_are_ordered_by_more_than_their_id"
TIE = "subscription_id, subscription_item_id, effective_at"
# The computation works intervals out in exact fractions, the models in floating point.
INTERVALS = {"nrr_low", "nrr_high", "grr_low", "grr_high"}


def computed(data: Path, settings: Settings) -> Result:
    csv.field_size_limit(10**6)
    inputs = ("subscription_events", "accounts", "exchange_rates")
    return compute(*(read_csv(data / f"{name}.csv") for name in inputs), settings, SEEDS)


def spread_attributes(rows: list[dict]) -> list[dict]:
    """The attributes of nrr__retention_accounts as one key each, as the computation has them."""
    return [{**row, **json.loads(row["attributes"])} for row in rows]


def is_same(column: str, built, expected) -> bool:
    if column in INTERVALS and built is not None and expected is not None:
        return abs(built - expected) <= Decimal("1e-7")
    return built == expected


def differences(table: str, built: list[dict], expected: list[dict]) -> list[str]:
    """What differs between two versions of a table, a sentence each."""

    def by_key(rows):
        keyed = {tuple(row[column] for column in KEYS[table]): row for row in rows}
        assert len(keyed) == len(rows), f"{table}: a key is there twice"
        return keyed

    built_rows, expected_rows = by_key(built), by_key(expected)
    found = [f"{key} is missing" for key in expected_rows.keys() - built_rows.keys()]
    found += [f"{key} is too much" for key in built_rows.keys() - expected_rows.keys()]
    for key in built_rows.keys() & expected_rows.keys():
        for column, value in expected_rows[key].items():
            if not is_same(column, built_rows[key][column], value):
                found.append(f"{key} {column}: {built_rows[key][column]} instead of {value}")
    return found


def assert_same_tables(built: Dbt, expected) -> None:
    for table in KEYS:
        rows = built.rows(table)
        if table == "nrr__retention_accounts":
            rows = spread_attributes(rows)
        found = differences(table, rows, getattr(expected, table))
        assert not found, f"{table}: {len(found)} differences\n" + "\n".join(sorted(found)[:20])
    assert_same_rejections(built.rows("nrr__rejected_events"), expected.nrr__rejected_events)
    assert built.query(f"select {TIE} from main_dbt_test__audit.{TIES} order by all") == (
        expected.ties
    )


def assert_same_rejections(built: list[dict], expected: list[dict]) -> None:
    """The same rows, all columns; of copies written differently either may be the duplicate."""

    def as_text(row):
        if row["reason"] == "duplicate":
            return str({**vars(read_state(row, Settings(), SEEDS)), "row": "duplicate"})
        return str([(c, row[c]) for c in sorted(row) if row[c] and c != "rejected_row"])

    assert sorted(map(as_text, built)) == sorted(map(as_text, expected))


def test_the_demo_has_the_computed_figures(demo):
    assert_same_tables(demo, computed(ROOT / "demo/data", Settings(segments=SEGMENTS)))


@pytest.mark.parametrize(
    ("seed", "settings"),
    [
        (20261121, Settings(segments=SEGMENTS)),
        (
            5,
            Settings(
                segments=["region"],
                timezone="America/Los_Angeles",
                fx="actual",
                reactivation_counts=False,
                past_due_counts=False,
                paused_counts=True,
                discounts="forever_only",
                reporting_currency="EUR",
                as_of="2025-11-17 12:00:00",
            ),
        ),
    ],
    ids=["defaults", "other settings"],
)
def test_a_random_history_has_the_computed_figures(seed, settings, dbt, tmp_path):
    history = tmp_path / "history"
    write_history(history, seed=seed, accounts=600, months=36)
    variables = {
        f"nrr_{name}": value
        for name, value in vars(settings).items()
        if name != "run_started_at" and value is not None
    }
    # A random history has many broken rows, on purpose.
    variables["nrr_rejected_rows_allowed"] = 1
    built = dbt(data=history)
    # ... and values that no seed knows, for which a build fails when all is built.
    built.run("build", *WITHOUT_UNIT_TESTS, "--store-failures", variables=variables)
    expected = computed(history, settings)
    assert expected.ties, "the history has none, so that the warning is not tested"
    assert_same_tables(built, expected)
