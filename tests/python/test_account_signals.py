"""Signals, evidence, queue and health of random customers: as computed, without a look ahead."""

import re
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from conftest import ROOT, WITHOUT_TESTS, Dbt
from reference.account_health import COMPONENTS, account_health, read_health_seeds
from reference.account_queue import account_queue
from reference.account_signals import (
    BILLING_FACTS,
    Customers,
    account_signals,
    event_facts,
    read_customers,
    read_limits,
    read_signals,
    usage_facts,
    views,
)
from reference.comparison import SEEDS, computed, differences, variables_of
from reference.computation import Settings, ratio
from reference.evidence import evidence
from reference.files import read_csv, write_csv
from reference.random_customers import COLUMNS, write_customers
from reference.random_history import write_history, write_rows
from reference.retention_outlook import Outlook, retention_outlook

MODELS = ["build", "--select", "+nrr__account_queue", "+nrr__retention_outlook", *WITHOUT_TESTS]
SETTINGS = Settings(timezone="America/Los_Angeles")
# up to here one build knows everything, and others nothing or something else of later
PAST_MONTH_END = date(2024, 10, 31)
TABLE = "nrr__account_signals"
RISES = {"tickets_rising", "users_growing"}
# one more, and another bound for one of the package
OWN_SIGNALS = [
    {
        **{"signal": "Feature Requested", "kind": "risk", "rule": "happened"},
        **{
            "fact": "Feature-Request",
            "days": "60",
            "threshold": "",
            "component": "Relationship",
            "response": "Ask.",
        },
    },
    {
        **{"signal": "bad_rating", "kind": "risk", "rule": "at_most", "fact": "ticket_rated"},
        **{"days": "200", "threshold": "2.5", "response": "Call."},
        "component": "",
    },
]


def build(folder: Path, data: Path, settings: Settings = SETTINGS) -> Dbt:
    return build_with(folder, data, variables_of(settings))


def build_with(folder: Path, data: Path, variables: dict) -> Dbt:
    dbt = Dbt(folder, data=data)
    dbt.succeed(*MODELS, variables=variables)
    return dbt


def built_rows(dbt: Dbt) -> list[dict]:
    """The rows of the table, with decimals instead of floats."""
    return [
        {
            column: ratio(Fraction(value)) if isinstance(value, float) else value
            for column, value in row.items()
        }
        for row in dbt.rows(TABLE)
    ]


@dataclass(frozen=True)
class Expected:
    """The rows of the tables that the computation gives, and in how many months accounts pay."""

    signals: list[dict]
    evidence: list[dict]
    queue: list[dict]
    health: list[dict]
    outlook: list[dict]
    paid_months: int


def expected_of(data: Path, settings: Settings = SETTINGS) -> Expected:
    result, events = computed(data, settings), read_csv(data / "subscription_events.csv")
    book = result.book
    customers = read_customers(data, ROOT)
    seen = views(book, events, customers, SEEDS)
    rows = account_signals(seen, read_signals(customers.signals))
    seeds = read_health_seeds(ROOT)
    health = account_health(seen, rows, customers, seeds)
    compared = evidence(seen, rows, health, seeds, book, customers)
    outlook = Outlook(book, events, health, result.segments, SEEDS)
    queue = account_queue(seen, rows, compared, book, customers, outlook.terms)
    paid_months = sum(len(by_month) for by_month in book.mrr.values())
    outlooks = retention_outlook(outlook, result.nrr__retention)
    return Expected(rows, compared, queue, health, outlooks, paid_months)


@pytest.fixture(scope="module")
def history(tmp_path_factory) -> Path:
    """A random history with all three inputs on its customers, and signals of one's own."""
    data = tmp_path_factory.mktemp("history")
    write_history(data, seed=3, accounts=240, months=30)
    write_customers(data, seed=3)
    write_csv(data / "signals.csv", OWN_SIGNALS)
    return data


@pytest.fixture(scope="module")
def expected(history) -> Expected:
    """What the computation gives of it."""
    return expected_of(history)


@pytest.fixture(scope="module")
def everything(history, tmp_path_factory) -> Dbt:
    """A build that knows all of it."""
    return build(tmp_path_factory.mktemp("everything"), history)


