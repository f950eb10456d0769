"""`make build` on one file, as somebody does it who has a spreadsheet or an export: a graded table
in under a minute. Each build reads the whole project anew, as the first one of a clone does."""

import csv
import os
import re
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import ROOT
from test_export_files import FILES

MONTHS = [date(2024 + i // 12, i % 12 + 1, 1) for i in range(16)]
CUSTOMERS = 40
SECONDS = 60
ORDINARY_SECONDS = 1.5  # to start dbt


def starts_and_ends(number: int) -> tuple[date, date | None]:
    """Every fifth customer leaves after a year."""
    starts = MONTHS[number % 3] + timedelta(days=number % 28)
    return starts, MONTHS[13] if number % 5 == 0 else None


def wide_months(folder: Path) -> None:
    """A sheet with titles, thousands and a row of totals."""
    months = MONTHS[:-1]
    rows, totals = [], [0] * len(months)
    for number in range(CUSTOMERS):
        starts, ends = starts_and_ends(number)
        amount = 1100 + 50 * number
        paid = [amount if starts.replace(day=1) <= m < (ends or date.max) else 0 for m in months]
        totals = [total + mrr for total, mrr in zip(totals, paid, strict=True)]
        rows.append([f"Customer {number}", *(f"${mrr:,.2f}" if mrr else "$ -" for mrr in paid)])
    with (folder / "mrr_snapshots.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ["MRR by client"],
                ["Client Name", *(f"{month:%b-%y}" for month in months)],
                *rows,
                ["TOTAL", *totals],
            ]
        )


def periods(folder: Path) -> None:
    rows = []
    for number in range(CUSTOMERS):
        starts, ends = starts_and_ends(number)
        day = f"{ends - timedelta(days=1):%d/%m/%Y}" if ends else ""
        rows.append([f"Customer {number}", f"{starts:%d/%m/%Y}", day, 1200 + number, "annual", 3])
    # what begins last says up to when the list goes
    rows.append(["Customer new", f"{MONTHS[-1]:%d/%m/%Y}", "", 50, "monthly", 1])
    with (folder / "subscription_periods.csv").open("w", newline="") as file:
        header = ["Customer", "Start date", "End date", "Price", "Billing", "Seats"]
        csv.writer(file).writerows([header, *rows])


def stripe_subscriptions(folder: Path) -> None:
    """Stripe's *Subscriptions*, with the columns of the export as it is downloaded."""
    with (FILES / "stripe_subscriptions/subscription_periods.csv").open() as file:
        header = next(csv.reader(file))
    with (folder / "subscription_periods.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        for number in range(CUSTOMERS + 1):
            starts, ends = starts_and_ends(number)
            if number == CUSTOMERS:
                # what begins last says up to when the export goes
                starts, ends = MONTHS[-1], None
            start = f"{starts} 09:12"
            writer.writerow(
                {
                    "id": f"sub_{number}", "Customer ID": f"cus_{number}", "Quantity": 1,
                    "Plan": "price_month", "Product": "prod_pro", "Currency": "usd",
                    "Interval": "month", "Amount": f"{90 + number}.00",
                    "Status": "canceled" if ends else "active", "Created (UTC)": start,
                    "Start (UTC)": start, "Start Date (UTC)": start,
                    "Current Period Start (UTC)": f"{MONTHS[-1]} 09:12",
                    "Ended At (UTC)": f"{ends} 10:00" if ends else "",
                }
            )  # fmt: skip


def seconds_of_children() -> float:
    """What the processes that have ended computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def slowness() -> float:
    """How much longer than an ordinary machine this one takes now to start dbt; 1 if it is faster.

    To start it is work of the kind that a build's is, and none of this package's.
    """
    before = seconds_of_children()
    subprocess.run([sys.executable, "-c", "import dbt.cli.main"], check=True)
    return max(1.0, (seconds_of_children() - before) / ORDINARY_SECONDS)


@pytest.mark.parametrize("written", [wide_months, periods, stripe_subscriptions])
def test_one_file_gives_a_graded_table_in_under_a_minute(tmp_path, written, record_property):
    data = tmp_path / "company"
    data.mkdir()
    written(data)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NRR_", "DBT_"))}
    environment |= {
        "NRR_DUCKDB_PATH": str(tmp_path / "built.duckdb"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "COLUMNS": "100",
    }
    stamp = Path(sys.prefix) / "runtime.stamp"

    slow = slowness()
    before, began = seconds_of_children(), time.monotonic()
    # the environment of this test is set up, whatever its stamp says
    make = ["make", f"--old-file={stamp}", "build", f"VENV={sys.prefix}", f"NRR_DATA={data}"]
    run = subprocess.run(
        make, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    wall, work = time.monotonic() - began, seconds_of_children() - before
    print(f"{written.__name__}: {wall:.1f} s, {work:.1f} s of them computing")
    record_property("seconds", f"{wall:.1f}")

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Retention of March 2025: accounts that paid in March 2024" in run.stdout
    # accounts, MRR then and now, NRR, GRR, logos, and the grade
    company = re.search(r"^ *company +(\d+) .* 80\.0% +([a-z].*)$", run.stdout, re.M)
    assert company, run.stdout
    assert company[1] == str(CUSTOMERS)
    assert not company[2].startswith("no")
    # on a machine that others use too, what it computes is the measure
    assert min(wall, work) < SECONDS * (slow + slowness()) / 2
