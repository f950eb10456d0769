"""Macros that several sources share: JSON, money in the smallest unit, tiers and packages."""

import json
from decimal import Decimal

import duckdb
import pytest
from conftest import Dbt

NO_JSON = [
    None,
    "",
    "no json",
    "{'text': 'single quotes'}",
    '{"text": "cut of',
    '["cut", {"of"',
    "5",
]
OBJECT = {
    "text": "a",
    "list": ["x", {"id": "y", "of": [1]}, None, 3, True],
    "empty": "",
    "deep": {"number": 12.5, "whole": 5000, "none": None, "true": True, "object": {"a": 1}},
}
TYPES = {
    "json": {"json": "varchar"},
    "tiers": dict.fromkeys(["quantity", "bottom", "up_to", "unit", "flat"], "decimal(18, 6)"),
    "packages": {"quantity": "decimal(18, 6)", "divide_by": "decimal(18, 6)", "round": "varchar"},
    "money": {"amount": "varchar", "exponent": "integer"},
}
QUERIES = {
    "text": ("json", "{{ nrr.json_value('json', 'text') }}"),
    "list": ("json", "{{ nrr.json_value('json', 'list') }}"),
    "empty": ("json", "{{ nrr.json_value('json', 'empty') }}"),
    "below": ("json", "{{ nrr.json_value('json', 'text.below') }}"),
    "number": ("json", "{{ nrr.json_value('json', 'deep.number') }}"),
    "whole": ("json", "{{ nrr.json_value('json', 'deep.whole') }}"),
    "none": ("json", "{{ nrr.json_value('json', 'deep.none') }}"),
    "true": ("json", "{{ nrr.json_value('json', 'deep.true') }}"),
    "object": ("json", "{{ nrr.json_value('json', 'deep.object') }}"),
    "graduated": ("tiers", "{{ nrr.tier_amount(\"'graduated'\", %s) }}"),
    "volume": ("tiers", "{{ nrr.tier_amount(\"'volume'\", %s) }}"),
    "stairstep": ("tiers", "{{ nrr.tier_amount(\"'stairstep'\", %s) }}"),
    "packages": ("packages", "{{ nrr.packages('quantity', 'divide_by', 'round') }}"),
    "money": ("money", "{{ nrr.major_units(nrr.read_minor_units('amount'), 'exponent') }}"),
}
ELEMENTS = (
    "{{ nrr.json_elements('given', ['place'], 'json') }} as e",
    "{{ nrr.json_elements('given', ['place'], nrr.json_value('json', 'list')) }} as e",
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> dict[str, str]:
    """Each macro as SQL."""
    tier = "'quantity', 'bottom', 'up_to', 'unit', 'flat'"
    parts = [sql.replace("%s", tier) for _, sql in QUERIES.values()]
    said = Dbt(tmp_path_factory.mktemp("macros")).succeed(
        "compile", "--quiet", "--inline", "start; " + "; ".join([*parts, *ELEMENTS])
    )
    return dict(
        zip([*QUERIES, "elements", "listed"], said.split("start;")[1].split(";"), strict=True)
    )


def rows(select: str, types: dict, given: list[tuple]) -> list[tuple]:
    """What a query makes of the rows of a table `given`, whose column `place` numbers them."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} {type_}" for name, type_ in types.items())
        connection.execute(f"create table given (place integer, {columns})")
        marks = ", ".join("?" * (1 + len(types)))
        numbered = [(place, *row) for place, row in enumerate(given)]
        connection.executemany(f"insert into given values ({marks})", numbered)
        return connection.execute(select).fetchall()


@pytest.fixture(scope="module")
def value(compiled):
    """A function: what a macro makes of values."""

    def found(name: str, *values):
        select = f"select {compiled[name]} from given"
        return rows(select, TYPES[QUERIES[name][0]], [values])[0][0]

    return found


@pytest.fixture(scope="module")
def elements(compiled):
    """A function: the index and the text of each element of lists, or of those within objects."""

    def found(*texts: str | None, name: str = "elements"):
        select = f"select place, element_index, element from {compiled[name]} order by all"
        return rows(select, TYPES["json"], [(text,) for text in texts])

    return found


# --- JSON -----------------------------------------------------------------------------------------


def test_a_scalar_is_its_text(value):
    text = json.dumps(OBJECT)
    names = ["text", "empty", "number", "whole", "true"]
    assert [value(name, text) for name in names] == ["a", "", "12.5", "5000", "true"]


def test_an_object_and_a_list_are_json(value):
    text = json.dumps(OBJECT)
    assert json.loads(value("object", text)) == {"a": 1}
    assert json.loads(value("list", text)) == OBJECT["list"]


def test_null_and_what_is_not_there_are_null(value):
    text = json.dumps(OBJECT)
    assert [value(name, text) for name in ["none", "below"]] == [None, None]
    assert value("text", "{}") is None


def test_what_is_no_json_has_no_values(value):
    assert [value("text", text) for text in NO_JSON] == [None] * len(NO_JSON)


def test_elements_are_numbered_from_0_and_scalars_are_their_text(elements):
    found = elements(json.dumps(OBJECT["list"]))
    assert [index for _, index, _ in found] == [0, 1, 2, 3, 4]
    first, second, *others = [element for *_, element in found]
    assert (first, others) == ("x", [None, "3", "true"])
    assert json.loads(second) == {"id": "y", "of": [1]}
    assert elements(json.dumps(OBJECT), name="listed") == found


def test_what_is_no_list_has_no_elements_and_costs_no_other_row_its_own(elements):
    assert elements(*NO_JSON, "[]", "{}", '{"data": [1]}', "[7]") == [(len(NO_JSON) + 3, 0, "7")]


def test_a_list_or_struct_of_duckdbs_own_is_read_as_json(compiled):
    struct = "create table t as select {'text': 'a', 'list': ['x', 'y']} as json, 0 as place"
    with duckdb.connect() as connection:
        connection.execute(struct.replace("table t", "table given"))
        assert connection.execute(f"select {compiled['text']} from given").fetchall() == [("a",)]
        found = connection.execute(f"select element from {compiled['listed']}").fetchall()
    assert found == [("x",), ("y",)]


# --- Money ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "exponent", "expected"),
    [
        ("5000", 0, "5000"),
        ("12500", 3, "12.5"),
        ("250000", 2, "2500"),
        ("250000", None, "2500"),
        ("12345", 4, "1.2345"),
        ("-11900", 2, "-119"),
        # up to 12 decimals, rounded once: not to 6 decimals of a cent first
        ("0.00005", 2, "0.000001"),
        ("0.000049999999", 2, "0"),
        ("-0.00005", 2, "-0.000001"),
        ("0.0000005", 0, "0.000001"),
        ("1.2345", 3, "0.001235"),
        ("12345678901234.123456789012", 2, "123456789012.341235"),
        # more than 12 digits
        ("100000000000000", 2, None),
        ("1000000000000", 0, None),
        ("x", 2, None),
        (None, 2, None),
    ],
)
def test_major_units_are_exact(value, amount, exponent, expected):
    assert value("money", amount, exponent) == (expected and Decimal(expected))


# --- Tiers and packages ---------------------------------------------------------------------------

# up to 5 at 10, up to 20 at 8, above at 5 with flat 20
TIERS = [(None, 5, 10, None), (5, 20, 8, 0), (20, None, 5, 20)]


@pytest.mark.parametrize(
    ("mode", "quantity", "expected"),
    [
        ("graduated", 25, 215),
        ("graduated", 21, 195),
        ("graduated", 20, 170),
        ("graduated", 6, 58),
        ("graduated", 5, 50),
        ("graduated", "2.5", 25),
        ("graduated", 0, 0),
        ("volume", 25, 145),
        ("volume", 21, 125),
        ("volume", 20, 160),
        ("volume", 5, 50),
        ("volume", 0, 0),
        ("stairstep", 25, 25),
        ("stairstep", 20, 8),
        ("stairstep", 5, 10),
        ("stairstep", 1, 10),
    ],
)
def test_a_price_is_the_sum_over_its_tiers(value, mode, quantity, expected):
    assert sum(value(mode, quantity, *tier) for tier in TIERS) == expected


def test_the_flat_amount_of_the_first_tier_is_owed_for_no_units_too(value):
    for mode in ["graduated", "volume", "stairstep"]:
        first, second = (None, 10, 0, 99), (10, None, 3, 50)
        assert [value(mode, 0, *first), value(mode, 0, *second)] == [99, 0]


def test_no_quantity_has_no_price(value):
    assert value("volume", None, *TIERS[0]) is None


def test_a_price_of_fractions_is_rounded_half_away_from_zero(value):
    half = Decimal("0.000001")
    assert value("volume", Decimal("0.5"), None, None, half, None) == half
    assert value("volume", Decimal("0.499999"), None, None, half, None) == 0


@pytest.mark.parametrize(
    ("quantity", "divide_by", "rounded", "expected"),
    [
        (25, 10, "up", 3),
        (25, 10, "down", 2),
        (25, 10, None, 3),
        (20, 10, "up", 2),
        (20, 10, "down", 2),
        ("20.000001", 10, "up", 3),
        (0, 10, "up", 0),
        ("2.5", None, None, "2.5"),
        (25, 0, "up", 25),
        (None, 10, "up", None),
    ],
)
def test_packages_are_begun_or_full(value, quantity, divide_by, rounded, expected):
    found = value("packages", quantity, divide_by, rounded)
    assert found == (None if expected is None else Decimal(expected))