@pytest.fixture
def built_otherwise(history, tmp_path):
    """Builds the history with other rows of the inputs on customers, in a folder of that name."""

    def built(name: str, rows: dict[str, list[dict]]) -> Dbt:
        folder = tmp_path / name
        shutil.copytree(history, folder / "data")
        for table, columns in COLUMNS.items():
            write_rows(folder / f"data/{table}.csv", columns, rows[table])
        return build(folder, folder / "data")

    return built


def test_signals_of_a_random_history_are_those_of_the_computation(everything, history, expected):
    paid_months, expected = expected.paid_months, expected.signals
    found = differences(TABLE, built_rows(everything), expected)
    assert not found, f"{len(found)} differences\n" + "\n".join(sorted(found)[:20])

    # each signal holds for several accounts, not always, and at several observations in a row
    held = Counter(row["signal"] for row in expected)
    for signal in read_signals(read_customers(history, ROOT).signals):
        accounts = {row["account_id"] for row in expected if row["signal"] == signal.name}
        assert len(accounts) >= 5, signal.name
        assert held[signal.name] < paid_months, signal.name
    lasting = [row for row in expected if row["first_observed_on"] < row["observed_on"]]
    # cancellations are recorded too shortly before for that
    assert held.keys() - {row["signal"] for row in lasting} <= {"cancellation_scheduled"}
    # ... some exactly at their bound, and limits are met at once, on a day to come, or never
    for signal in ("usage_falling", "logins_falling", "seats_near_limit"):
        rows = [row for row in expected if row["signal"] == signal]
        assert any(row["figure"] == row["threshold"] * row["baseline"] for row in rows), signal
    rises = {(row["figure"], row["baseline"]) for row in expected if row["signal"] in RISES}
    assert rises >= {(8, 4), (3, 1)}
    near = [row for row in expected if row["signal"] == "seats_near_limit"]
    assert any(row["due_on"] is None for row in near)
    assert any(row["due_on"] and row["due_on"] > row["observed_on"] for row in near)
    assert any(row["due_on"] == row["observed_on"] for row in near)


# --- What signals have predicted ------------------------------------------------------------------


def check_rates(dbt: Dbt, table: str, key: list[str], expected: list[dict]) -> None:
    """The table's rows are those expected, rates to nine digits."""

    def by_key(rows: list[dict]) -> dict:
        return {tuple(row[column] for column in key): row for row in rows}

    built, computed_rows = by_key(dbt.rows(table)), by_key(expected)
    assert built.keys() == computed_rows.keys()
    for row_key, row in computed_rows.items():
        assert built[row_key].keys() == row.keys()
        for column, value in row.items():
            found = built[row_key][column]
            if isinstance(value, float):
                assert found is not None, (row_key, column)
                # of itself, as is a p-value's approximation, and half of the last digit
                assert float(found) == pytest.approx(value, rel=1e-7, abs=6e-10), (row_key, column)
            else:
                assert found == value, (row_key, column)


def check_evidence(dbt: Dbt, expected: list[dict]) -> None:
    """The table's rows are those expected."""
    check_rates(dbt, "nrr__evidence", ["subject_kind", "subject", "outcome"], expected)


def test_evidence_of_a_random_history_is_that_of_the_computation(everything, expected):
    expected = expected.evidence
    check_evidence(everything, expected)
    kinds = {row["subject_kind"] for row in expected}
    assert kinds == {"signal", "feature", "health", "decile", "activation"}
    assert {row["outcome"] for row in expected} == {"churned", "contracted", "expanded"}
    # all chance, but for what is booked
    verdicts = {row["subject"]: row["verdict"] for row in expected if row["outcome"] == "churned"}
    assert {"too few", "no evidence"} <= {*verdicts.values()}
    assert any(row["median_lead_days"] is None for row in expected)


def check_queue(dbt: Dbt, expected: list[dict]) -> None:
    """The table's rows are those expected."""
    found = differences("nrr__account_queue", dbt.rows("nrr__account_queue"), expected)
    assert not found, f"{len(found)} differences\n" + "\n".join(sorted(found)[:20])


