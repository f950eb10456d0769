"""A Chargebee site in a few lines for each case, as Airbyte lands it: all of its columns."""

import csv
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

COLUMNS = {
    "subscription": (
        "id,currency_code,start_date,trial_end,remaining_billing_cycles,po_number,"
        "plan_quantity_in_decimal,plan_unit_price_in_decimal,customer_id,status,trial_start,"
        "trial_end_action,current_term_start,current_term_end,next_billing_at,created_at,started_at,"
        "activated_at,contract_term_billing_cycle_on_renewal,override_relationship,pause_date,"
        "resume_date,cancelled_at,cancel_reason,created_from_ip,resource_version,updated_at,"
        "has_scheduled_advance_invoices,has_scheduled_changes,payment_source_id,"
        "plan_free_quantity_in_decimal,plan_amount_in_decimal,cancel_schedule_created_at,"
        "due_invoices_count,due_since,total_dues,mrr,exchange_rate,base_currency_code,invoice_notes,"
        "metadata,deleted,object,coupon,cancel_reason_code,free_period,free_period_unit,"
        "create_pending_invoices,auto_close_invoices,business_entity_id,channel,coupons,"
        "shipping_address,referral_info,contract_term,subscription_items,item_tiers,charged_items,"
        "plan_id,plan_quantity,plan_unit_price,setup_fee,billing_period,billing_period_unit,"
        "auto_collection,plan_amount,plan_free_quantity,gift_id,affiliate_token,"
        "offline_payment_method,meta_data,addons,event_based_addons,charged_event_based_addons,"
        "discounts,custom_fields"
    ),
    "customer": (
        "id,first_name,last_name,email,phone,company,vat_number,auto_collection,"
        "offline_payment_method,net_term_days,vat_number_validated_time,vat_number_status,"
        "allow_direct_debit,is_location_valid,created_at,created_from_ip,exemption_details,"
        "taxability,entity_code,exempt_number,resource_version,updated_at,locale,billing_date,"
        "billing_date_mode,billing_day_of_week,billing_day_of_week_mode,billing_month,"
        "pii_cleared,auto_close_invoices,fraud_flag,primary_payment_source_id,"
        "backup_payment_source_id,invoice_notes,preferred_currency_code,promotional_credits,"
        "unbilled_charges,refundable_credits,excess_payments,deleted,registered_for_gst,"
        "consolidated_invoicing,customer_type,business_customer_without_vat_number,"
        "client_profile_id,use_default_hierarchy_settings,vat_number_prefix,business_entity_id,"
        "channel,object,mrr,tax_providers_fields,billing_address,referral_urls,contacts,"
        "payment_method,balances,relationship,parent_account_access,child_account_access,"
        "card_status,meta_data,custom_fields"
    ),
    "event": (
        "id,occurred_at,source,user,event_type,api_version,webhook_status,content,object,webhooks,"
        "custom_fields"
    ),
    "item_price": (
        "id,name,item_family_id,item_id,description,status,external_name,pricing_model,price,"
        "price_in_decimal,period,currency_code,period_unit,trial_period,trial_period_unit,"
        "trial_end_action,shipping_period,shipping_period_unit,billing_cycles,free_quantity,"
        "free_quantity_in_decimal,resource_version,updated_at,created_at,archived_at,invoice_notes,"
        "is_taxable,metadata,item_type,show_description_in_invoices,show_description_in_quotes,"
        "tiers,tax_detail,accounting_detail,channel,object,custom_fields"
    ),
    "item": (
        "id,name,description,status,resource_version,updated_at,item_family_id,type,is_shippable,"
        "is_giftable,redirect_url,enabled_for_checkout,enabled_in_portal,included_in_mrr,"
        "item_applicability,gift_claim_redirect_url,unit,metered,usage_calculation,archived_at,"
        "metadata,external_name,applicable_items,channel,object,custom_fields"
    ),
    "coupon": (
        "id,name,invoice_name,discount_type,discount_percentage,discount_amount,currency_code,"
        "duration_type,duration_month,valid_till,max_redemptions,status,apply_discount_on,apply_on,"
        "created_at,archived_at,resource_version,updated_at,period,period_unit,redemptions,"
        "invoice_notes,object,item_constraints,item_constraint_criteria,coupon_constraints,"
        "custom_fields"
    ),
    "invoice": (
        "id,po_number,customer_id,subscription_id,recurring,status,vat_number,price_type,date,"
        "due_date,net_term_days,exchange_rate,currency_code,total,amount_paid,amount_adjusted,"
        "write_off_amount,credits_applied,amount_due,paid_at,dunning_status,next_retry_at,"
        "voided_at,resource_version,updated_at,sub_total,tax,first_invoice,deleted,object,"
        "line_items,discounts,line_item_discounts,taxes,line_item_taxes,line_item_tiers"
    ),
}  # fmt: skip
JSON = {"subscription_items", "item_tiers", "coupons", "discounts", "addons", "tiers", "content",
        "item_constraints", "item_constraint_criteria", "line_items", "line_item_taxes",
        "line_item_discounts", "relationship"}  # fmt: skip
