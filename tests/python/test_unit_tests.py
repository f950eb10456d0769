"""The dbt unit tests, which check the rules one by one beside the models."""

from conftest import ROOT


def test_a_first_plain_build_of_a_fresh_clone_passes_with_all_unit_tests(dbt):
    files = [path.read_text() for path in (ROOT / "models").rglob("*.yml")]
    written = sum(text.count("\n    model: ") for text in files)
    assert written > 100
    assert f" {written} unit tests" in dbt().succeed("build")
