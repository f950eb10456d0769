"""An outlook of the past is what would have been said then."""

import pytest
from conftest import ROOT, WITHOUT_TESTS, Dbt
from reference.files import read_csv, write_csv

MONTH_END = "2025-10-31"
# the day of a row of each input
TIMES = {
    "subscription_events": "effective_at",
    "customer_events": "occurred_at",
    "product_usage": "usage_date",
    "plan_limits": "valid_from",
    "accounts": "valid_from",
    "exchange_rates": "rate_date",
}
EXPECTED = "made_on, month, segment_dimension, segment, accounts, starting_mrr, known_mrr"
RATES = "expected_nrr, expected_grr, low_80, high_80, backtests"
# of which the last digit is the order's in which floats are added
MEANS = "round(mean_error, 7) as mean_error, round(naive_mean_error, 7) as naive_mean_error"


def is_known(row: dict, time: str) -> bool:
    """Whether it was recorded by then; a late event restates the months it is about."""
    days = [row[column][:10] for column in (time, "recorded_at") if row.get(column)]
    return not days or min(days) <= MONTH_END


@pytest.fixture(scope="module")
def back_then(tmp_path_factory) -> Dbt:
    """The demo, as it was at the month's end."""
    folder = tmp_path_factory.mktemp("back_then")
    data = folder / "data"
    data.mkdir()
    left_out = 0
    for name, time in TIMES.items():
        rows = read_csv(ROOT / f"demo/data/{name}.csv")
        known = [row for row in rows if is_known(row, time)]
        left_out += len(rows) - len(known)
        write_csv(data / f"{name}.csv", known)
    assert left_out > 1000
    built = Dbt(folder, data=data)
    variables = {
        "nrr_as_of": "2025-11-01",
        "nrr_segments": ["industry", "region", "acquisition_channel"],
    }
    built.succeed(
        "build", "--select", "+nrr__retention_outlook", *WITHOUT_TESTS, variables=variables
    )
    return built


def test_nothing_that_came_later_changes_an_outlook(back_then, demo):
    select = (
        f"select {EXPECTED}, {RATES}, {MEANS} from nrr__retention_outlook "
        f"where made_on <= '{MONTH_END}' order by all"
    )
    then, now = back_then.query(select), demo.query(select)
    assert len(then) > 9000
    assert then == now
    # ... of which more is known now
    actual = f"select count(actual_nrr) from nrr__retention_outlook where made_on <= '{MONTH_END}'"
    assert back_then.query(actual) < demo.query(actual)
