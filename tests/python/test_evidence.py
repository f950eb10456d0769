"""What nrr__evidence says of companies whose truth is known."""

from collections import Counter
from datetime import date

import duckdb
import numpy
import pandas
import pytest
from conftest import WITHOUT_TESTS, Dbt
from generate import generate
from statsmodels.stats.proportion import proportions_ztest

MODELS = [
    *["int_nrr__evidence_subjects", "int_nrr__exposures", "int_nrr__evidence_groups"],
    *["int_nrr__evidence_rates", "int_nrr__evidence_leads", "nrr__evidence"],
]
DATA_SETS, ACCOUNTS, MONTHS, HORIZON = 200, 600, 36, 3
RATE, LEAVING = 0.03, 0.02  # per month
SIGNALS = pandas.DataFrame(
    [(name, "risk", 0) for name in ("nothing", "doubled", "ever_asked")],
    columns=["signal", "kind", "needed_days"],
)


@pytest.fixture(scope="module")
def evidence_of(tmp_path_factory):
    """The evidence on tables of signals and of accounts at landmarks, by the project's SQL."""
    built = Dbt(tmp_path_factory.mktemp("evidence"))
    built.succeed("compile", "--select", *MODELS, variables={"nrr_evidence_months": HORIZON})
    paths = [path for name in MODELS for path in built.folder.rglob(f"compiled/**/{name}.sql")]
    written = [(path.stem, path.read_text().replace('"nrr"."main".', "")) for path in paths]
    assert [name for name, _ in written] == MODELS

    def evidence(held: pandas.DataFrame, accounts: pandas.DataFrame) -> list[tuple]:
        with duckdb.connect() as connection:
            connection.register("int_nrr__signals", SIGNALS)
            connection.register("nrr__account_signals", held)
            connection.register("accounts", accounts)
            connection.execute("""
                create table int_nrr__landmark_accounts as
                select * replace (
                    cast(churned_month as date) as churned_month,
                    cast(starting_mrr as decimal(18, 4)) as starting_mrr,
                    cast(ending_mrr as decimal(18, 4)) as ending_mrr
                ), cast(null as date) as contracted_month, cast(null as date) as expanded_month
                from accounts
            """)
            connection.execute("""
                create table int_nrr__early_features (
                    account_id text, feature text, first_paid_on date, known_on date,
                    first_used_on date
                )
            """)
            connection.execute("""
                create table int_nrr__parted_accounts (
                    subject_kind text, subject text, month date, account_id text,
                    observed_on date, is_worse boolean
                );
                create table int_nrr__score_auc as select cast(null as double) as auc
            """)
            for name, sql in written:
                connection.execute(f"create table {name} as {sql}")
            return connection.execute(
                "select subject, verdict from nrr__evidence where outcome = 'churned'"
            ).fetchall()

    return evidence


def a_company(seed: int) -> tuple[pandas.DataFrame, pandas.DataFrame, float]:
    """Signals held and accounts at landmarks, and the p-value of having *ever* asked.

    Accounts leave at one rate, whatever their age, except that it is doubled for the horizon after
    a landmark at which `doubled` holds. `nothing` holds at random, and who has asked once has
    forever.
    """
    dice = numpy.random.default_rng(seed)
    starts = dice.integers(0, HORIZON, ACCOUNTS)
    asks = starts + dice.geometric(RATE, ACCOUNTS)
    here = numpy.ones(ACCOUNTS, bool)
    left = numpy.full(ACCOUNTS, MONTHS)
    held, accounts = [], []
    for month in range(0, MONTHS, HORIZON):
        observed_on = pandas.Timestamp(2021, 1, 31) + pandas.offsets.MonthEnd(month)
        there = numpy.flatnonzero(here & (starts <= month))
        doubled, nothing = (dice.random(len(there)) < 0.1 for _ in range(2))
        risk = 1 - (1 - LEAVING * (1 + doubled)) ** HORIZON
        leaves = dice.random(len(there)) < risk
        left[there[leaves]] = month + HORIZON
        here[there[leaves]] = False
        for name, holds in {
            "doubled": doubled,
            "nothing": nothing,
            "ever_asked": asks[there] <= month,
        }.items():
            held += [(account, name, observed_on, observed_on) for account in there[holds]]
        accounts += [
            (
                account,
                observed_on,
                100,
                0 if leaving else 100,
                date(2021, 1, 1) if leaving else None,
            )
            for account, leaving in zip(there, leaves, strict=True)
        ]
    known = starts < MONTHS
    ever = asks < numpy.minimum(left, MONTHS)
    gone = left < MONTHS
    groups = [known & ever, known & ~ever]
    naive = proportions_ztest([gone[g].sum() for g in groups], [g.sum() for g in groups])[1]
    held = pandas.DataFrame(
        held, columns=["account_id", "signal", "observed_on", "first_observed_on"]
    )
    accounts = pandas.DataFrame(
        accounts,
        columns=["account_id", "observed_on", "starting_mrr", "ending_mrr", "churned_month"],
    )
    accounts["month"] = accounts["observed_on"].dt.to_period("M").dt.start_time
    accounts["first_paid_on"] = pandas.Timestamp(2020, 1, 1)
    accounts["days_since_first_payment"] = 400
    return held, accounts, naive


