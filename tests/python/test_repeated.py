"""Builds that are repeated, or killed and started again, end with the same tables."""

from random import Random

MARTS = [
    "nrr__account_months",
    "nrr__mrr_movements",
    "nrr__mrr_waterfall",
    "nrr__rejected_events",
    "nrr__retention",
    "nrr__retention_accounts",
    "nrr__retention_grades",
]


def all_rows(built) -> dict[str, list]:
    """Every row of every mart, in one order."""
    return {mart: sorted(map(str, built.query(f"select * from {mart}"))) for mart in MARTS}


def test_a_build_that_is_killed_and_started_again_ends_with_the_same_tables(dbt, demo):
    built = dbt()
    moments = Random(7)
    for _ in range(3):
        built.kill_in(moments, "build", "--exclude-resource-type", "unit_test", "test")
    assert all_rows(built.build()) == all_rows(demo)


def test_a_second_build_changes_nothing(dbt, demo):
    built = dbt().build()
    first = all_rows(built)
    assert all_rows(built.build()) == first == all_rows(demo)
