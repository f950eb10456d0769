"""What the end of `make build` prints, from small tables in a DuckDB file of their own."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal

import duckdb
import pytest
from conftest import ROOT
from print_retention import print_summary
from rich.console import Console

TABLES = """
create table nrr_sizes as
    from (values ('enterprise', 100000), ('smb', 0), ('mid_market', 25000)) as t (size, arr_from);
create table nrr__retention (
    month date, segment_dimension varchar, segment varchar,
    starting_accounts integer, retained_accounts integer,
    starting_mrr decimal(28, 4), ending_mrr decimal(28, 4),
    nrr decimal(20, 9), grr decimal(20, 9), logo_retention decimal(20, 9),
    nrr_low decimal(20, 9), nrr_high decimal(20, 9)
);
create table nrr__retention_grades (
    month date, benchmark_id varchar, segment varchar, publisher varchar,
    band varchar, standing varchar, is_conclusive boolean, not_graded_reason varchar
);
create table nrr__retention_findings (
    month date, finding varchar, segment varchar, severity integer, mrr decimal(28, 4),
    sentence varchar
);
create table nrr__account_queue (
    account_id varchar, rank integer, mrr decimal(18, 4), main_signal varchar, verdict varchar
);
create table nrr__evidence (
    subject_kind varchar, subject varchar, outcome varchar, horizon_months integer,
    exposed_rate decimal(38, 9), control_rate decimal(38, 9)
);
create table int_nrr__input_rows (reason varchar, number_of_rows bigint);
create table nrr__input_problems (
    input varchar, reason varchar, column_name varchar, value varchar,
    number_of_rows bigint, rows_of_reason bigint, is_failure boolean, remedy varchar
);
create table int_nrr__as_of (as_of_at timestamp, newest_month date, as_of_source varchar);
create table nrr__account_months (account_id varchar, month date, mrr decimal(28, 4));
"""
MONTH = "2026-10-01"
COMPANY = ("all", "all", 400, 350, 1000000, "1.031")
SMB = ("size", "smb", 300, 200, 250000, "0.794")
MID_MARKET = ("size", "mid_market", 70, 65, 300000, "1.002")
ENTERPRISE = ("size", "enterprise", 30, 30, 450000, "1.160")


class Database:
    """A DuckDB file with the tables that the script reads."""

    def __init__(self, path):
        self.path = path
        self.connection = duckdb.connect(path)
        self.execute(TABLES)

    def execute(self, sql, values=()):
        self.connection.execute(sql, list(values))

    def add_retention(
        self, dimension, segment, accounts, kept, mrr, nrr, month=MONTH, margin="0.05"
    ):
        nrr = Decimal(nrr) if nrr else None
        logos = Decimal(kept) / accounts if accounts else None
        low, high = (
            (nrr - Decimal(margin), nrr + Decimal(margin)) if margin and nrr else (None, None)
        )
        ending_mrr = mrr * nrr if nrr else 0
        grr = min(nrr, Decimal("0.9")) if nrr else None
        row = [
            month,
            dimension,
            segment,
            accounts,
            kept,
            mrr,
            ending_mrr,
            nrr,
            grr,
            logos,
            low,
            high,
        ]
        self.execute(f"insert into nrr__retention values ({', '.join('?' * len(row))})", row)

    def add_grade(self, segment, band, standing, is_conclusive=True, benchmark="optifai_overall"):
        row = [MONTH, benchmark, segment, "Optifai", band, standing, is_conclusive, None]
        self.execute("insert into nrr__retention_grades values (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def add_events(self, count, reason=None):
        self.execute("insert into int_nrr__input_rows values (?, ?)", [reason, count])

    def printed(self, columns=100, **given):
        """What is printed on a terminal of that width."""
        console = Console(file=io.StringIO(), width=columns, highlight=False, markup=False)
        print_summary(console, self.connection, str(self.path), **given)
        return console.file.getvalue()


def run(path, *arguments, **environment):
    """The script as `make build` runs it: in a process of its own."""
    keep = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "print_retention.py", *arguments],
        env=keep | {"NRR_DUCKDB_PATH": str(path)} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "built.duckdb")
    yield database
    database.connection.close()


@pytest.fixture
def story(database):
    """A company that keeps 103% while its small accounts leave."""
    for row in [SMB, ENTERPRISE, COMPANY, MID_MARKET]:
        database.add_retention(*row)
    database.add_grade("all", "good", "good", is_conclusive=False)
    database.add_grade("smb", "concerning", "below")
    database.add_grade("mid_market", "good", "good", is_conclusive=False)
    database.add_grade(
        "enterprise", "between good and best-in-class (no label in the source)", "good"
    )
    database.add_events(5000)
    return database


def line_with(text, segment):
    """The words of the table's line of a segment."""
    lines = [line.split() for line in text.splitlines()]
    [words] = [words for words in lines if words[:1] == [segment] and words[1].isdigit()]
    return words


