"""`make explain`: from a rate to its accounts, and from an account to its events."""

import resource
import subprocess
from decimal import Decimal

import duckdb
import explain
import pytest
from conftest import ROOT


def rows_of(demo, sql):
    """A connection for each query: dbt does not build beside one that stays open."""
    with duckdb.connect(str(demo.database), read_only=True) as connection:
        return explain.rows_of(connection, sql)


def rows(demo, analysis, **variables):
    return rows_of(demo, explain.query_of(analysis, **variables))


def make(demo, *arguments):
    return subprocess.run(
        ["make", "-s", "explain", f"NRR_DUCKDB_PATH={demo.database}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def computed_seconds() -> float:
    """What this process's children have computed: other processes on the machine do not count."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_the_points_of_a_segments_accounts_add_up_to_its_rates(demo):
    rates = rows_of(
        demo,
        "select * from nrr__retention where month = (select max(month) from nrr__retention)",
    )
    assert {row["segment_dimension"] for row in rates} >= {"all", "size", "product", "industry"}
    for rate in rates:
        dimension, segment = rate["segment_dimension"], rate["segment"]
        found = rows(demo, "explain_segment", dimension=dimension, segment=segment)
        assert len(found) == rate["starting_accounts"], (dimension, segment)
        for column, name in (("points_nrr", "nrr"), ("points_grr", "grr")):
            total = 1 + sum(Decimal(row[column]) for row in found)
            assert abs(total - rate[name]) < Decimal("1e-6"), (dimension, segment)


def test_the_largest_effect_comes_first(demo):
    found = rows(demo, "explain_segment", dimension="size", segment="smb", month="2026-10-01")
    effects = [abs(row["change_mrr"]) for row in found]
    assert effects == sorted(effects, reverse=True)
    assert effects[0] > 0


def test_an_accounts_rows_are_its_states_months_and_what_it_adds(demo):
    account, change = demo.query(
        "select account_id, ending_mrr - starting_mrr from nrr__retention_accounts "
        "where month = '2026-10-01' and size = 'smb' order by abs(ending_mrr - starting_mrr) desc"
    )[0]
    found = rows(demo, "explain_account", account=account, month="2026-10-01")
    parts = {part: [row for row in found if row["part"] == part] for part in (1, 2, 3, 4)}
    states = demo.query(
        f"select count(*) from int_nrr__item_states where account_id = '{account}' "
        "and (ends_at > starts_at or ends_at is null)"
    )
    assert len(parts[1]) == states[0][0]
    assert max(row["month"] for row in parts[2]).isoformat() == "2026-10-01"
    # each month's MRR is the month's before and its movements
    mrr = Decimal(0)
    for month in sorted({row["month"] for row in parts[2]}):
        of_month = [row for row in parts[2] if row["month"] == month]
        mrr += sum(row["change_mrr"] or 0 for row in of_month)
        assert {row["mrr"] for row in of_month} == {mrr}
    # and the drivers add up to the movements
    moved = sum(row["change_mrr"] or 0 for row in parts[2])
    assert sum(row["change_mrr"] for row in parts[3]) == moved
    dimensions = {row["what"] for row in parts[4]}
    assert dimensions >= {"all", "size", "product", "acquisition_quarter"}
    assert {row["change_mrr"] for row in parts[4]} == {change}


def test_warehouses_run_the_same_queries(demo, dbt):
    """What dbt compiles gives the rows that the script shows."""
    asked = {
        "explain_account": {"account": "acc_0024", "month": "2026-10-01"},
        "explain_segment": {"dimension": "industry", "segment": "Retail"},
    }
    other = dbt()
    for analysis, variables in asked.items():
        other.succeed("compile", "--select", analysis, variables=variables)
        (compiled,) = other.folder.rglob(f"compiled/**/analyses/{analysis}.sql")
        of_dbt = rows_of(demo, compiled.read_text().replace('"nrr"."main".', ""))
        assert of_dbt
        assert of_dbt == rows(demo, analysis, **variables)


def test_from_a_rate_to_the_events_in_two_commands(demo):
    begun = computed_seconds()
    segment = make(demo, "SEGMENT=smb", "MONTH=2026-10")
    seconds = computed_seconds() - begun
    assert (segment.returncode, segment.stderr) == (0, "")
    assert "size smb, October 2026: NRR" in segment.stdout
    account = next(word for word in segment.stdout.split() if word.startswith("acc_"))
    states = make(demo, f"ACCOUNT={account}", "MONTH=2026-10")
    assert states.returncode == 0
    for words in ("the states of its items", "Its MRR at month ends", "What it adds to the rates"):
        assert words in states.stdout
    assert seconds < 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["SEGMENT=smbb"], "There is no segment smbb. Did you mean: smb"),
        (["ACCOUNT=acc24"], "There is no account acc24. Did you mean: acc_0024"),
        (["SEGMENT=smb", "MONTH=2031-01"], "2031-01 is not there: months are 2023-05 to"),
        (["SEGMENT=smb", "MONTH=soon"], "MONTH is soon. It takes a month such as 2026-10."),
        (["SEGMENT=smb", "MONTH=2023-06"], "No account of smb had MRR twelve months before"),
        (["SEGMENT=(unknown)"], "say which, such as DIMENSION="),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(demo, arguments, message):
    made = make(demo, *arguments)
    assert made.returncode != 0
    assert message in made.stderr


def test_an_account_with_a_quote_in_its_id_is_looked_for_as_it_is():
    assert "'o''neil' as account_id" in explain.query_of("explain_account", account="o'neil")
