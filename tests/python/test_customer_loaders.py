"""The selects of docs/customers/loaders.md, each on a few rows of its system's tables."""

import csv

import pytest
from conftest import ROOT
from documented_selects import rows_of, selects_of
from found_files import COLUMNS, REQUIRED_COLUMNS

SELECTS = selects_of(ROOT / "docs" / "customers" / "loaders.md")
with (ROOT / "seeds" / "rules" / "nrr_customer_events.csv").open(encoding="utf-8") as seed:
    EVENTS = {row["value"] for row in csv.DictReader(seed)}

# What the selects read of each table, with the type in which a loader lands it.
TABLES = {
    "Zendesk": {
        "zendesk_ticket": {"id": "bigint", "created_at": "timestamp"},
        "zendesk_ticket_field_history": {
            "ticket_id": "bigint", "field_name": "varchar", "value": "varchar",
            "updated": "timestamp",
        },
        "zendesk_organization": {"id": "bigint", "external_id": "varchar"},
    },
    "Intercom": {
        "intercom_contact_history": {
            "id": "varchar", "created_at": "timestamp", "updated_at": "timestamp",
        },
        "intercom_contact_company_history": {
            "contact_id": "varchar", "company_id": "varchar", "contact_updated_at": "timestamp",
        },
        "intercom_company_history": {
            "id": "varchar", "company_id": "varchar", "updated_at": "timestamp",
        },
        "intercom_conversation_history": {
            "id": "varchar", "created_at": "timestamp", "updated_at": "timestamp",
            "source_author_id": "varchar", "source_delivered_as": "varchar",
            "conversation_rating_value": "integer",
            "conversation_rating_created_at": "timestamp",
        },
        "intercom_conversation_part_history": {
            "id": "varchar", "conversation_id": "varchar", "part_type": "varchar",
            "created_at": "timestamp", "updated_at": "timestamp",
        },
    },
    "HubSpot": {
        "hubspot_ticket": {"id": "bigint", "property_createdate": "timestamp"},
        "hubspot_ticket_company": {
            "ticket_id": "bigint", "company_id": "bigint", "type_id": "bigint",
        },
        "hubspot_ticket_property_history": {
            "ticket_id": "bigint", "name": "varchar", "value": "varchar",
            "timestamp_instant": "timestamp",
        },
        "hubspot_ticket_pipeline_stage": {"stage_id": "varchar", "ticket_state": "varchar"},
        "hubspot_engagement_meeting": {
            "engagement_id": "bigint", "property_hs_meeting_start_time": "timestamp",
            "property_hs_meeting_outcome": "varchar", "property_hs_activity_type": "varchar",
            "property_hs_lastmodifieddate": "timestamp",
        },
        "hubspot_engagement_company": {
            "engagement_id": "bigint", "company_id": "bigint", "type_id": "bigint",
        },
        "hubspot_contact_property_history": {
            "contact_id": "bigint", "name": "varchar", "value": "varchar",
            "timestamp": "timestamp",
        },
        "hubspot_company": {"id": "bigint", "property_billing_id": "varchar"},
    },
    "Salesforce": {
        "salesforce_case": {"id": "varchar", "account_id": "varchar", "created_date": "timestamp"},
        "salesforce_case_history": {
            "case_id": "varchar", "field": "varchar", "old_value": "varchar",
            "new_value": "varchar", "created_date": "timestamp",
        },
        "salesforce_case_status": {"master_label": "varchar", "is_closed": "boolean"},
        "salesforce_event": {
            "id": "varchar", "account_id": "varchar", "type": "varchar",
            "start_date_time": "timestamp", "end_date_time": "timestamp", "is_deleted": "boolean",
            "_fivetran_start": "timestamp", "_fivetran_end": "timestamp",
        },
        "salesforce_contact": {
            "id": "varchar", "account_id": "varchar", "created_date": "timestamp",
            "is_deleted": "boolean", "_fivetran_start": "timestamp", "_fivetran_end": "timestamp",
            "_fivetran_active": "boolean",
        },
        "salesforce_account": {"id": "varchar", "billing_id_c": "varchar"},
    },
    "Segment": {
        "segment_groups": {
            "user_id": "varchar", "group_id": "varchar", "timestamp": "timestamp",
            "received_at": "timestamp",
        },
        "segment_tracks": {
            "id": "varchar", "user_id": "varchar", "event": "varchar", "timestamp": "timestamp",
            "received_at": "timestamp",
        },
        "segment_pages": {
            "id": "varchar", "user_id": "varchar", "path": "varchar", "timestamp": "timestamp",
            "received_at": "timestamp",
        },
    },
    "Mixpanel": {
        "mixpanel_event": {
            "name": "varchar", "distinct_id": "varchar", "insert_id": "varchar",
            "time": "timestamp", "mp_processing_time_ms": "bigint", "properties": "json",
        },
    },
    "Amplitude": {
        "amplitude_event": {
            "uuid": "varchar", "event_type": "varchar", "event_time": "timestamp",
            "server_upload_time": "timestamp", "user_id": "varchar", "amplitude_id": "bigint",
            "groups": "json",
        },
    },
    "Pendo": {
        "pendo_feature_event": {
            "account_id": "varchar", "visitor_id": "varchar", "feature_id": "varchar",
            "num_events": "integer", "timestamp": "timestamp",
        },
        "pendo_event": {
            "account_id": "varchar", "visitor_id": "varchar", "num_events": "integer",
            "timestamp": "timestamp",
        },
        "pendo_page_event": {
            "account_id": "varchar", "visitor_id": "varchar", "page_id": "varchar",
            "timestamp": "timestamp",
        },
        "pendo_poll": {"id": "varchar", "attribute_type": "varchar"},
        "pendo_poll_event": {
            "account_id": "varchar", "visitor_id": "varchar", "poll_id": "varchar",
            "poll_response": "varchar", "timestamp": "timestamp",
        },
    },
}  # fmt: skip
OPEN_END = "9999-12-31 00:00:00"


