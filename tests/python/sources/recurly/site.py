"""A Recurly site in a few lines for each case, written as Fivetran or as Airbyte lands it."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path

SYNCED = "2025-02-10 06:00:00"
FIVETRAN = {
    "subscription_history": (
        "_fivetran_synced,id,created_at,updated_at,activated_at,canceled_at,expires_at,account_id,"
        "plan_id,object,uuid,state,current_period_started_at,current_period_ends_at,"
        "current_term_started_at,current_term_ends_at,trial_started_at,trial_ends_at,"
        "remaining_billing_cycles,total_billing_cycles,renewal_billing_cycles,auto_renew,paused_at,"
        "remaining_pause_cycles,currency,unit_amount,quantity,add_ons_total,subtotal,"
        "collection_method,expiration_reason"
    ),
    "subscription_add_on_history": (
        "_fivetran_synced,created_at,expired_at,id,object,plan_add_on_id,quantity,subscription_id,"
        "unit_amount,updated_at"
    ),
    "subscription_change_history": (
        "_fivetran_synced,id,updated_at,plan_id,subscription_id,object,unit_amount,quantity,"
        "activate_at,activated,created_at,deleted_at"
    ),
    "plan_history": (
        "_fivetran_synced,id,created_at,updated_at,deleted_at,code,state,name,description,"
        "interval_unit,interval_length,trial_unit,trial_length,total_billing_cycles,auto_renew,"
        "accounting_code,setup_fee_accounting_code,tax_code,tax_exempt"
    ),
    "plan_currency_history": (
        "_fivetran_synced,plan_id,plan_updated_at,currency,setup_fees,unit_amount"
    ),
    "coupon_redemption_history": (
        "id,updated_at,_fivetran_synced,account_id,coupon_id,created_at,currency,discounted,"
        "removed_at,state,subscription_id"
    ),
    "coupon_discount": (
        "coupon_id,fivetran_id,_fivetran_synced,amount,currency,percentage,trial_length,"
        "trial_unit,type"
    ),
    "coupon_history": (
        "_fivetran_synced,id,updated_at,created_at,code,state,duration,temporal_amount,"
        "temporal_unit,redemption_resource,applies_to_all_plans"
    ),
    "coupon_plan_history": "_fivetran_synced,coupon_id,plan_id",
    "line_item_history": (
        "_fivetran_synced,id,created_at,updated_at,account_id,plan_id,add_on_id,invoice_id,"
        "previous_line_item_id,original_line_item_invoice_id,subscription_id,uuid,type,state,"
        "plan_code,add_on_code,invoice_number,origin,product_code,currency,amount,description,"
        "quantity,unit_amount,subtotal,discount,tax,taxable,tax_exempt,tax_code,tax_type,"
        "tax_region,tax_rate,proration_rate,refund,refunded_quantity,credit_applied,start_date,"
        "end_date"
    ),
    "account_history": (
        "_fivetran_synced,id,created_at,updated_at,deleted_at,code,bill_to,state,username,"
        "account_first_name,account_last_name,email,cc_emails,company,vat_number,tax_exempt,"
        "account_country"
    ),
    "transaction": (
        "_fivetran_synced,id,created_at,collected_at,account_id,invoice_id,uuid,type,origin,"
        "currency,amount,status,success,refunded"
    ),
}
AIRBYTE = {
    "subscriptions": (
        "_airbyte_extracted_at,id,object,uuid,account,plan,state,coupon_redemptions,"
        "pending_change,current_period_started_at,current_period_ends_at,current_term_started_at,"
        "current_term_ends_at,trial_started_at,trial_ends_at,remaining_billing_cycles,"
        "total_billing_cycles,renewal_billing_cycles,auto_renew,ramp_intervals,paused_at,"
        "remaining_pause_cycles,currency,unit_amount,tax_inclusive,quantity,add_ons,add_ons_total,"
        "subtotal,tax,tax_info,total,collection_method,expiration_reason,created_at,updated_at,"
        "activated_at,canceled_at,expires_at"
    ),
    "plans": (
        "_airbyte_extracted_at,id,object,code,state,name,interval_unit,interval_length,trial_unit,"
        "trial_length,auto_renew,pricing_model,ramp_intervals,currencies,created_at,updated_at,"
        "deleted_at"
    ),
    "add_ons": (
        "_airbyte_extracted_at,id,plan_id,code,state,name,add_on_type,usage_type,tier_type,"
        "created_at,updated_at,deleted_at"
    ),
    "coupons": (
        "_airbyte_extracted_at,id,object,code,state,duration,temporal_amount,temporal_unit,"
        "applies_to_all_plans,plans,redemption_resource,discount,created_at,updated_at,expired_at"
    ),
    "account_coupon_redemptions": (
        "_airbyte_extracted_at,id,object,account,subscription_id,coupon,state,currency,discounted,"
        "created_at,updated_at,removed_at"
    ),
    "line_items": (
        "_airbyte_extracted_at,id,object,uuid,type,state,account,subscription_id,plan_id,"
        "plan_code,add_on_id,add_on_code,invoice_id,origin,currency,amount,quantity,unit_amount,"
        "subtotal,discount,tax,tax_info,proration_rate,refund,start_date,end_date,created_at,"
        "updated_at"
    ),
    "accounts": (
        "_airbyte_extracted_at,id,object,code,parent_account_id,bill_to,state,created_at,"
        "updated_at,deleted_at"
    ),
}
# what the API tells and a newer version of a loader may land
MORE = {
    "ramp_intervals", "resume_at", "tax", "tax_inclusive", "tax_info", "tier_type", "tiers",
    "total", "usage_type",
}  # fmt: skip
PLANS = {
    "monthly": ("months", 1),
    "quarterly": ("months", 3),
    "yearly": ("months", 12),
    "two years": ("years", 2),
    "four weeks": ("days", 28),
}


@dataclass
class Site:
    """Fivetran's tables as lists of rows; ids of subscriptions are their account's, with `s `."""

    tables: dict[str, list[dict]] = field(default_factory=dict)

    def __post_init__(self):
        for plan, (unit, length) in PLANS.items():
            self.add(
                "plan_history", id=f"p {plan}", code=plan, state="active", interval_unit=unit,
                interval_length=length, created_at="2022-01-01", updated_at="2022-01-01",
            )  # fmt: skip

    def add(self, table: str, **values) -> None:
        rows = self.tables.setdefault(table, [])
        rows.append({"_fivetran_synced": SYNCED} | values)

    def subscription(self, account: str, at: str, unit_amount, *, id=None, **values) -> None:
        """A version of a subscription, made at that time; its first one begins it."""
        id = id or f"s {account}"
        rows = self.tables.setdefault("subscription_history", [])
        began = next((row["activated_at"] for row in rows if row["id"] == id), at)
        values = {"quantity": 1, "add_ons_total": 0, "plan": "monthly"} | values
        plan = values.pop("plan")
        price = (unit_amount or 0) * values["quantity"] + (values["add_ons_total"] or 0)
        self.add("subscription_history", **{
            "id": id, "account_id": account, "plan_id": f"p {plan}", "object": "subscription",
            "uuid": id, "state": "active", "auto_renew": "true", "currency": "USD",
            "created_at": began, "activated_at": began, "updated_at": at, "subtotal": price,
            "unit_amount": unit_amount, "collection_method": "automatic",
        } | values)  # fmt: skip
        if not any(row["id"] == account for row in self.tables.get("account_history", [])):
            self.account(account, began)

    def account(self, account: str, at: str, **values) -> None:
        self.add("account_history", **{
            "id": account, "code": account, "bill_to": "self", "state": "active",
            "created_at": at, "updated_at": at,
        } | values)  # fmt: skip

    def add_on(self, account: str, at: str, quantity, unit_amount, **values) -> None:
        """A version of an add-on of the account's subscription."""
        self.add("subscription_add_on_history", **{
            "id": f"a {account}", "object": "subscription_add_on", "plan_add_on_id": "seats",
            "subscription_id": f"s {account}", "quantity": quantity, "unit_amount": unit_amount,
            "created_at": at, "updated_at": at,
        } | values)  # fmt: skip

    def change(self, account: str, at: str, activate_at: str, activated: str, **values) -> None:
        """A version of a change of the account's subscription that was asked for."""
        self.add("subscription_change_history", **{
            "id": f"c {account}", "subscription_id": f"s {account}", "plan_id": "p monthly",
            "object": "subscription_change", "created_at": at, "updated_at": at, "quantity": 1,
            "activate_at": activate_at, "activated": activated,
        } | values)  # fmt: skip

    def charge(self, account: str, starts: str, ends: str, unit_amount, **values) -> None:
        """A line of an invoice, for the plan unless it says otherwise."""
        values = {"quantity": 1} | values
        number = len(self.tables.get("line_item_history", [])) + 1
        amount = round(unit_amount * values["quantity"], 2)
        self.add("line_item_history", **{
            "id": f"l {number}", "uuid": f"l {number}", "invoice_id": f"i {number}",
            "invoice_number": 1000 + number, "account_id": account, "plan_id": "p monthly",
            "subscription_id": f"s {account}", "plan_code": "monthly", "origin": "plan",
            "type": "charge", "state": "invoiced", "currency": "USD", "amount": amount,
            "unit_amount": unit_amount, "subtotal": amount, "discount": 0, "tax": 0,
            "refund": "false", "start_date": starts, "end_date": ends, "created_at": starts,
            "updated_at": starts,
        } | values)  # fmt: skip

    def coupon(self, id: str, duration: str, **discount) -> None:
        """A coupon: percentage, or amount and currency; what else it says, its history has."""
        terms = {
            key: discount.pop(key, None)
            for key in ["temporal_amount", "temporal_unit", "redemption_resource"]
        }
        terms["applies_to_all_plans"] = discount.pop("applies_to_all_plans", "true")
        kind = "percent" if "percentage" in discount else "fixed"
        self.add("coupon_discount", coupon_id=id, fivetran_id=id, **({"type": kind} | discount))
        self.add(
            "coupon_history", id=id, code=id, state="redeemable", duration=duration,
            created_at="2023-01-01", updated_at="2023-01-01", **terms,
        )  # fmt: skip

    def redeem(self, account: str, coupon: str, at: str, **values) -> None:
        number = len(self.tables.get("coupon_redemption_history", [])) + 1
        self.add("coupon_redemption_history", **{
            "id": f"r {number}", "account_id": account, "coupon_id": coupon, "created_at": at,
            "updated_at": values.get("removed_at") or at, "currency": "USD", "discounted": 0,
            "state": "inactive" if values.get("removed_at") else "active",
        } | values)  # fmt: skip

    def write(self, folder: Path) -> None:
        """As Fivetran lands it."""
        for table, rows in self.tables.items():
            write_rows(folder / f"recurly/{table}.csv", FIVETRAN[table].split(","), rows)

    def write_airbyte(self, folder: Path) -> None:
        """As Airbyte lands it in append mode: every version of a subscription, with all of it."""
        rows = self.tables
        told = {
            "subscriptions": [
                row | {
                    "account": {"id": row["account_id"], "object": "account"},
                    "plan": {"id": row["plan_id"], "object": "plan_mini"},
                    "add_ons": self.add_ons_at(row),
                }
                for row in rows["subscription_history"]
            ],
            "plans": rows["plan_history"],
            "accounts": rows["account_history"],
            "line_items": [
                row | {
                    "account": {"id": row["account_id"]},
                    "tax_info": {"rate": row["tax_rate"]} if row.get("tax_rate") else None,
                }
                for row in rows["line_item_history"]
            ],
            "account_coupon_redemptions": [
                row | {"account": {"id": row["account_id"]}, "coupon": {"id": row["coupon_id"]}}
                for row in rows["coupon_redemption_history"]
            ],
            "coupons": [self.whole_coupon(row) for row in rows["coupon_history"]],
        }  # fmt: skip
        for table, values in told.items():
            write_rows(folder / f"recurly/{table}.csv", AIRBYTE[table].split(","), values)

    def add_ons_at(self, version: dict) -> list[dict]:
        """The add-ons that a version of a subscription has, as they are then."""
        at, newest = version["updated_at"], {}
        for row in self.tables["subscription_add_on_history"]:
            if row["subscription_id"] == version["id"] and row["updated_at"] <= at:
                newest[row["id"]] = row
        return [
            {
                "id": row["id"], "object": "subscription_add_on", "quantity": row["quantity"],
                "subscription_id": version["id"], "unit_amount": row["unit_amount"],
                "add_on": {"id": row["plan_add_on_id"], "usage_type": row.get("usage_type")},
                "tier_type": row.get("tier_type"), "tiers": row.get("tiers"),
                "created_at": row["created_at"], "updated_at": row["updated_at"],
            }
            for row in newest.values()
            if not (row.get("expired_at") and row["expired_at"] <= at)
            and (version["add_ons_total"] or row.get("usage_type"))
        ]  # fmt: skip

    def whole_coupon(self, coupon: dict) -> dict:
        discounts = [r for r in self.tables["coupon_discount"] if r["coupon_id"] == coupon["id"]]
        plans = self.tables.get("coupon_plan_history", [])
        return coupon | {
            "discount": {
                "type": discounts[0]["type"],
                "percent": discounts[0].get("percentage"),
                "currencies": [
                    {"currency": r["currency"], "amount": r["amount"]}
                    for r in discounts if r["type"] == "fixed"
                ],
            },
            "plans": [{"id": r["plan_id"]} for r in plans if r["coupon_id"] == coupon["id"]],
        }  # fmt: skip


def write_rows(path: Path, columns: list[str], rows: list[dict]) -> None:
    """A CSV file; columns that the loader may have besides are those that a row names."""
    rows = [
        {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()}
        for row in rows
    ]
    airbyte = columns[0] == "_airbyte_extracted_at"
    more = {k for row in rows for k in row} & MORE
    columns = columns + sorted(more - {*columns})
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            loaded = {"_airbyte_extracted_at": row["_fivetran_synced"]} if airbyte else {}
            writer.writerow(row | loaded)
