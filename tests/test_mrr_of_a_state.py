"""MRR of a state, as the macro computes it, against exact fractions on arbitrary amounts."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import duckdb
import pytest
from conftest import Dbt
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.computation import PERIODS_PER_MONTH


def amounts(highest):
    """Decimals with up to 6 places, round ones and odd ones."""
    return st.one_of(
        st.decimals(0, highest, places=6),
        st.decimals(0, highest, places=2),
        st.integers(0, highest).map(Decimal),
    )


STATES = st.tuples(
    amounts(10**5),
    amounts(10**6),
    amounts(100),
    amounts(10**6),
    st.sampled_from(list(PERIODS_PER_MONTH)),
    st.integers(1, 36),
)


def expected(quantity, unit_amount, percent, amount, interval, count) -> Decimal:
    """The definition, word for word; half is rounded up, which is away from zero."""
    net = Fraction(quantity) * Fraction(unit_amount) * (1 - Fraction(percent) / 100)
    mrr = max(Fraction(0), net - Fraction(amount)) * PERIODS_PER_MONTH[interval] / count
    return Decimal(floor(mrr * 10000 + Fraction(1, 2))) / 10000


@pytest.fixture(scope="module")
def query(tmp_path_factory) -> str:
    """The macro as SQL, over a table `states`."""
    compiled = Dbt(tmp_path_factory.mktemp("formula")).run(
        "compile",
        "--quiet",
        "--inline",
        "select {{ nrr.state_mrr('quantity', 'unit_amount', 'discount_percent', 'discount_amount', "
        "'billing_interval', 'billing_interval_count') }} as mrr from states order by row_number",
    )
    assert compiled.returncode == 0, compiled.stdout
    return compiled.stdout[compiled.stdout.index("select") :]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(states=st.lists(STATES, min_size=1, max_size=100))
def test_mrr_is_exact(query, states):
    with duckdb.connect() as connection:
        connection.execute(
            "create table states (row_number integer, quantity numeric(18, 6), "
            "unit_amount numeric(18, 6), discount_percent numeric(18, 6), "
            "discount_amount numeric(18, 6), billing_interval text, "
            "billing_interval_count numeric(18, 6))"
        )
        rows = [(number, *state) for number, state in enumerate(states)]
        connection.executemany("insert into states values (?, ?, ?, ?, ?, ?, ?)", rows)
        found = [mrr for (mrr,) in connection.execute(query).fetchall()]
    assert found == [expected(*state) for state in states]