def test_the_company_comes_first_and_the_sizes_follow_the_seed(story):
    names = ["company", "smb", "mid_market", "enterprise"]
    first_words = [line.split()[0] for line in story.printed().splitlines() if line.strip()]
    assert [word for word in first_words if word in names] == names


def test_a_row_shows_the_figures_of_its_segment(story):
    assert line_with(story.printed(), "smb")[1:] == [
        *["300", "250,000", "198,500", "79.4%", "±5.0", "79.4%", "66.7%"],
        *["concerning", "(below)"],
    ]


def test_only_the_newest_month_is_printed(story):
    story.add_retention("all", "all", 7, 7, 700, "1", month="2026-09-01")
    printed = story.printed()
    assert "Retention of October 2026: accounts that paid in October 2025" in printed
    assert "September" not in printed


def test_a_grade_that_is_not_conclusive_is_marked_and_the_mark_explained(story):
    printed = story.printed()
    assert line_with(printed, "company")[-2:] == ["good", "?"]
    assert line_with(printed, "smb")[-1] == "(below)"
    assert "?: not conclusive" in printed


def test_the_grades_are_those_of_the_named_benchmark_only(story):
    story.add_grade("smb", "foreign band", "top", benchmark="foreign")
    printed = story.printed()
    assert "Grades: NRR by optifai_overall (Optifai)." in printed
    assert "foreign" not in printed


def test_the_three_gravest_findings_of_the_newest_month_are_printed_each_kind_once(story):
    story.execute(
        "insert into nrr__retention_findings values "
        "('2026-10-01', 'leak', 'smb', 1, 20, 'smb leaks.'), "
        "('2026-10-01', 'leak', 'basic', 1, 10, 'basic leaks.'), "
        "('2026-10-01', 'small', 'all', 2, null, 'A small base.'), "
        "('2026-10-01', 'worst', 'all', 2, 5, 'smb is worst.'), "
        "('2026-10-01', 'good', 'all', 3, 99, 'It grows.'), "
        "('2026-09-01', 'old', 'all', 1, 99, 'It was so.')"
    )
    printed = story.printed()
    said = [line for line in printed.splitlines() if line.endswith((" leaks.", "base.", "worst."))]
    assert said == ["smb leaks.", "smb is worst.", "A small base."]
    assert "It grows" not in printed
    assert "It was so" not in printed


def test_the_five_accounts_to_act_on_first_are_printed_with_what_their_signals_predicted(story):
    story.execute(
        "insert into nrr__account_queue values "
        "('acc_2', 2, 90, 'new_contact', 'misleads'), ('acc_1', 1, 1234.5, 'falls', 'predicts'), "
        "('acc_3', 3, 80, 'blog', 'no evidence'), ('acc_4', 4, 70, 'ends', 'predicts'), "
        "('acc_5', 5, 60, 'silent', 'too few'), ('acc_6', 6, 50, 'falls', 'predicts')"
    )
    story.execute(
        "insert into nrr__evidence values ('signal', 'falls', 'churned', 3, 0.364, 0.038), "
        "('signal', 'falls', 'contracted', 3, 0.9, 0.9), ('feature', 'falls', 'churned', 3, 0, 0), "
        "('signal', 'ends', 'expanded', 3, 0.96, 0.35)"
    )
    lines = [" ".join(line.split()) for line in story.printed().splitlines() if "acc_" in line]
    assert lines == [
        "acc_1 1,234 falls yes: 36% left within 3 months, 4% of the others",
        "acc_2 90 new_contact no, rather the opposite",
        "acc_3 80 blog no evidence",
        "acc_4 70 ends yes: 96% expanded within 3 months, 35% of the others",
        "acc_5 60 silent too few to say",
    ]