def test_chance_is_rarely_a_signal_and_a_doubled_risk_is_found(evidence_of):
    verdicts, deceived = Counter(), 0
    for seed in range(DATA_SETS):
        held, accounts, naive = a_company(seed)
        verdicts.update(evidence_of(held, accounts))
        deceived += naive < 0.05
    said = {
        name: verdicts[name, "predicts"] + verdicts[name, "misleads"]
        for name in ("nothing", "ever_asked")
    }
    # both without any effect
    assert all(number <= 0.06 * DATA_SETS for number in said.values()), said
    assert verdicts["doubled", "predicts"] > DATA_SETS / 2, verdicts
    assert verdicts["doubled", "misleads"] == 0
    # ... whereas whoever compares who has ever asked with who never has is taken in by it
    assert deceived > 0.9 * DATA_SETS, deceived


def test_few_accounts_have_no_verdict(evidence_of):
    held, accounts, _ = a_company(1)
    few = held[held["signal"] == "doubled"].head(29)
    assert evidence_of(few, accounts) == [("doubled", "too few")]


# what the demo's generator plants (demo/README.md), and what has no effect in it
PLANTED = [
    *[("usage_falling", "churned"), ("breadth_falling", "churned"), ("tickets_rising", "churned")],
    *[("billing_pages_visited", "churned"), ("champion_left", "churned")],
    *[("no_value_review", "churned"), ("meeting_missed", "churned"), ("bad_rating", "churned")],
    *[("detractor", "churned"), ("not_activated", "churned"), ("api", "churned")],
    ("seats_near_limit", "expanded"),
]
WITHOUT_EFFECT = [("blog_read", "expanded"), ("feature_requested", "churned")]


def test_what_is_planted_in_four_demo_companies_is_found(tmp_path):
    """... and what happens at random, or to who lives long, is not."""
    dbt = Dbt(tmp_path, data=tmp_path / "data")
    generate(dbt.data, accounts=2400, customers=True)
    dbt.succeed("build", "--select", "+nrr__evidence", *WITHOUT_TESTS)
    rows = {(row["subject"], row["outcome"]): row for row in dbt.rows("nrr__evidence")}
    verdicts = {key: row["verdict"] for key, row in rows.items()}
    assert {key: verdicts[key] for key in PLANTED} == dict.fromkeys(PLANTED, "predicts")
    assert {verdicts[key] for key in WITHOUT_EFFECT} == {"no evidence"}
    # an account whose champion has left is about twice as likely to leave; who uses the api, half
    assert 1.5 < rows["champion_left", "churned"]["lift"] < 2.5
    assert 0.2 < rows["api", "churned"]["lift"] < 0.7
    # the score adds up what is planted: red accounts leave more often, green ones less
    scored = [(colour, "churned") for colour in ("red", "yellow", "green")]
    assert {verdicts[colour] for colour in scored} == {"predicts"}
    assert verdicts["1", "churned"] == "predicts"
    assert rows["red", "churned"]["auc"] > 0.65
