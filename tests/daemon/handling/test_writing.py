"""The owner must land: what the org refuses is left out piece by piece, and said."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from ortoo_daemon.audit.record import Written
from ortoo_daemon.daemon.handling.writing import OwnerRefusedError, write_decision
from ortoo_daemon.decision import Decision, DuplicateRules
from ortoo_daemon.errors import (
    OrgError,
    PermanentOrgError,
    RecordGoneError,
    StaleRecordError,
    TemporaryOrgError,
)
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import FieldValue, Owner, OwnerKind
from ortoo_daemon.salesforce.writer import RecordWrite, RecordWriter
from tests.asynchronous import asynchronous
from tests.world import NOW, an_id, lead

ANN, FORMS = an_id("005", 1), an_id("005", 2)
RECORD = lead(OwnerId=FORMS, LastModifiedDate="2026-11-23T09:10:00.000+0000", Rating=None)
Refuse = Callable[[Mapping[str, FieldValue]], OrgError | None]


class Writer:
    """An org that takes a row or refuses it, by its values."""

    def __init__(self, refuse: Refuse) -> None:
        self.refuse = refuse
        self.asked: list[RecordWrite] = []

    async def write(self, write: RecordWrite) -> None:
        self.asked.append(write)
        error = self.refuse(write.fields)
        if error is not None:
            raise error


def decision(**fields: FieldValue) -> Decision:
    return Decision(
        object="Lead",
        record_id=RECORD.id,
        key=f"{RECORD.id}:first",
        outcome=Outcome.ASSIGNED,
        reason=ReasonCode.RULE,
        decided_at=NOW,
        seen_owner=FORMS,
        owner=Owner(id=ANN, kind=OwnerKind.USER, name="Ann"),
        fields=fields,
    )


async def written(writer: Writer, found: Decision, *, conditional: bool = False) -> Written:
    return await write_decision(cast(RecordWriter, writer), found, RECORD, conditional=conditional)


def refused(code: str, *fields: str, message: str = "no") -> PermanentOrgError:
    return PermanentOrgError(code, message, fields=fields)


@asynchronous
async def test_a_refused_field_is_left_out_and_said_with_the_orgs_words() -> None:
    def refuse(fields: Mapping[str, FieldValue]) -> OrgError | None:
        return refused("STRING_TOO_LONG", "Title") if "Title" in fields else None

    writer = Writer(refuse)
    found = await written(writer, decision(Title="x" * 500, Rating="Hot"))
    assert found.refused == {"Title": "STRING_TOO_LONG: no"}
    assert (found.fields["OwnerId"], found.fields["Rating"]) == (ANN, "Hot")
    assert "Title" not in found.fields
    assert len(writer.asked) == 2


@asynchronous
async def test_a_stamp_for_list_views_that_the_org_refuses_costs_no_owner() -> None:
    """The daemon's user lost the right to edit it, or its site was deleted: not the customer's fault."""
    names = ("Ortoo_Rooftop__c", "Ortoo_Rule__c")

    def refuse(fields: Mapping[str, FieldValue]) -> OrgError | None:
        left = [name for name in names if name in fields]
        return refused("INVALID_FIELD_FOR_INSERT_UPDATE", *left) if left else None

    writer = Writer(refuse)
    found = await written(writer, decision(Title="Dr"))
    assert set(found.refused) == set(names)
    assert (found.fields["OwnerId"], found.fields["Title"]) == (ANN, "Dr")
    assert found.fields["Ortoo_Decision_Key__c"] == f"{RECORD.id}:first"


@asynchronous
async def test_a_stamp_that_everything_hangs_on_is_never_left_out() -> None:
    def refuse(fields: Mapping[str, FieldValue]) -> OrgError | None:
        return refused("INVALID_FIELD_FOR_INSERT_UPDATE", "Ortoo_Decided_At__c")

    with pytest.raises(PermanentOrgError):
        await written(Writer(refuse), decision(Title="Dr"))


@asynchronous
async def test_a_refusal_that_blames_nothing_costs_the_values_and_not_the_owner() -> None:
    def refuse(fields: Mapping[str, FieldValue]) -> OrgError | None:
        business = {"Title", "Rating"} & fields.keys()
        return refused("FIELD_CUSTOM_VALIDATION_EXCEPTION") if business else None

    found = await written(Writer(refuse), decision(Title="t", Rating="Hot"))
    assert set(found.refused) == {"Title", "Rating"}
    assert found.fields["OwnerId"] == ANN


@asynchronous
async def test_many_refused_fields_do_not_cost_a_call_each_for_ever() -> None:
    names = [f"Field_{n}__c" for n in range(60)]

    def refuse(fields: Mapping[str, FieldValue]) -> OrgError | None:
        left = [name for name in names if name in fields]
        return refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", left[0]) if left else None

    writer = Writer(refuse)
    found = await written(writer, decision(**dict.fromkeys(names, "bad")))
    assert set(found.refused) == set(names)
    assert len(writer.asked) <= 15


@pytest.mark.parametrize(
    "error",
    [
        refused("INACTIVE_OWNER_OR_USER"),
        refused("TRANSFER_REQUIRES_READ"),
        refused("INVALID_CROSS_REFERENCE_KEY", "OwnerId"),
        refused("FIELD_INTEGRITY_EXCEPTION", message="Queue not associated: owner"),
    ],
)
def test_an_owner_whom_the_org_does_not_take_is_named(error: PermanentOrgError) -> None:
    @asynchronous
    async def check() -> None:
        with pytest.raises(OwnerRefusedError) as refusal:
            await written(Writer(lambda _: error), decision(Rating="Hot"))
        assert refusal.value.owner == ANN

    check()


@asynchronous
async def test_a_bad_lookup_value_is_no_matter_of_the_owner() -> None:
    def refuse(fields: Mapping[str, FieldValue]) -> OrgError | None:
        if "Partner__c" in fields:
            return refused("INVALID_CROSS_REFERENCE_KEY", "Partner__c")
        return None

    found = await written(Writer(refuse), decision(Partner__c="001"))
    assert set(found.refused) == {"Partner__c"}


@pytest.mark.parametrize(
    "error",
    [
        StaleRecordError("VALUES_CHANGED", "changed"),
        RecordGoneError("ENTITY_IS_DELETED", "gone"),
        TemporaryOrgError("UNABLE_TO_LOCK_ROW", "later"),
        PermanentOrgError("INSUFFICIENT_ACCESS_OR_READONLY", "no access"),
    ],
)
def test_what_is_neither_about_a_field_nor_the_owner_goes_to_the_caller(error: OrgError) -> None:
    @asynchronous
    async def check() -> None:
        with pytest.raises(type(error)):
            await written(Writer(lambda _: error), decision())

    check()


@asynchronous
async def test_the_row_expects_what_was_read_and_carries_its_stamp() -> None:
    writer = Writer(lambda _: None)
    await written(writer, decision(), conditional=True)
    (write,) = writer.asked
    expected: dict[str, Any] = dict(write.expect)
    assert expected["OwnerId"] == FORMS
    assert "LastModifiedDate" not in expected
    assert (write.modified_at, write.conditional) == (RECORD.text("LastModifiedDate"), True)
    assert write.fields["Ortoo_Prior_Owner__c"] == FORMS


# Duplicate rules of the org


def of_rule(fields: Mapping[str, FieldValue]) -> OrgError | None:
    """Takes every record that names an address for another one's repetition."""
    if "Email" not in fields:
        return None
    error = refused("DUPLICATES_DETECTED", message="Use one of these records?")
    error.matched = ("00Q000000000009AAA",)
    return error


