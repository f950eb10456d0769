"""docs/customers.md shows the signals as the seed has them, and the demo's accounts of each."""

import write_customers_page as customers_page


def test_the_page_of_customers_shows_the_seed_and_the_demo_s_accounts(demo):
    written = customers_page.PAGE.read_text()
    assert written == customers_page.page(
        written, demo.query(customers_page.SHOWN), demo.query(customers_page.EVIDENCE)
    ), "docs/customers.md is stale: make docs-pages"


def test_a_signal_that_nobody_has_is_shown_without_an_example():
    shown = [("past_due", 2, ("acc_1", 1.0, None, None))]
    lines = {line.split("`")[1]: line for line in customers_page.table(shown).splitlines()[2:-2]}
    assert lines["past_due"].endswith("| `past_due`, while it lasts | 2 | acc_1: 1 |")
    assert lines["no_usage"].endswith("| no `actions` for 28 days | 0 |  |")