def test_the_queue_of_a_random_history_is_that_of_the_computation(everything, expected):
    check_queue(everything, expected.queue)
    assert len({row["main_signal"] for row in expected.queue}) > 5
    assert len({row["verdict"] for row in expected.queue}) > 1
    assert any(row["mrr_at_risk"] and row["mrr_to_gain"] for row in expected.queue)
    assert len({row["renewal_on"] for row in expected.queue}) > 5


def check_health(dbt: Dbt, expected: list[dict]) -> None:
    """The table's rows are those expected."""
    check_rates(dbt, "nrr__account_health", ["account_id", "observed_on"], expected)


def check_outlook(dbt: Dbt, expected: list[dict]) -> None:
    """The table's rows are those expected."""
    key = ["made_on", "month", "segment_dimension", "segment"]
    check_rates(dbt, "nrr__retention_outlook", key, expected)


def test_the_outlook_of_a_random_history_is_that_of_the_computation(everything, expected):
    rows = expected.outlook
    check_outlook(everything, rows)
    assert {row["horizon"] for row in rows} == {*range(1, 13)}
    assert {row["range_from"] for row in rows} == {"past errors", "standard error"}
    assert {row["is_better_than_naive"] for row in rows} == {True, False, None}
    # something was booked: known MRR is another than would be paid without
    assert any(row["known_mrr"] != row["starting_mrr"] for row in rows if row["horizon"] == 12)


def test_health_of_a_random_history_is_that_of_the_computation(everything, expected):
    rows = expected.health
    check_health(everything, rows)
    assert {row["colour"] for row in rows} == {"red", "yellow", "green"}
    bands = {row["activation_band"] for row in rows}
    assert bands == {"14", "later", "not yet", None}
    for name in COMPONENTS:
        points = {row[f"points_{name}"] for row in rows}
        assert len(points) > 3, name
    assert all(row["points_billing"] is not None for row in rows)
    assert any(row["points_sentiment"] is None for row in rows)
    assert any(row["score_change_3m"] for row in rows)
    assert max(row["milestones_reached"] for row in rows) > 1
    # what one's own signal costs
    asked = {
        (row["account_id"], row["observed_on"])
        for row in expected.signals
        if row["signal"] == "feature_requested"
    }
    assert all(
        row["points_relationship"] < 100
        for row in rows
        if (row["account_id"], row["observed_on"]) in asked
    )


# --- What comes later is not seen -----------------------------------------------------------------


def known_on(name: str, row: dict, customers: Customers) -> date:
    """The day on which a row became known; of one that cannot be used it does not matter."""
    if name == "product_usage":
        read = usage_facts([row], SETTINGS)
    elif name == "customer_events":
        read = event_facts([row], customers.events, SETTINGS)
    else:
        read = read_limits([row], SETTINGS)
    return read[0].known_on if read else date.min


def known_later(history: Path) -> tuple[dict, dict]:
    """{input: its rows that were known at PAST_MONTH_END} and {input: [(known on, row)]} later."""
    customers = read_customers(history, ROOT)
    known, later = {}, {}
    for name in COLUMNS:
        dated = [(known_on(name, row, customers), row) for row in getattr(customers, name)]
        known[name] = [row for day, row in dated if day <= PAST_MONTH_END]
        later[name] = [(day, row) for day, row in dated if day > PAST_MONTH_END]
    return known, later


def scrambled(later: list[tuple[date, dict]], dice: Random) -> list[dict]:
    """As many rows, recorded on the same days, that say something else, of earlier days too."""
    columns = [column for column in later[0][1] if column != "recorded_at"]
    values = {column: [row[column] for _, row in later] for column in columns}
    for column in columns:
        dice.shuffle(values[column])
    for column in {"usage_date", "occurred_at", "valid_from"} & {*columns}:
        back = [PAST_MONTH_END - timedelta(days=dice.randrange(400)) for _ in later]
        values[column] = [
            str(day) if dice.random() < 0.5 else old
            for day, old in zip(back, values[column], strict=True)
        ]
    return [
        {**{column: values[column][number] for column in columns}, "recorded_at": f"{day} 12:00:00"}
        for number, (day, _) in enumerate(later)
    ]