def selected(heading: str, **rows: list[tuple | dict]) -> list[dict]:
    """The rows of the heading's select over rows of the system's tables, in order of time."""
    system = heading.removesuffix(" events")
    tables = TABLES[system]
    prefix = system.lower()
    named = {
        f"{prefix}_{table}": [
            row
            if isinstance(row, dict)
            else dict(zip(tables[f"{prefix}_{table}"], row, strict=True))
            for row in of_table
        ]
        for table, of_table in rows.items()
    }
    columns, found = rows_of(SELECTS[heading], tables, named)
    time = "usage_date" if "usage_date" in columns else "occurred_at"
    given = "product_usage" if time == "usage_date" else "customer_events"
    assert set(columns) <= set(COLUMNS[given])
    assert set(REQUIRED_COLUMNS[given]) <= set(columns)
    for row in found:
        assert row["account_id"]
        assert row[time]
        assert given == "product_usage" or row["event"] in EVENTS
    return sorted(found, key=lambda row: (row[time], row.get("event") or row["metric"]))


def values(rows: list[dict], *columns: str) -> list[tuple]:
    """The columns of the rows; of times at midnight, the day."""
    return [
        tuple(row[column] and row[column].removesuffix(" 00:00:00") for column in columns)
        for row in rows
    ]


def test_the_page_has_a_select_for_each_system():
    assert list(dict.fromkeys(name.removesuffix(" events") for name in SELECTS)) == list(TABLES)


@pytest.mark.parametrize("heading", SELECTS)
def test_without_rows_each_select_has_the_columns_of_its_input(heading):
    assert selected(heading) == []


