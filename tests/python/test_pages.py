"""What the pages of this repository point at is there."""

import re

import pytest
from conftest import ROOT

FOLDERS = [".", ".github", "benchmarks", "demo", "docs", "docs/customers", "docs/sources"]
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
COMMAND = re.compile(r"`make ([a-z-]+)")


def anchors_of(page):
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_pages_are_found():
    assert {"README.md", "models.md", "pull_request_template.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page):
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            wrong.append(link)
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_of_a_page_is_in_the_makefile(page):
    makefile = (ROOT / "Makefile").read_text()
    engines = re.search(r"^ENGINES := (.*)$", makefile, re.MULTILINE)[1].split()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    targets |= {f"test-{engine}" for engine in engines} | {"test-"}
    assert not set(COMMAND.findall(page.read_text())) - targets