def rows_until_then(dbt: Dbt, table: str = TABLE) -> list[tuple]:
    return dbt.query(f"select * from {table} where observed_on <= '{PAST_MONTH_END}' order by all")


def test_nothing_that_was_recorded_later_changes_an_earlier_observation(
    everything, history, built_otherwise
):
    known, later = known_later(history)
    assert all(len(later[name]) > len(known[name]) / 10 for name in COLUMNS)
    before = rows_until_then(everything)
    assert {row[2] for row in before} >= {row["signal"] for row in everything.rows(TABLE)}
    without = built_otherwise("without", known)
    assert rows_until_then(without) == before
    dice = Random(8)
    other = {name: rows + scrambled(later[name], dice) for name, rows in known.items()}
    with_others = built_otherwise("with others", other)
    assert rows_until_then(with_others) == before
    health = [
        rows_until_then(dbt, "nrr__account_health") for dbt in (everything, without, with_others)
    ]
    assert health[0]
    assert health[1] == health[0] == health[2]
    outlooks = [
        dbt.query(
            f"select * from nrr__retention_outlook where made_on <= '{PAST_MONTH_END}' order by all"
        )
        for dbt in (everything, without, with_others)
    ]
    assert outlooks[0]
    assert outlooks[1] == outlooks[0] == outlooks[2]
    # ... although later ones are others
    assert without.rows(TABLE) != everything.rows(TABLE)
    assert with_others.rows(TABLE) != everything.rows(TABLE)


def test_events_alone_show_what_billing_says(tmp_path):
    data = tmp_path / "data"
    write_history(data, seed=6, accounts=200, months=20)
    settings = Settings(fx="actual", reporting_currency="EUR", as_of="2024-07-17 12:00:00")
    whole = expected_of(data, settings)
    expected = whole.signals
    built = build(tmp_path, data, settings)
    found = differences(TABLE, built_rows(built), expected)
    assert not found, f"{len(found)} differences\n" + "\n".join(sorted(found)[:20])
    check_evidence(built, whole.evidence)
    assert whole.evidence
    check_queue(built, whole.queue)
    assert whole.queue
    check_health(built, whole.health)
    check_outlook(built, whole.outlook)
    # of billing alone, nobody is judged
    assert {row["colour"] for row in whole.health} == {None}
    signals = read_signals(read_customers(data, ROOT).signals)
    of_billing = {signal.name for signal in signals if signal.fact in BILLING_FACTS}
    assert {row["signal"] for row in expected} == of_billing
    assert len(of_billing) == len(BILLING_FACTS)


def test_with_parents_it_is_as_if_their_ids_were_in_every_row(tmp_path):
    """Accounts with an odd number belong to the one before."""
    data, renamed = tmp_path / "data", tmp_path / "renamed"
    write_history(data, seed=4, accounts=120, months=24)
    write_customers(data, seed=4)
    shutil.copytree(data, renamed)
    numbers = re.findall(r"acc_(\d{4})", (data / "subscription_events.csv").read_text())
    parents = {
        f"acc_{number}": f"acc_{int(number) - 1:04d}"
        for number in sorted({*numbers})
        if int(number) % 2
    }
    write_csv(
        data / "accounts.csv",
        [{"account_id": child, "parent_account_id": parent} for child, parent in parents.items()],
    )
    (renamed / "accounts.csv").unlink()
    for name in ("subscription_events", *COLUMNS):
        rows = read_csv(renamed / f"{name}.csv")
        for row in rows:
            row["account_id"] = parents.get(row["account_id"].strip(), row["account_id"])
        write_rows(renamed / f"{name}.csv", list(rows[0]), rows)
    built = [
        build_with(tmp_path / name, folder, {"nrr_account_level": level, "nrr_segments": []})
        for name, folder, level in (("by parent", data, "parent"), ("by id", renamed, "account"))
    ]
    for table in (
        *(TABLE, "nrr__evidence", "nrr__account_queue", "nrr__account_health"),
        "nrr__retention_outlook",
    ):
        by_parent, by_id = (dbt.query(f"select * from {table} order by all") for dbt in built)
        assert by_parent == by_id, table
        assert by_parent
    held = {row["account_id"] for row in built[0].rows(TABLE)}
    assert held & {*parents.values()}
    assert not held & {*parents}