def test_without_a_queue_nothing_is_said_of_it(story):
    assert "Act on first" not in story.printed()


def test_segments_of_other_dimensions_and_unknown_sizes_are_left_out(story):
    story.add_retention("plan", "basic", 3, 3, 300, "1")
    story.add_retention("size", "(unknown)", 3, 3, 300, "1")
    printed = story.printed()
    assert "basic" not in printed
    assert "unknown" not in printed


def test_nothing_wraps_in_the_figures_at_80_columns(story):
    printed = story.printed(columns=80)
    figures = printed[: printed.index("Database:")]
    assert max(len(line.rstrip()) for line in figures.splitlines()) <= 80
    assert line_with(printed, "enterprise")[:7] == [
        *["enterprise", "30", "450,000", "522,000", "116.0%", "±5.0", "90.0%"],
    ]


def test_large_amounts_are_printed_in_thousands(story):
    story.execute("update nrr__retention set starting_mrr = starting_mrr * 1000")
    assert line_with(story.printed(columns=80), "company")[2:4] == ["1,000,000k", "1,031k"]


def test_colour_is_for_terminals_only(story):
    story.connection.close()
    assert "\x1b" not in run(story.path).stdout
    assert "\x1b[31m" in run(story.path, FORCE_COLOR="1", TERM="xterm").stdout


def test_a_segment_of_one_account_has_no_interval(database):
    database.add_retention("all", "all", 1, 1, 100, "1.2", margin=None)
    database.add_grade("all", "good", "good", is_conclusive=False)
    printed = database.printed()
    assert line_with(printed, "company")[4:6] == ["120.0%", "90.0%"]
    assert "±95%:" not in printed


def test_history_shorter_than_13_months_is_said_instead_of_an_empty_table(database):
    database.add_retention("all", "all", 0, 0, 0, None)
    database.add_events(3)
    printed = " ".join(database.printed().split())
    assert "There is no retention for October 2026 yet" in printed
    assert "no account had MRR twelve months before, in October 2025" in printed
    assert "accounts that paid" not in printed
    assert "Input rows: 3." in printed


def test_no_mrr_at_all_is_said_instead_of_an_empty_table(database):
    assert "There is no MRR in the months that are over" in database.printed()


def test_redelivered_rows_are_counted_apart_from_broken_ones(story):
    story.add_events(60, "duplicate")
    story.add_events(1, "unknown_status")
    story.add_events(1200, "missing_account_id")
    printed = story.printed(columns=120).replace("\N{NO-BREAK SPACE}", " ")
    assert "Input rows: 6,261. Used: 5,000. Redelivered: 60 (harmless)." in printed
    assert "Rejected: 1,201 (1,200 missing_account_id, 1 unknown_status)." in printed


def test_of_other_sources_than_events_states_are_counted_and_called_so(story):
    story.execute(
        "create table nrr__mrr_by_source as select date '2026-10-01' as month, 1 as mrr, "
        "0 as reconstructed_share, unnest(['subscription_events', 'contracts']) as source_system"
    )
    assert "States made of contracts, subscription_events: 5,000. Used: 5,000." in story.printed(
        columns=120
    )
    story.execute("delete from nrr__mrr_by_source where source_system = 'contracts'")
    assert "Input rows: 5,000. Used: 5,000." in story.printed(columns=120)


def test_a_count_stays_on_the_line_of_its_reason(story):
    for reason in ["missing_account_id", "unknown_status", "invalid_discount"]:
        story.add_events(1, reason)
    lines = [line.rstrip() for line in story.printed(columns=40).splitlines()]
    assert not [line for line in lines if line.endswith((" 1", "(1"))]


def test_the_path_of_the_database_is_printed_as_given_on_one_line(story):
    assert f"Database: {story.path}\n" in story.printed(columns=40)


