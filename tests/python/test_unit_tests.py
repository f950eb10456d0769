"""The dbt unit tests, which check the rules one by one beside the models."""

from conftest import ROOT


def test_a_first_plain_build_of_a_fresh_clone_passes_with_all_unit_tests(dbt):
    output = dbt().succeed("build")
    written = sum(
        path.read_text().count("\n    model: ") for path in (ROOT / "models").rglob("*.yml")
    )
    assert output.count(" PASS nrr__") + output.count(" PASS ") >= written >= 80
