"""Whatever happened before, a full build ends with the tables of a build into a new database.

A sequence is three to five steps at random. Each changes the settings, a seed or the input, and
then runs nothing, a part or all. `NRR_SEQUENCES=100 make test-long` plays more of them.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from conftest import (
    CHAPTERS,
    ROOT,
    WITHOUT_CHAPTERS,
    WITHOUT_TESTS,
    WITHOUT_UNIT_TESTS,
    Finished,
    copied_project,
)
from reference.batches import changed_at_the_source, held_in
from reference.files import write_csv
from reference.random_history import SEGMENTS, write_history
from test_incremental import Company

STATUSES = ["active", "trialing", "paused", "past_due", "cancelled", "ignore"]
INTERVALS = ["month,1", "month,6", "quarter,1", "year,1", "week,2", "one_time,1"]
OPTIONAL_COLUMNS = [
    *["event_id", "subscription_item_id", "sequence", "recorded_at", "plan_id", "pricing_model"],
    *["quantity", "currency", "billing_interval_count", "discount_percent", "discount_amount"],
    "discount_ends_at",
]


@dataclass
class Story(Company):
    """A company that goes through a sequence: its settings, and what its source holds."""

    settings: dict = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    held: dict[str, list[dict]] = field(default_factory=dict)
    # what is gone and may come back: name -> (input, its rows)
    gone: list[tuple[str, list[dict]]] = field(default_factory=list)
    lost_columns: set[str] = field(default_factory=set)
    emptied_columns: set[str] = field(default_factory=set)

    @property
    def events(self) -> list[dict]:
        return self.held["subscription_events"]

    @events.setter
    def events(self, rows: list[dict]) -> None:
        self.held["subscription_events"] = rows

    def deliver(self) -> None:
        """Writes the input files; one of an input that is gone has a header alone."""
        for name, rows in self.held.items():
            is_events = name == "subscription_events"
            lost = self.lost_columns if is_events else set()
            empty = dict.fromkeys(self.emptied_columns, "") if is_events else {}
            columns = [column for column in self.columns[name] if column not in lost]
            path = self.data / f"{name}.csv"
            path.write_text(",".join(columns) + "\n")
            if rows:
                write_csv(path, [{c: empty.get(c, row[c]) for c in columns} for row in rows])

    def command(self, *arguments: str) -> Finished:
        return self.run(*arguments, variables=self.settings)

    def change_seed(self, name: str, change) -> None:
        """Other lines of a seed's file, which the next build loads."""
        path = next((self.project / "seeds").glob(f"*/{name}.csv"))
        header, *lines = path.read_text().splitlines()
        path.write_text("\n".join([header, *change(lines)]) + "\n")


# --- What changes -----------------------------------------------------------------------------


def another_as_of(story, dice):
    days = [None, "2023-09-15", "2024-03-10 12:00:00", "2024-07-01", "2024-06-30 23:59:59"]
    story.settings["nrr_as_of"] = dice.choice(days)


def a_months_end(story, dice):
    at = dice.choice(["2024-08-01", "2024-09-01 00:00:00", "2025-01-01 05:00:00"])
    story.events.append({**dice.choice(story.events), "event_id": "last", "recorded_at": at})


def another_time_zone(story, dice):
    zones = ["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Auckland", "Asia/Kolkata"]
    story.settings["nrr_timezone"] = dice.choice(zones)


def other_segments(story, dice):
    story.settings["nrr_segments"] = dice.sample(SEGMENTS, dice.randrange(4))


def another_rule(story, dice):
    name, values = dice.choice(
        [
            ("nrr_past_due_counts", [True, False]),
            ("nrr_paused_counts", [True, False]),
            ("nrr_reactivation_counts", [True, False]),
            ("nrr_discounts", ["all", "forever_only"]),
            ("nrr_fx", ["constant", "actual"]),
            ("nrr_reporting_currency", ["USD", "EUR"]),
        ]
    )
    story.settings[name] = dice.choice(values)


def other_sizes(story, dice):
    story.change_seed("nrr_sizes", lambda lines: [*lines, f"tiny {dice.random()},{dice.random()}"])


def another_band(story, dice):
    def change(lines: list[str]) -> list[str]:
        number = dice.randrange(len(lines))
        return [line.replace("1.0000", "1.0100") for line in lines[:number]] + lines[number:]

    story.change_seed("nrr_benchmark_bands", change)


