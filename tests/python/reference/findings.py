"""nrr__retention_findings once more, from the computed tables: definitions section 10."""

import csv
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import log
from pathlib import Path

from reference.bridges import retention_bridges
from reference.computation import (
    STANDINGS,
    Result,
    Seeds,
    add_months,
    rate_over,
    ratio,
    wilson_interval,
)
from reference.retention_cohorts import retention_cohorts

SEED = Path(__file__).parents[3] / "seeds/explanation/nrr_findings.csv"


def tenths(value) -> str:
    # no minus before zero
    return str(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP) + 0)


def percent(value) -> str:
    return tenths(Decimal(value) * 100) + "%"


def whole(value) -> str:
    return f"{Decimal(value).quantize(Decimal(1), ROUND_HALF_UP):,}"


def share_of(part, all_of_it) -> Decimal | None:
    return ratio(rate_over(part, all_of_it))


def candidate(finding, row, figure, baseline, share=None, **more) -> dict:
    """A row before the bounds are looked at; the segment is that of `row` unless more says so."""
    named = {name: row[name] for name in ("month", "segment_dimension", "segment")}
    nothing = dict.fromkeys(["mrr", "accounts", "base_accounts", "detail"])
    figures = {"figure": figure, "baseline": baseline, "share": share}
    return {"finding": finding, **named, **nothing, **figures, **more}


def of_company(company: dict) -> list[dict]:
    lost_mrr = company["starting_mrr"] - company["retained_mrr"]
    counts = {
        "accounts": company["starting_accounts"] - company["retained_accounts"],
        "base_accounts": company["starting_accounts"],
    }
    nrr, grr = company["nrr"], company["grr"]
    years = Decimal(repr(round(log(2) / log(nrr), 9))) if nrr > 1 else None
    found = [
        ("gross_retention_low", grr, nrr, lost_mrr),
        ("treadmill", 1 - grr, nrr, lost_mrr),
        ("hardly_any_expansion", nrr - grr, nrr, None),
        ("expansion_outruns_losses", nrr, grr, lost_mrr),
        ("loyal_without_expansion", nrr, grr, None),
        ("both_halves", nrr, grr, None),
        ("grows_by_itself", nrr, years, None),
        ("small_base", company["effective_accounts"], nrr, None),
    ]
    return [
        candidate(name, company, figure, baseline, Decimal(1), mrr=mrr, **counts)
        for name, figure, baseline, mrr in found
    ]


def missing(segment: dict, company: dict) -> Decimal:
    """What the segment would pay more at the company's rate."""
    rate = float(company["ending_mrr"]) / float(company["starting_mrr"])
    return Decimal(
        repr(round(rate * float(segment["starting_mrr"]) - float(segment["ending_mrr"]), 4))
    )


def of_segments(dimension: str, segments: list[dict], company: dict) -> list[dict]:
    found = []
    lacks = {row["segment"]: missing(row, company) for row in segments}
    shares = {
        row["segment"]: max(
            share_of(row[column], company[column])
            for column in ("starting_accounts", "starting_mrr")
        )
        for row in segments
    }

    def rate_with(more: Decimal) -> Decimal:
        return share_of(company["ending_mrr"] + more, company["starting_mrr"])

    def counts(row: dict) -> dict:
        left = row["starting_accounts"] - row["retained_accounts"]
        return {
            "mrr": lacks[row["segment"]],
            "accounts": left,
            "base_accounts": row["starting_accounts"],
        }

    for row in segments:
        share = shares[row["segment"]]
        rates = {
            "hidden_leak": row["nrr"],
            "half_of_the_logos_left": 1 - row["logo_retention"],
        }
        for name, figure in rates.items():
            found.append(candidate(name, row, figure, company["nrr"], share, **counts(row)))
    if len(segments) > 1:
        worst = sorted(segments, key=lambda row: (-lacks[row["segment"]], row["segment"]))
        more = sum(max(lacks[row["segment"]], Decimal(0)) for row in worst[:2])
        points = share_of(lacks[worst[0]["segment"]], company["starting_mrr"])
        share = shares[worst[0]["segment"]]
        found.append(
            candidate("worst_segment", worst[0], points, rate_with(more), share, **counts(worst[0]))
        )
    # by more than what rounding leaves of an interval without width
    least = Decimal("1e-8")
    below = [
        row
        for row in segments
        if row["nrr_high"] is not None and company["nrr"] - row["nrr_high"] > least
    ]
    more = sum(lacks[row["segment"]] for row in below)
    key = {"month": company["month"], "segment_dimension": dimension, "segment": "all"}
    numbers = {"mrr": more, "accounts": len(below), "base_accounts": len(segments)}
    found.append(
        candidate(
            "segments_below_the_company", key, Decimal(len(below)), rate_with(more), **numbers
        )
    )
    return found


