"""Builds the same inputs on other engines and compares every mart with DuckDB's.

    python run.py postgres spark

Each engine has an environment of its own with its dbt adapter, and a server that is started and
ended here. The table of results in docs/engines.md is written at the end. Exits with 1 if anything
differs or fails.
"""

import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "sources"), str(ROOT / "scripts")]

from stages import Stage, stages  # noqa: E402

PAGE = ROOT / "docs/engines.md"
BEGIN, END = "<!-- results: written by make test-engines -->\n", "<!-- end of results -->"
# Computed in floating point, which no two engines do alike to the last digit.
RATES = {
    *["nrr", "grr", "logo_retention", "nrr_low", "nrr_high", "grr_low", "grr_high"],
    *["logo_low", "logo_high", "effective_accounts", "rate", "rate_to_next_band"],
    *["start_rate", "points_nrr", "points_grr", "figure", "baseline", "share"],
    *["hazard", "survival", "survival_low", "survival_high"],
    *["exposed_rate", "control_rate", "difference", "difference_low", "difference_high", "lift"],
    *["p_value", "q_value", "precision", "recall", "auc", "exposed_nrr", "control_nrr"],
    *["nrr_difference", "nrr_difference_low", "nrr_difference_high"],
    *["points", "score", "coverage", "score_change_1m", "score_change_3m", "points_usage"],
    *["points_adoption", "points_support", "points_sentiment", "points_relationship"],
    *["points_billing", "expected_nrr", "expected_grr", "low_80", "high_80", "actual_nrr", "error"],
    *["naive_error", "mean_error", "naive_mean_error"],
}
RATE_STEP = Decimal("0.000000001")
# ... of large ones, fourteen digits are alike: PostgreSQL keeps fifteen in a decimal.
RATE_SHARE = Decimal("1e-14")
STAGE_SECONDS = 900


# --- Environments ---------------------------------------------------------------------------------


def pip(python: Path) -> list[str]:
    """The command of pip for the environment of a Python."""
    return [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]


def environment(name: str | None) -> Path:
    """The Python of the engine's own environment, made anew when its pinned packages change."""
    if name is None:
        return Path(sys.executable)
    if sys.version_info < (3, 11):
        raise RuntimeError(
            "the packages of this engine need Python 3.11 or newer. Name one: make ... PYTHON=..."
        )
    home = ROOT / ".engines" / name
    requirements = HERE / f"requirements/{name}.txt"
    python, stamp = home / "bin/python", home / "installed.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return python
    print(f"{name}: installing its packages into .engines/{name} ...", flush=True)
    # this environment's pip does it, since another takes longer to install than to use
    make = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(home)]
    subprocess.run(make, check=True)
    # the file names every package: what they ask of each other, pip need not work out
    install = [*pip(python), "install", "--quiet", "--no-deps", "--no-compile", "--no-input"]
    if subprocess.run([*install, "-r", str(requirements)], check=False).returncode:
        raise RuntimeError(
            f"the packages of {requirements.relative_to(ROOT)} could not be installed; pip says "
            "why above: is a package index within reach, is there room on the disk?"
        )
    shutil.copy(requirements, stamp)
    return python


# --- Builds ---------------------------------------------------------------------------------------


def build(
    python: Path, folder: Path, plan: dict, variables: dict[str, str], script: str = "build.py"
) -> dict:
    """Runs build.py, or one that takes its place, with an environment's Python; what it found."""
    folder.mkdir(parents=True, exist_ok=True)
    results, plan_file = folder / "results.json", folder / "plan.json"
    plan_file.write_text(json.dumps(plan | {"results": str(results)}))
    subprocess.run(
        [str(python), str(HERE / script), str(plan_file)],
        cwd=folder,
        env=dbt_environment(folder, variables),
        check=True,
        timeout=STAGE_SECONDS * len(plan["stages"]),
    )
    return json.loads(results.read_text())