def another_status_value(story, dice):
    """A word gets another meaning, or none, or a new word one."""

    def change(lines: list[str]) -> list[str]:
        values = {line.split(",")[0] for line in lines}
        value = dice.choice(["gone", "vanished", "lost", "active", "paused", "canceled", "live"])
        others = [line for line in lines if line.split(",")[0] != value]
        if value in values and dice.random() < 0.3:
            return others
        return [*others, f"{value},{dice.choice(STATUSES)}"]

    story.change_seed("nrr_status_values", change)


def another_interval_value(story, dice):
    def change(lines: list[str]) -> list[str]:
        value = dice.choice(["month", "monthly", "year", "annual", "aeon", "once"])
        others = [line for line in lines if line.split(",")[0] != value]
        return others if dice.random() < 0.2 else [*others, f"{value},{dice.choice(INTERVALS)}"]

    story.change_seed("nrr_interval_values", change)


def an_account_is_gone(story, dice):
    account = dice.choice(story.events)["account_id"]
    rows = [row for row in story.events if row["account_id"] == account]
    if len(rows) < len(story.events):
        story.events = [row for row in story.events if row["account_id"] != account]
        story.gone.append(("subscription_events", rows))


def all_but_one_row_is_gone(story, dice):
    last = {**dice.choice(story.events), "currency": "USD"}
    story.gone.append(("subscription_events", story.events))
    story.events = [last]


def an_input_is_gone(story, dice):
    name = dice.choice(["accounts", "exchange_rates"])
    story.gone.append((name, story.held[name]))
    story.held[name] = []


def what_was_gone_is_back(story, dice):
    while story.gone:
        name, rows = story.gone.pop()
        story.held[name] = story.held[name] + rows


def an_account_with_a_long_past(story, dice):
    account = dice.choice(story.events)["account_id"]
    new = f"new {dice.randrange(10**6)}"
    story.events += [
        {**row, "account_id": new, "subscription_id": f"{new} {row['subscription_id']}"}
        for row in story.events
        if row["account_id"] == account
    ]


def a_column_is_emptied_or_filled(story, dice):
    story.emptied_columns ^= {dice.choice([*story.emptied_columns, *OPTIONAL_COLUMNS])}


def a_column_is_lost_or_appears(story, dice):
    story.lost_columns ^= {dice.choice([*story.lost_columns, *OPTIONAL_COLUMNS])}


def other_rates(story, dice):
    """A rate of the past changes, is gone, or comes between; or a currency has its first one."""
    rates = list(story.held["exchange_rates"])
    if rates:
        row = rates.pop(dice.randrange(len(rates)))
        new = {"rate": "1.3", "rate_date": dice.choice(["2023-02-28", "2023-11-11", "2024-05-05"])}
        rates += dice.choice([[], [{**row, "rate": "1.4"}], [row, {**row, **new}]])
    if dice.random() < 0.3:
        rates.append({"currency": "NZD", "rate_date": "2023-06-30", "rate": "0.6"})
        story.events.append({**dice.choice(story.events), "event_id": "kiwi", "currency": "NZD"})
    story.held["exchange_rates"] = rates


def other_attributes(story, dice):
    """Attributes of an account change, begin earlier, or two of them at once."""
    account = {"account_id": dice.choice(story.events)["account_id"], "region": dice.choice("XYZ")}
    at = dice.choice(["", "2023-01-15", "2023-10-01", "2024-02-01 00:00:00"])
    empty = {"parent_account_id": "", "industry": "", "acquisition_channel": ""}
    new = {**account, "valid_from": at, **empty}
    row = {column: new[column] for column in ["account_id", "valid_from", *empty, "region"]}
    story.held["accounts"] = [
        *story.held["accounts"],
        *dice.choice([[row], [row, {**row, "region": "W"}]]),
    ]


def late_and_corrected_events(story, dice):
    story.events = changed_at_the_source(story.events, dice)


def an_item_moves(story, dice):
    row, other = dice.choice(story.events), dice.choice(story.events)
    to = {"account_id": other["account_id"], "effective_at": "2023-12-12", "event_id": "moves"}
    story.events.append({**row, **to})


def an_event_id_in_two_accounts(story, dice):
    row, other = dice.choice(story.events), dice.choice(story.events)
    story.events.append({**row, "event_id": other["event_id"], "effective_at": "2023-08-08"})


def other_currencies(story, dice):
    """An account gets several currencies, or has one alone."""
    account = dice.choice(story.events)["account_id"]
    currencies = dice.choice([["USD"], ["EUR"], ["USD", "EUR", "GBP"]])
    story.events = [
        {**row, "currency": dice.choice(currencies)} if row["account_id"] == account else row
        for row in story.events
    ]


