"""What every model promises, read from dbt's manifest and from the tables of the demo."""

import re

import pytest
from conftest import ROOT

OF_OTHER_SOURCES = (
    *(f"models/staging/{name}/" for name in ["snapshots", "movements", "periods", "contracts"]),
    *(f"models/staging/{name}/" for name in ["stripe", "chargebee", "recurly", "zuora"]),
    *("models/staging/nrr/stg_nrr__account_link", "models/staging/nrr/stg_nrr__subscription_link"),
    "models/intermediate/sources/",
    "models/staging/nrr/stg_nrr__billing_total",
    *("models/intermediate/reconciliation/", "models/marts/explanation/nrr__reconciliation"),
    "models/intermediate/methods/int_nrr__renewal_",
    "tests/input/chargebee_",
)
GRAIN_TESTS = {"unique", "unique_key"}


def in_plain_words(text):
    """Lower-case words only, so that line breaks and punctuation do not count."""
    return " ".join(re.findall(r"[a-z0-9_]+", text.lower()))


def grain_of(text):
    """The first clause of a description or of a file's first comment: its grain."""
    return in_plain_words(
        re.split(r"[.:;]|, (?=from|with|that|and what)", text.strip(), maxsplit=1)[0]
    )


def first_comment(path):
    """The first SQL comment of a file, over its lines."""
    match = re.search(r"^-- .*(?:\n-- .*)*", path.read_text(), re.MULTILINE)
    return re.sub(r"\n?-- ", " ", match[0]).strip() if match else ""


@pytest.fixture(scope="session")
def manifest(demo):
    return demo.manifest


@pytest.fixture(scope="session")
def models(manifest):
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    # the demo's only source is subscription_events; a model of another one is not there
    disabled = [n["original_file_path"] for [n] in manifest["disabled"].values()]
    assert not [path for path in disabled if not path.startswith(OF_OTHER_SOURCES)]
    off = {path for path in disabled if path.startswith("models/") and path.endswith(".sql")}
    assert len(nodes) + len(off) == len(list((ROOT / "models").rglob("*.sql")))
    return sorted(nodes, key=lambda node: node["name"])


@pytest.fixture(scope="session")
def marts(models):
    marts = [node for node in models if node["fqn"][1] == "marts"]
    assert {"nrr__retention", "nrr__retention_grades", "nrr__account_months"} <= {
        node["name"] for node in marts
    }
    return marts


@pytest.fixture(scope="session")
def seeds(manifest):
    seeds = [n for n in manifest["nodes"].values() if n["resource_type"] == "seed"]
    assert len(seeds) == len(list((ROOT / "seeds").rglob("*.csv")))
    return seeds


def columns_of(demo):
    """The columns of each table, without the numbered ones that nrr_segments decides."""
    columns = {}
    for table, column in demo.query("select table_name, column_name from duckdb_columns()"):
        if not re.fullmatch(r"(\w+_)?attribute_\d+", column):
            columns.setdefault(table, set()).add(column)
    return columns


def described_columns(node):
    return {c["name"] for c in node["columns"].values() if c["description"].strip()}


def test_every_mart_has_an_enforced_contract(marts):
    assert not [node["name"] for node in marts if not node["config"]["contract"]["enforced"]]


def test_marts_are_public_and_no_other_model_can_be_referred_to_from_outside(models, marts):
    public = {node["name"] for node in models if node["access"] == "public"}
    assert public == {node["name"] for node in marts}
    assert {(node["access"], node["group"]) for node in models if node["name"] not in public} == {
        ("private", "nrr")
    }


def test_every_stored_model_has_an_enforced_contract(models):
    stored = [node for node in models if node["config"]["materialized"] != "view"]
    assert stored
    assert not [node["name"] for node in stored if not node["config"]["contract"]["enforced"]]


def test_every_model_is_described_with_its_grain_which_its_file_says_too(models):
    wrong = []
    for node in models:
        grain = grain_of(first_comment(ROOT / node["original_file_path"]))
        described = in_plain_words(node["description"])
        if not grain.startswith("one row") or not described.startswith(grain):
            wrong.append(f"{node['name']}: the file says '{grain}', the YAML '{described[:100]}'")
    assert not wrong, "\n".join(wrong)


def test_every_column_of_a_model_or_seed_is_described_and_exists(models, seeds, demo):
    columns = columns_of(demo)
    wrong = [
        f"{node['name']}: {', '.join(sorted(described_columns(node) ^ columns[node['name']]))}"
        for node in models + seeds
        if described_columns(node) != columns[node["name"]]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_seed_is_described(seeds):
    assert not [node["name"] for node in seeds if not node["description"]]


def test_every_mart_has_a_test_that_its_grain_is_unique(manifest, marts):
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") in GRAIN_TESTS
    }
    assert not [node["name"] for node in marts if node["unique_id"] not in tested]


def test_no_macro_has_the_name_of_one_of_dbts(manifest):
    """In this repository it would take that one's place, adapters' own forms included."""
    names = {"nrr": set(), "other": set()}
    for macro in manifest["macros"].values():
        names["nrr" if macro["package_name"] == "nrr" else "other"].add(macro["name"])
    assert "get_drop_sql" in names["other"]
    assert not names["nrr"] & names["other"]


def test_every_macro_is_described_with_its_arguments(manifest):
    """But for an engine's own form of one (`duckdb__fingerprint`), and generic tests."""
    macros = [m for m in manifest["macros"].values() if m["package_name"] == "nrr"]
    names = {macro["name"] for macro in macros}
    wrong = []
    for macro in macros:
        if macro["name"].partition("__")[2] in names or macro["name"].startswith("test_"):
            continue
        signature = re.search(rf"macro\s+{macro['name']}\(([^)]*)\)", macro["macro_sql"])[1]
        taken = [word.split("=")[0].strip() for word in signature.split(",") if word.strip()]
        described = [a["name"] for a in macro["arguments"] if (a["description"] or "").strip()]
        if not macro["description"].strip() or taken != described:
            wrong.append(f"{macro['name']}: takes {taken}, {described} are described")
    assert len(names) > 50
    assert not wrong, "\n".join(wrong)