def test_a_ticket_of_zendesk_is_closed_once_per_closing_and_rated_when_it_was():
    rows = selected(
        "Zendesk",
        ticket=[(1, "2024-01-01")],
        organization=[(7, "acme")],
        ticket_field_history=[
            (1, "organization_id", "7", "2024-01-01"),
            (1, "status", "new", "2024-01-01"),
            (1, "status", "open", "2024-01-02"),
            (1, "status", "solved", "2024-01-03"),
            (1, "satisfaction_score", "offered", "2024-01-04"),
            (1, "satisfaction_score", "bad", "2024-01-05"),
            (1, "status", "open", "2024-01-06"),
            (1, "status", "solved", "2024-01-08"),
            (1, "satisfaction_score", "good", "2024-01-09"),
            (1, "status", "closed", "2024-01-12"),
            (1, "priority", "urgent", "2024-01-13"),
        ],
    )
    assert values(rows, "occurred_at", "event", "value") == [
        ("2024-01-01", "ticket", None),
        ("2024-01-03", "ticket_closed", None),
        ("2024-01-05", "ticket_rated", "1"),
        ("2024-01-08", "ticket_closed", None),
        ("2024-01-09", "ticket_rated", "5"),
    ]
    assert {(row["account_id"], row["subject_id"]) for row in rows} == {("acme", "1")}
    assert all(row["recorded_at"] == row["occurred_at"] for row in rows)


def test_a_ticket_of_zendesk_belongs_to_the_organization_that_it_had():
    rows = selected(
        "Zendesk",
        ticket=[(1, "2024-01-01"), (2, "2024-01-02"), (3, "2024-01-03")],
        organization=[(7, "acme"), (8, "globex"), (9, None)],
        ticket_field_history=[
            (1, "organization_id", "7", "2024-01-01"),
            (1, "organization_id", "8", "2024-01-05"),
            (1, "status", "solved", "2024-01-09"),
            # without one at first: known since it has one
            (2, "organization_id", "7", "2024-02-01"),
            # one that is no customer, and none
            (3, "organization_id", "9", "2024-01-03"),
            (3, "organization_id", None, "2024-01-04"),
            (3, "status", "solved", "2024-01-05"),
        ],
    )
    assert values(rows, "occurred_at", "event", "account_id", "recorded_at") == [
        ("2024-01-01", "ticket", "acme", "2024-01-01"),
        ("2024-01-02", "ticket", "acme", "2024-02-01"),
        ("2024-01-09", "ticket_closed", "globex", "2024-01-09"),
    ]


def conversation(id_: str, author: str | None, **columns) -> dict:
    return {
        "id": id_, "created_at": "2024-01-10", "updated_at": "2024-01-10",
        "source_author_id": author, "source_delivered_as": "customer_initiated",
    } | columns  # fmt: skip


def test_a_conversation_of_intercom_is_a_ticket_of_the_company_of_its_author():
    rated = {"conversation_rating_value": 2, "conversation_rating_created_at": "2024-01-15"}
    rows = selected(
        "Intercom",
        company_history=[("i1", "acme", "2023-01-01"), ("i1", "acme", "2024-01-01")],
        contact_history=[
            ("ann", "2023-05-01", "2024-01-01"),
            ("bob", "2023-05-01", "2024-01-01"),
        ],
        contact_company_history=[("ann", "i1", "2024-01-01")],
        conversation_history=[
            conversation("c1", "ann"),
            conversation("c1", "ann", updated_at="2024-01-15", **rated),
            conversation("c1", "ann", updated_at="2024-01-20", **rated),
            conversation("c2", "bob"),
            conversation("c3", "ann", source_delivered_as="admin_initiated"),
        ],
        conversation_part_history=[
            ("p1", "c1", "close", "2024-01-12", "2024-01-12"),
            ("p1", "c1", "close", "2024-01-12", "2024-01-13"),
            ("p2", "c1", "open", "2024-01-13", "2024-01-13"),
            ("p3", "c1", "close", "2024-01-14", "2024-01-14"),
            ("p4", "c2", "close", "2024-01-14", "2024-01-14"),
            ("p5", "c3", "close", "2024-01-14", "2024-01-14"),
        ],
    )
    assert values(rows, "occurred_at", "event", "subject_id", "value", "account_id") == [
        ("2023-05-01", "contact_joined", "ann", None, "acme"),
        ("2024-01-10", "ticket", "c1", None, "acme"),
        ("2024-01-12", "ticket_closed", "c1", None, "acme"),
        ("2024-01-14", "ticket_closed", "c1", None, "acme"),
        ("2024-01-15", "ticket_rated", "c1", "2", "acme"),
    ]
    assert rows[0]["recorded_at"] == "2024-01-01 00:00:00"


