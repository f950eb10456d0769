"""Parents that billing systems tell of, under links of accounts and ids of several sources."""

import pytest
from chargebee.site import Site, monthly
from conftest import Dbt
from reference.files import write_csv
from test_identity import MODELS, mrr, named, problems


@pytest.fixture(scope="module")
def told_by_tables(tmp_path_factory):
    """Parents that Chargebee's and Zuora's tables tell of, under links and under ids of both."""
    folder = tmp_path_factory.mktemp("told")
    data, start = folder / "data", "2024-01-10"
    children = {
        "daughter of a renamed one": "renamed mother",
        "renamed daughter": "mother",
        "merged daughter": "merged mother",
        "1": "2",
    }
    paying = {*children, "renamed mother", "mother", "merged mother"}
    prices = dict(zip(sorted(paying), (2**n * 100 for n in range(9)), strict=False))
    site = Site()
    for name, price in prices.items():
        told = {"started_at": start, "activated_at": start, "created_at": start}
        site.subscription(name, updated_at=start, **told, **monthly(price))
        parent = {"parent_id": children[name]} if name in children else None
        site.add("customer", id=name, relationship=parent, resource_version=1)
    site.write(data)
    periods = [("1", "1000"), ("2", "2000"), ("beside", "4000")]
    write_csv(
        data / "subscription_periods.csv",
        [{"account_id": a, "starts_on": start, "amount": amount} for a, amount in periods],
    )
    links = [
        ("chargebee", "renamed mother", "first name", ""),
        ("chargebee", "renamed mother", "the holding", "2024-06-01"),
        ("chargebee", "renamed daughter", "beside", ""),
        ("chargebee", "merged mother", "merged", ""),
        ("chargebee", "merged daughter", "merged", ""),
    ]
    columns = ["source_system", "source_account_id", "account_id", "valid_from"]
    write_csv(data / "account_links.csv", named(columns, links))
    dbt = Dbt(folder, data=data)
    dbt.succeed("seed")
    settings = {"nrr_account_level": "parent", "nrr_as_of": "2025-01-10"}
    dbt.succeed(*MODELS, variables=settings)
    return dbt, prices


def test_a_parent_that_a_link_renames_is_found(told_by_tables):
    dbt, prices = told_by_tables
    daughter, mother = (
        prices[name] // 100 for name in ("daughter of a renamed one", "renamed mother")
    )
    # by the newest link, for all time
    assert mrr(dbt, "the holding") == 5 * [daughter] + 7 * [daughter + mother]
    assert mrr(dbt, "first name") == 5 * [mother] + 7 * [0]
    assert mrr(dbt, "renamed mother") == 12 * [0]


def test_a_child_that_a_link_renames_is_counted_with_its_parent(told_by_tables):
    dbt, prices = told_by_tables
    both = (prices["renamed daughter"] + prices["mother"]) // 100
    # and so is what another source calls by that name
    assert mrr(dbt, "mother") == 12 * [both + 4000]
    assert mrr(dbt, "beside") == 12 * [0]


def test_a_child_and_a_parent_that_a_link_makes_one_are_one(told_by_tables):
    dbt, prices = told_by_tables
    both = (prices["merged daughter"] + prices["merged mother"]) // 100
    assert mrr(dbt, "merged") == 12 * [both]
    assert problems(dbt, "accounts") == []


def test_an_id_of_several_sources_is_a_child_or_a_parent_in_its_own(told_by_tables):
    dbt, prices = told_by_tables
    # the parent has no subscription of its own
    assert mrr(dbt, "chargebee:2") == 12 * [prices["1"] // 100]
    assert mrr(dbt, "subscription_periods:1") == 12 * [1000]
    assert mrr(dbt, "subscription_periods:2") == 12 * [2000]
