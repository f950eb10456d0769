"""What cannot be used of the input: all tables are built, all of it is said, the build fails."""

import csv
import datetime
import re

import pytest
from conftest import ROOT, WITHOUT_UNIT_TESTS, Dbt
from reference.files import write_csv

SEED = ROOT / "seeds/rules/nrr_input_problems.csv"
EVENT = {
    **dict.fromkeys(["event_id", "account_id", "subscription_id", "subscription_item_id"], ""),
    "effective_at": "2024-01-05",
    **dict.fromkeys(["sequence", "recorded_at"], ""),
    "status": "active",
    **{"quantity": "1", "unit_amount": "100", "currency": "", "billing_interval": "month"},
    **{"billing_interval_count": "", "discount_percent": "", "discount_amount": ""},
    "discount_ends_at": "",
}
# reason -> what makes a row of subscription_events that cannot be used of one that can
SPOILT = {
    "missing_account_id": {"account_id": ""},
    "missing_subscription_id": {"subscription_id": ""},
    "missing_effective_at": {"effective_at": ""},
    "missing_status": {"status": ""},
    "missing_unit_amount": {"unit_amount": ""},
    "missing_billing_interval": {"billing_interval": ""},
    "unreadable_effective_at": {"effective_at": "5th of January"},
    "unreadable_sequence": {"sequence": "one"},
    "unreadable_recorded_at": {"recorded_at": "in January"},
    "unreadable_quantity": {"quantity": "a dozen"},
    "unreadable_unit_amount": {"unit_amount": "free\n of charge"},
    "unreadable_billing_interval_count": {"billing_interval_count": "twice"},
    "unreadable_discount_percent": {"discount_percent": "ten"},
    "unreadable_discount_amount": {"discount_amount": "some"},
    "unreadable_discount_ends_at": {"discount_percent": "10", "discount_ends_at": "soon"},
    "unknown_status": {"status": "  Going strong "},
    "unknown_billing_interval": {"billing_interval": "blue moon"},
    "negative_unit_amount": {"unit_amount": "-100"},
    "negative_quantity": {"quantity": "-2"},
    "invalid_billing_interval_count": {"billing_interval_count": "0"},
    "invalid_discount": {"discount_percent": "120"},
    "no_exchange_rate": {"currency": "XXX"},
}
# reason -> rows of the other inputs
RATES = {
    "missing_currency": ["", "2024-01-31", "1.1"],
    "missing_rate_date": ["EUR", "", "1.1"],
    "unreadable_rate_date": ["EUR", "in January", "1.1"],
    "missing_rate": ["EUR", "2024-02-29", ""],
    "unreadable_rate": ["EUR", "2024-02-29", "at par"],
    "invalid_rate": ["EUR", "2024-02-29", "0"],
    "rate_of_reporting_currency": ["USD", "2024-01-31", "0.9"],
}
ACCOUNTS = {
    "missing_account_id": ["", "2024-01-01", "Retail"],
    "unreadable_valid_from": ["cus_1", "long ago", "Retail"],
}


def event(name: str, **values) -> dict:
    """An event of a subscription of its own."""
    return {**EVENT, "event_id": name, "account_id": name, "subscription_id": name, **values}


def with_every_problem(data):
    """An input of every reason at once; unknown statuses are the commonest."""
    events = [event(f"good {n}", recorded_at="2024-06-05") for n in range(3)]
    events += [event(reason, **values) for reason, values in SPOILT.items()]
    events += [event(f"strong {n}", status="Going strong") for n in range(2)]
    events += [event(f"status {n}", status=f"status {n}") for n in range(5)]
    events += [event("euro", currency="eur"), event("slip", recorded_at="2199-12-31 10:00:00")]
    item = {"account_id": "items", "subscription_id": "items"}
    events += [event("item", **item, subscription_item_id="i1"), event("no item", **item)]
    events += [event("again", **item, subscription_item_id="i1")] * 2
    events += [event("setup", **item, subscription_item_id="i1", effective_at="2024-03-05")]
    events[-1] |= {"unit_amount": "5000", "billing_interval": "one_time"}
    tied = {"account_id": "tied", "subscription_id": "tied"}
    events += [event("first", **tied), event("last", **{**tied, "unit_amount": "55"})]
    gone = {"account_id": "old", "subscription_id": "old", "unit_amount": "77"}
    events += [event("old", **gone), event("new", unit_amount="77", effective_at="2024-04-05")]
    events += [event("gone", **{**gone, "effective_at": "2024-04-05", "status": "cancelled"})]
    write_csv(data / "subscription_events.csv", events)
    accounts = [*ACCOUNTS.values(), ["cus_2", "", "Retail"], ["cus_2", "", "Finance"]]
    names = ["account_id", "valid_from", "industry"]
    write_csv(data / "accounts.csv", [dict(zip(names, row, strict=True)) for row in accounts])
    rates = [*RATES.values(), ["eur", "2024-01-31", "1.1"]]
    rates += [["EUR", "2024-05-31", "1.2"], ["EUR", "2024-05-31", "1.25"]]
    names = ["currency", "rate_date", "rate"]
    write_csv(data / "exchange_rates.csv", [dict(zip(names, row, strict=True)) for row in rates])
    return data


@pytest.fixture(scope="module")
def worst(tmp_path_factory) -> tuple[Dbt, bool, str]:
    """A build of an input with every problem at once, whether it succeeded, and its log."""
    folder = tmp_path_factory.mktemp("worst")
    built = Dbt(folder, data=with_every_problem(folder / "data"))
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=2)
    settings = {"nrr_segments": ["industry"], "nrr_as_of": str(tomorrow)}
    finished = built.run("--write-json", "build", *WITHOUT_UNIT_TESTS, variables=settings)
    return built, finished.success, finished.output


