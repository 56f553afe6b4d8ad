"""Records are shared beside their owner on a live sandbox: after the owner, once each, at no cost to it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ortoo_daemon.daemon.handling.shares import share_row
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.share_model import SHARING, share_object
from ortoo_daemon.records import WorkReason, record_id
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.verdicts import Finished, Retry
from tests.daemon.handling.test_handler import fault, lead_row, proofs
from tests.daemon.rig import claim_of, handler_on, now, policy_set
from tests.sandbox.live import Live, live

PARTNERS = {"group": "Launch_Partners"}


def shared(live: Live, lead: str) -> list[dict[str, Any]]:
    return [dict(row) for row in live.sandbox.org.storage.find("LeadShare", LeadId=lead)]


def group_of(live: Live, name: str = "Launch_Partners") -> str:
    (group,) = live.sandbox.org.storage.find("Group", DeveloperName=name)
    return str(group["Id"])


def told(proof: dict[str, Any]) -> list[dict[str, str]]:
    return json.loads(proof["Fields_Written__c"])["shared"]


@live()
async def test_a_lead_is_shared_with_a_public_group_once_however_often_it_is_decided(
    live: Live,
) -> None:
    policies = policy_set(action={"share": {"with": PARTNERS, "access": "edit"}})
    async with handler_on(live, policies) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
        decided = []
        handler.witness = lambda item, record, decision: decided.append(decision)
        other = live.lead()
        await handler.handle(claim_of(other))
        await handler.effects.shares.make(replace(decided[0], record_id=record_id(lead)))
    (row,) = shared(live, lead)
    assert (row["UserOrGroupId"], row["LeadAccessLevel"]) == (group_of(live), "Edit")
    (proof,) = proofs(live, lead)
    (said,) = told(proof)
    assert said.pop("place").startswith("policies/leads.yaml:")
    assert said == {"with": "Launch_Partners", "access": "edit"}


@live()
async def test_another_owner_ends_a_share_and_the_next_one_that_the_daemon_gives_makes_it_anew(
    live: Live,
) -> None:
    """So it is made after the owner: one that was made before would be gone."""
    policies = policy_set(action={"share": {"with": PARTNERS}})
    async with handler_on(live, policies) as handler:
        lead = live.lead()
        await handler.handle(claim_of(lead))
        (first,) = shared(live, lead)
        live.change(lead, user_id=seed.ADMIN_USER_ID, OwnerId=seed.ADMIN_USER_ID)
        assert shared(live, lead) == []
        again = claim_of(lead, reason=WorkReason.REQUEUED, entry=instant_text(now()))
        assert await handler.handle(again) == Finished("rule")
    (second,) = shared(live, lead)
    assert second["Id"] != first["Id"]


@live()
async def test_users_are_named_by_username_and_by_a_field_that_holds_their_id(live: Live) -> None:
    partner = seed.DISPATCHER_USER_ID
    (user,) = live.sandbox.org.storage.find("User", Id=partner)
    for receiver in ({"user": user["Username"]}, partner):
        async with handler_on(live, policy_set(action={"share": {"with": receiver}})) as handler:
            handler.knowledge.usernames = {user["Username"].casefold(): record_id(partner)}
            lead = live.lead()
            assert await handler.handle(claim_of(lead)) == Finished("rule")
        (row,) = shared(live, lead)
        assert (row["UserOrGroupId"], row["LeadAccessLevel"]) == (partner, "Read")


@live()
async def test_without_consent_and_beside_its_condition_nothing_is_shared(live: Live) -> None:
    for gate in ({"consent": {"Rating": "Hot"}}, {"when": {"Rating": "Hot"}}):
        policies = policy_set(action={"share": {"with": PARTNERS, **gate}})
        async with handler_on(live, policies) as handler:
            for rating, rows in (("Hot", 1), ("Warm", 0)):
                lead = live.lead(Rating=rating)
                assert await handler.handle(claim_of(lead)) == Finished("rule")
                assert len(shared(live, lead)) == rows


@live()
async def test_what_the_org_refuses_costs_neither_owner_nor_proof_and_is_told(live: Live) -> None:
    unknown = policy_set(action={"share": {"with": {"group": "Nobody_There"}}})
    known = policy_set(action={"share": {"with": PARTNERS}})
    refusal = {"code": "FIELD_INTEGRITY_EXCEPTION", "message": "no"}
    for policies, code in ((unknown, "UNKNOWN_GROUP"), (known, "FIELD_INTEGRITY_EXCEPTION")):
        if policies is known:
            await fault(live, "row", object="LeadShare", **refusal)
        async with handler_on(live, policies) as handler:
            lead = live.lead()
            assert await handler.handle(claim_of(lead)) == Finished("rule")
        assert lead_row(live, lead)["OwnerId"] != seed.WEB_FORMS_USER_ID
        (proof,) = proofs(live, lead)
        assert [each["refused"] for each in told(proof)] == [code]
        assert shared(live, lead) == []


@live()
async def test_a_share_that_a_crash_kept_from_being_made_is_made_by_whoever_recovers(
    live: Live,
) -> None:
    policies = policy_set(action={"share": {"with": PARTNERS}})
    await fault(live, "row", object="LeadShare", times=3)
    async with handler_on(live, policies) as handler:
        lead = live.lead()
        assert isinstance(await handler.handle(claim_of(lead)), Retry)
        assert (shared(live, lead), proofs(live, lead)) == ([], [])
        assert await handler.handle(claim_of(lead, taken_over=True)) == Finished("recovered")
    assert len(shared(live, lead)) == 1


@live()
async def test_a_lost_answer_shares_nothing_twice(live: Live) -> None:
    await fault(live, "lost_response", path="/sobjects/LeadShare", times=1)
    async with handler_on(live, policy_set(action={"share": {"with": PARTNERS}})) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    assert len(shared(live, lead)) == 1


GATED = policy_set(
    action={"share": {"with": PARTNERS, "consent": {"Dealer_Sharing_Consent__c": True}}}
)


def agrees(live: Live, lead: str, agreed: bool) -> Claim:
    """The customer's word, and what the stream tells of it."""
    live.change(lead, user_id=seed.ADMIN_USER_ID, Dealer_Sharing_Consent__c=agreed)
    changed = frozenset({"Dealer_Sharing_Consent__c"})
    return claim_of(lead, reason=WorkReason.CHANGED, changed_fields=changed)