def test_a_contact_of_intercom_leaves_one_company_and_joins_another():
    rows = selected(
        "Intercom",
        company_history=[("i1", "acme", "2023-01-01"), ("i2", "globex", "2023-01-01")],
        contact_history=[
            ("ann", "2023-05-01", "2023-05-01"),
            ("ann", "2023-05-01", "2023-06-01"),
            ("ann", "2023-05-01", "2023-07-01"),
            ("ann", "2023-05-01", "2023-08-01"),
        ],
        contact_company_history=[
            ("ann", "i1", "2023-06-01"),
            ("ann", "i1", "2023-07-01"),
            ("ann", "i2", "2023-08-01"),
        ],
        conversation_history=[
            conversation("c1", "ann", created_at="2023-05-15"),
            conversation("c2", "ann", created_at="2023-07-15"),
            conversation("c3", "ann", created_at="2023-09-15"),
        ],
    )
    assert values(rows, "occurred_at", "event", "account_id") == [
        ("2023-06-01", "contact_joined", "acme"),
        ("2023-07-15", "ticket", "acme"),
        ("2023-08-01", "contact_joined", "globex"),
        ("2023-08-01", "contact_left", "acme"),
        ("2023-09-15", "ticket", "globex"),
    ]


def test_a_ticket_of_hubspot_is_closed_once_per_closing():
    rows = selected(
        "HubSpot",
        company=[(7, "acme"), (8, None)],
        ticket=[(1, "2024-01-01"), (2, "2024-01-01"), (3, "2024-01-01")],
        # twice, by two types of association; one of no customer; one without company
        ticket_company=[(1, 7, 26), (1, 7, 339), (2, 8, 26)],
        ticket_pipeline_stage=[("1", "OPEN"), ("4", "CLOSED"), ("5", "CLOSED")],
        ticket_property_history=[
            (1, "hs_pipeline_stage", "1", "2024-01-01"),
            (1, "hs_pipeline_stage", "4", "2024-01-03"),
            (1, "hs_pipeline_stage", "5", "2024-01-04"),
            (1, "hs_pipeline_stage", "1", "2024-01-05"),
            (1, "hs_pipeline_stage", "4", "2024-01-06"),
            (1, "subject", "4", "2024-01-07"),
            (3, "hs_pipeline_stage", "4", "2024-01-03"),
        ],
    )
    assert values(rows, "occurred_at", "event", "subject_id", "account_id") == [
        ("2024-01-01", "ticket", "1", "acme"),
        ("2024-01-03", "ticket_closed", "1", "acme"),
        ("2024-01-06", "ticket_closed", "1", "acme"),
    ]


@pytest.mark.parametrize(
    ("outcome", "events"),
    [
        (None, ["meeting_planned"]),
        ("SCHEDULED", ["meeting_planned"]),
        ("COMPLETED", ["meeting_held", "meeting_planned"]),
        ("NO_SHOW", ["meeting_planned"]),
        ("CANCELED", []),
        ("RESCHEDULED", []),
    ],
)
def test_a_meeting_of_hubspot_is_held_by_its_outcome_and_known_from_its_last_change(
    outcome, events
):
    rows = selected(
        "HubSpot",
        company=[(7, "acme")],
        engagement_meeting=[(1, "2024-01-10", outcome, "Value review", "2024-01-11")],
        engagement_company=[(1, 7, 1), (1, 7, 2)],
    )
    assert [row["event"] for row in rows] == events
    told = ["occurred_at", "label", "recorded_at", "account_id"]
    assert set(values(rows, *told)) <= {("2024-01-10", "Value review", "2024-01-11", "acme")}


