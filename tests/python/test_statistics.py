"""The statistics of two rates: against statsmodels and scipy."""

from math import erfc, sqrt
from random import Random

import duckdb
import numpy
import pytest
from conftest import Dbt
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

ALPHA = erfc(1.96 / sqrt(2))


@pytest.fixture(scope="module")
def expressions(tmp_path_factory) -> dict[str, str]:
    """The macros as SQL, over columns."""
    written = {
        "low": "{{ nrr.difference_low('p1', 'l1', 'p0', 'u0') }}",
        "high": "{{ nrr.difference_high('p1', 'u1', 'p0', 'l0') }}",
        "z": "{{ nrr.pooled_z('x1', 'n1', 'x0', 'n0') }}",
        "p": "{{ nrr.two_sided_p('z') }}",
    }
    inline = "start;" + ";".join(written.values()) + ";"
    compiled = Dbt(tmp_path_factory.mktemp("statistics")).succeed(
        "compile", "--quiet", "--inline", inline
    )
    return dict(zip(written, compiled.split("start;")[1].split(";"), strict=False))


def computed(expression: str, **columns) -> list[float]:
    """What the expression makes of columns."""
    with duckdb.connect() as connection:
        connection.register("given", {name: numpy.array(v, float) for name, v in columns.items()})
        return [
            value for (value,) in connection.execute(f"select {expression} from given").fetchall()
        ]


@pytest.fixture(scope="module")
def groups() -> list[tuple]:
    """(events, cases, events, cases) of 200 pairs of groups, of nothing and everything too."""
    dice = Random(2)
    sizes = [(dice.randrange(1, 900), dice.randrange(1, 900)) for _ in range(196)]
    found = [(dice.randrange(n1 + 1), n1, dice.randrange(n0 + 1), n0) for n1, n0 in sizes]
    return [*found, (0, 30, 5, 40), (30, 30, 5, 40), (7, 7, 9, 10), (1, 100, 50, 100)]


def test_newcombes_interval_is_that_of_statsmodels(expressions, groups):
    ends = {1: [], 0: []}
    for x1, n1, x0, n0 in groups:
        ends[1].append(proportion_confint(x1, n1, alpha=ALPHA, method="wilson"))
        ends[0].append(proportion_confint(x0, n0, alpha=ALPHA, method="wilson"))
    columns = {
        "p1": [x1 / n1 for x1, n1, _, _ in groups],
        "p0": [x0 / n0 for _, _, x0, n0 in groups],
        **{f"l{arm}": [low for low, _ in ends[arm]] for arm in (1, 0)},
        **{f"u{arm}": [high for _, high in ends[arm]] for arm in (1, 0)},
    }
    lows, highs = (computed(expressions[name], **columns) for name in ("low", "high"))
    for group, low, high in zip(groups, lows, highs, strict=True):
        expected = confint_proportions_2indep(*group, method="newcomb", compare="diff", alpha=ALPHA)
        assert (low, high) == pytest.approx(expected, abs=1e-13), group


def test_the_pooled_test_is_that_of_statsmodels(expressions, groups):
    columns = dict(zip(("x1", "n1", "x0", "n0"), zip(*groups, strict=True), strict=True))
    for group, z in zip(groups, computed(expressions["z"], **columns), strict=True):
        x1, n1, x0, n0 = group
        if x1 + x0 in (0, n1 + n0):
            assert z is None
            continue
        assert z == pytest.approx(proportions_ztest([x1, x0], [n1, n0])[0], abs=1e-10), group


def test_the_p_value_is_that_of_the_error_function(expressions):
    z = [sign * step / 500 for step in range(4001) for sign in (1, -1)]
    for one, p in zip(z, computed(expressions["p"], z=z), strict=True):
        assert p == pytest.approx(erfc(abs(one) / sqrt(2)), rel=1e-7), one


def test_a_p_value_far_out_is_nearly_nothing(expressions):
    assert all(0 <= p < 1e-15 for p in computed(expressions["p"], z=[8.5, 20, 38, 200, -200]))