def of_benchmarks(grades: list[dict], company: dict, seeds: Seeds) -> list[dict]:
    scopes = {row["benchmark_id"]: row["scope"] for row in seeds.benchmarks}
    verdicts = defaultdict(list)
    for row in grades:
        is_company = row["dimension"] != "all" or row["segment"] == "all"
        if row["standing"] and is_company and scopes[row["benchmark_id"]] != "segment":
            verdicts[row["metric"]].append((STANDINGS.index(row["standing"]), row))
    found = []
    for metric, ranked in verdicts.items():
        best = min(ranked, key=lambda entry: (-entry[0], entry[1]["benchmark_id"]))
        worst = min(ranked, key=lambda entry: (entry[0], entry[1]["benchmark_id"]))
        if best[0] >= 3 and worst[0] == 1:
            rate = best[1]["rate"]
            detail = (
                f"{best[1]['publisher']} calls {metric.upper()} of {percent(rate)} "
                f"{best[1]['band']}, {worst[1]['publisher']} calls it {worst[1]['band']}"
            )
            found.append(
                candidate(
                    f"benchmarks_disagree_on_{metric}",
                    company,
                    rate,
                    Decimal(best[0] - worst[0]),
                    Decimal(1),
                    base_accounts=best[1]["starting_accounts"],
                    detail=detail,
                )
            )
    return found


def of_expansion(pairs: list, company: dict, few: Decimal) -> list[dict]:
    growing = [pair for pair in pairs if pair.ending > pair.starting]
    growths = [pair.ending - pair.starting for pair in growing]
    if not growths:
        return []
    effective = share_of(sum(growths) ** 2, sum(growth**2 for growth in growths))
    if effective >= few:
        return []
    order = sorted(growing, key=lambda pair: (pair.starting - pair.ending, pair.account_id))
    ten = order[:10]
    baseline = share_of(
        company["ending_mrr"] - sum(pair.ending for pair in ten),
        company["starting_mrr"] - sum(pair.starting for pair in ten),
    )
    return [
        candidate(
            "few_accounts_expand",
            company,
            effective,
            baseline,
            share_of(sum(growths), company["starting_mrr"]),
            mrr=sum(pair.ending - pair.starting for pair in ten),
            accounts=len(ten),
            base_accounts=len(growing),
        )
    ]


def of_first_year(losses: dict[date, list[dict]], company: dict, begun: dict) -> list[dict]:
    months = [add_months(company["month"], -back) for back in range(12)]
    lost = [row for month in months for row in losses[month]]
    if not lost:
        return []
    young = [row for row in lost if row["month"] < add_months(begun[row["account_id"]], 12)]
    total = -sum(row["movement_mrr"] for row in lost)
    of_young = -sum(row["movement_mrr"] for row in young)
    return [
        candidate(
            "lost_in_the_first_year",
            company,
            share_of(of_young, total),
            company["nrr"],
            share_of(total, company["starting_mrr"]),
            mrr=of_young,
            accounts=sum(row["movement"] == "churn" for row in young),
            base_accounts=sum(row["movement"] == "churn" for row in lost),
        )
    ]


LEVERS = {"seats": "seats", "plan": "plan", "usage": "usage", "add_on": "add-ons"}


def of_drivers(bridge: dict[str, dict], company: dict) -> list[dict]:
    """What the company's bridge from 100% to NRR says; `bridge` is {step: its row}."""

    def value(step: str, column: str) -> Decimal:
        return bridge[step][column] if step in bridge else Decimal(0)

    gained = sum(max(row["points_nrr"], Decimal(0)) for row in bridge.values())
    at_work = [
        name for step, name in LEVERS.items() if value(step, "points_nrr") >= Decimal("0.01")
    ]
    detail = " ".join(["only", *at_work]) if at_work else "none"
    price = value("price", "points_nrr")
    return [
        candidate("few_levers", company, Decimal(len(at_work)), gained, detail=detail),
        candidate(
            "price_is_the_expansion",
            company,
            share_of(price, gained),
            price,
            price,
            mrr=value("price", "step_mrr"),
        ),
        candidate(
            "usage_falls_while_seats_grow",
            company,
            -value("usage", "points_nrr"),
            value("seats", "points_nrr"),
            mrr=-value("usage", "step_mrr"),
        ),
    ]