def test_a_contact_of_hubspot_leaves_with_the_role_that_it_had():
    rows = selected(
        "HubSpot",
        company=[(7, "acme"), (8, "globex")],
        contact_property_history=[
            (1, "associatedcompanyid", "7", "2024-01-01"),
            (1, "hs_buying_role", "DECISION_MAKER;CHAMPION", "2024-02-01"),
            (1, "associatedcompanyid", "7", "2024-03-01"),
            (1, "associatedcompanyid", "", "2024-04-01"),
            (1, "hs_buying_role", "BLOCKER", "2024-05-01"),
            (1, "associatedcompanyid", "8", "2024-06-01"),
        ],
    )
    assert values(rows, "occurred_at", "event", "account_id", "label") == [
        ("2024-01-01", "contact_joined", "acme", None),
        ("2024-04-01", "contact_left", "acme", "champion"),
        ("2024-06-01", "contact_joined", "globex", "BLOCKER"),
    ]


def test_a_case_of_salesforce_is_closed_once_per_closing():
    rows = selected(
        "Salesforce",
        account=[("001A", "acme"), ("001B", None)],
        case=[("500A", "001A", "2024-01-01"), ("500B", "001B", "2024-01-01"),
              ("500C", None, "2024-01-01")],
        case_status=[("New", False), ("Solved", True), ("Closed", True)],
        case_history=[
            ("500A", "Status", "New", "Solved", "2024-01-03"),
            ("500A", "Status", "Solved", "Closed", "2024-01-04"),
            ("500A", "Status", "Closed", "New", "2024-01-05"),
            # a status that is no longer in the list
            ("500A", "Status", "On hold", "Closed", "2024-01-06"),
            ("500A", "Owner", "New", "Closed", "2024-01-07"),
            ("500B", "Status", "New", "Closed", "2024-01-03"),
            ("500C", "Status", "New", "Closed", "2024-01-03"),
        ],
    )  # fmt: skip
    assert values(rows, "occurred_at", "event", "subject_id", "account_id") == [
        ("2024-01-01", "ticket", "500A", "acme"),
        ("2024-01-03", "ticket_closed", "500A", "acme"),
        ("2024-01-06", "ticket_closed", "500A", "acme"),
    ]


def meeting(id_: str, day: str, start: str, end: str = OPEN_END, **columns) -> dict:
    """A version of a meeting of an hour, in force from start to end."""
    return {
        "id": id_, "account_id": "001A", "type": "Meeting", "is_deleted": False,
        "start_date_time": f"{day} 10:00:00", "end_date_time": f"{day} 11:00:00",
        "_fivetran_start": start, "_fivetran_end": end,
    } | columns  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "held"),
    [
        # stands, and is changed later
        (
            [
                meeting("m", "2024-01-10", "2024-01-01", "2024-01-19 23:59:59.999"),
                meeting("m", "2024-01-10", "2024-01-20", type="Review"),
            ],
            [("2024-01-10 10:00:00", "2024-01-10 11:00:00")],
        ),
        # entered afterwards
        (
            [meeting("m", "2024-01-10", "2024-01-15")],
            [("2024-01-10 10:00:00", "2024-01-15")],
        ),
        # moved before it began
        (
            [
                meeting("m", "2024-01-10", "2024-01-01", "2024-01-07 23:59:59.999"),
                meeting("m", "2024-01-20", "2024-01-08"),
            ],
            [("2024-01-20 10:00:00", "2024-01-20 11:00:00")],
        ),
        # cancelled: no version any more, or one that is deleted
        ([meeting("m", "2024-01-10", "2024-01-01", "2024-01-07 23:59:59.999")], []),
        (
            [
                meeting("m", "2024-01-10", "2024-01-01", "2024-01-07 23:59:59.999"),
                meeting("m", "2024-01-10", "2024-01-08", is_deleted=True),
            ],
            [],
        ),
        # of nobody
        ([meeting("m", "2024-01-10", "2024-01-01", account_id=None)], []),
    ],
)
def test_a_meeting_of_salesforce_is_held_where_it_stands_when_it_ends(versions, held):
    rows = selected("Salesforce", account=[("001A", "acme")], event=versions)
    assert values(rows, "occurred_at", "recorded_at") == held
    assert {row["event"] for row in rows} <= {"meeting_held"}


