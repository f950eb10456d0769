"""A rule has an address: its number in docs/definitions.md, which what implements it names."""

import re

import yaml
from conftest import ROOT

PAGE = (ROOT / "docs" / "definitions.md").read_text()
HEADINGS = re.findall(r"^#{2,3} (\d+(?:\.\d+)?)[. ]", PAGE, re.MULTILINE)
# "definitions 1.3", "Definitions 3.3 and 4.2", and so in a comment over two lines
NAMED = r"[Dd]efinitions,?\s+(?:--\s+|#\s+)?(\d+\.\d+(?:(?:,| and|, and| to)\s+\d+\.\d+)*)"
FOLDERS = ["macros", "models", "seeds", "tests", "scripts", "analyses"]


def named_numbers():
    """(file, number) for each number of a definition that a file names."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".sql", ".yml", ".md", ".py") and "engines" not in path.parts:
                for numbers in re.findall(NAMED, path.read_text()):
                    for number in re.findall(r"\d+\.\d+", numbers):
                        yield path.relative_to(ROOT).as_posix(), number


def test_headings_are_numbered_in_order():
    chapter, rule, expected = 0, 0, []
    for heading in HEADINGS:
        if "." in heading:
            rule += 1
            expected.append(f"{chapter}.{rule}")
        else:
            chapter, rule = chapter + 1, 0
            expected.append(str(chapter))
    assert expected == HEADINGS
    assert len(HEADINGS) == len(re.findall("^##", PAGE, re.MULTILINE)), "one has no number"


def test_every_definition_that_is_named_is_there():
    named = list(named_numbers())
    assert ("macros/rules/movement.sql", "2.1") in named
    missing = [f"{path} names {number}" for path, number in named if number not in HEADINGS]
    assert not missing, "\n".join(missing)


def test_every_number_on_the_page_itself_is_a_heading():
    assert set(re.findall(r"(?:see |of |in |\()(\d\.\d)\b(?!%)", PAGE)) <= set(HEADINGS)


def test_every_macro_of_a_rule_names_its_definition():
    macros = yaml.safe_load((ROOT / "macros" / "rules" / "_macros.yml").read_text())["macros"]
    assert macros
    assert not [m["name"] for m in macros if not re.search(r"definitions \d\.\d", m["description"])]
