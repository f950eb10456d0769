"""Survival of the cohorts, against lifelines."""

from random import Random

import duckdb
import numpy
import pytest
from conftest import Dbt
from lifelines import KaplanMeierFitter

# What 1.96 standard errors leave out on both sides.
ALPHA = 0.04999579029644087


@pytest.fixture(scope="module")
def estimate(tmp_path_factory) -> str:
    """The macros as one statement over `given`: set_id, month, at_risk and lost."""
    compiled = Dbt(tmp_path_factory.mktemp("survival")).succeed(
        "compile",
        "--quiet",
        "--inline",
        "start; {{ nrr.log_kept('lost', 'at_risk') }}; {{ nrr.greenwood('lost', 'at_risk') }}; "
        "{{ nrr.survival_bound('log_survival', 'variance', '1') }}; "
        "{{ nrr.survival_bound('log_survival', 'variance', '-1') }}",
    )
    log_kept, greenwood, low, high = compiled.split("start;")[1].split(";")
    return f"""
        with sums as (
            select set_id, month,
                sum({log_kept}) over (partition by set_id order by month) as log_survival,
                sum({greenwood}) over (partition by set_id order by month) as variance,
                max(lost > 0 and lost = at_risk) over (partition by set_id order by month) as is_0
            from given
        )
        select set_id, month, case when is_0 then 0 else exp(log_survival) end,
            case when is_0 then 0 else {low} end, case when is_0 then 0 else {high} end
        from sums order by set_id, month
    """


def life_table(months: list[int], left: list[bool]) -> list[tuple]:
    """(month, at risk, lost) from month 0 to the last."""
    known = list(zip(months, left, strict=True))
    return [
        (month, sum(last >= month for last, _ in known), known.count((month, True)))
        for month in range(max(months) + 1)
    ]


def test_survival_and_its_bounds_are_those_of_lifelines(estimate):
    dice = Random(1)
    sets = []
    for number in range(100):
        accounts = dice.choice([2, 5, 30, 300])
        chance = dice.choice([0.0, 0.02, 0.3, 1.0])
        months = [dice.randint(1, 36) for _ in range(accounts)]
        sets.append((number, months, [dice.random() < chance for _ in months]))
    rows = [(number, *row) for number, months, left in sets for row in life_table(months, left)]
    names = ("set_id", "month", "at_risk", "lost")
    with duckdb.connect() as connection:
        columns = zip(*rows, strict=True)
        connection.register(
            "given", {name: numpy.array(v) for name, v in zip(names, columns, strict=True)}
        )
        found = iter(connection.execute(estimate).fetchall())
    for number, months, left in sets:
        fitted = KaplanMeierFitter(alpha=ALPHA).fit(months, left, timeline=range(max(months) + 1))
        expected = numpy.hstack([fitted.survival_function_, fitted.confidence_interval_])
        for month, row in enumerate(expected):
            assert next(found) == (number, month, *map(pytest.approx, row))
