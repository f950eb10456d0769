"""MRR of a state and converted amounts, as the macros compute them, against exact fractions."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import duckdb
import pytest
from conftest import Dbt
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.computation import PERIODS_PER_MONTH

EXAMPLES = settings(max_examples=40, deadline=None, derandomize=True)


def whole_numbers(digits):
    """Positive ones up to so many digits, short ones as often as long ones."""
    return st.integers(1, digits).flatmap(lambda length: st.integers(1, 10**length - 1))


@st.composite
def factors_of_ties(draw, decimals, digits):
    """Two whole numbers whose product has 5000..., or one more or less, as its last decimals.

    The first number has up to so many digits. Where it ends in zeros, so does the "one".
    """
    zeros = draw(st.integers(0, min(decimals, digits) - 1))
    first = draw(whole_numbers(digits - zeros)) // 10 * 10 + draw(st.sampled_from([1, 3, 7, 9]))
    end = 10 ** (decimals - zeros)
    second = (end // 2 + draw(st.integers(-1, 1))) * pow(first, -1, end) % end
    return first * 10**zeros, second + end * draw(st.integers(0, 9))


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

# Quantity x unit amount is a tie or misses it by down to 1e-12; a whole discount changes neither.
TIED_STATES = st.builds(
    lambda factors, amount: (*(Decimal(f).scaleb(-6) for f in factors), 0, amount, "month", 1),
    factors_of_ties(decimals=8, digits=14),
    st.one_of(st.just(0), st.integers(0, 1000)),
)

# Amounts from 0.0001 on, rates from 1e-12 to 1e6, products that fit the money type.
CONVERSIONS = st.builds(
    lambda factors: (
        Decimal(factors[0]).scaleb(-4),
        Decimal(min(factors[1], 10**30 // factors[0] - 1)).scaleb(-12),
    ),
    st.one_of(
        st.tuples(whole_numbers(17), whole_numbers(18)), factors_of_ties(decimals=12, digits=16)
    ),
)


def rounded(amount: Fraction) -> Decimal:
    """An amount that is not negative to 4 decimals, a half up."""
    return Decimal(floor(amount * 10000 + Fraction(1, 2))) / 10000


def mrr(quantity, unit_amount, percent, amount, interval, count) -> Decimal:
    """The definition, word for word."""
    net = Fraction(quantity) * Fraction(unit_amount) * (1 - Fraction(percent) / 100)
    return rounded(max(Fraction(0), net - Fraction(amount)) * PERIODS_PER_MONTH[interval] / count)


@pytest.fixture(scope="module")
def expressions(tmp_path_factory) -> list[str]:
    """The macros as SQL: state_mrr and convert."""
    compiled = Dbt(tmp_path_factory.mktemp("formulas")).succeed(
        "compile",
        "--quiet",
        "--inline",
        "start; {{ nrr.state_mrr('quantity', 'unit_amount', 'discount_percent', 'discount_amount', "
        "'billing_interval', 'billing_interval_count') }}; {{ nrr.convert('amount', 'rate') }}",
    )
    return compiled.split("start;")[1].split(";")


def computed(expression: str, columns: str, rows: list[tuple]) -> list[Decimal]:
    """What an expression makes of rows."""
    with duckdb.connect() as connection:
        connection.execute(f"create table given (row_number integer, {columns})")
        values = ", ".join("?" for _ in (0, *rows[0]))
        numbered = [(number, *row) for number, row in enumerate(rows)]
        connection.executemany(f"insert into given values ({values})", numbered)
        found = connection.execute(f"select {expression} from given order by row_number").fetchall()
    return [amount for (amount,) in found]


@EXAMPLES
@given(states=st.lists(st.one_of(STATES, TIED_STATES), min_size=1, max_size=100))
def test_mrr_is_exact(expressions, states):
    columns = (
        "quantity decimal(18, 6), unit_amount decimal(18, 6), "
        "discount_percent decimal(18, 6), discount_amount decimal(18, 6), "
        "billing_interval text, billing_interval_count decimal(18, 6)"
    )
    found = computed(expressions[0], columns, states)
    assert found == [mrr(*state) for state in states]


@EXAMPLES
@given(conversions=st.lists(CONVERSIONS, min_size=100, max_size=200))
def test_conversion_is_exact(expressions, conversions):
    found = computed(expressions[1], "amount decimal(18, 4), rate decimal(20, 12)", conversions)
    assert found == [rounded(Fraction(amount) * Fraction(rate)) for amount, rate in conversions]
