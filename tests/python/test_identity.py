"""Whose a state is: links of accounts, subscriptions that replace others, parents."""

from datetime import date
from decimal import Decimal

import pytest
from conftest import Dbt
from reference.files import write_csv
from test_published_faults import cancelled, state

MONTHS = [date(2024, month, 1) for month in range(1, 13)]

EVENTS = [
    # a customer is transferred to another customer's id, with a subscription of its own
    state("cus_old", "2024-01-10", "90", subscription="t1"),
    cancelled("cus_old", "2024-04-20", subscription="t1"),
    state("cus_new", "2024-04-20", "90", subscription="t2"),
    # merged from the beginning
    state("left hand", "2024-01-10", "10"),
    state("right hand", "2024-02-10", "5"),
    # belongs to one account, and from June on to another, without any event then
    state("moves", "2024-01-10", "40"),
    state("moves", "2024-03-10", "44"),
    state("seller", "2024-01-10", "1"),
    state("buyer", "2024-01-10", "2"),
    # both run until it is said that the one replaces the other
    state("copied", "2024-01-10", "70", subscription="r1", item="a"),
    state("copied", "2024-01-10", "7", subscription="r1", item="b"),
    state("copied", "2024-05-12", "80", subscription="r2"),
    state("copied", "2024-07-01", "75", subscription="r1", item="a"),
    state("without a date", "2024-01-10", "30", subscription="r3"),
    state("without a date", "2024-06-02", "35", subscription="r4"),
    # a holding: granddaughter, daughter, mother, and one whose parents go round in a circle
    state("granddaughter", "2024-01-10", "100"),
    state("daughter", "2024-02-10", "10"),
    cancelled("granddaughter", "2024-09-10"),
    state("ring", "2024-01-10", "3"),
    # the data goes on
    state("everything", "2024-01-01", "1", recorded_at="2025-01-02"),
]
ACCOUNT_LINKS = [
    ("subscription_events", "cus_new", "cus_old", "2024-04-20"),
    ("subscription_events", "right hand", "left hand", ""),
    ("subscription_events", "moves", "seller", ""),
    ("subscription_events", "moves", "buyer", "2024-06-15"),
    ("stripe", "everything", "nothing", ""),
    ("stripe", "lost", "", ""),
    ("strife", "a", "b", ""),
    ("stripe", "a", "b", "June"),
    ("", "", "", ""),
]
SUBSCRIPTION_LINKS = [
    ("r1", "r2", "2024-05-12"),
    ("r3", "r4", ""),
    ("r7", "", ""),
    ("r8", "r9", ""),
]
ACCOUNTS = [
    ("granddaughter", "", "daughter"),
    ("daughter", "", "stepmother"),
    ("daughter", "2024-08-01", "mother"),
    ("mother", "", ""),
    ("ring", "", "ring 2"),
    ("ring 2", "", "ring 3"),
    ("ring 3", "", "ring 2"),
    *((f"level {level}", "", f"level {level + 1}") for level in range(256)),
]


def named(columns, rows):
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    data = tmp_path_factory.mktemp("identity")
    tables = {
        "subscription_events": EVENTS,
        "account_links": named(
            ["source_system", "source_account_id", "account_id", "valid_from"], ACCOUNT_LINKS
        ),
        "subscription_links": named(["old", "new", "at"], SUBSCRIPTION_LINKS),
        "accounts": named(["account_id", "valid_from", "parent_account_id"], ACCOUNTS),
    }
    for name, rows in tables.items():
        write_csv(data / f"{name}.csv", rows)
    return data


MODELS = ["run", "--select", "+nrr__mrr_movements", "+nrr__account_months"]
MODELS += ["+nrr__input_problems"]


@pytest.fixture(scope="module")
def linked(folder, tmp_path_factory):
    dbt = Dbt(tmp_path_factory.mktemp("linked"), data=folder)
    dbt.succeed("seed")
    dbt.succeed(*MODELS)
    return dbt


@pytest.fixture(scope="module")
def by_parent(folder, tmp_path_factory):
    dbt = Dbt(tmp_path_factory.mktemp("by_parent"), data=folder)
    dbt.succeed("seed")
    dbt.succeed(*MODELS, variables={"nrr_account_level": "parent"})
    return dbt


def mrr(dbt, account):
    """Its MRR at the ends of the months of 2024, as a line of numbers."""
    found = dict(
        dbt.query(f"select month, mrr from nrr__account_months where account_id = '{account}'")
    )
    return [int(found.get(month, Decimal(0))) for month in MONTHS]


def movements(dbt, account):
    return [
        row[0]
        for row in dbt.query(
            f"select movement from nrr__mrr_movements where account_id = '{account}' order by month"
        )
    ]


