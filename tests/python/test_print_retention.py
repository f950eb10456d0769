"""What the end of `make build` prints, from small tables in a DuckDB file of their own."""

import io
import os
import subprocess
import sys
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
create table int_nrr__input_rows (reason varchar, number_of_rows bigint);
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

    def printed(self, columns=100):
        """What is printed on a terminal of that width."""
        console = Console(file=io.StringIO(), width=columns, highlight=False, markup=False)
        print_summary(console, self.connection, str(self.path))
        return console.file.getvalue()


def run(path, **environment):
    """The script as `make build` runs it: in a process of its own."""
    keep = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "print_retention.py"],
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


def test_a_healthy_whole_that_hides_a_size_which_leaves_is_said_in_words(story):
    assert (
        "The whole keeps 103% while smb keeps 79%: 100 of 300 smb accounts left, "
        "and enterprise (116%) hides it."
    ) in story.printed(columns=200)


@pytest.mark.parametrize(("company", "smb"), [("0.999", "0.794"), ("1.031", "0.900")])
def test_nothing_is_said_in_words_elsewhere(database, company, smb):
    database.add_retention(*COMPANY[:-1], company)
    database.add_retention(*SMB[:-1], smb)
    assert "The whole keeps" not in database.printed()


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


def test_a_database_without_the_tables_is_an_error(database):
    database.execute("drop table nrr__retention")
    database.connection.close()
    finished = run(database.path)
    assert finished.returncode == 1
    assert "lacks tables of nrr" in finished.stdout


def test_a_terminal_without_the_signs_still_gets_the_figures(story):
    story.connection.close()
    assert "103.1% ?5.0" in run(story.path, PYTHONIOENCODING="ascii").stdout
