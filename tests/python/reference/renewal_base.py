"""The terms of contracts once more, in plain Python: day by day, renewal by renewal.

Contracts are renewed by those that name them alone.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

DAY = timedelta(days=1)


@dataclass
class Contract:
    """A row of the input contracts: its first and last day, and what it pays."""

    account: str
    contract: str
    begins: date
    last: date
    mrr: Decimal
    currency: str
    renews: str = ""
    churned: date | None = None

    def row(self) -> dict:
        return {
            "account_id": self.account,
            "contract_id": self.contract,
            "type": "renewal" if self.renews else "new",
            "starts_on": self.begins,
            "ends_on": self.last,
            "amount": self.mrr,
            "amount_is": "mrr",
            "renewal_of": self.renews,
            "churned_on": self.churned or "",
            "currency": self.currency,
        }


@dataclass
class Term:
    """What came up for renewal: when, by when it is settled, and what was paid before and then."""

    account: str
    due: date
    settled: date
    target: tuple[str, Decimal]
    final: list[tuple[str, Decimal]]


@dataclass
class Contracts:
    """All contracts, and for how many days a renewal may be late."""

    contracts: list[Contract]
    grace: int = 30

    def renewals(self, contract: Contract) -> list[Contract]:
        return [other for other in self.contracts if other.renews == contract.contract]

    def in_time(self, contract: Contract) -> list[Contract]:
        latest = contract.last + (1 + self.grace) * DAY
        return [other for other in self.renewals(contract) if other.begins <= latest]

    def stops(self, contract: Contract) -> date:
        """The first day on which it pays no more."""
        agreed = contract.last + DAY
        stop = min(agreed, contract.churned + DAY) if contract.churned else agreed
        first = min((other.begins for other in self.renewals(contract)), default=None)
        if first is None:
            return stop
        late = agreed <= first <= agreed + self.grace * DAY and contract.churned is None
        return first if first < stop or late else stop

    def events(self) -> list[dict]:
        """The same as rows of subscription_events."""
        rows = []
        for contract in self.contracts:
            for day, status in [(contract.begins, "active"), (self.stops(contract), "cancelled")]:
                rows.append(
                    {
                        "account_id": contract.account,
                        "subscription_id": contract.contract,
                        "effective_at": str(day),
                        "recorded_at": str(contract.begins),
                        "status": status,
                        "unit_amount": str(contract.mrr),
                        "billing_interval": "month",
                        "currency": contract.currency,
                    }
                )
        return rows

    def paid_after(self, contract: Contract, day: date) -> list[tuple[str, Decimal]]:
        """What pays in place of the contract at the end of a day."""
        begun = [other for other in self.in_time(contract) if other.begins <= day]
        if begun:
            return [amount for other in begun for amount in self.paid_after(other, day)]
        pays = contract.begins <= day < self.stops(contract)
        return [(contract.currency, contract.mrr)] if pays else []

    def terms(self, newest: date) -> list[Term]:
        """Those that were due and are settled by the end of the newest month."""
        found = []
        for contract in self.contracts:
            due = contract.last + DAY
            grace_ends = due + self.grace * DAY
            settled = grace_ends.replace(day=1)
            three_months_later = date(
                contract.begins.year + (contract.begins.month + 2) // 12,
                (contract.begins.month + 2) % 12 + 1,
                1,
            )
            last = monthrange(three_months_later.year, three_months_later.month)[1]
            is_short = due < three_months_later.replace(day=min(contract.begins.day, last))
            if is_short or settled > newest or self.stops(contract) <= contract.begins:
                continue
            day = settled.replace(day=monthrange(settled.year, settled.month)[1])
            final = self.paid_after(contract, day)
            target = (contract.currency, contract.mrr)
            found.append(Term(contract.account, due.replace(day=1), settled, target, final))
        return found
