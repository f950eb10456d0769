"""A thousand damaged rows: no figure changes without a reason that names the row.

Each damage is one row of an account of its own, so that one build tests them all.
"""

from collections import Counter, defaultdict

import pytest
from conftest import WITHOUT_CUSTOMERS, WITHOUT_UNIT_TESTS, Dbt
from reference.comparison import SEEDS, assert_same_tables, variables_of
from reference.computation import Settings, compute
from reference.damages import (
    DAMAGES,
    GONE,
    OTHER,
    RATES,
    SAME,
    account_name,
    damaged_events,
    number_in,
)
from reference.files import write_csv

# its builds are shared by its tests: one worker plays them
pytestmark = pytest.mark.xdist_group("campaign")


class Campaign:
    """The damaged events and what was built of them."""

    def __init__(self, built, finished, events, settings: Settings):
        self.built, self.finished, self.events = built, finished, events
        # what was given, what is right without damage, and without the rows that have damage
        self.damaged, self.clean, self.gone = (
            compute(rows, [], RATES, settings, SEEDS)
            for rows in (events.read, events.clean, events.gone)
        )
        self.rejected = built.rows("nrr__rejected_events")


@pytest.fixture(
    scope="module",
    params=[
        (1, Settings()),
        pytest.param(
            (2, Settings(timezone="America/New_York", reporting_currency="GBP", fx="actual")),
            marks=pytest.mark.long,
        ),
    ],
    ids=["defaults", "other settings"],
)
def campaign(request, tmp_path_factory) -> Campaign:
    seed, settings = request.param
    folder = tmp_path_factory.mktemp("campaign")
    events = damaged_events(seed)
    write_csv(folder / "data/subscription_events.csv", events.damaged)
    write_csv(folder / "data/exchange_rates.csv", RATES)
    built = Dbt(folder, data=folder / "data")
    finished = built.run(
        "build",
        *WITHOUT_UNIT_TESTS,
        *WITHOUT_CUSTOMERS,
        "--store-failures",
        variables=variables_of(settings),
    )
    return Campaign(built, finished, events, settings)


def figures_by_account(months: list[dict], bases: list[dict]) -> dict[str, list]:
    """What each account pays, and its segments and MRR in the pairs of months."""
    found = defaultdict(list)
    for row in [*months, *bases]:
        found[row["account_id"]].append(sorted(row.items()))
    return {account: sorted(map(str, rows)) for account, rows in found.items()}


def of_result(result) -> dict[str, list]:
    return figures_by_account(result.nrr__account_months, result.nrr__retention_accounts)


def test_the_tables_are_those_of_the_computation(campaign):
    assert_same_tables(campaign.built, campaign.damaged)


def test_each_damage_has_the_figures_and_the_reasons_that_it_should_have(campaign):
    figures = of_result(campaign.damaged)
    right = {SAME: of_result(campaign.clean), GONE: of_result(campaign.gone)}
    reasons = defaultdict(list)
    for row in campaign.rejected:
        reasons[number_in(row)].append(row["reason"])
    wrong = []
    for number, damage in enumerate(DAMAGES):
        account = account_name(number)
        assert right[SAME][account] != right[GONE][account]
        if damage.figures == OTHER:
            is_right = figures[account] != right[SAME][account]
        else:
            is_right = figures[account] == right[damage.figures][account]
        if not is_right or sorted(reasons[number]) != sorted(damage.reasons):
            wrong.append(f"{damage.name}: {reasons[number]} instead of {damage.reasons}")
            wrong[-1] += "" if is_right else f", figures are not {damage.figures}"
    assert not wrong, f"{len(wrong)} of {len(DAMAGES)}\n" + "\n".join(wrong)


def test_rows_in_are_rows_used_and_rows_rejected(campaign):
    given = sum(any(value.strip() for value in row.values()) for row in campaign.events.damaged)
    rows = dict(campaign.built.query("select reason, number_of_rows from int_nrr__input_rows"))
    assert sum(rows.values()) == given
    assert rows.pop(None) == len(campaign.damaged.used_events)
    assert rows == Counter(row["reason"] for row in campaign.rejected)


def test_the_build_ends_says_each_reason_and_fails(campaign):
    # nothing is to be done about these two
    harmless = {"duplicate", "ignored_status"}
    reasons = {row["reason"] for row in campaign.rejected} - harmless
    assert len(reasons) > 20
    unsaid = {reason for reason in reasons if reason not in campaign.finished.words}
    assert (campaign.finished.success, unsaid) == (False, set())
    assert "SKIP relation" not in campaign.finished.output
