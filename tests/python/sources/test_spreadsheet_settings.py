"""Spreadsheets in another time zone, with other graces, and without a word on how new they are."""

from decimal import Decimal

import pytest
import sheets
from conftest import Dbt

# nobody has a row in April, and nobody has filled in December
SNAPSHOTS = """account_id,month,mrr
s stays,2024-01,100
s stays,2024-02,100
s stays,2024-03,100
s stays,2024-05,100
s stays,2024-06,100
s stays,2024-07,100
s stays,2024-08,100
s stays,2024-09,100
s stays,2024-10,100
s stays,2024-11,100
s stays,2024-12,
s leaves,2024-01,40
s leaves,2024-03,40
s leaves,2024-05,0
"""
MOVEMENTS = """account_id,occurred_at,mrr_change
m day,2024-01-31,100.50
m instant,2024-02-01 04:59:59,70
m instant,2024-04-01 04:00:00,-70
"""
PERIODS = """account_id,subscription_id,starts_on,ends_on,amount
p days,d,2024-01-31,2024-03-31,100
p instants,i,2024-02-01 04:59:59,2024-04-01 03:59:59,60
p midnight,m,2024-01-31 05:00:00,2024-03-31 04:00:00,60
p gap of 10,g1,2024-01-15,2024-03-25,100
p gap of 10,g1,2024-04-05,,130
p gap of 11,g2,2024-01-15,2024-03-25,100
p gap of 11,g2,2024-04-06,,130
p a day more,g3,2024-01-15,2024-10-27,100
p a day more,g3,2024-11-07,,130
p parallel,,2024-01-15,2024-03-25,100
p parallel,,2024-01-15,,10
p parallel,,2024-04-05,,130
"""
CONTRACTS = """account_id,contract_id,starts_on,ends_on,amount,amount_is,type,renewal_of
k late,K1,2024-01-31,2024-03-30,100,mrr,new,
k late,K2,2024-04-01,2025-03-31,130,mrr,renewal,K1
k ends,K3,2024-01-31,2024-03-31,100,mrr,new,
k runs,K4,2024-01-31,2026-03-31,100,mrr,new,
"""
VARIABLES = {
    "nrr_timezone": "America/New_York",
    "nrr_renewal_grace_days": {"subscription_periods": 10, "contracts": 0},
    "nrr_sources": sheets.INPUTS,
}


@pytest.fixture(scope="module")
def mrr(tmp_path_factory):
    """A function: MRR from January 2024 on."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "data").mkdir()
    for name, rows in zip(sheets.INPUTS, [SNAPSHOTS, MOVEMENTS, PERIODS, CONTRACTS], strict=True):
        (folder / "data" / f"{name}.csv").write_text(rows)
    dbt = Dbt(folder, data=folder / "data")
    dbt.succeed("seed", "--select", "path:seeds/rules", variables=VARIABLES)
    dbt.succeed("run", "--select", "+nrr__account_months", variables=VARIABLES)
    return sheets.Sheets(dbt).mrr


def test_a_month_without_any_row_is_unknown_and_changes_nothing(mrr):
    assert mrr("s stays")[:11] == [100] * 11
    assert mrr("s leaves")[:6] == [40, 0, 40, 40, 0, 0]


def test_the_newest_month_that_anybody_has_filled_in_is_complete(mrr):
    """Nothing changes in November; December is empty, and ends no MRR."""
    assert mrr("s stays")[10:] == [100, 0, 0]
    assert mrr("k runs")[10:] == [100, 0, 0]


def test_a_day_is_a_day_of_the_time_zone(mrr):
    assert mrr("p days")[:5] == [100, 100, 100, 0, 0]
    assert mrr("k ends")[:5] == [100, 100, 100, 0, 0]
    assert mrr("m day")[0] == Decimal("100.5")


def test_a_time_of_day_is_utc(mrr):
    """A second before midnight is still the month before."""
    assert mrr("m instant")[:5] == [70, 70, 70, 0, 0]
    assert mrr("p instants")[:5] == [60, 60, 0, 0, 0]


def test_midnight_of_the_time_zone_is_a_day(mrr):
    assert mrr("p midnight")[:5] == [60, 60, 60, 0, 0]


def test_a_gap_up_to_the_grace_is_bridged_at_the_old_amount(mrr):
    assert mrr("p gap of 10")[:5] == [100, 100, 100, 130, 130]
    assert mrr("p gap of 11")[:5] == [100, 100, 0, 130, 130]
    assert mrr("p parallel")[:5] == [110, 110, 110, 140, 140]


def test_a_day_of_25_hours_is_a_day(mrr):
    assert mrr("p a day more")[9:11] == [100, 130]


def test_contracts_have_a_grace_of_their_own(mrr):
    assert mrr("k late")[:5] == [100, 100, 0, 130, 130]