def test_a_transferred_customer_neither_churns_nor_is_new(linked):
    assert mrr(linked, "cus_old") == 12 * [90]
    assert movements(linked, "cus_old") == ["new"]
    assert mrr(linked, "cus_new") == 12 * [0]


def test_merged_accounts_are_one_from_the_beginning(linked):
    assert mrr(linked, "left hand") == [10] + 11 * [15]
    assert mrr(linked, "right hand") == 12 * [0]


def test_an_account_that_moves_takes_its_states_along_on_that_day(linked):
    assert mrr(linked, "seller") == [41, 41, 45, 45, 45] + 7 * [1]
    assert mrr(linked, "buyer") == 5 * [2] + 7 * [46]
    assert mrr(linked, "moves") == 12 * [0]


def test_an_item_that_moves_in_a_later_run_ends_in_the_account_that_it_leaves(tmp_path):
    """It keeps its id, and no row of the account that it leaves is another than before."""
    data, contract = tmp_path / "data", {"contract_id": "k", "amount": "120", "amount_is": "mrr"}
    rows = [
        {"account_id": "seller", "starts_on": "2024-01-10", "ends_on": "2025-01-09"} | contract,
        {"account_id": "other", "starts_on": "2024-01-10", "ends_on": "2025-01-09"}
        | contract
        | {"contract_id": "o"},
    ]
    columns = ["source_system", "source_account_id", "account_id", "valid_from"]
    links = [("contracts", "other", "another", "")]
    write_csv(data / "contracts.csv", rows)
    write_csv(data / "account_links.csv", named(columns, links))
    dbt, settings = Dbt(tmp_path, data=data), {"nrr_as_of": "2025-02-01"}
    models = ["--select", "+nrr__account_months"]
    dbt.succeed("seed", "--select", "path:seeds/rules")
    dbt.succeed("run", *models, variables=settings)
    assert mrr(dbt, "seller") == [120] * 12

    links += [("contracts", "seller", "seller", ""), ("contracts", "seller", "buyer", "2024-06-15")]
    write_csv(data / "account_links.csv", named(columns, links))
    dbt.succeed("run", *models, variables=settings)
    assert mrr(dbt, "seller") == [120] * 5 + [0] * 7
    assert mrr(dbt, "buyer") == [0] * 5 + [120] * 7
    assert mrr(dbt, "another") == [120] * 12


def test_a_link_of_another_source_links_nothing(linked):
    assert mrr(linked, "everything") == 12 * [1]


def test_a_replaced_subscription_ends_then_whatever_is_said_of_it_later(linked):
    assert mrr(linked, "copied") == 4 * [77] + 8 * [80]
    rejected = "select reason, subscription_id from nrr__rejected_events"
    assert linked.query(rejected) == [("replaced_subscription", "r1")]


def test_a_replacement_without_a_date_takes_place_when_the_other_begins(linked):
    assert mrr(linked, "without a date") == 5 * [30] + 7 * [35]
    assert movements(linked, "without a date") == ["new", "expansion"]


def test_accounts_have_the_mrr_of_all_below_them_by_the_newest_parents(by_parent):
    assert mrr(by_parent, "mother") == [100] + 7 * [110] + 4 * [10]
    assert movements(by_parent, "mother") == ["new", "expansion", "contraction"]
    for account in ["daughter", "granddaughter", "stepmother"]:
        assert mrr(by_parent, account) == 12 * [0]


def test_parents_are_looked_for_256_levels_up(by_parent):
    tops = "select distinct top_account_id from int_nrr__account_parents"
    assert by_parent.query(f"{tops} where account_id like 'level %'") == [("level 256",)]


def test_accounts_in_a_circle_stay_what_they_are_and_fail_the_build_by_name(by_parent):
    assert mrr(by_parent, "ring") == 12 * [3]
    assert problems(by_parent, "accounts") == [
        ("parents_in_a_circle", "ring", True),
        ("parents_in_a_circle", "ring 2", True),
        ("parents_in_a_circle", "ring 3", True),
    ]


def test_links_that_cannot_be_used_are_named(linked):
    assert problems(linked, "account_links") == [
        ("missing_account_id", "stripe, lost, , ", True),
        ("unknown_source_system", "strife, a, b, ", True),
        ("unreadable_valid_from", "stripe, a, b, June", True),
    ]
    assert problems(linked, "subscription_links") == [
        ("missing_new", ", r7, , ", True),
        ("unknown_subscription", ", r8, r9, ", False),
    ]


def problems(dbt, name):
    return dbt.query(
        "select reason, value, is_failure from nrr__input_problems "
        f"where input = '{name}' and reason <> 'unmatched_account' order by all"
    )
