"""What is read of the files that people export, as they were downloaded."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from exports import Settings
from found_files import COLUMNS, InputError
from found_inputs import found_inputs
from header_aliases import INPUTS, aliases_of, meant, rule_rows
from input_files import SCHEMA, view_of
from input_summary import rows_of
from month_names import MonthError, months_of

FILES = Path(__file__).parent / "files"
P, C, M, S = "subscription_periods", "contracts", "mrr_movements", "mrr_snapshots"


class Sheet:
    """One file of one input, and what the package reads of it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.connection = duckdb.connect()
        self.connection.execute(f"create schema {SCHEMA}")
        self.notes: list[str] = []

    def read(self, name: str, content: str | Path, **settings) -> list[dict]:
        """The rows; `content` is that of the file, or a folder of tests/python/files."""
        folder = self.folder
        if isinstance(content, Path):
            folder = content
        else:
            (folder / f"{name}.csv").write_text(content, encoding="utf-8")
        currency = settings.pop("currency", "USD")
        found = view_of(self.connection, folder, name, currency, Settings(currency, **settings))
        self.notes = found.notes
        self.unused = list(found.unused_columns)
        return rows_of(self.connection, f"select * from {SCHEMA}.{name}")

    def error(self, name: str, content: str | Path, **settings) -> str:
        with pytest.raises(InputError) as error:
            self.read(name, content, **settings)
        return " ".join(str(error.value).split())

    def said(self, words: str) -> bool:
        return any(words in note for note in self.notes)


@pytest.fixture
def sheet(tmp_path):
    sheet = Sheet(tmp_path)
    yield sheet
    sheet.connection.close()


def values(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in rows]


