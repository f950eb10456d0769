"""Every figure of the built tables against the separate computation in plain Python."""

import pytest
from conftest import ROOT, WITHOUT_CUSTOMERS, WITHOUT_UNIT_TESTS
from reference.comparison import assert_same_tables, computed, variables_of
from reference.computation import Settings
from reference.random_history import SEGMENTS, write_history


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
    # A random history has many broken rows, on purpose.
    variables = {**variables_of(settings), "nrr_rejected_rows_allowed": 1}
    built = dbt(data=history)
    # ... and values that no seed knows, for which a build fails when all is built.
    built.run(
        "build", *WITHOUT_UNIT_TESTS, *WITHOUT_CUSTOMERS, "--store-failures", variables=variables
    )
    expected = computed(history, settings)
    assert expected.ties, "the history has none, so that the warning is not tested"
    assert_same_tables(built, expected)
