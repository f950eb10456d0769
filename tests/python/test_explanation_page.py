"""docs/explanation.md shows what the demo's explanation says."""

import write_explanation_page as explanation_page


def test_the_page_of_the_explanation_shows_the_demo_s_figures(demo):
    written = explanation_page.PAGE.read_text()
    assert written == explanation_page.page(written, demo.query), (
        "docs/explanation.md is stale: make docs-pages"
    )


def test_the_steps_of_the_bridge_end_at_the_rates(demo):
    last = explanation_page.bridge(demo.query(explanation_page.QUERIES["bridge"])).splitlines()[-1]
    rates = demo.query(
        "select round(nrr * 100, 1), round(grr * 100, 1) from nrr__retention "
        "where month = (select max(month) from nrr__retention) and segment_dimension = 'all'"
    )
    assert last.startswith(f"| **rate** | **{rates[0][0]:.1f}%** | **{rates[0][1]:.1f}%** |")
