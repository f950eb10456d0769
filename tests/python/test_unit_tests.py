"""The dbt unit tests, which check the rules one by one beside the models."""

import re

from conftest import ROOT, WITHOUT_TESTS
from reference.files import write_csv

# Models that the demo has not, since it has no such input.
OFF = re.compile(r"enabled=nrr\.(has_source\('contracts'\)|is_given\('billing_totals'\))")


def unit_tests() -> dict[str, int]:
    """{model: how many unit tests it has}, for those that are beside a model of their name."""
    return {
        path.stem: path.read_text().count("\n    model: ")
        for path in (ROOT / "models").rglob("*.yml")
    }


def models_off() -> set[str]:
    files = (ROOT / "models").rglob("*.sql")
    return {path.stem for path in files if OFF.search(path.read_text())}


def test_a_first_plain_build_of_a_fresh_clone_passes_with_all_unit_tests(demo):
    off = models_off()
    written = sum(number for model, number in unit_tests().items() if model not in off)
    assert written > 100
    assert f" {written} unit tests" in (demo.folder / "said.txt").read_text()


def test_unit_tests_of_models_that_the_demo_has_not_pass(dbt, tmp_path):
    contract = {"account_id": "a", "starts_on": "2024-01-01", "term_months": 12, "amount": 1200}
    write_csv(tmp_path / "data/contracts.csv", [contract])
    write_csv(tmp_path / "data/billing_totals.csv", [{"month": "2024-03", "mrr": "1"}])
    built = dbt(data=tmp_path / "data")
    written = {model: n for model, n in unit_tests().items() if n and model in models_off()}
    assert {"int_nrr__renewal_terms", "nrr__reconciliation"} <= {*written}
    built.succeed("build", "--select", *(f"+{model}" for model in written), *WITHOUT_TESTS)
    said = built.succeed("test", "--select", *(f"{model},test_type:unit" for model in written))
    assert f" {sum(written.values())} unit tests" in said
