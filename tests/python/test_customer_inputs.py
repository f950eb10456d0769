"""The inputs product_usage, customer_events and plan_limits, from their files to what is read."""

import csv
import shutil
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from conftest import ROOT, WITHOUT_TESTS, Dbt
from found_files import InputError
from input_files import Plugin
from reference.files import write_csv
from test_which_sources import configured

REMEDIES = ROOT / "seeds/rules/nrr_input_problems.csv"
# with two words that the seed does not have, one of them twice, and without label and recorded_at
EVENTS = """account_id,occurred_at,event,subject_id,value
acc_0038,2024-03-01 10:00:00,NPS,,8.5
acc_0038,2024-03-02,Meeting-Held,m1,
acc_0038,2024-03-02,Danced all night,,
acc_0042,2024-03-03,danced_all_night,,
acc_0042,2024-03-03,sang,,
,2024-03-02,ticket,t1,1
acc_0038,,ticket,t1,1
acc_0038,2024-03-02,,t1,1
acc_0038,2024-03-02,ticket,t1,grave
"""
USAGE = """Account ID,usage date,Metric,value,recorded_at
acc_0038,2024-03-01,Logins,2.12345,
acc_0038,2024-03-02,logins,,2024-03-05 01:00:00
acc_0042,2024-03-02,logins,-2,
acc_0042,,logins,2,
acc_0042,soon,logins,2,
acc_0042,2024-03-02,logins,2,later
,,,,
"""
# as a spreadsheet writes them where a comma begins the decimals
LIMITS = """plan_id;account_id;metric;limit_value;valid_from
pro;;Seats used;1.200,50;31.12.2023
;acc_0038;seats_used;20;
;;seats_used;20;
pro;;seats_used;0;
pro;;;20;
pro;;seats_used;;
pro;;seats_used;unlimited;
"""
GIVEN = {"customer_events": EVENTS, "product_usage": USAGE, "plan_limits": LIMITS}
UNUSABLE = [
    ("customer_events", "missing_account_id", ", 2024-03-02, ticket, t1, , 1, ", 1, False),
    ("customer_events", "missing_event", "acc_0038, 2024-03-02, , t1, , 1, ", 1, False),
    ("customer_events", "missing_occurred_at", "acc_0038, , ticket, t1, , 1, ", 1, False),
    ("customer_events", "unknown_event", "danced_all_night", 2, True),
    ("customer_events", "unknown_event", "sang", 1, True),
    (
        "customer_events",
        "unreadable_value",
        "acc_0038, 2024-03-02, ticket, t1, , grave, ",
        1,
        False,
    ),
    ("plan_limits", "invalid_limit_value", "pro, , seats_used, 0, , ", 1, False),
    ("plan_limits", "missing_limit_value", "pro, , seats_used, , , ", 1, False),
    ("plan_limits", "missing_metric", "pro, , , 20, , ", 1, False),
    ("plan_limits", "missing_plan_id", ", , seats_used, 20, , ", 1, False),
    ("plan_limits", "unreadable_limit_value", "pro, , seats_used, unlimited, , ", 1, False),
    ("product_usage", "missing_usage_date", "acc_0042, , logins, 2, , ", 1, False),
    ("product_usage", "negative_value", "acc_0042, 2024-03-02, logins, -2, , ", 1, False),
    (
        "product_usage",
        "unreadable_recorded_at",
        "acc_0042, 2024-03-02, logins, 2, , later",
        1,
        False,
    ),
    ("product_usage", "unreadable_usage_date", "acc_0042, soon, logins, 2, , ", 1, False),
]


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> Dbt:
    """The demo's subscriptions and the three inputs, as far as the problems of the input."""
    folder = tmp_path_factory.mktemp("customers")
    data = folder / "data"
    data.mkdir()
    shutil.copy(ROOT / "demo/data/subscription_events.csv", data)
    shutil.copy(ROOT / "demo/data/exchange_rates.csv", data)
    for name, rows in GIVEN.items():
        (data / f"{name}.csv").write_text(rows)
    dbt = Dbt(folder, data=data)
    dbt.succeed("build", "--select", "+nrr__input_problems", *WITHOUT_TESTS)
    return dbt


def test_each_row_that_cannot_be_used_is_named_with_what_to_do(given):
    found = given.query(
        "select input, reason, value, number_of_rows, is_failure from nrr__input_problems"
        f" where input in {(*GIVEN,)} order by all"
    )
    assert found == UNUSABLE
    with REMEDIES.open(newline="") as file:
        remedies = {
            row["reason"]: (row["column_name"], row["remedy"]) for row in csv.DictReader(file)
        }
    said = given.query(
        "select distinct reason, column_name, remedy from nrr__input_problems"
        f" where input in {(*GIVEN,)}"
    )
    assert {reason: tuple(rest) for reason, *rest in said} == {
        reason: remedies[reason] for _, reason, *_ in UNUSABLE
    }


