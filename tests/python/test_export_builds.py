"""Exports built to MRR, each as it was downloaded: one build of several, and one of a sheet."""

import shutil

import pytest
from conftest import WITHOUT_TESTS, Dbt
from test_export_files import FILES

EXPORTS = ["stripe_subscriptions", "stripe_mrr_per_subscriber", "chartmogul", "hubspot_deals"]


def built(folder, exports: list[str], **variables) -> dict[str, dict[str, float]]:
    """Customer -> month -> MRR."""
    data = folder / "data"
    data.mkdir()
    for export in exports:
        for file in (FILES / export).iterdir():
            shutil.copy(file, data)
    dbt = Dbt(folder, data=data)
    arguments = ["build", *WITHOUT_TESTS, "--select", "+nrr__account_months"]
    run = dbt.run(*arguments, variables={"nrr_as_of": "2024-10-01", **variables})
    assert run.success, run.output
    found: dict[str, dict[str, float]] = {}
    for account, month, mrr in dbt.query(
        "select account_id, strftime(month, '%Y-%m'), mrr::double from nrr__account_months"
    ):
        found.setdefault(account, {})[month] = mrr
    return found


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> dict[str, dict[str, float]]:
    return built(tmp_path_factory.mktemp("exports"), EXPORTS)


@pytest.fixture(scope="module")
def periods(tmp_path_factory) -> dict[str, dict[str, float]]:
    return built(
        tmp_path_factory.mktemp("periods"),
        ["periods", "salesforce_opportunities"],
        nrr_reporting_currency="EUR",
    )


def months(found: dict[str, float], *of: int) -> list[float]:
    return [found.get(f"2024-{month:02}", 0) for month in of]


def test_a_yearly_plan_of_stripes_export_is_a_twelfth_of_its_amount_a_month(exports):
    assert months(exports["cus_yearly"], 1, 6) == [100, 100]


def test_a_subscription_of_stripes_export_ends_when_it_has_ended_and_not_when_asked_to(exports):
    assert months(exports["cus_ended"], 2, 5, 6) == [50, 50, 0]
    assert months(exports["cus_will_end"], 3, 6, 9) == [30, 30, 30]
    assert months(exports["cus_cancelled"], 3, 4) == [40, 0]


def test_a_trial_of_stripes_export_carries_nothing_until_its_end(exports):
    assert months(exports["cus_trial"], 4, 5) == [0, 60]


def test_seats_of_stripes_export_multiply_its_amount(exports):
    assert months(exports["cus_seats"], 1) == [40]


def test_what_never_began_in_stripes_export_is_no_customer(exports):
    assert "cus_never" not in exports


def test_a_customer_of_two_currencies_in_stripes_mrr_per_subscriber_has_both(exports):
    assert months(exports["cus_ex1"], 1, 4) == [175, 100]
    assert months(exports["cus_ex2"], 1, 2, 4) == [0, 55, 0]


def test_chartmoguls_movements_add_up(exports):
    of = exports["cus_uuid_1"]
    assert months(of, 1, 2, 3, 5, 6, 7, 8) == [100, 100, 125, 125, 0, 0, 80]


def test_periods_of_a_spreadsheet_follow_each_other_without_a_gap(periods):
    assert months(periods["Example Ltd"], 1, 6, 7, 9) == [100, 100, 120, 120]


def test_an_annual_price_of_five_seats_is_a_twelfth_of_all_of_them(periods):
    assert months(periods["Other GmbH"], 1, 9) == [100, 100]


def test_hubspots_deals_carry_a_twelfth_of_their_amount_for_a_year(exports):
    assert months(exports["501"], 1, 9) == [1000, 1000]
    assert months(exports["503"], 2, 3) == [0, 200]
    assert "502" not in exports
    assert "504" not in exports


def test_salesforces_amendment_comes_on_top_for_what_is_left_of_the_contract(periods):
    assert months(periods["0011"], 1, 2, 7, 8) == [0, 2000, 2000, 2500]
