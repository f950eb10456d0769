"""Writes the reasons and remedies of the seed nrr_input_problems into docs/input.md."""

import csv

from write_models_page import ROOT, written_between

PAGE = ROOT / "docs" / "input.md"
SEED = ROOT / "seeds" / "rules" / "nrr_input_problems.csv"


def remedies_table(problems):
    """A line for each reason: the column that it is about, and what to do."""
    lines = ["| reason | column | what to do |", "|---|---|---|"]
    for problem in problems:
        column = f"`{problem['column_name']}`" if problem["column_name"] else ""
        remedy = problem["remedy"].replace("|", r"\|")
        lines.append(f"| `{problem['reason']}` | {column} | {remedy} |")
    return "\n".join(lines)


def page(text):
    """The page's text with its table of remedies written anew."""
    with SEED.open(newline="") as file:
        return written_between(text, "remedies", remedies_table(csv.DictReader(file)))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