def remedies() -> dict[str, str]:
    with SEED.open(newline="") as file:
        return {row["reason"]: row["remedy"] for row in csv.DictReader(file)}


def test_a_build_of_the_worst_input_comes_to_its_end_and_fails(worst):
    built, succeeded, log = worst
    assert not succeeded
    assert " SKIP=0 " in log
    assert " ERROR in " not in log
    tables = {name for (name,) in built.query("select table_name from information_schema.tables")}
    names = {
        node["name"]
        for node in built.manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assert len(names) > 40
    assert names <= tables


def test_the_tables_hold_what_can_be_used(worst):
    paying = worst[0].query("select distinct account_id from nrr__account_months order by all")
    expected = ["euro", "good 0", "good 1", "good 2", "items", "new", "old", "slip", "tied"]
    assert [account for (account,) in paying] == expected


def test_each_problem_is_there_with_its_value(worst):
    found = {
        (row["input"], row["reason"]): row["value"] for row in worst[0].rows("nrr__input_problems")
    }
    for reason, changes in SPOILT.items():
        value = list(changes.values())[-1].strip()
        if reason == "invalid_discount":
            value = "discount_percent 120"
        if reason != "unknown_status":  # it has several
            assert found["subscription_events", reason] == (value or None), reason
    for reason, row in RATES.items():
        assert found["exchange_rates", reason] == ", ".join(row)
    for reason, row in ACCOUNTS.items():
        assert found["accounts", reason] == ", ".join(row)
    assert found["subscription_events", "missing_subscription_item_id"] == "items"


def test_every_reason_that_has_a_remedy_can_come_out_and_the_log_has_both(worst):
    built, _, log = worst
    reasons = {row["reason"] for row in built.rows("nrr__input_problems")}
    # those of other sources, and of links that are not given, are in no SQL of this build
    compiled = (built.folder / "target/compiled/nrr/models").rglob("*.sql")
    # which lists the words of all sources
    listing = "int_nrr__rejected_values.sql"
    sql = "\n".join(path.read_text() for path in compiled if path.name != listing)
    possible = {reason for reason in remedies() if f"'{reason}'" in sql}
    assert len(possible) > 30
    # of inputs that are of no other use, or no problem
    assert reasons == possible - {"no_rows", "likely_snapshots", "replaced_subscription"}
    said = " ".join(log.split())
    for reason in reasons:
        assert re.search(rf" \d+ {reason}\b.* {re.escape(remedies()[reason])}", said), reason


def test_every_reason_in_the_sql_has_a_remedy(worst):
    compiled = worst[0].folder / "target/compiled/nrr/models"
    models = ["*/int_nrr__judged_events", "*/int_nrr__checked_events", "*/stg_nrr__*_rows"]
    paths = [path for model in models for path in compiled.rglob(f"{model}.sql")]
    assert len(paths) == 4
    reasons = {
        reason
        for path in paths
        for reason in re.findall(r"then\s+'(\w+_\w+)'\s+(?:when|else|end|--)", path.read_text())
    }
    assert reasons > set(SPOILT)
    assert reasons - {"ignored_status"} <= set(remedies())


def test_the_log_says_it_line_by_line_with_the_commonest_values_first(worst):
    lines = [line.rstrip() for line in worst[2].splitlines()]
    begin = next(n for n, line in enumerate(lines) if "what of the input cannot be used" in line)
    assert lines[begin + 1] == "  This fails the build:"
    status = next(n for n, line in enumerate(lines) if " unknown_status" in line)
    assert lines[status : status + 2] == [
        "    subscription_events: 8 unknown_status: 'Going strong' (3), 'status 0', 'status 1', "
        "'status 2', 'status 3', 1 more",
        f"        {remedies()['unknown_status']}",
    ]
    others = lines.index("  This does not fail the build:")
    assert status < others
    assert "    subscription_events: 1 unreadable_quantity: 'a dozen'" in lines
    assert "    subscription_events: 1 unreadable_unit_amount: 'free of charge'" in lines
    slip = "    subscription_events: 1 recorded_in_the_future: '2199-12-31 10:00:00'"
    assert slip in lines[others:]
    # how many months have passed since, the clock says
    months = next(line for line in lines[others:] if " month_without_rate" in line)
    assert "'EUR 2024-02 to 2024-04 at the rate of 2024-01-31' (3)" in months


def test_each_data_test_counts_the_rows_that_it_is_about(worst):
    results = dict(re.findall(r"in test (\w+) .*\n.*Got (\d+) results?,", worst[2]))
    assert int(results.pop("months_have_their_own_exchange_rates")) > 20
    assert results == {
        # without unknown ones, with one without its item
        "few_events_are_rejected": str(len(SPOILT) - 2 + 1),
        "every_status_and_billing_interval_is_known": "9",
        "rows_of_accounts_can_be_used": "2",
        # but for that of the reporting currency
        "exchange_rates_can_be_used": str(len(RATES) - 1),
        "accounts_with_mrr_are_in_accounts": "9",
        "nothing_is_recorded_in_the_future": "2",
        "states_of_one_instant_are_ordered_by_more_than_their_id": "2",
    }


def test_a_file_of_which_no_row_can_be_used_is_built_and_fails(dbt, tmp_path):
    data = tmp_path / "data"
    write_csv(data / "subscription_events.csv", [event("e1", status="Aktiv")])
    finished = dbt(data=data).run("build", *WITHOUT_UNIT_TESTS)
    assert not finished.success
    assert " SKIP=0 " in finished.output
    assert "1 unknown_status: 'Aktiv'" in finished.output
