"""Writes into docs/customers.md the seed nrr_signals and what the demo shows of each signal."""

import csv

import duckdb
from write_methods_page import built_demo
from write_models_page import ROOT, written_between

PAGE = ROOT / "docs" / "customers.md"
SEED = ROOT / "seeds" / "customers" / "nrr_signals.csv"
# of each signal: how many accounts have it at the newest month's end, and that with most at stake
SHOWN = """
with newest as (
    select * from nrr__account_signals
    where observed_on = (
        select max(observed_on) from nrr__account_signals where observed_on = last_day(observed_on)
    )
)

select
    signal,
    count(*) as accounts,
    arg_max(
        (account_id, figure, baseline, due_on), (mrr_at_stake, account_id)
    ) as example
from newest
group by signal
"""
# what each has predicted, best told apart first
EVIDENCE = """
select
    subject_kind,
    subject,
    outcome,
    exposed_accounts,
    exposed_rate,
    control_accounts,
    control_rate,
    difference_low,
    difference_high,
    verdict
from nrr__evidence
order by verdict = 'too few', q_value nulls last, subject_kind, subject, outcome
"""
# the company's outlook, and what those before it were worth, by horizon
OUTLOOK = """
select
    horizon,
    max(month) as newest_month,
    arg_max(expected_nrr, made_on) as expected_nrr,
    arg_max(low_80, made_on) as low_80,
    arg_max(high_80, made_on) as high_80,
    arg_max(expected_grr, made_on) as expected_grr,
    count(actual_nrr) as backtests,
    avg(abs(error)) as mean_error,
    avg(abs(naive_error)) as naive_mean_error,
    count_if(actual_nrr between low_80 and high_80) / nullif(count(actual_nrr), 0) as held
from nrr__retention_outlook
where segment_dimension = 'all'
group by horizon
order by horizon
"""
# rule -> what it looks at, in words
WORDS = {
    "drop": "{fact} a day at most {threshold} of before, {minimum} or more",
    "rise": "{minimum} or more {fact} in 28 days, {threshold} standard deviations above its usual",
    "at_least": "{fact} from {threshold} of the limit on",
    "at_most": "{fact} of {threshold} or less within {days} days",
    "silence": "no {fact} for {days} days",
    "missed": "{fact}, but no {other_fact} within {days} days",
    "due_within": "{fact} within {days} days",
    "happened": "{fact} within {days} days",
}


def signals():
    with SEED.open(newline="") as file:
        return list(csv.DictReader(file))


def holds_when(row):
    """When a signal holds, in words."""
    words = row | {"fact": f"`{row['fact']}`", "other_fact": f"`{row['other_fact']}`"}
    if row["label"]:
        words["fact"] += f" (`{row['label']}`)"
    said = WORDS[row["rule"]].format(**words)
    if row["rule"] == "silence" and row["other_fact"] == "ever":
        said = f"never any {words['fact']}, after {row['days']} days"
    if row["rule"] == "happened" and not row["days"]:
        said = f"{words['fact']}, while it lasts"
    source = ", ".join(filter(None, [row["publisher"], row["source_title"], row["published"]]))
    return f"{said} ([{source}]({row['source_url']}))" if source else said


def example(found):
    """An account with its figures: 'acc_0289: 3.4, before 7.1'."""
    account, figure, baseline, due_on = found
    said = f"{account}: {float(figure):.4g}"
    if baseline is not None:
        said += f" beside {float(baseline):.4g}"
    return said + (f", due on {due_on}" if due_on else "")


def table(shown):
    """A line for each signal: when it holds, of how many accounts of the demo, and of which."""
    found = {signal: rest for signal, *rest in shown}
    lines = ["| signal | of | holds when | accounts | for example |", "|---|---|---|--:|---|"]
    for row in signals():
        accounts, shown_by = found.get(row["signal"], (0, None))
        cells = [f"`{row['signal']}`", row["kind"], holds_when(row), str(accounts)]
        lines.append("| " + " | ".join([*cells, example(shown_by) if shown_by else ""]) + " |")
    lines += ["", "Accounts and examples: the demo company at the end of its newest month."]
    return "\n".join(lines)


def percent(rate):
    return "" if rate is None else f"{100 * rate:.1f}%"


def evidence_table(rows):
    """A line for each subject and outcome: the accounts and rates of both groups, and verdict."""
    lines = [
        "| subject | outcome | with it | without it | difference | verdict |",
        "|---|---|--:|--:|--:|---|",
    ]
    for kind, subject, outcome, accounts, rate, others, other_rate, low, high, verdict in rows:
        cells = [
            f"`{subject}`" if kind == "signal" else f"{kind} {subject}",
            outcome,
            f"{percent(rate)} of {accounts:,}",
            f"{percent(other_rate)} of {others:,}",
            "" if low is None else f"{100 * low:+.1f} to {100 * high:+.1f} points",
            verdict,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "Of the demo company; an account counts at each landmark."]
    return "\n".join(lines)


def outlook_table(rows):
    """A line for each horizon: what is expected, and how far off it has been in the past."""
    heading = (
        "month | ahead | NRR expected | range | GRR | back-tests | mean error | naive | in range"
    )
    lines = [f"| {heading} |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    held = tested = 0
    better = []
    for horizon, month, nrr, low, high, grr, backtests, error, naive, share in rows:
        cells = [
            f"{month:%B %Y}",
            str(horizon),
            percent(nrr),
            f"{percent(low)} to {percent(high)}",
            percent(grr),
            str(backtests),
            f"{100 * error:.1f}",
            f"{100 * naive:.1f}",
            f"{share:.0%}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
        held, tested = held + share * backtests, tested + backtests
        better += [str(horizon)] if error < naive else []
    lines += [
        "",
        "Of the demo company: what is expected; by how many points outlooks of the past missed, "
        "and by how many they would have, had NRR been expected to stay; how often ranges held: "
        f"{held / tested:.0%} of all {tested}. Better than naive: {', '.join(better)} months "
        "ahead.",
    ]
    return "\n".join(lines)


def page(text, shown, evidence, outlook):
    """The page's text with its tables written anew."""
    text = written_between(text, "signals", table(shown))
    text = written_between(text, "evidence", evidence_table(evidence))
    return written_between(text, "outlook", outlook_table(outlook))


if __name__ == "__main__":
    with built_demo() as path, duckdb.connect(str(path), read_only=True) as connection:
        rows = (connection.execute(query).fetchall() for query in (SHOWN, EVIDENCE, OUTLOOK))
        PAGE.write_text(page(PAGE.read_text(), *rows))
