"""What the package makes of the files it is given: the least that works, and clear errors."""

import shutil
import subprocess
import sys

import duckdb
import pytest
from conftest import ROOT, WITHOUT_CHAPTERS, WITHOUT_UNIT_TESTS, Dbt
from input_files import InputError, Plugin
from reference.files import write_csv

REQUIRED = ["account_id", "subscription_id", "effective_at", "status"]
PRICED = [*REQUIRED, "unit_amount", "billing_interval"]
EVENTS = [
    ["a", "s1", "2024-01-05", "active", "100", "month"],
    ["b", "s2", "2024-01-05", "active", "1200", "year"],
    ["b", "s2", "2025-02-03", "cancelled", "", ""],
]


def write_events(folder, rows=EVENTS, columns=PRICED):
    write_csv(
        folder / "subscription_events.csv", [dict(zip(columns, r, strict=True)) for r in rows]
    )
    return folder


def test_one_csv_with_the_required_columns_is_enough(dbt, tmp_path):
    built = dbt(data=write_events(tmp_path / "data")).build({"nrr_as_of": "2025-03-01T00:00:00Z"})
    assert built.query(
        "select month::text, starting_accounts, nrr::double from nrr__retention "
        "where segment_dimension = 'all' order by month desc limit 2"
    ) == [("2025-02-01", 2, 0.5), ("2025-01-01", 2, 1.0)]


def test_parquet_files_are_read_with_their_own_types(dbt, tmp_path):
    (tmp_path / "data/subscription_events").mkdir(parents=True)
    duckdb.execute(
        "copy (select 'e1' as event_id, 7 as account_id, 's1' as subscription_id, "
        "timestamptz '2024-01-31 23:30:00-02' as effective_at, 'active' as status, "
        "99.9::double as unit_amount, 'month' as billing_interval, 2::smallint as quantity, "
        "date '2025-03-01' as recorded_at) "
        f"to '{tmp_path}/data/subscription_events/part-1.parquet' (format parquet)"
    )
    built = dbt(data=tmp_path / "data").build()
    found = built.query(
        "select account_id, min(month)::text, max(mrr)::text from nrr__account_months group by all"
    )
    assert found == [("7", "2024-02-01", "199.8000")]


IDS = [
    "o'brien",
    'say "hi"',
    " padded ",
    "Ünïcode 客户",
    "semi;colon,comma",
    "two\nlines",
    "x" * 10_000,
    *[f"a{number}" for number in range(200)],
]


@pytest.fixture(scope="module")
def odd(tmp_path_factory) -> tuple[Dbt, str]:
    """A build of odd ids and of a line that is too short, and what it printed."""
    folder = tmp_path_factory.mktemp("odd")
    data = write_events(
        folder / "data", [[i, i, "2024-01-05", "active", "10", "month"] for i in IDS]
    )
    with (data / "subscription_events.csv").open("a", newline="") as file:
        file.write("a-short,s-short,2024-01-05,active\r\n")
    built = Dbt(folder, data=data)
    output = built.succeed(
        "build", *WITHOUT_UNIT_TESTS, *WITHOUT_CHAPTERS, variables={"nrr_as_of": "2024-03-01"}
    )
    return built, output


def test_ids_are_only_ids(odd):
    found = odd[0].query("select distinct account_id from nrr__account_months")
    assert {account for (account,) in found} == {i.strip() for i in IDS}


def test_a_line_that_is_too_short_is_a_row_with_missing_values_of_which_the_build_warns(odd):
    built, output = odd
    assert "1 missing_unit_amount" in output
    assert built.query("select account_id, reason from nrr__rejected_events") == [
        ("a-short", "missing_unit_amount")
    ]


@pytest.mark.parametrize(
    ("more_rejected", "allowed", "passes"),
    [
        (0, {}, True),
        (0, {"nrr_rejected_rows_allowed": 0.0048}, False),
        (2, {}, False),
        (2, {"nrr_rejected_rows_allowed": 0.02}, True),
    ],
)
def test_more_than_one_percent_of_rejected_rows_or_than_allowed_fail_the_build(
    more_rejected, allowed, passes, odd, dbt
):
    # one of 208 rows is rejected, or three of 210
    copy = dbt(data=odd[0].data)
    shutil.copy(odd[0].database, copy.database)
    with duckdb.connect(copy.database) as connection:
        for number in range(more_rejected):
            connection.execute("insert into int_nrr__input_rows values ('missing_status', 1)")
            connection.execute(
                "insert into nrr__rejected_events (rejected_row, source_system, reason) "
                f"values ({number}, 'subscription_events', 'missing_status')"
            )
    models = ["int_nrr__rejected_values", "nrr__input_problems"]
    finished = copy.run("build", *WITHOUT_UNIT_TESTS, "--select", *models, variables=allowed)
    assert finished.success == passes
    assert ("few_events_are_rejected" in finished.output.partition("Completed")[2]) != passes
    assert passes or f"Got {more_rejected + 1} result" in finished.output


