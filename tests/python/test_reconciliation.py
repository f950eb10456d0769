"""What billing reports beside MRR: the input billing_totals, from its file to the differences."""

from collections import Counter
from datetime import date
from decimal import Decimal

from conftest import WITHOUT_TESTS, Dbt
from reference.comparison import computed
from reference.computation import Settings
from reference.files import write_csv
from reference.random_history import write_history, write_rows
from reference.reconciliation import Sums, reconciliation, sums_of_month
from test_published_faults import cancelled, state

EVENTS = [
    state("same", "2024-01-10", "100"),
    state("grew", "2024-01-10", "40"),
    state("grew", "2024-03-10", "60"),
    state("late", "2024-01-10", "30", status="past_due"),
    state("tries", "2024-03-10", "25", status="trialing"),
    state("coupon", "2024-01-10", "50", discount_percent="20"),
    state("left", "2024-01-10", "70"),
    cancelled("left", "2024-03-20"),
    state("euros", "2024-01-10", "10", currency="EUR"),
    state("yearly", "2024-03-10", "9"),
    state("meter", "2024-03-10", "7"),
    state("meter", "2024-03-10", "4", item="calls", pricing_model="usage"),
    state("fails", "2024-03-10", "3", status="unpaid"),
    state("rests", "2024-03-10", "2", status="paused"),
    state("absent", "2024-01-10", "6"),
    state("odd", "2024-03-10", "1"),
    state("data goes on", "2024-04-10", "1"),
]
MARCH = {"same": "100", "grew": "40", "tries": "25", "coupon": "50", "left": "70", "who": "5"}
MARCH |= {"yearly": "108", "meter": "7", "fails": "3", "rests": "2", "odd": "0.5"}


def test_differences_are_there_by_account_the_largest_first_with_their_reasons(tmp_path):
    columns = dict.fromkeys(key for event in EVENTS for key in event)
    write_csv(
        tmp_path / "data/subscription_events.csv",
        [{column: event.get(column, "") for column in columns} for event in EVENTS],
    )
    rates = [{"currency": "EUR", "rate_date": "2024-01-01", "rate": "1.1"}]
    write_csv(tmp_path / "data/exchange_rates.csv", rates)
    totals = [("2024-03", "usd", mrr, account) for account, mrr in MARCH.items()]
    # totals without accounts, in the reporting currency and another one
    totals += [("2024-02-29", "", "260", ""), ("2024-02", "EUR", "10", "")]
    totals += [("soon", "", "1", ""), ("2024-02", "", "much", "")]
    names = ["month", "currency", "mrr", "account_id"]
    rows = [dict(zip(names, row, strict=True)) for row in totals]
    write_csv(tmp_path / "data/billing_totals.csv", rows)
    dbt = Dbt(tmp_path, data=tmp_path / "data")
    selected = ["+nrr__reconciliation", "+nrr__input_problems"]
    dbt.succeed("build", "--select", *selected, *WITHOUT_TESTS)

    found = dbt.query(
        "select month, currency, place, account_id, billing_mrr, mrr, likely_reason"
        " from nrr__reconciliation order by month, currency, place"
    )
    february, march = date(2024, 2, 1), date(2024, 3, 1)
    assert found == [
        (february, "EUR", 0, None, 10, 10, None),
        # 100 + 40 + 30 + 40 + 70 + 6
        (february, "USD", 0, None, 260, 286, None),
        (march, "USD", 0, None, Decimal("410.5"), 257, None),
        (march, "USD", 1, "yearly", 108, 9, "amount of a year"),
        (march, "USD", 2, "left", 70, 0, "change of this month"),
        (march, "USD", 3, "late", 0, 30, "past due"),
        (march, "USD", 4, "tries", 25, 0, "trial"),
        (march, "USD", 5, "grew", 40, 60, "change of this month"),
        (march, "USD", 6, "coupon", 50, 40, "discount"),
        (march, "USD", 7, "absent", 0, 6, "not billed"),
        (march, "USD", 8, "who", 5, 0, "unknown account"),
        (march, "USD", 9, "meter", 7, 11, "usage"),
        (march, "USD", 10, "fails", 3, 0, "unpaid"),
        (march, "USD", 11, "rests", 2, 0, "paused"),
        (march, "USD", 12, "odd", Decimal("0.5"), 1, None),
    ]
    problems = "select reason, is_failure from nrr__input_problems where input = 'billing_totals'"
    assert dbt.query(f"{problems} order by all") == [
        ("unreadable_month", False),
        ("unreadable_mrr", False),
    ]


def as_billed(number: int, sums: Sums) -> Decimal | None:
    """What billing may report of an account, each in another way; None for nothing at all."""
    ways = [
        sums.mrr,
        12 * sums.mrr,
        sums.mrr - sums.by_status["past_due"],
        sums.mrr + sums.by_status["trialing"],
        sums.mrr + sums.by_status["unpaid"],
        sums.mrr + sums.by_status["paused"],
        sums.mrr - sums.usage,
        sums.at_list_price,
        sums.before,
        sums.mrr + Decimal("0.0001"),
        None,
    ]
    return ways[number % len(ways)]


def test_differences_of_a_random_history_are_those_of_the_computation(tmp_path):
    data, settings = tmp_path / "data", Settings(as_of="2024-07-01")
    write_history(data, seed=4, accounts=400, months=18)
    book = computed(data, settings).book
    totals = []
    for month in [date(2024, 2, 1), date(2024, 6, 1)]:
        for currency in ["USD", "EUR"]:
            for number, (account, sums) in enumerate(
                sorted(sums_of_month(month, currency, book).items())
            ):
                # the same account in another way in another month
                mrr = as_billed(number + month.month, sums)
                totals += [] if mrr is None else [(month, currency, account, mrr)]
            totals.append((month, currency, f"nobody {currency}", Decimal(7)))
    # one that several rows are of; a total beside accounts; a total alone
    totals += [totals[0], (date(2024, 6, 1), "EUR", None, Decimal("1234.5"))]
    totals.append((date(2024, 5, 1), "GBP", None, Decimal(50)))
    columns = ["month", "currency", "account_id", "mrr"]
    rows = [dict(zip(columns, total, strict=True)) for total in totals]
    rows = [{**row, "account_id": row["account_id"] or ""} for row in rows]
    write_rows(data / "billing_totals.csv", columns, rows)
    dbt = Dbt(tmp_path, data=data)
    variables = {"nrr_as_of": settings.as_of, "nrr_segments": []}
    wanted = ["build", "--select", "+nrr__reconciliation", *WITHOUT_TESTS]
    dbt.succeed(*wanted, variables=variables)

    built, expected = dbt.rows("nrr__reconciliation"), reconciliation(book, totals)
    without_place = [{k: v for k, v in row.items() if k != "place"} for row in built]
    wrong = [row for row in without_place if row not in expected]
    missing = [row for row in expected if row not in without_place]
    assert not wrong, wrong[:5]
    assert not missing, missing[:5]
    assert len(built) == len(expected)
    # the largest first, all accounts together before them
    for row in built:
        others = [
            r for r in built if (r["month"], r["currency"]) == (row["month"], row["currency"])
        ]
        larger = [r for r in others if abs(r["difference_mrr"]) > abs(row["difference_mrr"])]
        if row["account_id"] is None:
            assert row["place"] == 0
        else:
            assert row["place"] > sum(r["account_id"] is not None for r in larger)
    reasons = Counter(row["likely_reason"] for row in expected if row["account_id"] is not None)
    assert len(reasons) == 11, reasons