def dbt_environment(folder: Path, variables: dict[str, str]) -> dict[str, str]:
    """Environment variables of dbt on this project, which writes into a folder."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("NRR_", "DBT_"))}
    own = {
        "DBT_PROJECT_DIR": str(ROOT),
        "DBT_PROFILES_DIR": str(ROOT),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "NRR_INPUT_SCHEMA": "nrr_input",
        "TZ": "UTC",
        "XDG_RUNTIME_DIR": str(folder),
    }
    return inherited | own | variables


def built_by_duckdb(folder: Path, made: list[Stage]) -> dict:
    """What every engine is compared with: each stage built anew. Kept until a file changes."""
    kept = ROOT / f".engines/duckdb-{fingerprint()}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    print("duckdb: builds what the others are compared with", flush=True)
    plan = {
        "target": "duckdb",
        "adapter": "duckdb",
        "stages": [vars(stage) for stage in made],
        "loads": False,
        "always_in_full": True,
        "data_tests_in": None,
    }
    variables = {"NRR_DUCKDB_PATH": str(folder / "reference.duckdb")}
    found = build(Path(sys.executable), folder, plan, variables)
    for old in kept.parent.glob("duckdb-*.json"):
        old.unlink()
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(found))
    return found


def fingerprint() -> str:
    """Of every file that the reference follows from."""
    parts = ["models", "macros", "seeds", "demo/data", "scripts"]
    parts += ["tests/python/reference", "tests/python/sources"]
    files = [file for part in parts for file in (ROOT / part).rglob("*.*") if file.suffix != ".pyc"]
    digest = hashlib.sha256()
    own = [HERE / name for name in ("stages.py", "source_folders.py", "build.py")]
    for file in sorted([*files, *own, ROOT / "dbt_project.yml"]):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def built_by(engine, python: Path, folder: Path, made: list[Stage]) -> dict:
    """What an engine builds, incrementally after the first stage of each history."""
    folder.mkdir()
    plan = {
        "target": engine.TARGET,
        "adapter": engine.ADAPTER,
        "stages": [vars(stage) for stage in made],
        "loads": engine.ADAPTER != "duckdb",
        "always_in_full": False,
        "data_tests_in": made[0].name,
    }
    with engine.server(python, folder) as variables:
        return build(python, folder, plan, variables, getattr(engine, "BUILD", "build.py"))


# --- Comparison -----------------------------------------------------------------------------------


def comparable(mart: str, table: dict, typed: bool) -> Counter:
    """The rows of a mart, rates to 9 digits less the last step, as a bag."""
    columns = table["columns"]
    order = sorted(range(len(columns)), key=columns.__getitem__)
    as_given = typed and mart in ("nrr__rejected_events", "nrr__input_problems")
    return Counter(
        tuple((columns[i], as_it_was_given(row[i]) if as_given else row[i]) for i in order)
        for row in table["rows"]
    )


def as_it_was_given(value: str | None) -> str | None:
    """A typed value as a file has it: each engine writes its own zeros and time zones.

    Of a row, which some sources quote, each of its values.
    """
    if value and ", " in value:
        return ", ".join(as_it_was_given(part) for part in value.split(", "))
    if value and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.+]+", value):
        return re.sub(r"(\.0+)?(\+00)?$", "", value)
    # of an input problem the column may stand before it
    if value and (found := re.fullmatch(r"([a-z_]+ )?(-?[0-9]+\.[0-9]+)", value)):
        return f"{found[1] or ''}{Decimal(found[2]).normalize():f}"
    return value


def split_rates(row: tuple) -> tuple[tuple, dict]:
    exact = tuple(pair for pair in row if pair[0] not in RATES)
    return exact, {column: value for column, value in row if column in RATES}


def is_near(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one == other
    distance = abs(Decimal(one) - Decimal(other))
    return distance <= max(RATE_STEP, abs(Decimal(one)) * RATE_SHARE)


def are_near(ones: dict, others: dict) -> bool:
    return ones.keys() == others.keys() and all(is_near(ones[k], others[k]) for k in ones)


def differences(expected: Counter, found: Counter) -> list[str]:
    """What differs, a line each: rows that are missing or too much, and rates that are not near."""
    missing, surplus = expected - found, found - expected
    by_exact = {}
    for row in missing.elements():
        exact, rates = split_rates(row)
        by_exact.setdefault(exact, []).append(rates)
    lines = []
    for row in surplus.elements():
        exact, rates = split_rates(row)
        candidates = by_exact.get(exact, [])
        twin = next((c for c in candidates if are_near(c, rates)), None)
        if twin is None:
            lines.append(f"too much: {dict(row)}")
        else:
            candidates.remove(twin)
    for exact, candidates in by_exact.items():
        lines += [f"missing: {dict(exact) | rates}" for rates in candidates]
    return sorted(lines)


def compare(made: list[Stage], expected: dict, found: dict, folder: Path) -> dict:
    """Rows and differences over all stages; the differences are written to a file."""
    rows, lines = 0, []
    for stage in made:
        theirs, ours = expected[stage.name]["tables"], found[stage.name]["tables"]
        for name in sorted(theirs.keys() | ours.keys()):
            none = {"columns": [], "rows": []}
            # sources have types, whatever their input has
            typed = stage.typed or bool(stage.models)
            one = comparable(name, theirs.get(name, none), typed)
            other = comparable(name, ours.get(name, none), typed)
            rows += one.total()
            lines += [f"{stage.name} {name} {line}" for line in differences(one, other)]
    if lines:
        (folder / "differences.txt").write_text("\n".join(lines))
        print("\n".join(lines[:20]))
        print(f"{len(lines)} differences, all of them in {folder / 'differences.txt'}")
    if not any(found[stage.name]["is_partial"] for stage in made):
        lines.append("no run left an account alone")
        print(lines[-1])
    return {
        "models": max(found[stage.name]["models"] for stage in made),
        "rows": rows,
        "differences": len(lines),
    }


# --- Results --------------------------------------------------------------------------------------

HEADINGS = ["engine", "tested on", "versions", "models", "rows compared", "differences", "seconds"]


def versions(python: Path, packages: list[str]) -> str:
    """The installed versions of packages, as 'name version, ...'."""
    listed = subprocess.run(
        [*pip(python), "list", "--format=json"], check=True, stdout=subprocess.PIPE
    )
    installed = {package["name"]: package["version"] for package in json.loads(listed.stdout)}
    return ", ".join(f"{package} {installed[package]}" for package in packages)


def with_results(page: str, results: dict[str, list[str]]) -> str:
    """The page with the engines' rows in its table; those of other engines stay."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = {}
    for line in table.splitlines()[2:]:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows[cells[0]] = cells
    rows |= results
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(rows[name] for name in sorted(rows))]
    written = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    return f"{before}{BEGIN}{written}\n{END}{after}"


