"""docs/customers.md shows the signals as the seed has them, and the demo's accounts of each."""

import re

import pytest
import write_customers_page as customers_page


def test_the_page_of_customers_shows_the_seed_and_the_demo_s_accounts(demo):
    written = customers_page.PAGE.read_text()
    assert written == customers_page.page(
        written,
        *(
            demo.query(query)
            for query in (customers_page.SHOWN, customers_page.EVIDENCE, customers_page.OUTLOOK)
        ),
    ), "docs/customers.md is stale: make docs-pages"


def test_a_signal_that_nobody_has_is_shown_without_an_example():
    shown = [("past_due", 2, ("acc_1", 1.0, None, None))]
    lines = {line.split("`")[1]: line for line in customers_page.table(shown).splitlines()[2:-2]}
    assert lines["past_due"].endswith("| `past_due`, while it lasts | 2 | acc_1: 1 |")
    assert lines["no_usage"].endswith("| no `actions` for 28 days | 0 |  |")


def test_the_points_of_account_managers_add_up_to_the_company(demo):
    """The select that the page shows, with managers of our own."""
    page = customers_page.PAGE.read_text()
    (select,) = re.findall(r"```sql\n(select\n    coalesce\(owners.+?)```", page, re.DOTALL)
    managers = """(
        select distinct
            account_id,
            if(account_id < 'acc_0100', 'Ada', 'Bo') as account_manager
        from nrr__account_months
        where account_id < 'acc_0200'
    )"""
    rows = demo.query(select.replace("crm.accounts", managers))
    assert {row[0] for row in rows} == {"Ada", "Bo", "(nobody)"}
    ((accounts, starting_mrr, nrr, grr),) = demo.query(
        "select starting_accounts, starting_mrr, nrr, grr from nrr__retention "
        "where segment_dimension = 'all' and month = (select max(month) from nrr__retention)"
    )
    assert sum(row[1] for row in rows) == accounts
    assert sum(row[2] for row in rows) == starting_mrr
    assert 1 + sum(float(row[5]) for row in rows) == pytest.approx(float(nrr), abs=1e-8)
    assert 1 + sum(float(row[6]) for row in rows) == pytest.approx(float(grr), abs=1e-8)


def test_the_ranges_of_the_demo_s_outlooks_hold_as_often_as_they_say(demo):
    """Of all that can be compared with what became of them; as the page says, and by how much."""
    ((held, nothing_missed, tested),) = demo.query(
        "select count_if(actual_nrr between low_80 and high_80), count_if(error = 0), "
        "count(actual_nrr) from nrr__retention_outlook where segment_dimension = 'all'"
    )
    assert tested > 200
    assert not nothing_missed
    assert 0.7 <= held / tested <= 0.9
