"""models/columns.md describes the columns that models have, and no others."""

import re

from conftest import ROOT

BLOCKS = re.findall(r"{% docs (\w+) %}", (ROOT / "models" / "columns.md").read_text())


def test_every_block_is_the_description_of_some_column():
    described = "\n".join(
        path.read_text()
        for folder in ["models", "seeds"]
        for path in (ROOT / folder).rglob("*.yml")
    )
    used = set(re.findall(r"doc\(['\"](\w+)['\"]\)", described))
    assert not [block for block in BLOCKS if block not in used]


def test_no_two_blocks_have_one_name():
    assert len(set(BLOCKS)) == len(BLOCKS)