def show(results: dict[str, list[str]]) -> None:
    table = Table()
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading in HEADINGS[3:] else "left")
    for cells in results.values():
        table.add_row(*cells)
    # where nobody looks at a terminal, nothing has to fit into one
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def result_of(name: str, folder: Path, made: list[Stage], expected: dict) -> list[str]:
    """Builds and compares on one engine, and has its statements judged; its row of the table."""
    engine = importlib.import_module(f"servers.{name}")
    python = environment(engine.ENVIRONMENT)
    print(f"{name}: builds {len(made)} stages", flush=True)
    began = time.monotonic()
    found = built_by(engine, python, folder / name, made)
    compared = compare(made, expected, found, folder)
    if check := getattr(engine, "CHECK", None):
        # an environment and a script in it that judges the statements, by its exit code
        subprocess.run([str(environment(check[0])), str(HERE / check[1])], check=True, timeout=900)
    return [
        name, engine.TESTED_ON, versions(python, engine.PACKAGES), str(compared["models"]),
        f"{compared['rows']:,}", str(compared["differences"]), f"{time.monotonic() - began:.0f}",
    ]  # fmt: skip


def main(names: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="nrr_engines_"))
    made = stages(folder / "stages")
    expected = built_by_duckdb(folder / "reference", made)
    results, failed = {}, []
    for name in names:
        try:
            results[name] = result_of(name, folder, made, expected)
        except (subprocess.SubprocessError, OSError, RuntimeError) as error:
            print(f"{name}: {error}", flush=True)
            failed.append(name)
    page = PAGE.read_text(encoding="utf-8")
    # at once, since another run may read it
    written = PAGE.with_suffix(f".{os.getpid()}")
    written.write_text(with_results(page, results), encoding="utf-8")
    written.replace(PAGE)
    show(results)
    differing = [name for name, cells in results.items() if cells[5] != "0"]
    if failed or differing:
        print(f"failed: {failed}, differing: {differing}. Files: {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