def test_words_that_nobody_knows_fail_the_build_and_other_rows_do_not(given):
    tests = ["every_status_and_billing_interval_is_known", "few_events_are_rejected"]
    tests += ["rows_of_accounts_can_be_used", "exchange_rates_can_be_used", "links_can_be_used"]
    finished = given.run("test", "--select", *tests)
    assert "FAIL 3 every_status_and_billing_interval_is_known" in finished.output
    assert "PASS=4 WARN=0 ERROR=1" in finished.output


def query(built: Dbt, sql: str) -> list[tuple]:
    """Rows of views over the files, which a database that was built has without them."""
    with duckdb.connect() as connection:
        Plugin("input_files", {"folder": str(built.data)}).configure_connection(connection)
        connection.execute(f"attach '{built.database}' as nrr (read_only)")
        connection.execute("use nrr")
        return connection.execute(sql).fetchall()


def test_the_other_rows_are_read(given, monkeypatch):
    monkeypatch.setenv("NRR_INPUTS", "all")
    day = date(2024, 3, 2)
    assert query(
        given,
        "select account_id, metric, usage_on, known_on, value from stg_customers__usage_rows"
        " where reason is null order by all",
    ) == [
        ("acc_0038", "logins", date(2024, 3, 1), date(2024, 3, 1), Decimal("2.1235")),
        ("acc_0038", "logins", day, date(2024, 3, 5), 1),
    ]
    assert query(
        given,
        "select event, subject_id, label, occurred_on, known_on, value"
        " from stg_customers__event_rows where reason is null order by all",
    ) == [
        ("meeting_held", "m1", None, day, day, None),
        ("survey", None, None, date(2024, 3, 1), date(2024, 3, 1), Decimal("8.5")),
    ]
    newest = date(2023, 12, 31)
    assert query(
        given,
        "select plan_id, account_id, metric, limit_value, valid_from_on, known_on"
        " from stg_customers__limit_rows where reason is null order by all",
    ) == [
        ("pro", None, "seats_used", Decimal("1200.5"), newest, newest),
        (None, "acc_0038", "seats_used", 20, None, None),
    ]


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        (
            "product_usage",
            {"account_id": "a", "usage_date": "2024-03-01", "measure": "logins"},
            "lacks the column metric. It has: account_id, usage_date, measure. "
            "Is measure the metric? Rename",
        ),
        (
            "customer_events",
            {"account_id": "a", "created_at": "2024-03-01", "event": "nps"},
            "lacks the column occurred_at. It has: account_id, created_at, event. "
            "Is created_at the occurred_at? Rename",
        ),
        (
            "plan_limits",
            {"plan_id": "pro", "metric": "logins", "quota": "5"},
            "lacks the column limit_value. It has: plan_id, metric, quota. "
            "Is quota the limit_value? Rename",
        ),
    ],
)
def test_a_file_without_a_required_column_is_an_error_that_names_it(
    name, row, said, tmp_path, monkeypatch
):
    write_csv(tmp_path / "mrr_snapshots.csv", [{"account_id": "a", "month": "2024-01", "mrr": 5}])
    write_csv(tmp_path / f"{name}.csv", [row])
    monkeypatch.setenv("NRR_INPUTS", f"mrr_snapshots {name}")
    with pytest.raises(InputError) as error:
        configured(tmp_path)
    assert said in str(error.value)


def test_a_model_without_required_columns_is_an_error_that_names_them(given):
    # every model of another name will do that is there
    models = dict.fromkeys(GIVEN, "nrr.stg_nrr__exchange_rate_rows")
    finished = given.run(
        "run", "--select", *(f"stg_customers__{kind}_rows" for kind in ["usage", "event", "limit"]),
        variables={"nrr_inputs": models},
    )  # fmt: skip
    for name, columns in {
        "product_usage": "account_id, usage_date, metric",
        "customer_events": "account_id, occurred_at, event",
        "plan_limits": "metric, limit_value",
    }.items():
        assert f"names for {name}, lacks the column {columns}. It has" in finished.words


def test_files_without_rows_are_no_problem(tmp_path, monkeypatch):
    write_csv(tmp_path / "mrr_snapshots.csv", [{"account_id": "a", "month": "2024-01", "mrr": 5}])
    for name, rows in GIVEN.items():
        (tmp_path / f"{name}.csv").write_text(rows.splitlines()[0])
    monkeypatch.setenv("NRR_INPUTS", f"mrr_snapshots {' '.join(GIVEN)}")
    assert configured(tmp_path) >= {*GIVEN}