def of_cohorts(cells: list[dict], company: dict) -> list[dict]:
    """The third month against the second and the fourth, in cohorts of the two years before."""
    first, last = add_months(company["month"], -27), add_months(company["month"], -4)
    old_enough = [row for row in cells if first <= row["cohort"] <= last]
    at_3, left_3, around, left_around = 0, 0, 0, 0
    for row in old_enough:
        if row["months_since_start"] == 3:
            at_3, left_3 = at_3 + row["at_risk_accounts"], left_3 + row["left_accounts"]
        elif row["months_since_start"] in (2, 4):
            around += row["at_risk_accounts"]
            left_around += row["left_accounts"]
    if not at_3 or not left_around:
        return []
    hazard, other = Fraction(left_3, at_3), Fraction(left_around, around)
    low, _ = wilson_interval(hazard, at_3)
    _, high = wilson_interval(other, around)
    difference_low = float(hazard - other) - float((hazard - low) ** 2 + (high - other) ** 2) ** 0.5
    return [
        candidate(
            "step_at_month_3",
            company,
            ratio(hazard / other),
            Decimal(repr(round(difference_low, 9))),
            ratio(hazard),
            accounts=left_3,
            base_accounts=at_3,
        )
    ]


def is_found(row: dict, finding: dict) -> bool:
    for name in ("figure", "baseline", "share"):
        low, high = finding.get(f"{name}_from"), finding.get(f"{name}_to")
        if low and (row[name] is None or row[name] < Decimal(low)):
            return False
        if high and (row[name] is None or row[name] >= Decimal(high)):
            return False
    return True


def filled(text: str, row: dict) -> str:
    figure, baseline = row["figure"], row["baseline"]
    words = {
        "name": f"{row['segment']} ({row['segment_dimension']})",
        "dimension": row["segment_dimension"],
        "segment": row["segment"].replace("'", "''"),
        "month": row["month"].isoformat(),
        "figure%": percent(figure),
        "figure": tenths(figure),
        "points": tenths(figure * 100),
        "rest%": percent(1 - figure),
        "baseline%": "" if baseline is None else percent(baseline),
        "years": "" if baseline is None else tenths(baseline),
        "accounts": "" if row["accounts"] is None else whole(row["accounts"]),
        "base": "" if row["base_accounts"] is None else whole(row["base_accounts"]),
        "mrr": "" if row["mrr"] is None else whole(row["mrr"]),
        "detail": row["detail"] or "",
    }
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text


def retention_findings(result: Result, seeds: Seeds) -> list[dict]:
    """The rows of nrr__retention_findings."""
    with SEED.open(newline="", encoding="utf-8") as file:
        findings = {row["finding"]: row for row in csv.DictReader(file)}
    of_month = defaultdict(lambda: defaultdict(list))
    for row in result.nrr__retention:
        if row["starting_mrr"]:
            of_month[row["month"]][row["segment_dimension"]].append(row)
    losses = defaultdict(list)
    for row in result.nrr__mrr_movements:
        if row["movement"] in ("churn", "contraction"):
            losses[row["month"]].append(row)
    bridges = defaultdict(dict)
    known = result.explained
    for row in known.get("nrr__retention_bridges") or retention_bridges(
        result.book, result.pairs_by_month
    ):
        if row["segment_dimension"] == "all" and row["compared_month"] is None:
            bridges[row["month"]][row["step"]] = row
    cells = [
        row
        for row in known.get("nrr__retention_cohorts") or retention_cohorts(result, seeds)
        if (row["segment_dimension"], row["cohort_grain"]) == ("all", "month")
    ]
    candidates = []
    for month, dimensions in of_month.items():
        (company,) = dimensions.pop("all")
        candidates += of_company(company)
        for dimension, segments in dimensions.items():
            candidates += of_segments(dimension, segments, company)
        grades = [row for row in result.nrr__retention_grades if row["month"] == month]
        candidates += of_benchmarks(grades, company, seeds)
        few = Decimal(findings["few_accounts_expand"]["figure_to"])
        candidates += of_expansion(result.pairs_by_month[month], company, few)
        candidates += of_first_year(losses, company, result.book.acquisition_month)
        candidates += of_drivers(bridges[month], company)
        candidates += of_cohorts(cells, company)
    rows = []
    for row in candidates:
        finding = findings[row["finding"]]
        if is_found(row, finding):
            detail = {name: value for name, value in row.items() if name != "detail"}
            rows.append(
                {
                    **detail,
                    "severity": int(finding["severity"]),
                    "sentence": filled(finding["sentence"], row),
                    "query": filled(finding["query"], row),
                }
            )
    return rows