def test_a_contact_of_salesforce_changes_accounts_and_is_deleted():
    rows = selected(
        "Salesforce",
        account=[("001A", "acme"), ("001B", "globex")],
        contact=[
            ("c", "001A", "2023-01-01", False, "2024-01-01", "2024-02-01", False),
            ("c", "001A", "2023-01-01", False, "2024-02-01", "2024-03-01", False),
            ("c", "001B", "2023-01-01", False, "2024-03-01", "2024-04-01", False),
            ("d", "001A", "2024-01-05", False, "2024-01-05", "2024-05-01", False),
            ("d", "001A", "2024-01-05", True, "2024-05-01", OPEN_END, True),
            ("e", "001A", "2024-01-06", False, "2024-01-06", OPEN_END, True),
            ("f", None, "2024-01-06", False, "2024-01-06", OPEN_END, True),
        ],
    )
    assert values(rows, "occurred_at", "event", "subject_id", "account_id", "recorded_at") == [
        ("2023-01-01", "contact_joined", "c", "acme", "2024-01-01"),
        ("2024-01-05", "contact_joined", "d", "acme", "2024-01-05"),
        ("2024-01-06", "contact_joined", "e", "acme", "2024-01-06"),
        ("2024-03-01", "contact_joined", "c", "globex", "2024-03-01"),
        ("2024-03-01", "contact_left", "c", "acme", "2024-03-01"),
        ("2024-04-01", "contact_left", "c", "globex", "2024-04-01"),
        ("2024-05-01", "contact_left", "d", "acme", "2024-05-01"),
    ]


GROUPS = [
    ("ann", "acme", "2024-01-02", "2024-01-02"),
    ("ann", "acme", "2024-01-03", "2024-01-03"),
    ("ann", "globex", "2024-02-01", "2024-02-01"),
]


def test_an_event_of_segment_belongs_to_the_group_of_its_user_then():
    rows = selected(
        "Segment",
        groups=GROUPS,
        tracks=[
            ("t0", "ann", "exported", "2024-01-01", "2024-01-01"),
            ("t1", "ann", "exported", "2024-01-05 09:00:00", "2024-01-07"),
            ("t1", "ann", "exported", "2024-01-05 09:00:00", "2024-01-08"),
            ("t2", "ann", "signed_in", "2024-01-05 08:00:00", "2024-01-05 08:00:01"),
            ("t3", "ann", "exported", "2024-02-02", "2024-02-02"),
            ("t4", "bob", "exported", "2024-01-05", "2024-01-05"),
            ("t5", None, "exported", "2024-01-05", "2024-01-05"),
        ],
    )
    assert values(rows, "usage_date", "metric", "account_id", "feature", "recorded_at") == [
        ("2024-01-05 08:00:00", "active_users", "acme", None, "2024-01-05 08:00:01"),
        ("2024-01-05 08:00:00", "logins", "acme", "signed_in", "2024-01-05 08:00:01"),
        ("2024-01-05 09:00:00", "actions", "acme", "exported", "2024-01-07"),
        ("2024-02-02", "actions", "globex", "exported", "2024-02-02"),
        ("2024-02-02", "active_users", "globex", None, "2024-02-02"),
    ]
    assert {row["value"] for row in rows} == {"1"}


def test_calls_of_segment_are_milestones_visits_and_contacts():
    rows = selected(
        "Segment events",
        groups=GROUPS,
        tracks=[
            ("t1", "ann", "project_published", "2024-01-05", "2024-01-06"),
            ("t1", "ann", "project_published", "2024-01-05", "2024-01-09"),
            ("t2", "ann", "exported", "2024-01-05", "2024-01-05"),
        ],
        pages=[
            ("p1", "ann", "/settings/billing/plans", "2024-02-03", "2024-02-03"),
            ("p2", "ann", "/home", "2024-02-03", "2024-02-03"),
            ("p3", "bob", "/settings/billing", "2024-02-03", "2024-02-03"),
        ],
    )
    assert values(rows, "occurred_at", "event", "account_id", "label", "recorded_at") == [
        ("2024-01-02", "contact_joined", "acme", None, "2024-01-02"),
        ("2024-01-05", "milestone", "acme", "activated", "2024-01-06"),
        ("2024-02-01", "contact_joined", "globex", None, "2024-02-01"),
        ("2024-02-03", "page_visited", "globex", "billing", "2024-02-03"),
    ]


