"""What is read of the files that tools write, and what is said where their meaning is not plain."""

import csv
import gzip
import io
import re
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, copied_project
from found_files import COLUMNS, MISSING, REQUIRED_COLUMNS, InputError, misnamed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from input_files import SCHEMA, Plugin, check_currencies, view_of
from input_summary import rows_of

HEADER = "account_id,subscription_id,effective_at,status,unit_amount,billing_interval"
ROW = "a,s,2025-01-01,active,10,month"


class Inputs:
    """A folder of input files, and what the package reads of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute(f"create schema {SCHEMA}")

    def write(self, content: str | bytes, name: str = "subscription_events.csv") -> "Inputs":
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def write_parquet(self, select: str, name: str = "subscription_events.parquet") -> "Inputs":
        (self.folder / name).parent.mkdir(exist_ok=True)
        self.connection.execute(f"copy ({select}) to '{self.folder / name}' (format parquet)")
        return self

    def find(self, name: str = "subscription_events", currency: str | None = "USD"):
        self.found = view_of(self.connection, self.folder, name, currency)
        return self.found

    def read(self, name: str = "subscription_events", currency: str | None = "USD") -> list[dict]:
        self.find(name, currency)
        return rows_of(self.connection, f"select * from {SCHEMA}.{name}")

    def values(self, column: str, **more) -> list:
        return [row[column] for row in self.read(**more)]

    def error(self, name: str = "subscription_events") -> str:
        with pytest.raises(InputError) as error:
            self.find(name)
        return " ".join(str(error.value).split())


@pytest.fixture
def inputs(tmp_path):
    inputs = Inputs(tmp_path)
    yield inputs
    inputs.connection.close()


def with_column(column: str, *values: str, delimiter: str = ",", more: str = "") -> str:
    """A CSV file whose rows differ in one column; `more` is a further column and its value."""
    other, other_value = more.split("=") if more else ("plan_id", "p")
    header = ["account_id", "subscription_id", "status", column, other]
    if "effective_at" not in header:
        header.append("effective_at")
    lines = [header]
    for number, value in enumerate(values):
        row = [f"a{number}", "s", "active", f'"{value}"', other_value, "2025-01-01"]
        lines.append(row[: len(header)])
    return "\n".join(delimiter.join(line) for line in lines) + "\n"


# Which file it is


@pytest.mark.parametrize("name", ["subscription_events.CSV", "Subscription_Events.csv"])
def test_a_name_in_capitals_is_read(inputs, name):
    assert inputs.write(f"{HEADER}\n{ROW}\n", name).values("account_id") == ["a"]


def test_a_compressed_file_is_read(inputs):
    content = gzip.compress(f"{HEADER}\n{ROW}\n".encode())
    assert inputs.write(content, "subscription_events.csv.GZ").values("account_id") == ["a"]


PARQUET = (
    "select 'a' as Account_ID, 's' as subscription_id, date '2025-01-01' as effective_at, 1 as x"
)


@pytest.mark.parametrize(
    "name",
    [
        "subscription_events.PARQUET",
        "subscription_events/part-0.parquet",
        "subscription_events.parquet/part-0.parquet",
        "subscription_events/PART.PARQUET",
    ],
)
def test_parquet_is_read_as_a_file_or_a_folder_of_them(inputs, name):
    inputs.write_parquet(PARQUET + ", 'active' as status", name)
    assert inputs.values("account_id") == ["a"]
    assert inputs.found.unused_columns == {"x": None}


def test_a_folder_whose_name_has_signs_that_stand_for_others_is_read(tmp_path):
    folder = tmp_path / "what [1] *?"
    folder.mkdir()
    assert Inputs(folder).write(f"{HEADER}\n{ROW}\n").values("account_id") == ["a"]


@pytest.mark.parametrize(
    "other",
    ["subscription_events.parquet", "subscription_events.csv.gz", "subscription_events/1.parquet"],
)
def test_two_files_of_one_input_are_an_error_that_names_both(inputs, other):
    inputs.write("x", other)
    said = inputs.write(f"{HEADER}\n{ROW}\n").error()
    assert "subscription_events.csv" in said
    assert f"{other.split('/')[0]}" in said
    assert "keep one of them" in said


def test_an_optional_input_too_has_one_file(inputs):
    inputs.write("account_id\na\n", "accounts.csv").write("account_id\na\n", "ACCOUNTS.csv")
    assert "ACCOUNTS.csv and accounts.csv" in inputs.error("accounts")


@pytest.mark.parametrize("name", ["accounts.xlsx", "accounts.tsv", "accounts.json"])
def test_a_file_of_another_kind_is_an_error_although_the_input_is_optional(inputs, name):
    assert f"{name} in" in inputs.write("x", name).error("accounts")
    assert inputs.write("account_id\na\n", "accounts.csv").values(
        "account_id", name="accounts"
    ) == ["a"]


def test_a_folder_of_csv_files_is_an_error_although_the_input_is_optional(inputs):
    assert "accounts in" in inputs.write("account_id\na\n", "accounts/1.csv").error("accounts")


def test_a_file_that_is_none_of_the_inputs_is_left_alone(inputs):
    inputs.write("select 1", "accounts.sql").write("", "notes.csv").write("", "READ ME")
    assert inputs.read("accounts") == []
    assert misnamed(inputs.folder) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Account.csv", "accounts"), ("exchange-rates.parquet", "exchange_rates")],
)
def test_a_misspelt_file_of_an_optional_input_is_noted(inputs, name, meant):
    [said] = misnamed(inputs.write("x", name).folder)
    assert f"{name} in {inputs.folder} is not read. If it is {meant}, rename it." == said


# How it is written


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("hint", [False, True])
def test_semicolons_and_tabs_are_read_where_the_header_makes_it_plain(inputs, delimiter, hint):
    content = f"{HEADER}\n{ROW}\n{ROW}\n".replace(",", delimiter)
    inputs.write((f"sep={delimiter}\r\n" if hint else "") + content.replace("\n", "\r\n"))
    assert [row["billing_interval"] for row in inputs.read()] == ["month", "month"]


def test_a_semicolon_in_a_header_is_no_delimiter(inputs):
    inputs.write(f"{HEADER},a;b\n{ROW},x;y\n")
    assert inputs.read()[0]["a;b"] == "x;y"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_encoding_with_a_mark_is_read(inputs, encoding):
    inputs.write(f"{HEADER}\nKläranlage,s,2025-01-01,active,10,month\n".encode(encoding))
    assert inputs.values("account_id") == ["Kläranlage"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le", "utf-16-be"])
def test_an_encoding_without_a_mark_is_one_sentence(inputs, encoding):
    said = inputs.write(f"{HEADER}\nKläranlage,s,x,x,x,x\n".encode(encoding)).error()
    assert "not in UTF-8" in said
    assert "anew as CSV in UTF-8" in said


def test_utf_16_that_begins_with_its_larger_byte_is_one_sentence(inputs):
    assert "not in UTF-8" in inputs.write(b"\xfe\xff" + HEADER.encode("utf-16-be")).error()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_a_line_is_read(inputs, end):
    inputs.write(end.join([HEADER, ROW, ROW, ""]))
    assert inputs.values("billing_interval") == ["month", "month"]


@pytest.mark.parametrize("before", [HEADER, f"sep=,\n{HEADER}", f"{HEADER}\n{ROW}"])
def test_lines_that_do_not_all_end_alike_are_one_sentence(inputs, before):
    said = inputs.write(f"{before}\r\n{ROW}\n").error()
    assert "do not all end alike" in said


# Its columns


def test_a_data_frames_index_is_not_used_and_said(inputs):
    inputs.write(f",{HEADER}\n0,{ROW}\n1,{ROW}\n17,{ROW}\n")
    assert list(inputs.read()[0]) == HEADER.split(",")
    assert "has no name and holds row numbers" in " ".join(inputs.found.notes)


@pytest.mark.parametrize("commas", [",", ",,,"])
def test_commas_at_the_end_of_every_line_are_no_columns(inputs, commas):
    inputs.write(f"{HEADER}{commas}\n{ROW}{commas}\n")
    assert list(inputs.read()[0]) == HEADER.split(",")
    assert inputs.found.notes == []


def test_a_comma_at_the_end_of_every_line_but_the_header_is_no_column(inputs):
    assert inputs.write(f"{HEADER}\n{ROW},\n").values("account_id") == ["a"]


@pytest.mark.parametrize(
    ("content", "position", "value"),
    [
        (f"{HEADER},\n{ROW},x\n", 7, "x"),
        (f"{HEADER},\n{ROW},12\n", 7, "12"),
        (f",{HEADER}\nfirst,{ROW}\n", 1, "first"),
    ],
)
def test_a_column_without_a_name_and_with_values_is_one_sentence(inputs, content, position, value):
    said = inputs.write(content).error()
    assert f"column {position} of" in said
    assert f"has no name in the header row, but values, such as {value}." in said


def test_a_row_with_its_name_before_a_header_without_one_is_one_sentence(inputs):
    said = inputs.write(f'{HEADER}\n"1",{ROW}\n').error()
    assert "line 2 has more values than the header row has names" in said


def test_a_column_that_is_there_twice_is_one_sentence(inputs):
    said = inputs.write(f"{HEADER},Status,note,NOTE\n{ROW},x,y,z\n").error()
    assert "has the column status, note more than once" in said


def test_headers_are_read_without_regard_to_case_spaces_and_hyphens(inputs):
    header = HEADER.replace("account_id", " Account ID").replace("unit_amount", "Unit-Amount ")
    row = inputs.write(f"{header},Sales Region\n{ROW},x\n").read()[0]
    assert list(row) == [*HEADER.split(","), "Sales Region"]


@pytest.mark.parametrize(
    ("given_name", "meant"), [("qty", "quantity"), ("discount_prcent", "discount_percent")]
)
def test_a_column_that_is_not_used_is_named_with_a_guess(inputs, given_name, meant):
    inputs.write(f"{HEADER},{given_name},colour\n{ROW},10,red\n").read()
    assert inputs.found.unused_columns == {given_name: meant, "colour": None}


def test_a_required_column_that_is_missing_is_named_with_a_guess(inputs):
    said = inputs.write(f"{HEADER}\n{ROW}\n".replace("account_id", "Customer ID")).error()
    assert "lacks the column account_id" in said
    assert "Is Customer ID the account_id?" in said


def test_the_columns_are_those_of_the_models():
    macro = (ROOT / "macros/inputs/event_columns.sql").read_text()
    listed = re.search(r"do return\(\[(.*?)\]\)", macro, re.DOTALL)[1]
    assert COLUMNS["subscription_events"] == re.findall(r"'(\w+)'", listed)


# Its rows


@pytest.mark.parametrize("empty", ["", ",,,,,", '"","","",""'])
def test_a_file_of_empty_rows_has_no_rows(inputs, empty):
    assert "has no rows" in inputs.write(f"{HEADER}\n{empty}\n{empty}\n").error()


@pytest.mark.parametrize(
    "word", ["NULL", "null", "\\N", "NaN", "nan", "NaT", "None", "<NA>", "#N/A", "(null)"]
)
def test_what_a_tool_writes_for_a_missing_value_is_none(inputs, word):
    inputs.write(f'account_id,subscription_id,effective_at,status\n{word},"{word}",1,2\n')
    row = inputs.read()[0]
    assert row["account_id"] is None
    # in quotes it is a text
    assert row["subscription_id"] == word


def test_a_missing_id_that_a_data_frame_made_a_text_is_missing_in_parquet_too(inputs):
    inputs.write_parquet(
        "select unnest(['nan', 'a']) as account_id, 'None' as subscription_id, 'NaN' as plan_id, "
        "date '2025-01-01' as effective_at, 'active' as status"
    )
    row = inputs.read()[0]
    assert [row["account_id"], row["subscription_id"], row["plan_id"]] == [None, None, "NaN"]
    assert "account_id in subscription_events.parquet: nan is read as a missing value." in (
        inputs.found.notes
    )


# Its numbers


@pytest.mark.parametrize(
    ("written", "read"),
    [
        # one proves the style of all
        (["1,200.50", "1,200", "3"], ["1200.50", "1200", "3"]),
        (["1.200,50", "1.200", "3"], ["1200.50", "1200", "3"]),
        (["10,5", "1.200"], ["10.5", "1200"]),
        (["0,500", "1,250"], ["0.500", "1.250"]),
        (["1,200,300", "1,200"], ["1200300", "1200"]),
        (["1.200.300", "1.200"], ["1200300", "1200"]),
        (["-1.200,00", "+2,5"], ["-1200.00", "+2.5"]),
        (["1 200,50", "1\N{NO-BREAK SPACE}200"], ["1200.50", "1200"]),
        (["1'200.50", "1’200"], ["1200.50", "1200"]),
        (["1 200"], ["1200"]),
        # no value proves one
        (["1,200", "300"], ["1,200", "300"]),
        (["1.200", "300"], ["1.200", "300"]),
        # they contradict
        (["1.200,50", "10.5"], ["1.200,50", "10.5"]),
        (["1,200", "10,5", "10.5"], ["1,200", "10,5", "10.5"]),
        # what is no number proves nothing
        (
            ["1,2,3", "12,34.5", "1,20.5", "ten", "1,200"],
            ["1,2,3", "12,34.5", "1,20.5", "ten", "1,200"],
        ),
        (["ten", "1,200.5"], ["ten", "1200.5"]),
        # plain ones
        (["1e3", "1.200", "1,200"], ["1e3", "1.200", "1,200"]),
        (["100", "1200.5", ".5"], ["100", "1200.5", ".5"]),
    ],
)
def test_numbers_are_read_where_their_column_leaves_no_doubt(inputs, written, read):
    assert inputs.write(with_column("quantity", *written)).values("quantity") == read


def test_how_numbers_are_read_is_noted_once_a_column_and_only_where_it_is_so(inputs):
    inputs.write(with_column("unit_amount", "1.200,50", "7,25", "3")).read()
    assert inputs.found.notes == [
        "unit_amount in subscription_events.csv: 1.200,50 is read as 1200.50."
    ]
    inputs.write(with_column("unit_amount", "ten", "3")).read()
    assert inputs.found.notes == []


def test_a_comma_in_another_column_proves_what_a_point_is(inputs):
    inputs.write(with_column("unit_amount", "1.200", "300", more='discount_amount="0,5"'))
    assert inputs.values("unit_amount") == ["1200", "300"]


def test_a_point_in_the_column_itself_is_stronger_than_a_comma_in_another(inputs):
    inputs.write(with_column("unit_amount", "1.200", "30.5", more='discount_amount="0,5"'))
    assert inputs.values("unit_amount") == ["1.200", "30.5"]


def test_a_file_with_semicolons_must_prove_what_a_point_before_three_digits_is(inputs):
    content = with_column("unit_amount", "1.200", "300", delimiter=";")
    assert "unit_amount in" in (said := inputs.write(content).error())
    assert "has 1.200, which in a file with semicolons may be thousands or have decimals" in said
    proven = with_column("unit_amount", "1.200", "300,00", delimiter=";")
    assert inputs.write(proven).values("unit_amount") == ["1200", "300.00"]
    points = with_column("unit_amount", "1.200", "300.5", delimiter=";")
    assert inputs.write(points).values("unit_amount") == ["1.200", "300.5"]


@pytest.mark.parametrize(
    ("written", "currency", "read"),
    [
        ("$1,200.00", "USD", "1200.00"),
        ("$1,200.00", "CAD", "1200.00"),
        ("$1,200.00", "", "1200.00"),
        ("$1,200.00", "EUR", "$1,200.00"),
        ("-$5.00", "usd", "-5.00"),
        ("€ 10.50", "EUR", "10.50"),
        ("10.50 €", "EUR", "10.50"),
        ("10.50 €", "", "10.50 €"),
        ("£7", "GBP", "7"),
        ("£7", "USD", "£7"),
        ("USD 7", "USD", "7"),
        ("7 usd", "USD", "7"),
        ("7 EUR", "USD", "7 EUR"),
        ("$7 USD", "USD", "7"),
        ("$7 CAD", "USD", "$7 CAD"),
        ("US$ 7", "CAD", "US$ 7"),
        ("(7)", "USD", "(7)"),
        ("$", "USD", "$"),
    ],
)
def test_a_currencys_sign_is_taken_off_only_where_it_is_that_of_the_row(
    inputs, written, currency, read
):
    inputs.write(with_column("unit_amount", written, "1.5", more=f"currency={currency}"))
    assert inputs.values("unit_amount")[0] == read


def test_a_sign_in_a_file_without_currencies_is_that_of_the_reporting_currency(inputs):
    inputs.write(with_column("unit_amount", "$5", "€6"))
    assert inputs.values("unit_amount", currency="USD") == ["5", "€6"]
    assert inputs.values("unit_amount", currency="EUR") == ["$5", "6"]
    assert inputs.values("unit_amount", currency=None) == ["$5", "€6"]


def test_a_sign_belongs_to_amounts_only(inputs):
    assert inputs.write(with_column("quantity", "$5")).values("quantity") == ["$5"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["20%", "12.5 %", "10"], ["20", "12.5", "10"]),
        (["12,5%", "0%"], ["12.5", "0"]),
        # a fifth of a percent, or 20%?
        (["20%", "0.2"], ["20%", "0.2"]),
    ],
)
def test_percent_signs_are_taken_off(inputs, written, read):
    assert (
        inputs.write(with_column("discount_percent", *written)).values("discount_percent") == read
    )


@pytest.mark.parametrize(("largest", "is_noted"), [("0.25", True), ("1", False), ("0", False)])
def test_shares_in_the_place_of_percent_are_noted(inputs, largest, is_noted):
    inputs.write(with_column("discount_percent", "0", largest)).read()
    said = "the largest is 0.25, which is read as 0.25%, not as 25%"
    assert (said in " ".join(inputs.found.notes)) == is_noted


def test_numbers_of_text_in_parquet_are_read_alike(inputs):
    inputs.write_parquet(
        "select 'a' as account_id, 's' as subscription_id, '31.12.2025' as effective_at, "
        "'active' as status, unnest(['1.200,50', '1.200']) as unit_amount, 7 as quantity"
    )
    assert inputs.values("unit_amount") == ["1200.50", "1200"]
    assert inputs.values("effective_at") == ["2025-12-31"] * 2


def test_rates_are_read_alike(inputs):
    inputs.write("currency;rate_date;rate\nEUR;31.12.2025;1,0835\n", "exchange_rates.csv")
    assert inputs.read("exchange_rates") == [
        {"currency": "EUR", "rate_date": "2025-12-31", "rate": "1.0835"}
    ]


# Its dates


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            ["31.12.2025", "1.2.2025 9:30", "03.04.2025 10:00:00+02:00"],
            ["2025-12-31", "2025-02-01 09:30", "2025-04-03 10:00:00+02:00"],
        ),
        # a part above 12 in every order that there is
        (["31/12/2025", "01/02/2025"], ["2025-12-31", "2025-02-01"]),
        (["12/31/2025", "1/2/2025 14:00"], ["2025-12-31", "2025-01-02 14:00"]),
        (["31-12-2025"], ["2025-12-31"]),
        (["31/12/2025", "12/31/2025"], ["31/12/2025", "12/31/2025"]),
        (["01/02/2025", "11/12/2025"], ["01/02/2025", "11/12/2025"]),
        # two digits, months as words, and others
        (
            ["31.12.25", "31/12/25", "5 Jan 2025", "45678"],
            ["31.12.25", "31/12/25", "5 Jan 2025", "45678"],
        ),
        # as ISO 8601 has them
        (
            ["2025-12-31", "2025-12-31T10:00:00Z", "2025/12/31"],
            ["2025-12-31", "2025-12-31T10:00:00Z", "2025/12/31"],
        ),
    ],
)
def test_dates_are_read_where_their_column_leaves_no_doubt(inputs, written, read):
    assert inputs.write(with_column("effective_at", *written)).values("effective_at") == read


@pytest.mark.parametrize("column", ["recorded_at", "discount_ends_at"])
def test_every_date_of_an_event_is_read_alike(inputs, column):
    inputs.write(with_column(column, "10.01.2024", "01.01.2026"))
    assert inputs.values(column) == ["2024-01-10", "2026-01-01"]


def test_the_valid_from_of_accounts_is_read_alike(inputs):
    inputs.write("account_id;valid_from;Region\na;31.12.2025;1.200\n", "accounts.csv")
    assert inputs.read("accounts") == [
        {"account_id": "a", "valid_from": "2025-12-31", "Region": "1.200"}
    ]


def test_optional_values_are_read_where_they_are_plain_and_left_to_be_rejected_elsewhere(inputs):
    inputs.write(
        f"{HEADER},quantity,discount_percent,discount_ends_at,billing_interval_count\n"
        f'{ROW},"1,200",,,\n{ROW},,20%,,\n{ROW},,50%,31/03/2025,\n{ROW},,,,12 months\n'
    )
    given = [tuple(row.values())[6:] for row in inputs.read()]
    assert given == [
        ("1,200", None, None, None),
        (None, "20", None, None),
        (None, "50", "2025-03-31", None),
        (None, None, None, "12 months"),
    ]


# Its currency


def events(inputs, *currencies):
    return inputs.write(with_column("currency", *currencies)).find()


@pytest.mark.parametrize(
    ("currencies", "rates", "reporting", "is_error"),
    [
        (["EUR", "eur"], "", "USD", True),
        (["EUR", "EUR"], "USD,2025-01-31,0.9\n", "USD", True),
        (["EUR", "GBP"], "", "USD", True),
        (["EUR", ""], "EUR,2025-01-31,1.1\n", "USD", False),
        (["EUR", "USD"], "", "USD", False),
        (["EUR", "EUR"], "", "EUR", False),
        (["EUR", "EUR"], "", None, False),
        (["", ""], "", "USD", False),
    ],
)
def test_a_company_that_bills_in_another_currency_is_told_both_ways_out(
    inputs, currencies, rates, reporting, is_error
):
    inputs.write(f"currency,rate_date,rate\n{rates}", "exchange_rates.csv")
    found = [events(inputs, *currencies), inputs.find("exchange_rates"), reporting]
    if not is_error:
        check_currencies(*found)
        return
    with pytest.raises(InputError) as error:
        check_currencies(*found)
    said = " ".join(str(error.value).split())
    assert "NRR_VARS='{nrr_reporting_currency: EUR}'" in said
    assert "dbt_project.yml" in said
    assert "exchange_rates.csv" in said


@pytest.mark.parametrize(
    ("in_the_project", "given", "is_error"),
    [
        (None, {}, True),
        (None, {"nrr_reporting_currency": "EUR"}, False),
        ("EUR", {}, False),
        ("EUR", {"nrr_reporting_currency": "USD"}, True),
    ],
)
def test_the_reporting_currency_is_that_of_the_command_or_else_of_the_project(
    dbt, tmp_path, inputs, in_the_project, given, is_error
):
    project = copied_project(tmp_path / "copy")
    file = project / "dbt_project.yml"
    if in_the_project:
        text = file.read_text()
        assert "nrr_reporting_currency: USD" in text
        file.write_text(text.replace("nrr_reporting_currency: USD", "nrr_reporting_currency: EUR"))
    inputs.folder = tmp_path / "data"
    inputs.write(with_column("currency", "EUR", "EUR"))
    run = dbt(data=inputs.folder, project=project).run("seed", "-s", "nrr_sizes", variables=given)
    assert ("Either report in it" in run.words) == is_error
    assert run.success != is_error


def test_the_folder_of_the_database_is_made(inputs):
    inputs.write(f"{HEADER}\n{ROW}\n")
    database = inputs.folder / "not" / "yet" / "there.duckdb"
    config = {"folder": str(inputs.folder), "database": str(database)}
    with duckdb.connect() as connection:
        Plugin("input_files", config).configure_connection(connection)
    assert database.parent.is_dir()


# Anything


def pieces():
    """Bytes as a broken file has them, near enough to a CSV file that some are read."""
    words = [
        HEADER,
        ROW,
        ",",
        ";",
        "\t",
        '"',
        "\n",
        "\r\n",
        "\r",
        "$1,200.5",
        "1.200,5",
        "31.12.2025",
    ]
    words += ["NULL", "ü", "\\", "sep=;", "account_id", "'", "%", " ", "status"]
    raw = [word.encode() for word in words] + [
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\0",
        b"\xe9",
    ]
    return st.lists(st.sampled_from(raw) | st.binary(max_size=3), max_size=30).map(b"".join)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sampled_from([b"", f"{HEADER}\n{ROW}\n".encode(), f"{HEADER};x\n".encode()]),
    content=pieces(),
    name=st.sampled_from(["subscription_events.csv", "subscription_events.csv.gz"]),
)
def test_any_bytes_are_a_table_or_one_sentence(start, content, name, inputs):
    for path in inputs.folder.iterdir():
        path.unlink()
    content = start + content
    if name.endswith("gz"):
        content = gzip.compress(content) if len(content) % 3 else b"\x1f\x8b" + content
    inputs.write(content, name)
    said = ""
    try:
        inputs.read()
    except InputError as error:
        said = str(error)
    assert not re.search("Binder|Parser|Internal|Catalog", said)


def cells():
    """Texts that are quoted in every way, and none that is a missing value."""
    words = ["\r\n", '""', "NULL", "\\N", "ü", "客"]
    signs = st.sampled_from([*",;\t\"'\n|\\ .%$-", *words])
    return st.lists(signs | st.text("ab01", max_size=3), max_size=6).map("".join)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(st.tuples(cells(), cells(), cells()), min_size=1, max_size=5),
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_no_text_is_read_otherwise_than_it_was_written(rows, delimiter, end, quoting, inputs):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow([*REQUIRED_COLUMNS["subscription_events"], "product_id", "plan_id", "note"])
    for row in rows:
        writer.writerow(["a", "s", "2025-01-01", "active", *row])
    inputs.write(text.getvalue())
    read = [tuple(row.values())[4:] for row in inputs.read()]
    missing = {*MISSING, ""} if quoting == csv.QUOTE_MINIMAL else {""}
    assert [tuple(v or "" for v in row) for row in read] == [
        tuple("" if v in missing else v for v in row) for row in rows
    ]


# One company, written by five tools

COMPANY = [
    ("1001", "s1", "2024-01-15", 2, 1200.5, 20, "2025-03-31"),
    ("1002", "s2", "2024-02-01", 1, 300, None, None),
    ("1002", "s2", "2025-02-20", 1, 450.25, None, None),
    ("1003", "s3", "2024-03-10", 10, 99, None, None),
    ("1003", "s3", "2025-05-01", None, None, None, None),
    ("1004", "s4", "2024-01-31", 1200, 5, None, None),
]
TOOLS = ["spreadsheet", "data_frame", "database", "billing_system", "typed"]


@pytest.mark.parametrize("tool", TOOLS)
def test_five_tools_write_the_same_company(inputs, tool):
    inputs.folder = Path(__file__).parent / "files" / tool
    inputs.connection.execute("set timezone = 'UTC'")

    def day(value):
        said = inputs.connection.execute(
            "select cast(cast(? as timestamptz) as date)", [value or None]
        )
        return str(said.fetchone()[0]) if value else None

    def number(value):
        return float(value) if value else None

    read = [
        (
            row["account_id"].strip(),
            row["subscription_id"],
            day(row["effective_at"]),
            *[number(row[column]) for column in ["quantity", "unit_amount", "discount_percent"]],
            day(row["discount_ends_at"]),
        )
        for row in inputs.read()
        if row["account_id"]
    ]
    assert read == COMPANY


def test_the_company_has_its_figures_whoever_wrote_the_file(dbt):
    data = Path(__file__).parent / "files" / "spreadsheet"
    built = dbt(data=data).build({"nrr_as_of": "2026-01-01T00:00:00Z"})
    assert built.query(
        "select starting_mrr::varchar, ending_mrr::varchar from nrr__retention "
        "where segment_dimension = 'all' and month = '2025-12-01'"
    ) == [("3710.8000", "3351.2500")]