@live()
async def test_consent_that_comes_later_shares_the_record_once_and_is_proven(live: Live) -> None:
    async with handler_on(live, GATED) as handler:
        lead = live.lead(Dealer_Sharing_Consent__c=False)
        assert await handler.handle(claim_of(lead)) == Finished("rule")
        owner = lead_row(live, lead)["OwnerId"]
        assert shared(live, lead) == []
        assert lead_row(live, lead)[SHARING] == "Held: no consent: Launch_Partners"
        heard = agrees(live, lead, True)
        assert await handler.handle(heard) == Finished("consent_changed")
        (row,) = shared(live, lead)
        assert await handler.handle(heard) == Finished("already_decided")
        assert shared(live, lead) == [row]
        assert handler.meters.shares() == {"held": 1, "shared": 1, "refused": 0}
    stands = lead_row(live, lead)
    assert (stands["OwnerId"], stands[SHARING]) == (owner, "Shared: Launch_Partners")
    held, made = sorted(
        proofs(live, lead), key=lambda proof: "consent" in str(proof["Reason_Code__c"])
    )
    assert [each.get("held") for each in told(held)] == ["no consent"]
    assert [each["with"] for each in told(made)] == ["Launch_Partners"]
    assert (made["Owner_Before__c"], made["Owner_After__c"]) == (owner, owner)


@live()
async def test_consent_that_is_taken_back_takes_the_row_away_and_leaves_other_rows(
    live: Live,
) -> None:
    async with handler_on(live, GATED) as handler:
        lead = live.lead(Dealer_Sharing_Consent__c=True)
        await handler.handle(claim_of(lead))
        by_hand = share_row("Lead", record_id(lead), record_id(seed.DISPATCHER_USER_ID), "read")
        live.sandbox.org.create("LeadShare", by_hand, user_id=seed.ADMIN_USER_ID)
        heard = agrees(live, lead, False)
        assert await handler.handle(heard) == Finished("consent_changed")
    (row,) = shared(live, lead)
    assert row["UserOrGroupId"] == seed.DISPATCHER_USER_ID
    assert lead_row(live, lead)[SHARING] == "Held: no consent: Launch_Partners"