def test_a_missing_database_is_an_error(tmp_path):
    finished = run(tmp_path / "none.duckdb")
    assert finished.returncode == 1
    assert "Run `dbt build` first." in finished.stdout


def test_a_file_that_is_no_database_or_is_in_use_is_an_error(story, tmp_path):
    (tmp_path / "other").write_text("this is no database" * 1000)
    for path in [tmp_path / "other", story.path]:
        # the fixture holds the second one open
        finished = run(path)
        assert finished.returncode == 1
        assert f"The database {path} cannot be opened" in finished.stdout


def test_a_database_without_the_tables_is_an_error(database):
    database.execute("drop table nrr__retention")
    database.connection.close()
    finished = run(database.path)
    assert finished.returncode == 1
    assert "lacks tables of nrr" in finished.stdout


def test_a_terminal_without_the_signs_still_gets_the_figures(story):
    story.connection.close()
    assert "103.1% ?5.0" in run(story.path, PYTHONIOENCODING="ascii").stdout


def with_problems(database):
    database.add_events(1, "unknown_status")
    database.add_events(7, "unreadable_quantity")
    for row in [
        ("unknown_status", "status", "canceled", 1, 1, True, "Add a row to nrr_status_values."),
        ("unreadable_quantity", "quantity", "1,200", 4, 7, False, "Write digits."),
        ("unreadable_quantity", "quantity", "ten", 2, 7, False, "Write digits."),
    ]:
        database.execute(
            "insert into nrr__input_problems values ('subscription_events', ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    return database


def test_each_reason_is_printed_with_its_rows_its_values_and_what_to_do(story):
    printed = with_problems(story).printed(columns=200).replace("\N{NO-BREAK SPACE}", " ")
    lines = [line.rstrip() for line in printed.splitlines()]
    at = lines.index("This fails the build:")
    assert lines[at : at + 6] == [
        "This fails the build:",
        "  subscription_events: 1 unknown_status: canceled (1)",
        "      Add a row to nrr_status_values.",
        "This does not fail the build:",
        "  subscription_events: 7 unreadable_quantity: 1,200 (4), ten (2), 1 more",
        "      Write digits.",
    ]


def test_rows_with_an_ignored_status_are_as_harmless_as_redelivered_ones(story):
    story.add_events(9, "ignored_status")
    printed = story.printed(columns=200)
    assert "Ignored by their status: 9." in printed
    assert "Rejected: 0." in printed


def test_a_database_without_the_problems_is_printed_without_them(story):
    for table in ["nrr__input_problems", "int_nrr__as_of", "nrr__account_months"]:
        story.execute(f"drop table {table}")
    assert "Rejected: 0." in story.printed()


def as_of(database, source, month="2026-10-01", instant="2026-11-01 05:00:00"):
    database.execute("insert into int_nrr__as_of values (?, ?, ?)", [instant, month, source])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nrr_as_of", "as nrr_as_of says"),
        ("recorded_at", "the newest recorded_at"),
        ("effective_at", "the newest effective_at of the rows without a recorded_at"),
    ],
)
def test_the_as_of_instant_is_printed_with_its_source_and_how_to_set_it(story, source, words):
    as_of(story, source)
    printed = story.printed(columns=300)
    assert f"As of 2026-11-01 05:00 UTC ({words}); the newest month" in printed
    assert "that is over is October 2026" in printed
    today = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    when = {"effective_at": ("If the data is complete up to a later day, such as today", today)}
    words, day = when.get(source, ("To set it", "2026-11-01"))
    assert f"{words}: NRR_VARS='{{nrr_as_of: {day}}}' make build" in printed


@pytest.mark.parametrize(("accounts", "is_said"), [(4, True), (5, False)])
def test_a_newest_month_with_less_than_half_of_the_largest_ones_accounts_is_said(
    story, accounts, is_said
):
    as_of(story, "recorded_at")
    months = [("2025-03-01", 10, 1), ("2025-04-01", 90, 0), (MONTH, accounts, 1)]
    for month, count, mrr in months:
        story.execute(
            f"insert into nrr__account_months select i, '{month}', {mrr} from range({count}) t(i)"
        )
    printed = " ".join(story.printed().split())
    words = "Only 4 accounts have MRR in October 2026, while 10 had in March 2025."
    assert (words in printed) == is_said


