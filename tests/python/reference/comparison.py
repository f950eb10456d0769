"""Whether built tables are those of the computation in Python, row by row."""

import csv
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

from reference.bridges import retention_bridges
from reference.computation import EVENT_COLUMNS, Result, Settings, compute, given, read_state
from reference.drivers import mrr_drivers
from reference.files import read_csv
from reference.findings import retention_findings
from reference.retention_by_method import retention_by_method
from reference.retention_cohorts import retention_cohorts
from reference.seeds import read_seeds

SEEDS = read_seeds(Path(__file__).parents[3])
KEYS = {
    "nrr__account_months": ["account_id", "month"],
    "nrr__mrr_movements": ["account_id", "month", "movement"],
    "nrr__mrr_waterfall": ["month", "segment_dimension", "segment"],
    "nrr__retention_accounts": ["month", "account_id"],
    "nrr__retention": ["month", "segment_dimension", "segment"],
    "nrr__retention_grades": ["month", "benchmark_id", "segment"],
    "nrr__mrr_drivers": [
        "account_id",
        "month",
        "subscription_id",
        "subscription_item_id",
        "driver",
    ],
    "nrr__retention_bridges": [
        "month",
        "compared_month",
        "segment_dimension",
        "segment",
        "effect",
        "step",
    ],
    "nrr__account_signals": ["account_id", "observed_on", "signal"],
    "nrr__account_queue": ["account_id"],
    "nrr__retention_by_method": ["month", "segment_dimension", "segment", "method"],
    "nrr__retention_findings": ["month", "finding", "segment_dimension", "segment"],
    "nrr__restatements": ["month", "segment_dimension", "segment"],
    "nrr__retention_cohorts": [
        "segment_dimension",
        "segment",
        "cohort_grain",
        "cohort",
        "months_since_start",
    ],
}
# {table: what computes its rows from a Result and the seeds}
EXPLANATION = {
    "nrr__retention_by_method": retention_by_method,
    "nrr__retention_cohorts": retention_cohorts,
    "nrr__mrr_drivers": lambda result, seeds: mrr_drivers(result.book),
    "nrr__retention_bridges": lambda result, seeds: retention_bridges(
        result.book, result.pairs_by_month
    ),
    "nrr__retention_findings": retention_findings,
}
# The test that warns of states that only their ids put in order, and the columns that name them.
TIES = "states_of_one_instant_are_ordered_by_more_than_their_id"
TIE = "subscription_id, subscription_item_id, effective_at"
# The computation works intervals out in exact fractions, the models in floating point.
INTERVALS = {
    *("nrr_low", "nrr_high", "grr_low", "grr_high", "logo_low", "logo_high", "effective_accounts"),
    *("figure", "baseline", "share"),
    *("survival", "survival_low", "survival_high"),
}
# Products and means of rates are of floating point, too, and may be large.
PRODUCTS = {"nrr__retention_by_method": {"nrr", "grr"}}


def computed(data: Path, settings: Settings) -> Result:
    csv.field_size_limit(10**6)
    inputs = ("subscription_events", "accounts", "exchange_rates")
    return compute(*(read_csv(data / f"{name}.csv") for name in inputs), settings, SEEDS)


def variables_of(settings: Settings) -> dict:
    """The settings as the variables of a run."""
    return {
        f"nrr_{name}": value
        for name, value in vars(settings).items()
        if name != "run_started_at" and value is not None
    }


def spread_attributes(rows: list[dict]) -> list[dict]:
    """The attributes of nrr__retention_accounts as one key each, as the computation has them."""
    return [{**row, **json.loads(row["attributes"])} for row in rows]


def is_same(table: str, column: str, built, expected) -> bool:
    if column in INTERVALS and built is not None and expected is not None:
        return abs(built - expected) <= Decimal("1e-7")
    if column in PRODUCTS.get(table, ()) and built is not None and expected is not None:
        return abs(built - expected) <= Decimal("1e-7") * max(abs(expected), 1)
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
            if not is_same(table, column, built_rows[key][column], value):
                found.append(f"{key} {column}: {built_rows[key][column]} instead of {value}")
    return found


def assert_same_tables(built, expected: Result) -> None:
    """The tables of what dbt built (with --store-failures) are those that are expected."""
    for table in KEYS.keys() & vars(expected).keys():
        rows = built.rows(table)
        if table == "nrr__retention_accounts":
            rows = spread_attributes(rows)
        found = differences(table, rows, getattr(expected, table))
        assert not found, f"{table}: {len(found)} differences\n" + "\n".join(sorted(found)[:20])
    for table, compute_rows in EXPLANATION.items():
        expected.explained[table] = compute_rows(expected, SEEDS)
        found = differences(table, built.rows(table), expected.explained[table])
        assert not found, f"{table}: {len(found)} differences\n" + "\n".join(sorted(found)[:20])
    assert_same_rejections(built.rows("nrr__rejected_events"), expected.nrr__rejected_events)
    assert built.query(f"select {TIE} from main_dbt_test__audit.{TIES} order by all") == (
        expected.ties
    )


def assert_same_rejections(built: list[dict], expected: list[dict]) -> None:
    """The same rows, all columns; of copies written differently either may be the duplicate.

    Blanks apart: a file's reader may drop them.
    """

    def as_text(row):
        if row["reason"] == "duplicate":
            state = read_state(row, Settings(), SEEDS)
            return f"duplicate: {state.item} {state.rank}"
        texts = {column: given(row, column) for column in (*EVENT_COLUMNS, "reason")}
        return str({column: text for column, text in texts.items() if text})

    built_rows, expected_rows = (Counter(map(as_text, rows)) for rows in (built, expected))
    found = [f"missing: {row}" for row in (expected_rows - built_rows).elements()]
    found += [f"too much: {row}" for row in (built_rows - expected_rows).elements()]
    assert not found, f"{len(found)} rejected rows\n" + "\n".join(sorted(found)[:20])
