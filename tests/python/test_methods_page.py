"""docs/methods.md shows the methods as the seed has them, and the demo's figures by each."""

import write_methods_page as methods_page


def test_the_page_of_methods_shows_the_seed_and_the_demo_s_figures(demo):
    written = methods_page.PAGE.read_text()
    assert written == methods_page.page(written, demo.query(methods_page.FIGURES)), (
        "docs/methods.md is stale: make docs-pages"
    )


def test_every_method_has_its_row_in_the_seed(demo):
    computed = demo.query("select distinct method from nrr__retention_by_method")
    written = {row["method"] for row in methods_page.methods()}
    # the demo has no contracts
    assert written == {method for (method,) in computed} | {"renewal_base"}


def test_every_method_says_where_it_is_defined():
    for row in methods_page.methods():
        assert row["publisher"], row["method"]
        assert row["source_title"], row["method"]


def test_a_rate_that_is_not_there_is_an_empty_cell_and_a_method_no_line():
    rows = [{"method": "three_months"}, {"method": "renewal_base"}]
    rates = [("all", "all", "three_months", 1.08, None), ("size", "smb", "three_months", 0.5, 0.25)]
    assert methods_page.figures(rows, rates).splitlines()[2:] == [
        "| `three_months` | 108.0% |  | 50.0% | 25.0% |  |  |  |  |"
    ]