INSTANTS = {"start_date", "trial_end", "trial_start", "current_term_start", "current_term_end",
            "created_at", "started_at", "activated_at", "pause_date", "resume_date", "cancelled_at",
            "updated_at", "cancel_schedule_created_at", "apply_till", "occurred_at", "date",
            "date_from", "date_to"}  # fmt: skip


def seconds(moment: str) -> int:
    """Unix seconds of a moment in UTC, such as 2024-01-15 or 2024-01-15 10:00."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=timezone.utc).timestamp())


def as_told(values: dict) -> dict:
    """As the API tells them: moments in unix seconds."""
    return {
        name: seconds(value) if name in INSTANTS and isinstance(value, str) else value
        for name, value in values.items()
    }


def item(price: str, unit_price: int | None = None, quantity: int = 1, **more) -> dict:
    """An element of subscription_items, the plan unless it says otherwise; money in cents."""
    values = {"item_price_id": price, "item_type": "plan", "quantity": quantity, **more}
    if unit_price is not None:
        values |= {"unit_price": unit_price, "amount": unit_price * quantity}
    return as_told(values | {"object": "subscription_item"})


def monthly(price: int, quantity: int = 1, name: str = "pro-USD-monthly") -> dict:
    """What a subscription to one monthly plan says of its items."""
    return {
        "subscription_items": [item(name, price, quantity)],
        "billing_period": 1,
        "billing_period_unit": "month",
    }


@dataclass
class Site:
    """Tables as lists of rows."""

    tables: dict[str, list[dict]] = field(default_factory=dict)

    def add(self, table: str, **values) -> None:
        self.tables.setdefault(table, []).append(as_told(values))

    def subscription(self, name: str, **values) -> None:
        """A row of the table, of the customer of that name."""
        self.add("subscription", **whole(name, values))

    def event(self, kind: str, at: str, name: str, **values) -> None:
        """A subscription's event with the whole of it, of the customer of that name."""
        rows = self.tables.setdefault("event", [])
        told = as_told(whole(name, values))
        told.setdefault("resource_version", seconds(at) * 1000)
        told.setdefault("updated_at", seconds(at))
        content = {"subscription": told, "customer": {"id": told["customer_id"]}}
        rows.append(
            {"id": f"ev_{len(rows) + 1:04d}", "occurred_at": seconds(at), "source": "api",
             "event_type": f"subscription_{kind}", "api_version": "v2", "content": content,
             "object": "event"}
        )  # fmt: skip

    def write(self, folder: Path) -> None:
        (folder / "chargebee").mkdir(parents=True)
        for table, rows in self.tables.items():
            columns = COLUMNS[table].split(",")
            with (folder / f"chargebee/{table}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                for row in rows:
                    writer.writerow(
                        {
                            k: json.dumps(v) if k in JSON and v is not None else v
                            for k, v in row.items()
                        }
                    )


def whole(name: str, values: dict) -> dict:
    return {
        "id": name, "customer_id": name, "currency_code": "USD", "status": "active",
        "deleted": False, "object": "subscription", **values,
    }  # fmt: skip
