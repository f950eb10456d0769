"""Writes what the demo's explanation says of its newest month into docs/explanation.md."""

import duckdb
from explain import points
from write_methods_page import built_demo, percent
from write_models_page import ROOT, written_between

PAGE = ROOT / "docs" / "explanation.md"
NEWEST = "(select max(month) from nrr__retention)"
QUERIES = {
    "bridge": f"""
        select segment, step, points_nrr, points_grr from nrr__retention_bridges
        where month = {NEWEST} and effect = 'driver' and compared_month is null
            and segment_dimension in ('all', 'size')
        order by step_number
    """,
    "changes": f"""
        select compared_month, step, points_nrr from nrr__retention_bridges
        where month = {NEWEST} and effect = 'driver' and segment_dimension = 'all'
            and compared_month is not null
        order by step_number
    """,
    "mix": f"""
        select segment, effect, points_nrr from nrr__retention_bridges
        where month = {NEWEST} and effect in ('rate', 'mix') and segment_dimension = 'size'
            and compared_month = (
                select min(compared_month) from nrr__retention_bridges where month = {NEWEST}
            )
        order by segment
    """,
    "cohorts": """
        select cohort, months_since_start, accounts, nrr, logo_retention, survival
        from nrr__retention_cohorts
        where segment_dimension = 'all' and cohort_grain = 'quarter' and is_complete
            and months_since_start in (3, 6, 12, 24)
        order by cohort, months_since_start
    """,
    "findings": f"""
        select severity, finding, sentence from nrr__retention_findings
        where month = {NEWEST}
        order by severity, mrr desc nulls last, finding, segment
    """,
}
SIZES = ["all", "smb", "mid_market", "enterprise"]


def table(heads, lines):
    """A Markdown table whose first column alone is text."""
    rows = [heads, ["---"] + ["--:"] * (len(heads) - 1), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def bridge(rows):
    """NRR and GRR of the company and NRR of its sizes, step by step."""
    found = {(segment, step): (nrr, grr) for segment, step, nrr, grr in rows}
    steps = list(dict.fromkeys(step for _, step, _, _ in rows))
    lines = []
    for step in steps:
        nrr, grr = found.get(("all", step), (None, None))
        sizes = [points(found.get((size, step), (None,))[0]) for size in SIZES[1:]]
        lines.append([f"`{step}`", points(nrr), points(grr), *sizes])
    sums = [sum(row[2] for row in rows if row[0] == size) for size in SIZES]
    gross = sum(row[3] for row in rows if row[0] == "all")
    nrr, *sizes = [percent(1 + total) for total in sums]
    lines.append(["**rate**", f"**{nrr}**", f"**{percent(1 + gross)}**", *sizes])
    return table(["step", "NRR", "GRR", *(f"NRR of {size}" for size in SIZES[1:])], lines)


def changes(rows):
    """What each step changed of the company's NRR since earlier months."""
    months = sorted({month for month, _, _ in rows}, reverse=True)
    found = {(month, step): value for month, step, value in rows}
    steps = list(dict.fromkeys(step for _, step, _ in rows))
    lines = [[f"`{step}`", *(points(found.get((m, step))) for m in months)] for step in steps]
    sums = [sum(value for month, _, value in rows if month == m) for m in months]
    lines.append(["**change**", *(f"**{points(total)}**" for total in sums)])
    return table(["step", *(f"since {month:%B %Y}" for month in months)], lines)


def mix(rows):
    """What each size changed of the company's NRR in a year, by its rate and by its share."""
    found = {(segment, effect): value for segment, effect, value in rows}
    segments = [size for size in SIZES if any(segment == size for segment, _, _ in rows)]
    lines = [
        [size, points(found.get((size, "rate"))), points(found.get((size, "mix")))]
        for size in segments
    ]
    sums = [sum(row[2] for row in rows if row[1] == effect) for effect in ("rate", "mix")]
    lines.append(["**all**", *(f"**{points(total)}**" for total in sums)])
    return table(["size", "by its rate", "by its share"], lines)


def cohorts(rows):
    """The complete quarters: how many stay without a break, and NRR, at some ages."""
    ages = sorted({row[1] for row in rows})
    lines = []
    for cohort in dict.fromkeys(row[0] for row in rows):
        of_age = {row[1]: row for row in rows if row[0] == cohort}
        cells = [percent(of_age[age][5]) if age in of_age else "" for age in ages]
        rates = [percent(of_age[age][3]) if age in of_age else "" for age in ages]
        accounts = next(iter(of_age.values()))[2]
        name = f"{cohort.year}-Q{(cohort.month + 2) // 3}"
        lines.append([name, str(accounts), *cells, *rates])
    heads = [f"stayed {age} months" for age in ages] + [f"NRR after {age}" for age in ages]
    return table(["cohort", "accounts", *heads], lines)


def findings(rows):
    return "\n".join(f"- {severity}, `{finding}`: {said}" for severity, finding, said in rows)


MAKERS = {
    "bridge": bridge,
    "changes": changes,
    "mix": mix,
    "cohorts": cohorts,
    "findings": findings,
}


def page(text, query):
    """The page's text with its tables written anew; `query` gives the rows of SQL as tuples."""
    for name, make in MAKERS.items():
        text = written_between(text, name, make(query(QUERIES[name])))
    return text


if __name__ == "__main__":
    with built_demo() as path, duckdb.connect(str(path), read_only=True) as connection:
        PAGE.write_text(page(PAGE.read_text(), lambda sql: connection.execute(sql).fetchall()))
