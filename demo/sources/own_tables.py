"""The company as this package's own inputs: events, periods, snapshots, movements and contracts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from company import AS_OF, Company, Item, add_months, month_start

EVENT_COLUMNS = [
    "event_id", "account_id", "subscription_id", "subscription_item_id", "effective_at",
    "recorded_at", "status", "product_id", "plan_id", "pricing_model", "quantity", "unit_amount",
    "currency", "billing_interval", "billing_interval_count", "discount_percent",
    "discount_amount", "discount_ends_at",
]  # fmt: skip


def plain(number: Decimal) -> str:
    """Without an exponent and without zeros at its end."""
    return format(number.normalize(), "f")


def subscription_events(company: Company) -> list[dict]:
    rows = []
    for item in company.items:
        for state in item.states:
            if state.recorded_at > AS_OF:
                continue
            values = [
                item.account_id, item.subscription_id, item.item_id, state.at, state.recorded_at,
                state.status, state.product, state.price_id, state.model, state.quantity,
                plain(state.unit_amount), state.currency, *state.interval, state.percent or None,
                state.amount or None, state.discount_ends_at,
            ]  # fmt: skip
            rows.append(values)
    rows.sort(key=lambda values: (values[4], values[2]))
    return [
        dict(zip(EVENT_COLUMNS, (f"evt_{number:05d}", *values), strict=True))
        for number, values in enumerate(rows, 1)
    ]


def mrr_changes(item: Item, until: datetime = AS_OF) -> list[tuple[datetime, str, Decimal]]:
    """(instant, price, MRR from then on) where one of them changes, as where a discount ends."""
    moments = {state.at for state in item.states}
    moments |= {state.discount_ends_at for state in item.states if state.discount_ends_at}
    found: list[tuple[datetime, str, Decimal]] = []
    for moment in sorted(moments):
        state = item.at(moment)
        if moment > until or not state:
            continue
        change = (moment, state.price_id, state.mrr(state.is_discounted(moment)))
        if change[1:] != (found[-1][1:] if found else (state.price_id, 0)):
            found.append(change)
    return found


def mrr_at(item: Item, moment: datetime) -> tuple[str, Decimal] | None:
    """Price and MRR just before a moment."""
    before = [change for change in mrr_changes(item) if change[0] < moment]
    return before[-1][1:] if before else None


def complete_months() -> list[datetime]:
    """The first days of the months from the demo's first one to the newest that is over."""
    months, start = [], datetime(2023, 5, 1)
    while add_months(start, 1) <= month_start(AS_OF):
        months.append(start)
        start = add_months(start, 1)
    return months


def snapshots(company: Company) -> list[dict]:
    """MRR by month, account, currency and price, at the month's end."""
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for item in company.items:
        for month in complete_months():
            found = mrr_at(item, add_months(month, 1))
            if found and found[1]:
                state = item.at(add_months(month, 1) - timedelta(seconds=1))
                key = (month, item.account_id, state.currency, state.product, found[0])
                sums[key] += found[1]
    return [
        {"account_id": account, "month": f"{month:%Y-%m}", "mrr": mrr, "currency": currency,
         "product_id": product, "plan_id": plan}
        for (month, account, currency, product, plan), mrr in sorted(sums.items())
    ]  # fmt: skip


def wide_snapshots(company: Company) -> list[dict]:
    """The same by account and currency with a column for each month, as a spreadsheet shows it."""
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for row in snapshots(company):
        sums[row["account_id"], row["currency"], row["month"]] += row["mrr"]
    rows = []
    for account, currency in sorted({key[:2] for key in sums}):
        row = {"Customer": account, "Currency": currency}
        for month in complete_months():
            mrr = sums.get((account, currency, f"{month:%Y-%m}"))
            row[f"{month:%b-%y}"] = f"{mrr:,.2f}" if mrr else "-"
        rows.append(row)
    return rows


def movements(company: Company) -> list[dict]:
    """Every change of MRR at its instant; a change of price takes the MRR from one to the other."""
    rows = []
    for item in company.items:
        price, mrr = None, Decimal(0)
        for moment, new_price, new_mrr in mrr_changes(item):
            if new_price == price or not price:
                changes = [(new_price, new_mrr - mrr)]
            else:
                changes = [(price, -mrr), (new_price, new_mrr)]
            price, mrr = new_price, new_mrr
            for plan, change in changes:
                if change:
                    rows.append((moment, item, plan, change))
    rows.sort(key=lambda row: (row[0], row[1].item_id))
    return [
        {"account_id": item.account_id, "occurred_at": moment, "mrr_change": change,
         "currency": item.states[0].currency, "subscription_id": item.item_id, "plan_id": plan,
         "sequence": number}
        for number, (moment, item, plan, change) in enumerate(rows, 1)
    ]  # fmt: skip


def spans(item: Item) -> list[tuple[date, date | None, datetime, bool]]:
    """What holds from a day to another one, included: by days, the last change of a day counts."""
    moments = {state.at for state in item.states}
    moments |= {
        state.discount_ends_at
        for state in item.states
        if state.discount_ends_at and state.discount_ends_at <= AS_OF
    }
    by_day = {moment.date(): moment for moment in sorted(moments)}  # the last one of each day
    days = sorted(by_day)
    found = []
    for number, day in enumerate(days):
        following = days[number + 1] if number + 1 < len(days) else None
        state = item.at(by_day[day])
        ends = following - timedelta(days=1) if following else None
        found.append((day, ends, by_day[day], state.is_discounted(by_day[day])))
    return found


def periods(company: Company) -> list[dict]:
    """The item's terms while they hold; a pause or a cancellation is a time without a row."""
    rows = []
    for item in company.items:
        for starts, ends, moment, discounted in spans(item):
            state = item.at(moment)
            if state.status in ("paused", "cancelled") or moment > AS_OF:
                continue
            is_reduced = discounted and (state.percent or state.amount)
            rows.append(
                {"account_id": item.account_id, "subscription_id": item.item_id,
                 "plan_id": state.price_id, "starts_on": starts, "ends_on": ends,
                 "status": state.status,
                 # the price of a unit, or where there is a discount what is paid for all
                 "quantity": 1 if is_reduced else state.quantity,
                 "amount": plain(state.net_amount() if is_reduced else state.unit_amount),
                 "currency": state.currency,
                 "billing_interval": state.interval[0], "billing_interval_count": state.interval[1]}
            )  # fmt: skip
    rows.sort(key=lambda row: (row["starts_on"], row["subscription_id"]))
    return rows


def contracts(company: Company) -> list[dict]:
    """A contract for as long as an item's terms hold; the next one renews it."""
    rows = []
    for item in company.items:
        before = None
        for starts, ends, moment, discounted in spans(item):
            state = item.at(moment)
            mrr = state.mrr(discounted)
            if not mrr or moment > AS_OF:
                before = None
                continue
            contract = f"{item.item_id}-{len(rows)}"
            rows.append(
                {"contract_id": contract, "account_id": item.account_id, "starts_on": starts,
                 "ends_on": ends or date(2029, 12, 31), "amount": mrr, "amount_is": "mrr",
                 "type": "renewal" if before else "new", "renewal_of": before,
                 "currency": state.currency}
            )  # fmt: skip
            before = contract
    return rows