CHANGES = [
    another_as_of,
    a_months_end,
    another_time_zone,
    other_segments,
    another_rule,
    other_sizes,
    another_band,
    another_status_value,
    another_interval_value,
    an_account_is_gone,
    all_but_one_row_is_gone,
    an_input_is_gone,
    what_was_gone_is_back,
    what_was_gone_is_back,
    an_account_with_a_long_past,
    a_column_is_emptied_or_filled,
    a_column_is_lost_or_appears,
    other_rates,
    other_attributes,
    late_and_corrected_events,
    an_item_moves,
    an_event_id_in_two_accounts,
    other_currencies,
]


# --- What is run then -------------------------------------------------------------------------
# A run may fail where settings and tables do not fit together: the build at the end mends it.

MODELS = ["nrr__retention", "nrr__mrr_waterfall", "nrr__rejected_events", "int_nrr__months"]
STORED = ["int_nrr__item_states", "int_nrr__account_spans"]


def run_nothing(story, dice):
    pass


def run_all(story, dice):
    story.command("run", *WITHOUT_CHAPTERS)


def run_all_with_seeds(story, dice):
    story.command("build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS)


def run_all_with_tests(story, dice):
    story.command("build", *WITHOUT_UNIT_TESTS, *WITHOUT_CHAPTERS)


def run_one_mart(story, dice):
    story.command("run", "--select", dice.choice(MODELS))


def run_up_to_a_stored_table(story, dice):
    story.command("run", "--select", f"+{dice.choice(STORED)}")


def run_all_but_a_stored_table(story, dice):
    story.command("run", "--exclude", dice.choice(STORED), *CHAPTERS)


def run_one_model_anew(story, dice):
    story.command("run", "--full-refresh", "--select", dice.choice([*STORED, *MODELS]))


def run_without_rows(story, dice):
    story.command("run", "--empty", *WITHOUT_CHAPTERS)


def run_with_another_target(story, dice):
    story.command("build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS, "--target", "limited")


def run_until_it_is_killed(story, dice):
    story.kill_in(dice, "run", *WITHOUT_CHAPTERS, variables=story.settings)


def run_again_what_failed(story, dice):
    """A failing test between: what is behind it is run later."""
    story.command("--write-json", "build", *WITHOUT_UNIT_TESTS, *WITHOUT_CHAPTERS)
    story.command("retry")


RUNS = [
    run_nothing,
    run_nothing,
    run_all,
    run_all,
    run_all,
    run_all_with_seeds,
    run_all_with_tests,
    run_one_mart,
    run_up_to_a_stored_table,
    run_all_but_a_stored_table,
    run_one_model_anew,
    run_without_rows,
    run_with_another_target,
    run_until_it_is_killed,
    run_again_what_failed,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """One folder for all, with one copy of the project: dbt need not parse all anew."""
    folder = tmp_path_factory.mktemp("sequences")
    copied_project(folder)
    return folder


def begun(folder: Path, dice: Random) -> Story:
    """A story with a small random history and the project's own seeds, before its first build."""
    shutil.copytree(ROOT / "seeds", folder / "project/seeds", dirs_exist_ok=True)
    write_history(folder / "data", dice.randrange(10**6), accounts=12, months=20)
    story = Story(folder, folder / "project", folder / "data")
    story.settings = {"nrr_segments": SEGMENTS[:1], "nrr_rejected_rows_allowed": 1}
    story.held = held_in(story.data)
    story.columns = {name: list(rows[0]) for name, rows in story.held.items()}
    story.database.unlink(missing_ok=True)
    return story


@pytest.mark.long
@pytest.mark.parametrize("seed", range(int(os.environ.get("NRR_SEQUENCES", "4"))))
def test_after_any_sequence_a_build_ends_with_the_tables_of_a_new_database(seed, folder):
    dice = Random(seed)
    story = begun(folder, dice)
    story.command("build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS)
    told = []
    for _ in range(dice.randint(3, 5)):
        change, run = dice.choice(CHANGES), dice.choice(RUNS)
        told.append(f"{change.__name__}, {run.__name__}")
        change(story, dice)
        story.deliver()
        run(story, dice)
    story.succeed("build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS, variables=story.settings)
    marts = story.marts()
    story.database.unlink()
    story.succeed("build", *WITHOUT_TESTS, *WITHOUT_CHAPTERS, variables=story.settings)
    assert marts == story.marts(), "; ".join(told)
