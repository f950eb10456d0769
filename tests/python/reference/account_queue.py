"""nrr__account_queue once more, in plain Python, from the signals and the evidence on them."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from reference.account_signals import Customers, View, read_signals
from reference.computation import Book, add_months, movements_of
from reference.evidence import landmark_cases
from reference.retention_outlook import Term


def usual_expansion(book: Book) -> float | None:
    """By which share of their MRR accounts expand that do, in the newest twelve months."""
    before = more = Decimal(0)
    for account in book.mrr:
        for back in range(12):
            month = add_months(book.months[-1], -back)
            if "expansion" in (moved := movements_of(account, month, book)):
                before += book.at(account, add_months(month, -1))
                more += moved["expansion"]
    return float(more / before) if before else None


def rounded(value: float) -> Decimal:
    """To the nine digits of a rate, then to the four of an amount."""
    for digits in ("0.000000001", "0.0001"):
        value = Decimal(value).quantize(Decimal(digits), ROUND_HALF_UP)
    return value


def account_queue(
    seen: list[View],
    rows: list[dict],
    evidence: list[dict],
    book: Book,
    customers: Customers,
    terms: dict[str, list[Term]],
    horizon: int = 3,
) -> list[dict]:
    """nrr__account_queue of the rows of nrr__account_signals and nrr__evidence."""
    newest = max(view.today for view in seen)
    paid = {view.observation.account_id: view.observation.mrr for view in seen}
    cases = landmark_cases(seen, book, horizon)
    usual = {
        outcome: sum(outcome in case.outcomes for case in cases) / len(cases) if cases else None
        for outcome in ("churned", "expanded")
    }
    found = {
        (row["subject"], row["outcome"]): row for row in evidence if row["subject_kind"] == "signal"
    }
    kinds = {signal.name: signal.kind for signal in read_signals(customers.signals)}
    share = usual_expansion(book) or 0
    held = defaultdict(list)
    for row in rows:
        if row["observed_on"] != newest:
            continue
        account, signal = row["account_id"], row["signal"]
        mrr, outcome = paid[account], "churned"
        amount = Decimal(row["mrr_at_stake"])
        if kinds[signal] == "expansion":
            outcome = "expanded"
            amount = float(mrr) * share if amount == mrr else amount
        judged = found.get((signal, outcome), {"verdict": "too few"})
        chance = usual[outcome]
        if judged["verdict"] == "predicts":
            chance = judged["exposed_rate"]
        expected = rounded(float(amount) * round(chance or 0, 9))
        held[account].append((row, judged["verdict"], rounded(float(amount)), expected))
    queue = []
    for account, signals in held.items():
        row, verdict, _, expected = min(
            signals, key=lambda one: (one[1] != "predicts", -one[3], -one[2], one[0]["signal"])
        )
        at = {
            is_gain: max(
                (one[2] for one in signals if (one[0]["kind"] == "expansion") == is_gain),
                default=Decimal(0),
            )
            for is_gain in (False, True)
        }
        queue.append(
            {
                "account_id": account,
                "mrr": paid[account],
                "mrr_at_risk": at[False],
                "mrr_to_gain": at[True],
                "expected_mrr": expected,
                "main_signal": row["signal"],
                "signals": ", ".join(sorted(one[0]["signal"] for one in signals)),
                "next_action": row["response"],
                "renewal_on": min(
                    (day for term in terms[account] if (day := term.next_end(newest))), default=None
                ),
                "first_flagged_on": min(one[0]["first_observed_on"] for one in signals),
                "verdict": verdict,
            }
        )
    queue.sort(key=lambda row: (-row["expected_mrr"], -row["mrr"], row["account_id"]))
    return [row | {"rank": rank} for rank, row in enumerate(queue, 1)]