@live()
async def test_a_kill_between_the_stamp_and_a_late_share_loses_neither_share_nor_proof(
    live: Live,
) -> None:
    async with handler_on(live, GATED) as handler:
        lead = live.lead(Dealer_Sharing_Consent__c=False)
        await handler.handle(claim_of(lead))
        await fault(live, "row", object="LeadShare", times=3)
        heard = agrees(live, lead, True)
        assert isinstance(await handler.handle(heard), Retry)
        assert (shared(live, lead), len(proofs(live, lead))) == ([], 1)
        assert isinstance(await handler.handle(replace(heard, taken_over=True)), Retry)
        assert (len(shared(live, lead)), len(proofs(live, lead))) == (1, 2)
        again = await handler.handle(replace(heard, taken_over=True))
        assert again == Finished("already_decided")
    assert (len(shared(live, lead)), len(proofs(live, lead))) == (1, 2)


@live()
async def test_a_kill_between_the_stamp_and_the_end_of_a_share_leaves_nobody_sight(
    live: Live,
) -> None:
    async with handler_on(live, GATED) as handler:
        lead = live.lead(Dealer_Sharing_Consent__c=True)
        await handler.handle(claim_of(lead))
        await fault(live, "error", path="query.*LeadShare", times=None)
        heard = agrees(live, lead, False)
        assert isinstance(await handler.handle(heard), Retry)
        assert len(shared(live, lead)) == 1
        await live.control("/faults", method="DELETE")
        await handler.handle(replace(heard, taken_over=True))
    assert shared(live, lead) == []
    assert lead_row(live, lead)[SHARING] == "Held: no consent: Launch_Partners"


@live()
async def test_a_queue_is_shared_with_by_its_members(live: Live) -> None:
    queue = group_of(live, seed.UNROUTED_QUEUE)
    members = {
        str(row["UserOrGroupId"])
        for row in live.sandbox.org.storage.find("GroupMember", GroupId=queue)
    }
    assert members
    share = {"with": {"queue": seed.UNROUTED_QUEUE}, "consent": {"Dealer_Sharing_Consent__c": True}}
    async with handler_on(live, policy_set(action={"share": share})) as handler:
        lead = live.lead(Dealer_Sharing_Consent__c=True)
        assert await handler.handle(claim_of(lead)) == Finished("rule")
        assert {row["UserOrGroupId"] for row in shared(live, lead)} == members
        assert handler.meters.shares()["shared"] == 1
        assert await handler.handle(agrees(live, lead, False)) == Finished("consent_changed")
    assert shared(live, lead) == []


@live()
async def test_a_queue_that_is_not_there_or_has_too_many_members_is_told(live: Live) -> None:
    queue, org = group_of(live, seed.UNROUTED_QUEUE), live.sandbox.org
    users = [str(row["Id"]) for row in org.storage.find("User", IsActive=True)][:55]
    for user in users:
        row = {"GroupId": queue, "UserOrGroupId": user}
        if not org.storage.find("GroupMember", **row):
            org.create("GroupMember", row, user_id=seed.ADMIN_USER_ID)
    for name, code in (
        ("No_Such_Queue", "UNKNOWN_QUEUE"),
        (seed.UNROUTED_QUEUE, "TOO_MANY_MEMBERS"),
    ):
        policies = policy_set(action={"share": {"with": {"queue": name}}})
        async with handler_on(live, policies) as handler:
            lead = live.lead()
            assert await handler.handle(claim_of(lead)) == Finished("rule")
        (proof,) = proofs(live, lead)
        assert [each["refused"] for each in told(proof)] == [code]


@live()
async def test_shadow_shares_nothing(live: Live) -> None:
    policies = policy_set(action={"share": {"with": PARTNERS}})
    async with handler_on(live, policies, shadow=True) as handler:
        lead = live.lead()
        await handler.handle(claim_of(lead))
    assert shared(live, lead) == []


@pytest.mark.parametrize(
    ("name", "kept_in", "parent", "level"),
    [
        ("Case", "CaseShare", "CaseId", "CaseAccessLevel"),
        ("Service_Ticket__c", "Service_Ticket__Share", "ParentId", "AccessLevel"),
    ],
)
def test_sharing_rows_are_named_by_their_object(
    name: str, kept_in: str, parent: str, level: str
) -> None:
    record, receiver = record_id("500000000000001"), record_id("00G000000000001")
    assert share_object(name) == kept_in
    assert share_row(name, record, receiver, "edit") == {
        parent: record,
        "UserOrGroupId": receiver,
        level: "Edit",
        "RowCause": "Manual",
    }
