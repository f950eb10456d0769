"""What is planted in the demo is found, and in a company without it nothing of the kind is.

Each company is built twice: from what was recorded before a late batch, then from all of it.
"""

from datetime import date, datetime
from decimal import Decimal
from filecmp import cmpfiles

import pytest
from conftest import ROOT, WITHOUT_TESTS, Dbt
from customers import STORIES
from generate import generate

BEFORE_THE_BATCH = datetime(2026, 10, 15)
SETTINGS = {"nrr_restatements": True, "nrr_segments": ["industry", "region", "acquisition_channel"]}
FINDINGS = ["hidden_leak", "treadmill", "few_accounts_expand", "step_at_month_3", "restated"]


def built_twice(folder, **company) -> Dbt:
    dbt = Dbt(folder, data=folder / "data")
    generate(dbt.data, until=BEFORE_THE_BATCH, **company)
    publish = ["build", "--select", "+nrr__published_retention", "+nrr__published_attributes"]
    dbt.succeed(*publish, *WITHOUT_TESTS, variables=SETTINGS)
    generate(dbt.data, **company)
    everything = ["build", "--select", "+nrr__retention_findings"]
    dbt.succeed(*everything, *WITHOUT_TESTS, variables=SETTINGS)
    return dbt


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Dbt:
    return built_twice(tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory) -> Dbt:
    """Of twice as many accounts: in the first month of few a single one stands out by chance."""
    return built_twice(tmp_path_factory.mktemp("quiet"), accounts=1200, stories=())


def found(dbt, finding, **where):
    """{month: row} of a finding; of the whole company unless `where` says of what."""
    where = where or {"segment_dimension": "all"}
    return {
        row["month"]: row
        for row in dbt.rows("nrr__retention_findings")
        if row["finding"] == finding and all(row[name] == value for name, value in where.items())
    }


def months(first, last):
    """The first days of the months from first to last, given as (year, month)."""
    (year, month), (last_year, last_month) = first, last
    count = (last_year - year) * 12 + last_month - month + 1
    return {date(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1, 1) for n in range(count)}


def test_the_demo_is_what_the_generator_writes(tmp_path):
    """... with all stories, and what customers do."""
    generate(tmp_path, customers=True)
    files = sorted(path.name for path in (ROOT / "demo/data").iterdir())
    assert files == sorted(path.name for path in tmp_path.iterdir())
    same, _, _ = cmpfiles(tmp_path, ROOT / "demo/data", files, shallow=False)
    assert sorted(same) == files


def test_the_leak_is_found(told):
    leak = found(told, "hidden_leak", segment_dimension="size", segment="smb")
    assert set(leak) >= months((2026, 1), (2026, 10))
    newest = leak[date(2026, 10, 1)]
    assert Decimal("0.75") < newest["figure"] < Decimal("0.82")
    assert Decimal("1.02") < newest["baseline"] < Decimal("1.04")


def test_the_treadmill_is_found(told):
    treadmill = found(told, "treadmill")
    # the windows that hold what was lost in June 2024, the first in which it is enough
    year = months((2024, 6), (2025, 5))
    assert set(treadmill) >= year
    for month in year:
        assert Decimal("0.15") <= treadmill[month]["figure"] < Decimal("0.21")
        assert treadmill[month]["baseline"] >= 1


def test_the_concentration_is_found(told):
    few = found(told, "few_accounts_expand")
    year = months((2025, 7), (2026, 6))
    # in the first month the base is 72 accounts, whose expansion is that of few without a story
    assert set(few) - {date(2024, 5, 1)} == year
    for month in year:
        assert Decimal(4) < few[month]["figure"] < Decimal(9)


def test_the_step_at_month_3_is_found(told):
    step = found(told, "step_at_month_3")
    # the first cohort that it is about is that of May 2024, which is old enough in September
    assert set(step) >= months((2025, 7), (2026, 10))
    assert min(step) >= date(2024, 9, 1)
    newest = step[date(2026, 10, 1)]
    assert Decimal(4) < newest["figure"] < Decimal(6)
    assert newest["accounts"] >= 15


def test_the_restatement_is_found_in_the_newest_month_that_had_been_published(told):
    [(month, row)] = found(told, "restated").items()
    assert month == date(2026, 9, 1)
    assert Decimal("0.01") < row["figure"] < Decimal("0.02")
    [(first, now, causes)] = told.query(
        "select first_nrr, nrr, causes from nrr__restatements "
        "where segment_dimension = 'all' and month = '2026-09-01'"
    )
    assert (row["baseline"], row["figure"]) == (first, first - now)
    assert "late events" in causes
    assert row["sentence"] == (
        f"NRR was published as {first:.1%} and has moved by {(first - now) * 100:.1f} points: "
        f"it is {now:.1%} now ({causes})."
    )


def test_what_had_left_by_then_was_published_as_if_it_stayed(told):
    """The months before the account left are what they were."""
    restated = told.query(
        "select month from nrr__restatements "
        "where segment_dimension = 'all' and abs(nrr_change) >= 0.01"
    )
    assert {month for (month,) in restated} == months((2026, 7), (2026, 9))


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_company_without_stories_has_no_such_finding(quiet, finding):
    rows = [row for row in quiet.rows("nrr__retention_findings") if row["finding"] == finding]
    assert rows == []


def test_a_company_without_stories_has_the_months_in_which_they_could_be_found(quiet):
    assert len(STORIES) == len(FINDINGS)
    [(newest, rated)] = quiet.query(
        "select max(month), count(*) from nrr__retention "
        "where segment_dimension = 'all' and nrr is not null"
    )
    assert (newest, rated) == (date(2026, 10, 1), 30)
    [(restated,)] = quiet.query(
        "select count(*) from nrr__restatements where segment_dimension = 'all' and nrr_change <> 0"
    )
    assert restated > 0
