"""That the linter finds faults between calls of macros, which it never renders."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter

ROOT = Path(__file__).parents[2]
SQLFLUFF = Path(sys.executable).with_name("sqlfluff")
WITHOUT_FAULT = """\
{{ config(enabled=nrr.has_source('stripe')) }}
-- One row per item.
with items as (
    select
        {%- for column in nrr.event_columns() %}
        {{ nrr.read_text(column) }} as {{ column }},
        {%- endfor %}
        {{ nrr.major_units('amount', 'exponent') }} as mrr
    from {{ ref('stg_stripe__items') }}
    {%- if nrr.is_given('stripe_coupon') %}
    where {{ nrr.read_text('coupon') }} is not null
    {%- endif %}
)

select
    account_id,
    mrr
from items
where mrr <> 0
"""
FAULTS = {
    "a keyword in capitals": ("select\n    account_id", "SELECT\n    account_id", "CP01"),
    "a long line": ("    account_id,\n", f"    account_id as {'a' * 120},\n", "LT05"),
    "another sign for unequal": ("mrr <> 0", "mrr != 0", "CV01"),
    "a query that nobody reads": ("from items\n", "from others\n", "ST03"),
    "a name without as": ("'exponent') }} as mrr", "'exponent') }} mrr", "AL02"),
    "a fault within an if": ("is not null", "IS not null", "CP01"),
}


def codes(sql: str) -> set[str]:
    """The codes of the faults that are found in a model."""
    command = [SQLFLUFF, "lint", "-", "--stdin-filename", "models/x.sql", "--format", "json"]
    linted = subprocess.run(
        command, input=sql, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=False
    )
    return {found["code"] for file in json.loads(linted.stdout) for found in file["violations"]}


def test_a_model_without_a_fault_has_none():
    assert codes(WITHOUT_FAULT) == set()


@pytest.mark.parametrize(("right", "wrong", "code"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(right, wrong, code):
    assert right in WITHOUT_FAULT
    assert codes(WITHOUT_FAULT.replace(right, wrong)) == {code}


def test_every_model_is_read_to_its_end(monkeypatch, caplog):
    """Behind a loop that has an `else`, sqlfluff finds nothing, and says so only as a warning."""
    monkeypatch.chdir(ROOT)
    linter = Linter(FluffConfig.from_root())
    read = 0
    for path in sorted(Path("models").rglob("*.sql")):
        linter.render_string(path.read_text(), str(path), linter.config, "utf-8")
        read += 1
        assert "mismatch" not in caplog.text, path
    assert read