def test_a_build_that_a_reason_fails_has_every_table_and_says_the_reason_at_its_end(dbt, tmp_path):
    words = ["active"] * 250 + ["zombie"] * 2 + ["canceled"]
    rows = [[f"a{n}", f"s{n}", "2024-01-05", w, "1,5", "month"] for n, w in enumerate(words)]
    rows.append(["a0", "s0", "2025-01-31", "Canceled", "", ""])
    built = dbt(data=write_events(tmp_path / "data", rows))
    as_of = {"nrr_as_of": "2025-03-01"}
    assert not built.run("--write-json", "build", *WITHOUT_UNIT_TESTS, variables=as_of).success
    said = subprocess.run(
        [sys.executable, ROOT / "scripts/print_retention.py", "--dbt-status", "1"],
        env=built.environment() | {"COLUMNS": "200"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert said.returncode == 1
    printed = said.stdout.replace("\N{NO-BREAK SPACE}", " ")
    assert "company 250 375 374 99.6%" in " ".join(printed.split())
    assert "This fails the build:\n  subscription_events: 2 unknown_status: zombie (2)" in printed
    assert "unit_amount in subscription_events.csv: 1,5 is read as 1.5." in printed
    assert "As of 2025-03-01 00:00 UTC (as nrr_as_of says)" in printed
    assert "before it passes: every_status_and_billing_interval_is_known." in printed


def garbage(data):
    (data / "subscription_events.parquet").write_bytes(b"this is no parquet file")


def latin(data):
    (data / "subscription_events.csv").write_bytes(
        ",".join(PRICED).encode() + b"\n\xe9,a,b,c,d,e\n"
    )


def without_a_column(data):
    write_events(data, [row[:3] + row[4:] for row in EVENTS], [c for c in PRICED if c != "status"])


def without_rows(data):
    (data / "subscription_events.csv").write_text(",".join(PRICED) + "\n")


def without_content(data):
    (data / "subscription_events.csv").write_text("")


def without_a_rate_column(data):
    write_events(data)
    (data / "exchange_rates.csv").write_text("currency,rate\nEUR,1.1\n")


def with_a_broken_line(data):
    write_events(data)
    with (data / "subscription_events.csv").open("a", newline="") as file:
        file.write("a,s,2024-01-05,active,10,month,and more\r\n")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: None, "holds no subscription_events.parquet"),
        (garbage, "cannot be read"),
        (latin, "cannot be read"),
        (with_a_broken_line, "cannot be read"),
        (without_a_column, "lacks the column status"),
        (without_rows, "has no rows"),
        (without_content, "lacks the column account_id"),
        (without_a_rate_column, "lacks the column rate_date"),
        (lambda data: data.rmdir(), "there is no folder"),
    ],
)
def test_an_input_that_cannot_be_used_is_an_error_that_says_why(tmp_path, spoil, message):
    data = tmp_path / "data"
    data.mkdir()
    spoil(data)
    plugin = Plugin("input_files", {"folder": str(data)})
    with pytest.raises(InputError) as error, duckdb.connect() as connection:
        plugin.configure_connection(connection)
    assert message in str(error.value)


def test_an_input_that_cannot_be_used_stops_the_build_before_it_begins(dbt, tmp_path):
    built = dbt(data=tmp_path)
    finished = built.run("build")
    assert not finished.success
    assert "holds no subscription_events.parquet" in finished.words
    assert not built.database.exists() or not built.query("show tables")


@pytest.mark.parametrize(
    ("variable", "value", "takes"),
    [
        ("nrr_fx", "floating", "'constant' or 'actual'"),
        ("nrr_conclusive_accounts", "many", "a number of accounts from 0 on, such as 30"),
        ("nrr_evidence_months", 0, "a whole number of months from 1 to 12"),
        ("nrr_past_due_counts", "yes", "true or false"),
        ("nrr_reactivation_counts", 1, "true or false"),
        ("nrr_timezone", "Mars/Olympus", "the name of a time zone"),
        ("nrr_reporting_currency", "dollars", "an ISO 4217 code"),
        ("nrr_as_of", "yesterday", "a timestamp in UTC"),
        ("nrr_segments", ["size"], "a list of different columns"),
        ("nrr_segments", "industry", "a list of different columns"),
        ("nrr_rejected_rows_allowed", 5, "a share of the input rows"),
        ("nrr_inputs", {"events": "x"}, "subscription_events, accounts, exchange_rates"),
        ("nrr_sources", ["strip"], "a list of different sources out of subscription_events"),
        ("nrr_renewal_grace_days", {"zuora": "a month"}, "a number of days"),
        ("nrr_churn_at", "someday", "'period_end' or 'cancellation'"),
    ],
)
def test_an_unknown_value_of_a_variable_is_a_compile_error(dbt, variable, value, takes):
    finished = dbt().run("parse", variables={variable: value})
    assert not finished.success
    assert f"{variable} is" in finished.words
    assert takes in finished.words
