"""Whether what the tests read once is what dbt reads again each time."""

import json
import subprocess
from pathlib import Path

from conftest import DBT, QUICK
from warm_dbt import READ_IN_SQL_ALONE, SET_OR_NOT, invoke, read_in_parsing

# Of every source, and what else a user may give.
INPUTS = [
    *["subscription_events", "accounts", "exchange_rates", "mrr_snapshots", "mrr_movements"],
    *["subscription_periods", "contracts", "account_links", "subscription_links", "billing_totals"],
    *["product_usage", "customer_events", "plan_limits", "signals"],
    *["stripe_subscription_history", "stripe_subscription_item", "stripe_price", "stripe_tier"],
    *["stripe_invoice_line_item", "stripe_subscription_discount", "stripe_coupon"],
    *["chargebee_subscription", "chargebee_event", "chargebee_customer", "chargebee_coupon"],
    *["recurly_subscription_history", "recurly_plan_history", "recurly_account_history"],
    *["recurly_coupon_redemption_history", "recurly_coupon_history"],
    *["zuora_subscription", "zuora_rate_plan", "zuora_rate_plan_charge"],
]
TOLD_BEFORE = {"nrr_as_of": "2024-01-01", "nrr_segments": ["industry"]}
TOLD_LATER = {
    "nrr_as_of": "2025-06-30 12:00:00",
    "nrr_segments": ["region", "plan_family"],
    "nrr_reporting_currency": "EUR",
    "nrr_timezone": "Europe/Berlin",
    "nrr_past_due_counts": False,
    "nrr_paused_counts": True,
    "nrr_discounts": "forever_only",
    "nrr_reactivation_counts": False,
    "nrr_conclusive_accounts": 3,
    "nrr_evidence_months": 6,
    "nrr_rejected_rows_allowed": 1,
    "nrr_date_order": "dmy",
}


def test_what_is_read_once_is_what_dbt_reads_by_itself(dbt, tmp_path, monkeypatch):
    assert TOLD_LATER.keys() == READ_IN_SQL_ALONE | SET_OR_NOT
    assert read_in_parsing(TOLD_LATER) == read_in_parsing(TOLD_BEFORE)
    assert read_in_parsing({"nrr_segments": []}) != read_in_parsing(TOLD_BEFORE)
    given = dbt(tmp_path)
    for name, value in (given.environment() | {"NRR_INPUTS": " ".join(INPUTS)}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(given.project)
    before = nodes_parsed(tmp_path, TOLD_BEFORE)
    later = nodes_parsed(tmp_path, TOLD_LATER)
    command = [DBT, "--quiet", "parse", "--no-partial-parse", "--vars", json.dumps(TOLD_LATER)]
    subprocess.run(command, check=True)
    alone = nodes_of(tmp_path / "target/manifest.json")
    assert len(alone) > 500
    assert {name for name in before.keys() | later.keys() if before[name] != later[name]} == set()
    assert {name for name in alone.keys() | later.keys() if alone[name] != later[name]} == set()


def nodes_parsed(folder: Path, variables: dict) -> dict:
    """What dbt knows of each node when it has parsed the project in this process."""
    command = ["parse", "--no-partial-parse", "--vars", json.dumps(variables)]
    result = invoke([*QUICK, "--quiet", *command])
    assert result.success, result.exception
    result.result.write(str(folder / "parsed.json"))
    return nodes_of(folder / "parsed.json")


def nodes_of(file: Path) -> dict:
    """What a manifest says of each node that is enabled, and which others there are."""
    manifest = json.loads(file.read_text())
    kinds = ["nodes", "unit_tests", "sources", "exposures"]
    nodes = {name: node for kind in kinds for name, node in manifest[kind].items()}
    for node in nodes.values():
        node.pop("created_at", None)
    return nodes | {"disabled": sorted(manifest["disabled"])}
