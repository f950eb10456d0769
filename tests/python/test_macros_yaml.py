"""Macros are described beside them: the _macros.yml of a folder names all, as they are written."""

import re

import pytest
import yaml
from conftest import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "macros").glob("*/_macros.yml"))


def written_macros(folder):
    """Name -> arguments of each macro of a folder; the forms for one engine aside."""
    written = {}
    for path in sorted(folder.glob("*.sql")):
        for name, arguments in re.findall(
            r"\{%-?\s*macro (\w+)\((.*?)\)\s*-?%\}", path.read_text(), re.DOTALL
        ):
            if "__" not in name:
                names = re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", arguments)
                written[name] = names
    return written


def test_the_rules_are_described():
    assert ROOT / "macros" / "rules" in FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_macros_of_a_folder_are_described_with_their_arguments(folder):
    described = {
        macro["name"]: [argument["name"] for argument in macro.get("arguments", [])]
        for macro in yaml.safe_load((folder / "_macros.yml").read_text())["macros"]
        if macro["description"].strip()
    }
    assert described == written_macros(folder)


def test_every_rule_names_its_definition():
    macros = yaml.safe_load((ROOT / "macros" / "rules" / "_macros.yml").read_text())["macros"]
    assert not [m["name"] for m in macros if not re.search(r"definitions \d\.\d", m["description"])]