def results(target, **status_of):
    target.mkdir()
    found = [
        {"unique_id": f"{kind}.nrr.{name}", "status": status}
        for name, (kind, status) in status_of.items()
    ]
    (target / "run_results.json").write_text(json.dumps({"results": found}))


def test_figures_are_printed_also_where_a_test_failed_and_the_script_ends_as_dbt_did(
    story, tmp_path
):
    target = tmp_path / "target"
    results(
        target,
        few_events_are_rejected=("test", "fail"),
        sums_tie=("test", "pass"),
        nrr__retention=("model", "success"),
    )
    story.connection.close()
    finished = run(story.path, "--dbt-status", "1", DBT_TARGET_PATH=str(target))
    assert finished.returncode == 1
    assert "103.1%" in finished.stdout
    words = " ".join(finished.stdout.split())
    assert "The build failed." in words
    assert "before it passes: few_events_are_rejected." in words


def test_figures_of_an_earlier_run_are_not_printed(story, tmp_path):
    target = tmp_path / "target"
    story.connection.close()
    stopped = run(story.path, "--dbt-status", "2", DBT_TARGET_PATH=str(target))
    results(target, nrr__retention=("model", "skipped"), nrr_sizes=("seed", "error"))
    broken = run(story.path, "--dbt-status", "1", DBT_TARGET_PATH=str(target))
    assert [stopped.returncode, broken.returncode] == [2, 1]
    assert "dbt ended before it built anything" in stopped.stdout
    assert "dbt could not build nrr__retention and 1 more" in broken.stdout
    assert "103.1%" not in stopped.stdout + broken.stdout


def test_columns_that_are_not_used_are_named_with_what_they_may_have_been_meant_as(story):
    found = {
        "notes": ["unit_amount: 1.200,50 is read as 1200.50."],
        "unused_columns": {
            "subscription_events": {"qty": "quantity", "colour": None},
            "accounts": {"region": None, "Size": None},
        },
    }
    printed = story.printed(columns=200, found=found)
    assert "unit_amount: 1.200,50 is read as 1200.50." in printed
    assert "columns that are not used: qty (did you mean quantity?), colour." in printed
    assert "accounts: region could be segmented by: NRR_VARS='{nrr_segments: [region]}'" in printed
    many = {"unused_columns": {"accounts": dict.fromkeys(["a: b", *map(str, range(11))])}}
    printed = story.printed(columns=200, found=many)
    assert """accounts: a: b, 0, 1, 2, 3, 4, 5, 6, 7, 8 and 2 more could be segmented""" in printed
    assert """NRR_VARS='{nrr_segments: ["a: b"]}' make build""" in printed


@pytest.mark.parametrize("status", [0, 1])
def test_make_build_hands_the_variables_to_dbt_and_ends_as_it_did(tmp_path, status):
    # a virtual environment whose dbt writes down what it is called with
    (tmp_path / "bin").mkdir()
    dbt = tmp_path / "bin/dbt"
    dbt.write_text(f'#!/bin/sh\nprintf "<%s>" "$@" > {tmp_path}/called\nexit {status}\n')
    dbt.chmod(0o755)
    python = tmp_path / "bin/python"
    python.write_text(f'#!/bin/sh\nprintf "<%s>" "$@" > {tmp_path}/printed\nexit {status}\n')
    python.chmod(0o755)
    (tmp_path / "runtime.stamp").touch()

    def make(**more):
        return subprocess.run(
            ["make", "build", f"VENV={tmp_path}"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "DBT_TARGET_PATH": str(tmp_path)} | more,
            capture_output=True,
            check=False,
        ).returncode

    variables = "{nrr_reporting_currency: EUR, nrr_segments: ['the size', x]}"
    assert bool(make(NRR_VARS=variables)) == bool(status)
    called = "<build><--exclude-resource-type><unit_test>"
    assert (tmp_path / "called").read_text() == f"{called}<--vars><{variables}>"
    assert (tmp_path / "printed").read_text().endswith(f"<--dbt-status><{status}>")
    make(NRR_VARS="")
    assert (tmp_path / "called").read_text() == called