def test_an_event_of_mixpanel_counts_once_for_the_account_in_its_properties():
    day = 1704412800000  # 2024-01-05
    rows = selected(
        "Mixpanel",
        event=[
            ("Export", "ann", "i1", "2024-01-04", day, '{"company_id": "acme"}'),
            ("Export", "ann", "i1", "2024-01-04", day + 5, '{"company_id": "acme"}'),
            ("Sign In", "bob", "i2", "2024-01-04", day, '{"company_id": ["acme", "globex"]}'),
            ("Export", "eve", "i3", "2024-01-04", day, '{"plan": "pro"}'),
            ("$identify", "ann", "i4", "2024-01-04", day, '{"company_id": "acme"}'),
        ],
    )
    assert values(rows, "metric", "feature", "account_id", "recorded_at") == [
        ("actions", "Export", "acme", "2024-01-05"),
        ("active_users", None, "acme", "2024-01-05"),
        ("active_users", None, "acme", "2024-01-05"),
        ("logins", "Sign In", "acme", "2024-01-05"),
    ]


def test_an_event_of_amplitude_counts_once_for_the_company_in_its_groups():
    company = '{"company": ["acme"]}'
    rows = selected(
        "Amplitude",
        event=[
            ("e1", "session_start", "2024-01-04", "2024-01-05", "ann", 1, company),
            ("e2", "export", "2024-01-04", "2024-01-05", "ann", 1, '{"company": "acme"}'),
            ("e2", "export", "2024-01-04", "2024-01-06", "ann", 1, '{"company": "acme"}'),
            ("e3", "export", "2024-01-04", "2024-01-05", None, 2, company),
            ("e4", "session_end", "2024-01-04", "2024-01-05", "ann", 1, company),
            ("e5", "export", "2024-01-04", "2024-01-05", "eve", 3, "{}"),
        ],
    )
    assert values(rows, "metric", "feature", "account_id", "recorded_at") == [
        ("actions", "export", "acme", "2024-01-05"),
        ("actions", "export", "acme", "2024-01-05"),
        ("active_users", None, "acme", "2024-01-05"),
        ("active_users", None, "acme", "2024-01-05"),
        ("logins", None, "acme", "2024-01-05"),
    ]


def test_pendo_counts_clicks_on_features_and_visitors_of_accounts():
    rows = selected(
        "Pendo",
        feature_event=[
            ("acme", "ann", "f1", 3, "2024-01-05 09:00:00"),
            ("", "anonymous", "f1", 3, "2024-01-05 09:00:00"),
            (None, "anonymous", "f1", 3, "2024-01-05 09:00:00"),
        ],
        event=[
            ("acme", "ann", 20, "2024-01-05 09:00:00"),
            ("acme", "ann", 10, "2024-01-05 10:00:00"),
            ("acme", "bob", 10, "2024-01-05 10:00:00"),
            ("", "anonymous", 10, "2024-01-05 10:00:00"),
        ],
    )
    assert values(rows, "usage_date", "metric", "value", "feature") == [
        ("2024-01-05 09:00:00", "actions", "3", "f1"),
        ("2024-01-05 09:00:00", "active_users", "1", None),
        ("2024-01-05 10:00:00", "active_users", "1", None),
    ]


def test_an_answer_to_an_nps_poll_of_pendo_is_a_survey():
    rows = selected(
        "Pendo events",
        poll=[("nps", "NPSRating"), ("why", "NPSReason")],
        poll_event=[
            ("acme", "ann", "nps", "6", "2024-01-05"),
            ("acme", "ann", "why", "too slow", "2024-01-05"),
            ("", "anonymous", "nps", "9", "2024-01-05"),
        ],
        page_event=[
            ("acme", "ann", "id-of-your-billing-page", "2024-01-06"),
            ("acme", "ann", "home", "2024-01-06"),
        ],
    )
    assert values(rows, "occurred_at", "event", "label", "value") == [
        ("2024-01-05", "survey", None, "6"),
        ("2024-01-06", "page_visited", "billing", None),
    ]