@asynchronous
async def test_what_a_duplicate_rule_refuses_is_left_out_and_the_matches_are_told() -> None:
    writer = Writer(of_rule)
    found = await written(writer, decision(Email="a@example.com"))
    assert found.fields["OwnerId"] == ANN
    assert set(found.refused) == {"Email"}
    assert found.matched == ("00Q000000000009AAA",)
    assert not any(each.allow_duplicates for each in writer.asked)


@asynchronous
async def test_a_policy_that_says_save_writes_once_more_with_leave_to_save() -> None:
    writer = Writer(of_rule)
    taking = replace(decision(Email="a@example.com"), duplicate_rules=DuplicateRules.SAVE)
    found = await written(writer, taking)
    assert [each.allow_duplicates for each in writer.asked] == [False, True, True]
    assert set(found.refused) == {"Email"}  # the rule blocks: leave does not help


@asynchronous
async def test_a_policy_that_says_park_writes_nothing_of_what_the_rule_refuses() -> None:
    writer = Writer(of_rule)
    asking = replace(decision(Email="a@example.com"), duplicate_rules=DuplicateRules.PARK)
    with pytest.raises(PermanentOrgError) as told:
        await written(writer, asking)
    assert told.value.matched == ("00Q000000000009AAA",)
    assert len(writer.asked) == 1
