from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.sandbox.changes import ChangeType, Transaction
from ortoo_daemon.sandbox.conversion import convert_lead
from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.row_rules import DuplicateRule
from ortoo_daemon.sandbox.schema import Schema
from tests.sandbox.small_org import (
    NO_RULES,
    Clock,
    new_lead,
    new_queue,
    new_user,
    small_org,
    write_metadata,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def org(tmp_path: Path, clock: Clock) -> Iterator[Org]:
    org = small_org(tmp_path, clock)
    yield org
    org.close()


def refusal(
    org: Org, entity: str, values: dict[str, Any], record_id: str | None = None
) -> OrgError:
    """The error of a create, or of an update of `record_id`."""
    caller = {"user_id": org.system_user_id, "options": NO_RULES}
    write = org.create if record_id is None else partial(org.update, record_id=record_id)
    with pytest.raises(OrgError) as caught:
        write(entity=entity, values=values, **caller)  # type: ignore[operator]
    return caught.value


def create_then(org: Org, entity: str, then: Callable[[], object]) -> None:
    """Two steps in one transaction."""
    with org.transaction(user_id=org.system_user_id):
        row = LEAD if entity == "Lead" else {}
        org.create(entity, row, user_id=org.system_user_id, options=NO_RULES)
        then()


def change(org: Org, lead: str, **values: Any) -> None:
    org.update("Lead", lead, values, user_id=org.system_user_id, options=NO_RULES)


LEAD = {"LastName": "Durand", "Company": "Durand SA"}


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({"LastName": "x" * 81}, "STRING_TOO_LONG", ("LastName",)),
        ({"Score__c": 1000}, "NUMBER_OUTSIDE_VALID_RANGE", ("Score__c",)),
        ({"Score__c": float("nan")}, "NUMBER_OUTSIDE_VALID_RANGE", ("Score__c",)),
        ({"Brand__c": "Fiat"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ("Brand__c",)),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", ("LastName",)),
        ({"Nope__c": 1}, "INVALID_FIELD", ()),
        ({"CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
        ({"IsConverted": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
        ({"Email": "nobody"}, "INVALID_EMAIL_ADDRESS", ("Email",)),
        ({"Hot__c": 7}, "JSON_PARSER_ERROR", ()),
        ({"Due__c": "soon"}, "JSON_PARSER_ERROR", ()),
        ({"OwnerId": "nobody"}, "MALFORMED_ID", ("OwnerId",)),
        ({"OwnerId": None}, "INVALID_CROSS_REFERENCE_KEY", ("OwnerId",)),
        ({"OwnerId": "0057Q0000009999"}, "INVALID_CROSS_REFERENCE_KEY", ()),
        ({"OwnerId": "0017Q0000009999"}, "FIELD_INTEGRITY_EXCEPTION", ("OwnerId",)),
        ({"Site__c": "a007Q0000009999"}, "INVALID_CROSS_REFERENCE_KEY", ()),
    ],
)
def test_a_wrong_value_is_refused_on_create_and_update_and_changes_nothing(
    org: Org, values: dict[str, Any], code: str, fields: tuple[str, ...] | None
) -> None:
    lead = new_lead(org)
    before = org.existing("Lead", lead)
    for error in (
        refusal(org, "Lead", LEAD | values),
        refusal(org, "Lead", values, lead),
    ):
        assert error.code == code
        assert fields is None or error.fields == fields
    assert org.existing("Lead", lead) == before
    assert len(org.query("SELECT Id FROM Lead")) == 1


def test_an_inactive_user_may_keep_but_not_get_a_record(org: Org) -> None:
    user = new_user(org, "leaver")
    lead, other = new_lead(org, OwnerId=user), new_lead(org)
    org.update("User", user, {"IsActive": False}, user_id=org.system_user_id)
    assert refusal(org, "Lead", {"OwnerId": user}, other).code == "INACTIVE_OWNER_OR_USER"
    change(org, lead, Rating="Hot")
    assert org.existing("Lead", lead)["OwnerId"] == user


def test_a_queue_owns_only_what_it_lists(org: Org) -> None:
    queue = new_queue(org, "Desk", "Lead")
    lead = new_lead(org, OwnerId=queue[:15])
    assert org.existing("Lead", lead)["OwnerId"] == queue
    error = refusal(org, "Case", {"OwnerId": queue})
    assert (error.code, error.message) == (
        "INVALID_OPERATION",
        "Queue not associated with this SObject type",
    )
    regular = org.create("Group", {"Name": "R"}, user_id=org.system_user_id)
    assert refusal(org, "Lead", {"OwnerId": regular}, lead).code == "INVALID_OPERATION"


def test_unique_keys_are_unique_without_regard_to_case_but_free_after_deletion(org: Org) -> None:
    first = new_lead(org, Key__c="k1")
    error = refusal(org, "Lead", LEAD | {"Key__c": "K1"})
    assert error.code == "DUPLICATE_VALUE"
    assert first[:15] in error.message
    change(org, first, Key__c="k1", Rating="Hot")  # its own value is no duplicate
    org.delete("Lead", first, user_id=org.system_user_id)
    assert new_lead(org, Key__c="K1") != first


def test_ids_of_15_and_18_signs_name_the_same_record(org: Org) -> None:
    lead = new_lead(org)
    change(org, lead[:15], Rating="Hot")
    assert org.existing("Lead", lead.lower()[:15] + lead[15:])["Rating"] == "Hot"


def test_ids_and_autonumbers_rise_and_survive_a_rollback(org: Org) -> None:
    with pytest.raises(ZeroDivisionError):
        create_then(org, "Case", lambda: 1 / 0)
    ids = [org.create("Case", {}, user_id=org.system_user_id) for _ in range(100)]
    assert ids == sorted(ids)
    numbers = [each["CaseNumber"] for each in org.query("SELECT CaseNumber FROM Case")]
    assert numbers == [f"{n:08d}" for n in range(1002, 1102)]
    site = org.create("Site__c", {"Code__c": "x"}, user_id=org.system_user_id)
    assert site.startswith("a00")
    assert org.existing("Site__c", site)["Name"] == "S-0001"


def test_stamps_are_whole_seconds_and_name_who_wrote(org: Org, clock: Clock) -> None:
    lead, person = new_lead(org), new_user(org, "person")
    clock.pass_for(minutes=2)
    org.update("Lead", lead, {"Rating": "Hot"}, user_id=person, options=NO_RULES)
    row = org.existing("Lead", lead)
    assert row["CreatedDate"] == "2026-11-23T09:15:30.000+0000"
    assert row["LastModifiedDate"] == row["SystemModstamp"] == "2026-11-23T09:17:30.000+0000"
    assert (row["CreatedById"], row["LastModifiedById"]) == (org.system_user_id, person)


def test_a_transfer_marks_the_lead_and_leaves_one_history_row(org: Org, clock: Clock) -> None:
    lead, user = new_lead(org, IsUnreadByOwner=False), new_user(org, "adviser")
    clock.pass_for(days=1)
    change(org, lead, OwnerId=user)
    row = org.existing("Lead", lead)
    assert (row["IsUnreadByOwner"], row["LastTransferDate"]) == (True, "2026-11-24")
    change(org, lead, OwnerId=user)  # already so
    change(org, lead, Status="Working")
    history = org.query(
        "SELECT Field, OldValue, NewValue FROM LeadHistory WHERE Field != 'created' ORDER BY Id"
    )
    assert [(e["Field"], e["OldValue"], e["NewValue"]) for e in history] == [
        ("Owner", org.system_user_id, user),
        ("Status", "New", "Working"),
    ]


def test_a_case_is_closed_by_its_status(org: Org, clock: Clock) -> None:
    case = org.create("Case", {"Subject": "Noise"}, user_id=org.system_user_id)
    assert org.existing("Case", case)["IsClosed"] is False
    for status, closed in (("Closed", "2026-11-23T10:15:30.000+0000"), ("Working", None)):
        clock.pass_for(hours=1)
        org.update("Case", case, {"Status": status}, user_id=org.system_user_id)
        row = org.existing("Case", case)
        assert (row["IsClosed"], row["ClosedDate"]) == (closed is not None, closed)


def test_changes_are_net_per_transaction_and_a_no_op_is_none(org: Org) -> None:
    seen: list[Transaction] = []
    org.on_commit(seen.append)
    lead = new_lead(org, Rating="Hot")
    change(org, lead, Rating="Hot")
    assert [c.change_type for t in seen for c in t.changes] == [ChangeType.CREATE]
    with org.transaction(user_id=org.system_user_id, client="x", api="bulkapi"):
        change(org, lead, Rating="Warm")
        change(org, lead, Status="Working")
        gone = new_lead(org)
        org.delete("Lead", gone, user_id=org.system_user_id)
    (only,) = seen[-1].changes
    assert (seen[-1].client, seen[-1].api) == ("x", "bulkapi")
    assert only.changed_fields == ("Status", "Rating", "LastModifiedDate")
    assert only.before is not None
    assert (only.before["Rating"], only.after["Rating"]) == ("Hot", "Warm")
    with org.transaction(user_id=org.system_user_id):
        change(org, lead, Rating="Cold")
        change(org, lead, Rating="Warm")
    assert all(c.after["Rating"] != "Cold" for t in seen for c in t.changes)
    org.delete("Lead", lead, user_id=org.system_user_id)
    org.undelete("Lead", lead, user_id=org.system_user_id)
    kinds = [c.change_type for t in seen[-2:] for c in t.changes]
    assert kinds == [ChangeType.DELETE, ChangeType.UNDELETE]
    assert len({each.key for each in seen}) == len(seen)


def test_a_failing_transaction_leaves_no_row_and_no_event(org: Org) -> None:
    seen: list[Transaction] = []
    org.on_commit(seen.append)
    with pytest.raises(OrgError):
        create_then(org, "Lead", lambda: org.create("Lead", {}, user_id=org.system_user_id))
    assert (org.query("SELECT Id FROM Lead"), seen) == ([], [])


def test_a_converted_lead_takes_no_more_writes(org: Org) -> None:
    seen: list[Transaction] = []
    lead = new_lead(org, Email="a@example.org", City="Lyon")
    org.on_commit(seen.append)
    made = convert_lead(org, lead, user_id=new_user(org, "seller"))
    row = org.existing("Lead", lead)
    assert (row["IsConverted"], row["ConvertedDate"]) == (True, "2026-11-23")
    assert (row["Status"], row["ConvertedContactId"]) == ("Closed - Converted", made.contact_id)
    assert org.existing("Account", made.account_id)["BillingCity"] == "Lyon"
    kinds = [(c.entity, c.change_type.value) for c in seen[-1].changes]
    assert kinds == [
        ("Account", "CREATE"),
        ("Contact", "CREATE"),
        ("Opportunity", "CREATE"),
        ("Lead", "UPDATE"),
    ]
    error = refusal(org, "Lead", {"Rating": "Hot"}, lead)
    assert (error.code, error.message) == (
        "CANNOT_UPDATE_CONVERTED_LEAD",
        "cannot reference converted lead",
    )
    with pytest.raises(OrgError, match="CANNOT_UPDATE_CONVERTED_LEAD"):
        convert_lead(org, lead, user_id=org.system_user_id)


def test_the_assignment_rule_takes_creates_and_updates_unless_told_not_to(org: Org) -> None:
    queue = new_queue(org, "Rule", "Lead")
    org.assignment_rule_owner["Lead"] = queue
    user = org.system_user_id
    ruled = org.create("Lead", LEAD, user_id=user)
    kept = org.create("Lead", LEAD, user_id=user, options=NO_RULES)
    owners = [org.existing("Lead", each)["OwnerId"] for each in (ruled, kept)]
    assert owners == [queue, user]
    org.update("Lead", kept, {"Rating": "Hot"}, user_id=user)
    assert org.existing("Lead", kept)["OwnerId"] == queue
    (bulk,) = org.create_many("Lead", [LEAD], user_id=user)
    assert bulk.id is not None
    assert org.existing("Lead", bulk.id)["OwnerId"] == user


def test_the_metadatas_validation_rule_makes_a_write_a_compare_and_set(org: Org) -> None:
    user = new_user(org, "adviser")
    lead = new_lead(org)
    error = refusal(org, "Lead", {"Key__c": "d1", "Prior__c": user}, lead)
    assert error.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert error.message == "The owner was changed meanwhile."
    change(org, lead, Key__c="d1", Prior__c=org.system_user_id, OwnerId=user)
    assert org.existing("Lead", lead)["OwnerId"] == user


def test_a_duplicate_rule_alerts_or_blocks(org: Org) -> None:
    org.duplicate_rules["Lead"] = [DuplicateRule(name="same e-mail", fields=("Email",))]
    new_lead(org, Email="a@example.org")
    row = LEAD | {"Email": "A@example.org"}
    assert refusal(org, "Lead", row).code == "DUPLICATES_DETECTED"
    saved = WriteOptions(auto_assign=False, allow_duplicates=True)
    assert org.create("Lead", row, user_id=org.system_user_id, options=saved)
    org.duplicate_rules["Lead"] = [DuplicateRule(name="b", fields=("Email",), block=True)]
    with pytest.raises(OrgError, match="DUPLICATES_DETECTED"):
        org.create("Lead", row, user_id=org.system_user_id, options=saved)


def test_a_parent_can_be_named_by_its_external_id(org: Org) -> None:
    site = org.create("Site__c", {"Code__c": "R1"}, user_id=org.system_user_id)
    lead = new_lead(org, Site__r={"Code__c": "r1"})
    assert org.existing("Lead", lead)["Site__c"] == site
    assert refusal(org, "Lead", LEAD | {"Site__r": {"Code__c": "R2"}}).code == "INVALID_FIELD"


def test_multi_picklists_are_kept_in_declared_order(org: Org) -> None:
    lead = new_lead(org, Likes__c="SUV;EV;SUV")
    assert org.existing("Lead", lead)["Likes__c"] == "EV;SUV"


def test_a_row_that_changes_twice_in_one_call_sees_its_first_change(org: Org) -> None:
    lead = new_lead(org)
    rows = [
        {"Id": lead, "Rating": "Hot"},
        {"Id": lead, "Rating": None},
        {"Id": lead, "Rating": "Hot", "Status": "Working"},
    ]
    outcomes = org.update_many("Lead", rows, user_id=org.system_user_id, options=NO_RULES)
    assert all(each.success for each in outcomes)
    row = org.existing("Lead", lead)
    assert (row["Rating"], row["Status"]) == ("Hot", "Working")


def test_rows_survive_in_a_file_and_new_metadata_adds_columns(tmp_path: Path, clock: Clock) -> None:
    first = Org(Schema.load(), tmp_path / "org.db", clock=clock)
    lead = new_lead(first)
    born = (first.organization_id, first.system_user_id)
    first.close()
    again = Org(Schema.load(write_metadata(tmp_path)), tmp_path / "org.db", clock=clock)
    assert (again.organization_id, again.system_user_id) == born
    change(again, lead, Key__c="k1")
    assert again.existing("Lead", lead)["Key__c"] == "k1"
    assert new_lead(again) > lead
    again.close()


def test_history_and_seeding_keep_given_ids_and_dates(org: Org) -> None:
    given = {
        "Id": "0017Q000005kEzUQAU",
        "Name": "Renault Rennes",
        "CreatedDate": "2024-01-01T10:00:00Z",
    }
    seeding = WriteOptions(keep_ids=True, set_audit_fields=True)
    org.create("Account", given, user_id=org.system_user_id, options=seeding)
    row = org.existing("Account", "0017Q000005kEzU")
    assert row["CreatedDate"] == row["SystemModstamp"] == "2024-01-01T10:00:00.000+0000"
    assert refusal(org, "LeadHistory", {}).code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_the_clock_may_jump(org: Org, clock: Clock) -> None:
    org.clock = lambda: clock() + timedelta(days=365)
    assert org.existing("Lead", new_lead(org))["CreatedDate"].startswith("2027-11-23")