def mrr(rows: list[dict]) -> dict[str, dict[str, float]]:
    """Customer -> month -> MRR."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row["account_id"], {})[row["month"][:7]] = float(row["mrr"])
    return found


# Headers


def test_every_alias_is_of_an_input_and_says_from_where():
    for row in rule_rows("nrr_header_aliases"):
        assert row["input"] in INPUTS
        assert row["header"]
        assert row["export"]


@pytest.mark.parametrize(
    "header",
    ["Customer ID", "customer_id", " CUSTOMER-ID ", "*Customer ID", "Customer ID (UTC)"],
)
def test_headers_are_matched_without_regard_to_case_spaces_signs_and_utc(header):
    assert meant(P, [header], COLUMNS[P])[0].column == "account_id"


def test_the_prefix_of_chargebees_headers_is_left_out_unless_the_alias_has_it():
    headers = ["subscriptions.status", "subscriptions.plan_amount", "plan_amount"]
    found = meant(P, headers, COLUMNS[P])
    assert found[0].column == "status"
    assert found[1].column == "whole_amount"
    # cents at Baremetrics: not without a header of its own
    assert 2 not in found


def test_an_inputs_own_column_wins_over_every_alias(sheet):
    rows = sheet.read(P, "account_id,Customer ID,starts_on,amount\na,b,2024-01-01,5\n")
    assert values(rows, "account_id") == [("a",)]


def test_no_header_means_two_columns_of_one_input():
    for name in INPUTS:
        for aliases in aliases_of(name).values():
            plain_ones = [alias for alias in aliases if not alias.only_with]
            assert len(plain_ones) <= 1


def test_a_header_that_is_there_twice_is_one_sentence_if_it_is_used(sheet):
    said = sheet.error(P, "Customer,Price,Price,Start date\na,1,2,2024-01-01\n")
    assert "has Price more than once" in said
    rows = sheet.read(P, "Customer,Price,Note,Note,Start date\na,1,x,y,2024-01-01\n")
    assert values(rows, "account_id", "amount") == [("a", "1")]


def test_ids_come_before_names_and_are_never_mixed_with_them(sheet):
    content = "Customer,Customer ID,month,mrr\nAcme,c1,2024-01,1\nBert,,2024-01,2\n"
    assert values(sheet.read(S, content), "account_id") == [("c1",), (None,)]
    empty = "Customer,Customer ID,month,mrr\nAcme,,2024-01,1\nBert,,2024-01,2\n"
    assert values(sheet.read(S, empty), "account_id") == [("Acme",), ("Bert",)]


def test_what_the_headers_mean_is_one_note(sheet):
    sheet.read(P, FILES / "periods", currency="EUR")
    [said] = [note for note in sheet.notes if "account_id is Customer" in note]
    assert "quantity is Seats, amount is Price, billing_interval is Billing" in said


def test_a_header_row_below_titles_is_found(sheet):
    rows = sheet.read(S, "MRR 2024\n,,\n\nClient,Jan 24\nAcme,100\n")
    assert mrr(rows) == {"Acme": {"2024-01": 100}}
    assert sheet.said("the header row of mrr_snapshots.csv is line 4")


def test_columns_that_mean_nothing_are_named(sheet):
    sheet.read(P, "Customer,Start date,MRR,Owner\na,2024-01-01,5,Kim\n")
    assert sheet.unused == ["Owner"]


# Names of files


@pytest.mark.parametrize(
    ("export", "name"),
    [
        ("stripe_subscriptions", P),
        ("stripe_mrr_per_subscriber", S),
        ("chargebee_subscriptions", P),
        ("baremetrics", P),
        ("chartmogul", M),
        ("hubspot_deals", C),
        ("salesforce_opportunities", C),
        ("wide_months", S),
        ("periods", P),
    ],
)
def test_an_export_under_its_own_name_is_known_by_its_columns(tmp_path, export, name):
    (tmp_path / "download (1).csv").write_bytes((FILES / export / f"{name}.csv").read_bytes())
    with pytest.raises(InputError) as error:
        found_inputs(tmp_path)
    said = " ".join(str(error.value).split())
    assert f"download (1).csv looks like {name}: rename it {name}.csv." in said


def test_a_file_that_is_no_export_is_none(tmp_path):
    (tmp_path / "notes.csv").write_text("account_id,note\na,b\n")
    (tmp_path / "tables.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="holds no subscription_events"):
        found_inputs(tmp_path)


def test_a_workbook_is_to_be_saved_as_csv(tmp_path):
    (tmp_path / "mrr.xlsx").write_bytes(b"PK")
    with pytest.raises(InputError) as error:
        found_inputs(tmp_path)
    assert "mrr.xlsx is not read: save its sheet as CSV" in " ".join(str(error.value).split())


# Stripe


def test_stripes_subscriptions_are_periods(sheet):
    rows = sheet.read(P, FILES / "stripe_subscriptions")
    by_id = {row["subscription_id"]: row for row in rows}
    assert len(rows) == 7
    assert values([by_id["sub_1"]], "account_id", "amount", "billing_interval", "currency") == [
        ("cus_yearly", "1200.00", "year", "usd")
    ]
    assert by_id["sub_2"]["ends_on"] == "2024-06-03 11:00"
    assert by_id["sub_5"]["trial_ends_on"] == "2024-05-03 10:00"
    assert "source (metadata)" in sheet.unused


def test_a_request_to_cancel_is_no_end_of_a_living_subscription(sheet):
    rows = sheet.read(P, FILES / "stripe_subscriptions")
    by_id = {row["subscription_id"]: row for row in rows}
    assert by_id["sub_3"]["ends_on"] is None
    # cancelled, and without another end
    assert by_id["sub_4"]["ends_on"] == "2024-04-20 12:00"
    assert sheet.said("Canceled At (UTC) is the end of 1 cancelled subscription")


def test_what_is_unpaid_today_was_paid_until_its_period_began(sheet):
    content = (FILES / "stripe_subscriptions" / f"{P}.csv").read_text()
    rows = sheet.read(P, content.replace("30.00,active", "30.00,unpaid"))
    [row] = [row for row in rows if row["subscription_id"] == "sub_3"]
    assert (row["status"], row["ends_on"]) == ("active", "2024-06-01 07:45")
    assert sheet.said("1 paused or unpaid subscription ends at Current Period Start (UTC)")


def test_what_stripes_amount_is_of_is_said_where_it_matters(sheet):
    sheet.read(P, FILES / "stripe_subscriptions")
    assert sheet.said("the price of one unit, which matters to 1 row")


def test_stripes_mrr_per_subscriber_has_a_row_for_each_currency(sheet):
    rows = sheet.read(S, FILES / "stripe_mrr_per_subscriber")
    assert ("cus_ex1", "usd", "2024-01-01", "120.00") in values(
        rows, "account_id", "currency", "month", "mrr"
    )
    assert ("cus_ex1", "eur", "2024-01-01", "50.00") in values(
        rows, "account_id", "currency", "month", "mrr"
    )
    assert len(rows) == 12


# Chargebee


def test_chargebees_subscriptions_are_periods(sheet):
    rows = sheet.read(P, FILES / "chargebee_subscriptions")
    columns = ["account_id", "amount", "quantity", "billing_interval", "billing_interval_count"]
    assert values(rows, *columns, "currency") == [
        ("acme", "300.0", "1", "quarterly", None, "USD"),
        ("globex", "20.0", "4", "monthly", None, "USD"),
        # a plan without a price of a unit: the whole amount, whatever the quantity
        ("initech", "600.0", None, "month", "6", "USD"),
        ("umbrella", "1200.0", "1", "yearly", None, "EUR"),
    ]
    assert rows[0]["ends_on"] == "2024-06-30 12:00:00"
    assert rows[3]["trial_ends_on"] == "2024-06-20 10:00:00"
    assert sheet.said("the billing period is the end of the plan's id")


def test_what_is_paused_at_chargebee_ends_when_the_pause_began(sheet):
    header = "subscriptions.id,subscriptions.plan_id,subscriptions.plan_unit_price,customers.id"
    header += ",subscriptions.started_at,subscriptions.status,subscriptions.pause_date"
    [row] = sheet.read(P, f"{header}\ns,a-monthly,10,c,2024-01-01,Paused,2024-05-01\n")
    assert (row["status"], row["ends_on"]) == ("active", "2024-05-01")


def test_a_plan_of_chargebees_whose_period_is_not_in_its_id_is_one_sentence(sheet):
    header = "subscriptions.id,subscriptions.plan_id,subscriptions.plan_unit_price,customers.id"
    header += ",subscriptions.started_at"
    said = sheet.error(P, f"{header}\ns,gold,10,c,2024-01-01\n")
    assert "no billing period of the plan gold" in said
    assert "Add a column billing_interval" in said
    rows = sheet.read(P, f"{header},billing_interval\ns,gold,10,c,2024-01-01,year\n")
    assert values(rows, "billing_interval") == [("year",)]


# Baremetrics and ChartMogul


def test_baremetrics_amounts_are_cents(sheet):
    rows = sheet.read(P, FILES / "baremetrics")
    assert [float(row["amount"]) for row in rows] == [50, 270]
    columns = ["account_id", "quantity", "billing_interval", "billing_interval_count", "ends_on"]
    assert values(rows, *columns) == [
        ("c1", "1", "month", "1", "2024-05-04"),
        ("c2", "2", "month", "3", None),
    ]
    assert sheet.said("plan_amount is in cents")


def test_a_plan_amount_of_ones_own_is_not_taken_for_cents(sheet):
    said = sheet.error(P, "Customer,Start date,Plan amount\na,2024-01-01,50\n")
    assert "lacks the column amount" in said


def test_chargebees_and_stripes_zero_decimal_currencies_have_no_cents(sheet):
    content = (FILES / "baremetrics" / f"{P}.csv").read_text().replace("USD,5000", "JPY,5000")
    rows = sheet.read(P, content)
    assert [float(row["amount"]) for row in rows] == [5000, 270]


def test_chartmoguls_movements_are_in_cents(sheet):
    rows = sheet.read(M, FILES / "chartmogul")
    assert [float(row["mrr_change"]) for row in rows] == [100, 25, -125, 80]
    columns = ["account_id", "subscription_id", "plan_id", "currency", "sequence"]
    assert values(rows, *columns)[0] == ("cus_uuid_1", "sub_ex1", "p1", "USD", "1")


def test_the_models_alone_convert_where_the_variable_says_minor(sheet):
    rows = sheet.read(M, FILES / "chartmogul", movements_unit="minor")
    assert values(rows, "mrr_change") == [("10000",), ("2500",), ("-12500",), ("8000",)]


def test_merged_customers_of_chartmogul_are_told_by_their_uuid_where_it_is_there(sheet):
    content = (FILES / "chartmogul" / f"{M}.csv").read_text().replace("cus_uuid_1", "")
    assert {row["account_id"] for row in sheet.read(M, content)} == {"cus_ex1"}


def test_chartmoguls_activities_as_airbyte_lands_them_are_read_alike(sheet):
    content = (
        "description,activity-mrr-movement,activity-mrr,activity-arr,date,type,currency,"
        "subscription-external-id,plan-external-id,customer-name,customer-uuid,"
        "customer-external-id,billing-connector-uuid,uuid\n"
        "x,2500,2500,30000,2024-01-05T09:00:00Z,new_biz,USD,s,p,Example Ltd,u,e,d,m\n"
    )
    [row] = sheet.read(M, content)
    assert (row["account_id"], float(row["mrr_change"])) == ("u", 25)


def test_movements_of_ones_own_are_not_taken_for_cents(sheet):
    [row] = sheet.read(M, 'Date,Customer,MRR Movement\n2024-01-05,a,"$2,500.00"\n')
    assert row["mrr_change"] == "2500.00"


# Deals


def test_hubspots_won_deals_are_contracts(sheet):
    rows = sheet.read(C, FILES / "hubspot_deals")
    columns = ["contract_id", "account_id", "amount", "type", "term_months"]
    assert values(rows, *columns) == [
        ("1", "501", "12000", "New Business", "12"),
        # may renew, or come on top
        ("3", "503", "2400", None, "12"),
        ("5", "505", "6000", None, "12"),
    ]
    assert sheet.said("2 rows are left out: deals that are not won")
    assert sheet.said("each is read as 12 months from its Close Date")
    assert sheet.said("1 deal of the type Existing Business may renew a contract")


def test_a_deal_with_several_companies_is_one_sentence(sheet):
    content = (FILES / "hubspot_deals" / f"{C}.csv").read_text()
    said = sheet.error(C, content.replace(",501,", ",501;507,"))
    assert "1 deal in" in said
    assert "several companies, such as 501;507" in said
    assert "Associated Company IDs (Primary)" in said
    # of a deal that is not won it does not matter
    assert len(sheet.read(C, content.replace(",502,", ",502;507,"))) == 3


def test_a_deal_with_several_names_of_companies_is_one_sentence_too(sheet):
    content = "Record ID,Deal Stage,Close Date,Amount,Associated Company\n"
    said = sheet.error(C, f"{content}1,Closed Won,2024-01-10,1200,Acme;Globex\n")
    assert "several companies, such as Acme;Globex" in said


@pytest.mark.parametrize(
    ("term", "read"),
    [("12", "12"), ("12 months", "12"), ("2 years", "24"), ("1 yr", "12"), ("long", "long")],
)
def test_a_term_is_a_number_of_months(sheet, term, read):
    [row] = sheet.read(C, f"Customer,Start date,Term,Amount\na,2024-01-10,{term},5\n")
    assert row["term_months"] == read


def test_the_primary_company_is_the_one_that_pays(sheet):
    [row] = sheet.read(
        C,
        "Record ID,Deal Stage,Close Date,Amount,Associated Company IDs,"
        "Associated Company IDs (Primary)\n1,Closed Won,2024-01-10,1200,501;507,507\n",
    )
    assert row["account_id"] == "507"


def test_stages_of_which_none_is_won_are_one_sentence(sheet):
    said = sheet.error(C, "Record ID,Deal Stage,Close Date,Amount,Company\n1,Done,2024-01-10,5,a\n")
    assert "none of the deals" in said
    assert "such as Done" in said


def test_salesforces_opportunities_are_contracts_with_their_own_dates(sheet):
    rows = sheet.read(C, FILES / "salesforce_opportunities")
    columns = ["contract_id", "account_id", "amount", "type", "starts_on", "ends_on"]
    assert values(rows, *columns) == [
        ("0061", "0011", "24000", "New Business", "2024-02-01", "2025-01-31"),
        ("0062", "0011", "3000", "Existing Customer - Upgrade", "2024-08-01", "2025-01-31"),
    ]
    assert sheet.said("1 row is left out: deals that are deleted")
    assert sheet.said("1 row is left out: deals that are not won")


def test_deals_as_fivetran_lands_them_need_their_companies(sheet):
    header = "deal_id,is_deleted,deal_pipeline_stage_id,property_amount,property_closedate"
    row = "1,false,closedwon,1200,2024-01-10"
    assert "are in deal_company" in sheet.error(C, f"{header}\n{row}\n")
    [read] = sheet.read(C, f"{header},account_id\n{row},501\n")
    columns = ["account_id", "contract_id", "amount", "starts_on"]
    assert values([read], *columns) == [("501", "1", "1200", "2024-01-10")]


def test_old_versions_of_opportunities_are_left_out(sheet):
    rows = sheet.read(
        C,
        "id,account_id,amount,close_date,is_won,_fivetran_active\n"
        "1,a,1200,2024-01-10,true,false\n1,a,2400,2024-01-10,true,true\n",
    )
    assert values(rows, "amount") == [("2400",)]


def test_contracts_without_an_end_or_a_term_are_one_sentence(sheet):
    said = sheet.error(C, "account_id,starts_on,amount,ends_on\na,2024-01-10,5,\n")
    assert "no column ends_on and none term_months, or no value" in said


@pytest.mark.parametrize(("header", "amount_is"), [("ARR", "arr"), ("MRR", "mrr")])
def test_a_header_says_what_a_contracts_amount_is(sheet, header, amount_is):
    [row] = sheet.read(C, f"Customer,Start date,Term,{header}\na,2024-01-10,12,5\n")
    assert (row["amount"], row["amount_is"]) == ("5", amount_is)


# Invoice lines


def test_quickbooks_lines_with_service_periods_are_periods(sheet):
    rows = sheet.read(P, FILES / "quickbooks_lines")
    columns = ["account_id", "plan_id", "amount", "starts_on", "ends_on"]
    assert values(rows, *columns, "billing_interval", "billing_interval_count") == [
        ("Example Ltd", "Subscription:Pro", "1200.00", "2024-01-01", "2024-12-31", "month", "12"),
        ("Other GmbH", "Subscription:Team", "90.00", "2024-02-15", "2024-03-14", "month", "1"),
        ("Other GmbH", "Subscription:Team", "90.00", "2024-03-15", "2024-04-14", "month", "1"),
    ]
    assert sheet.said("1 row is left out: credits and payments")
    assert sheet.said("1 row is left out: lines without a service period")


def test_xeros_lines_with_service_periods_are_periods(sheet):
    said = sheet.error(P, FILES / "xero_lines")
    assert "starts_on in" in said
    assert "nrr_date_order" in said
    rows = sheet.read(P, FILES / "xero_lines", date_order="dmy")
    assert [
        (row["account_id"], float(row["amount"]), row["quantity"], row["ends_on"]) for row in rows
    ] == [
        # less 10%
        ("Example Ltd", 90, "12", "2024-12-31"),
        # an end that is the start of the next
        ("Other GmbH", 90, "3", "2024-04-30"),
    ]
    assert values(rows, "billing_interval", "billing_interval_count") == [
        ("month", "12"),
        ("month", "3"),
    ]


def test_a_period_of_no_whole_months_counts_its_days(sheet):
    [row] = sheet.read(
        P,
        "Customer,Invoice date,Amount,Transaction type,Service start,Service end\n"
        "a,2024-01-05,10,Invoice,2024-01-05,2024-01-14\n".replace(
            "Invoice date", "Transaction date"
        ),
    )
    assert (row["billing_interval"], row["billing_interval_count"]) == ("day", "10")


@pytest.mark.parametrize("export", ["quickbooks_lines", "xero_lines"])
def test_invoices_without_service_periods_are_refused(sheet, export):
    content = (FILES / export / f"{P}.csv").read_text()
    said = sheet.error(P, content.replace("Service start", "x").replace("Service end", "y"))
    assert "has invoices without service periods" in said
    assert "for which months" in said


REFUSED = {
    "vendor_number,app_name,subscription_apple_id,customer_price": "names no customer",
    "app_name,active_standard_price_subscriptions": "names no customer",
    "CUSTOMER_UUID,CUSTOMER_SUBSCRIPTION_ID,BILLING_CONNECTOR_NAME,PLAN_UUID,MRR": "no dates",
    "MRR,ARR,PLAN_NAME,BILLING_CYCLE,NET_PAYMENTS,SUBSCRIBER_SINCE,UUID": "none of earlier months",
    "Contact,Schedule.Period,Schedule.Unit,Schedule.StartDate,Total": "newest version",
}


@pytest.mark.parametrize(("header", "why"), REFUSED.items())
def test_what_cannot_be_used_is_refused_with_the_reason(sheet, header, why):
    assert why in sheet.error(P, f"{header}\n{',' * header.count(',')}\n")


# Lists of subscriptions of one's own


def test_a_list_of_subscriptions_is_read_with_its_seats(sheet):
    rows = sheet.read(P, FILES / "periods", currency="EUR")
    columns = ["account_id", "quantity", "amount", "billing_interval", "starts_on", "ends_on"]
    assert values(rows, *columns) == [
        ("Example Ltd", "1", "100", "monthly", "2024-01-15", "2024-06-30"),
        ("Example Ltd", "1", "120", "monthly", "2024-07-01", None),
        ("Other GmbH", "5", "240.00", "Annual", "2024-01-15", None),
    ]


def test_an_mrr_is_a_months_and_of_all_seats_whatever_the_billing(sheet):
    [row] = sheet.read(
        P,
        "account_id,start_date,end_date,seats,mrr_amount,arr_amount,billing_frequency\n"
        "a,2024-01-01,,5,100,1200,annual\n",
    )
    assert (row["amount"], row["billing_interval"]) == ("100", "month")
    assert "quantity" not in row


def test_a_price_with_its_billing_comes_before_an_mrr_beside_it(sheet):
    [row] = sheet.read(P, "Customer,Start date,Price,Billing,MRR\na,2024-01-01,240,Annual,20\n")
    assert (row["amount"], row["billing_interval"]) == ("240", "Annual")


def test_a_years_amount_is_a_years(sheet):
    [row] = sheet.read(P, "Customer,Start date,ARR\na,2024-01-01,1200\n")
    assert (row["amount"], row["billing_interval"]) == ("1200", "year")


def test_a_total_below_a_list_is_left_out_and_named(sheet):
    rows = sheet.read(P, "Customer,Start date,MRR\na,2024-01-01,5\nTotal,,5\n")
    assert values(rows, "account_id") == [("a",)]
    assert sheet.said("1 row is left out: totals")
    # with a date it is a customer
    assert len(sheet.read(P, "Customer,Start date,MRR\na,2024-01-01,5\nTotal,2024-02-01,5\n")) == 2


def test_the_name_of_a_deal_is_no_customer(sheet):
    said = sheet.error(C, "Id,Name,IsWon,Amount,CloseDate\n1,Big deal,true,5,2024-01-10\n")
    assert "lacks the column account_id" in said


# Months as columns


MONTHS = {
    "Jan-24": date(2024, 1, 1),
    "Jan 24": date(2024, 1, 1),
    "Jan '24": date(2024, 1, 1),
    "jan. 2024": date(2024, 1, 1),
    "January 2024": date(2024, 1, 1),
    "24-Jan": date(2024, 1, 1),
    "2024 Jan": date(2024, 1, 1),
    "2024-01": date(2024, 1, 1),
    "2024/1": date(2024, 1, 1),
    "202401": date(2024, 1, 1),
    "2024M01": date(2024, 1, 1),
    "01/2024": date(2024, 1, 1),
    "1.2024": date(2024, 1, 1),
    "2024-01-01": date(2024, 1, 1),
    "2024-01-31 00:00:00": date(2024, 1, 1),
    "31.01.2024": date(2024, 1, 1),
    "01/01/2024": date(2024, 1, 1),
    "1-Jan-2024": date(2024, 1, 1),
    "45292": date(2024, 1, 1),
    "MRR Jan 2024": date(2024, 1, 1),
    "Jan-24 (USD)": date(2024, 1, 1),
    "Mär 24": date(2024, 3, 1),
    "févr.-24": date(2024, 2, 1),
    "dic 2023": date(2023, 12, 1),
}


@pytest.mark.parametrize(("header", "month"), MONTHS.items())
def test_a_month_is_known_however_a_sheet_writes_it(header, month):
    assert months_of([header]) == {0: month}


@pytest.mark.parametrize(
    "header", ["Total", "2024", "Q1 2024", "FY24", "Customer", "Jan", "Plan 24", "2024-13", "12345"]
)
def test_what_is_no_month_is_none(header):
    assert months_of([header]) == {}


@pytest.mark.parametrize(
    ("headers", "months"),
    [
        (["01/01/2024", "01/02/2024", "01/03/2024"], [1, 2, 3]),
        (["01/01/2024", "02/01/2024", "03/01/2024"], [1, 2, 3]),
        (["1/31/24", "2/29/24"], [1, 2]),
        (["31/01/2024", "29/02/2024"], [1, 2]),
    ],
)
def test_the_order_of_days_in_month_columns_is_the_one_in_which_all_begin_or_end_months(
    headers, months
):
    assert [month.month for month in months_of(headers).values()] == months


def test_days_that_are_no_month_ends_are_no_months():
    with pytest.raises(MonthError):
        months_of(["15/01/2024", "15/02/2024"])


def test_a_sheet_of_months_becomes_rows_without_its_totals(sheet):
    rows = sheet.read(S, FILES / "wide_months")
    assert mrr(rows) == {
        # an empty cell is no row
        "Example Ltd": {"2023-11": 1200, "2023-12": 1200, "2024-01": 1300},
        "Total Wine": {"2023-11": 250.5, "2023-12": 250.5, "2024-01": 250.5, "2024-02": 250.5},
        "Other GmbH": {"2023-11": 0, "2023-12": 950, "2024-01": 950, "2024-02": 950},
    }
    assert sheet.said("2023, TOTAL are columns of totals and left out")
    assert sheet.said("TOTAL in mrr_snapshots.csv is a row of totals and left out")
    assert sheet.said("columns that are not used: Owner")
    assert sheet.said("nobody has MRR in 2024-03-01, which is left out as not filled in yet")


@pytest.mark.parametrize("header", ["Jan-24,Jan-24", "Jan-24,2024-01"])
def test_two_columns_of_one_month_are_one_sentence(sheet, header):
    said = sheet.error(S, f"Client,{header}\na,1,2\n")
    assert "more than one column for January 2024" in said


def test_months_without_a_year_are_one_sentence(sheet):
    said = sheet.error(S, "Client,Jan,Feb\na,1,2\n")
    assert "such as Jan, Feb, do not say which year" in said


def test_the_customer_is_the_first_column_where_no_header_says_so(sheet):
    assert mrr(sheet.read(S, "Row Labels,Jan-24\na,1\n")) == {"a": {"2024-01": 1}}
    assert mrr(sheet.read(S, ",Jan-24\na,1\n")) == {"a": {"2024-01": 1}}
    assert "none for the customer" in sheet.error(S, "Jan-24,Feb-24\n1,2\n")


@pytest.mark.parametrize(
    "total", ["TOTAL", "Total", "Grand total", "Sum", "Total MRR", "Gesamt", ""]
)
def test_a_row_of_totals_is_left_out_and_named(sheet, total):
    rows = sheet.read(S, f"Client,Jan-24,Feb-24\na,1,2\nb,10,\n{total},11,2\n")
    assert set(mrr(rows)) == {"a", "b"}
    assert sheet.said(f"{total or '(no name, line 3)'} in mrr_snapshots.csv is a row of totals")


def test_a_total_that_is_not_the_sum_of_the_others_is_one_sentence(sheet):
    said = sheet.error(S, "Client,Jan-24\na,100\nb,10\nTotal,100\n")
    assert "the row Total in" in said
    assert "2024-01-01: 100.00, the others 110.00" in said


@pytest.mark.parametrize("customer", ["Total Wine", "Total", "Totally Ltd", "Subtotal Inc"])
def test_a_customer_that_is_called_like_a_total_is_a_customer_or_one_sentence(sheet, customer):
    content = f"Client,Jan-24,Feb-24\na,100,100\nb,10,10\n{customer},50,60\nc,1,1\n"
    if customer == "Total":
        assert "if it is a customer, write its id instead" in sheet.error(S, content)
    else:
        assert mrr(sheet.read(S, content))[customer] == {"2024-01": 50, "2024-02": 60}


def test_totals_of_groups_are_left_out_and_those_of_everything_too(sheet):
    rows = sheet.read(
        S,
        "Client,Jan-24,Feb-24\na,100,50\nb,10,10\nTotal for EMEA,110,60\nc,1,1\nd,2,2\n"
        "US Total,3,3\nGrand total,113,63\n",
    )
    assert set(mrr(rows)) == {"a", "b", "c", "d"}


def test_rows_below_a_total_that_are_not_in_it_are_one_sentence(sheet):
    content = "Client,Jan-24,Feb-24\na,100,50\nb,10,10\nTotal,110,60\nCustomers,2,2\n"
    said = sheet.error(S, content)
    assert "rows below the row Total that are not in its sum, such as Customers" in said
    # a total above them all is none below
    rows = sheet.read(S, "Client,Jan-24,Feb-24\nTotal,110,60\na,100,50\nb,10,10\n")
    assert set(mrr(rows)) == {"a", "b"}


def test_totals_by_currency_are_left_out(sheet):
    rows = sheet.read(
        S,
        "Client,Currency,Jan-24\na,USD,10\nb,EUR,20\nc,EUR,5\nTotal,USD,10\nTotal,EUR,25\n",
    )
    assert set(mrr(rows)) == {"a", "b", "c"}


def test_a_total_of_whole_numbers_may_be_rounded(sheet):
    rows = sheet.read(S, "Client,Jan-24\na,1\nb,10\nTotal,12\n")
    assert set(mrr(rows)) == {"a", "b"}


def test_a_last_row_that_is_the_sum_of_the_others_is_noted(sheet):
    rows = sheet.read(S, "Client,Jan-24\na,1\nb,10\nc,5\nAlle,16\n")
    assert "Alle" in mrr(rows)
    assert sheet.said("the last row, Alle, is the sum of all others")


def test_rows_of_totals_are_found_where_each_month_is_a_row_too(sheet):
    rows = sheet.read(
        S,
        "customer,month,mrr\na,Jan-24,10\nb,Jan-24,20\nTotal,Jan-24,30\na,Feb-24,5\nTotal,Feb-24,5\n",
    )
    assert mrr(rows) == {"a": {"2024-01": 10, "2024-02": 5}, "b": {"2024-01": 20}}


@pytest.mark.parametrize("month", ["2024-02", "Feb-24", "02/2024", "2024-02-29", "29/02/2024"])
def test_the_months_of_rows_are_read_alike(sheet, month):
    [row] = sheet.read(S, f"customer,month,mrr\na,{month},10\n")
    assert row["month"] == "2024-02-01"


def test_parquet_is_read_alike(sheet):
    """With the types that it has."""
    content = (
        'select \'a\' as "Customer", 100.5 as "Jan-24", null::double as "Feb-24" '
        "union all select 'Total', 100.5, 0"
    )
    file = sheet.folder / "mrr_snapshots.parquet"
    sheet.connection.execute(f"copy ({content}) to '{file}' (format parquet)")
    found = view_of(sheet.connection, sheet.folder, S, "USD", Settings("USD"))
    rows = rows_of(sheet.connection, f"select * from {SCHEMA}.{S}")
    assert mrr(rows) == {"a": {"2024-01": 100.5}}
    assert found.unused_columns == {}


def test_months_that_are_dates_in_parquet_stay_dates(sheet):
    content = "select 'a' as customer_id, date '2024-02-29' as month, 7::decimal(9, 2) as mrr"
    file = sheet.folder / "mrr_snapshots.parquet"
    sheet.connection.execute(f"copy ({content}) to '{file}' (format parquet)")
    view_of(sheet.connection, sheet.folder, S, "USD", Settings("USD"))
    [row] = rows_of(sheet.connection, f"select * from {SCHEMA}.{S}")
    assert (row["account_id"], row["month"], row["mrr"]) == ("a", date(2024, 2, 29), 7)


def test_a_column_of_the_mrr_of_today_beside_months_is_named(sheet):
    sheet.read(S, "Client,MRR,Jan-24\na,5,1\n")
    assert sheet.said("columns that are not used: MRR")


def test_arr_is_twelve_times_mrr(sheet):
    rows = sheet.read(S, 'customer,month,ARR\na,2024-01,"1,200.00"\nb,2024-01,100\n')
    assert [float(row["mrr"]) for row in rows] == [100, 8.333333]


# Amounts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("$1,200.00", "1200.00"),
        ("$1,200", "1200"),
        ("(50)", "-50"),
        ("($50.00)", "-50.00"),
        ("$(50.00)", "-50.00"),
        ("-", "0"),
        (" $ -   ", "0"),
        ("–", "0"),
        ("1200.5", "1200.5"),
        ("1,200,300", "1200300"),
        ("churned", "churned"),
    ],
)
def test_amounts_are_read_as_a_spreadsheet_writes_them(sheet, written, read):
    rows = sheet.read(S, f'Client,Jan-24\na,"{written}"\nb,$7\n')
    assert rows[0]["mrr"] == read


@pytest.mark.parametrize(("written", "read"), [("1.200,50", "1200.50"), ("1.200", "1200")])
def test_a_comma_before_decimals_is_proven_by_another_value(sheet, written, read):
    rows = sheet.read(S, f"Client;Jan-24\na;{written}\nb;7,5\n")
    assert rows[0]["mrr"] == read


@pytest.mark.parametrize("written", ["1,200", "1.200"])
def test_amounts_that_may_be_two_numbers_are_one_sentence(sheet, written):
    said = sheet.error(S, f'Client,Jan-24\na,"{written}"\nb,300\n')
    assert f"mrr in {sheet.folder / 'mrr_snapshots.csv'} has {written}, which may be" in said


def test_the_sign_of_another_currency_is_one_sentence(sheet):
    said = sheet.error(S, "Client,Jan-24\na,€200\n")
    assert "has €200, while the reporting currency is USD" in said
    assert "NRR_VARS='{nrr_reporting_currency: EUR}'" in said
    assert mrr(sheet.read(S, "Client,Jan-24\na,€200\n", currency="EUR")) == {"a": {"2024-01": 200}}
    # where rows have their currency, such a row alone is rejected
    rows = sheet.read(S, "Client,Currency,Jan-24\na,EUR,€200\nb,USD,€5\n")
    assert values(rows, "mrr") == [("200",), ("€5",)]


# Dates


def starts(sheet: Sheet, *dates: str, **settings) -> list[str | None]:
    lines = [f'a,"{day}",5' for day in dates]
    rows = sheet.read(P, "\n".join(["account_id,starts_on,amount", *lines, ""]), **settings)
    return [row["starts_on"] for row in rows]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["15/01/2024", "1/2/2024"], ["2024-01-15", "2024-02-01"]),
        (["01/15/2024", "1/2/2024"], ["2024-01-15", "2024-01-02"]),
        (["15/01/24"], ["2024-01-15"]),
        (["31.12.2025", "1.2.25"], ["2025-12-31", "2025-02-01"]),
        (["31-12-2025"], ["2025-12-31"]),
        (["45292", "45292.5"], ["2024-01-01", "2024-01-01 12:00:00"]),
        (["20240131"], ["2024-01-31"]),
        (["31 Dec 2025", "31-Dec-25"], ["2025-12-31", "2025-12-31"]),
        (["Dec 31, 2025", "31. Dezember 2025"], ["2025-12-31", "2025-12-31"]),
        (
            ["1/31/2024 2:05 PM", "1/2/2024, 11:00 am"],
            ["2024-01-31 14:05:00", "2024-01-02 11:00:00"],
        ),
        # both ways the same
        (["01/01/2024", "2/2/2024"], ["2024-01-01", "2024-02-02"]),
        # days, of which a tool has written the time
        (["2024-01-31 00:00:00", "2024-02-01 00:00"], ["2024-01-31", "2024-02-01"]),
        (
            ["2024-01-31 00:00:00", "2024-02-01 08:00:00"],
            ["2024-01-31 00:00:00", "2024-02-01 08:00:00"],
        ),
        (["2024-01-31T09:00:00Z"], ["2024-01-31T09:00:00Z"]),
        (["soon", "-"], ["soon", None]),
    ],
)
def test_dates_are_read_where_their_column_leaves_no_doubt(sheet, written, read):
    assert starts(sheet, *written) == read


def test_a_date_that_can_be_read_in_two_ways_is_one_sentence(sheet):
    with pytest.raises(InputError) as error:
        starts(sheet, "01/02/2024", "03/04/2024")
    said = " ".join(str(error.value).split())
    assert "starts_on in" in said
    assert "01/02/2024" in said
    assert "NRR_VARS='{nrr_date_order: dmy}'" in said


@pytest.mark.parametrize(("order", "read"), [("dmy", "2024-02-01"), ("mdy", "2024-01-02")])
def test_the_variable_decides_what_comes_first(sheet, order, read):
    assert starts(sheet, "01/02/2024", date_order=order) == [read]


def test_an_unknown_order_of_dates_is_one_sentence():
    with pytest.raises(InputError, match="It takes null, dmy"):
        Settings("USD", "ymd")


def test_dates_that_contradict_are_one_sentence_and_rejected_by_the_variable(sheet):
    with pytest.raises(InputError, match="different orders"):
        starts(sheet, "13/01/2024", "01/13/2024")
    read = starts(sheet, "13/01/2024", "01/13/2024", date_order="dmy")
    assert read == ["2024-01-13", "01/13/2024"]


def test_each_column_of_dates_has_to_prove_its_own_order(sheet):
    content = "account_id,starts_on,ends_on,amount\na,15/01/2024,05/06/2024,5\n"
    assert "ends_on in" in sheet.error(P, content)


def test_a_column_of_months_decides_its_own_order(sheet):
    content = "customer,month,mrr\na,01/02/2024,1\na,01/03/2024,1\n"
    assert mrr(sheet.read(S, content)) == {"a": {"2024-02": 1, "2024-03": 1}}
