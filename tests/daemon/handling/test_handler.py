"""What becomes of one record, on a live sandbox: every way out, and what each leaves behind."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.errors import PermanentOrgError, StaleRecordError
from ortoo_daemon.instants import instant
from ortoo_daemon.records import WorkReason, record_id
from ortoo_daemon.sandbox.row_rules import DuplicateRule
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.work.verdicts import Finished, Park, Retry
from tests.daemon.rig import claim_of, handler_on, held, now, policy_set
from tests.sandbox.live import Live, live
from tests.work.queues import opened

SINGLE = "/composite$"
PROOFS = "composite/sobjects/Ortoo_Decision__c"
Fault = dict[str, object]


def lead_row(live: Live, id: str) -> dict[str, object]:
    row = live.sandbox.org.storage.get("Lead", id)
    assert row is not None
    return row


def proofs(live: Live, id: str) -> list[dict[str, object]]:
    return live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=id)


async def fault(live: Live, kind: str, **members: object) -> None:
    await live.control("/faults", {"kind": kind, **members})


@live()
async def test_a_new_lead_gets_owner_and_proof(live: Live) -> None:
    async with handler_on(live) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
        assert held(handler) == 1
    (proof,) = proofs(live, lead)
    assert proof["Owner_After__c"] == lead_row(live, lead)["OwnerId"]


@live()
async def test_a_second_handling_of_the_same_item_changes_nothing(live: Live) -> None:
    async with handler_on(live) as handler:
        lead = live.lead()
        await handler.handle(claim_of(lead))
        before = lead_row(live, lead)
        assert await handler.handle(claim_of(lead, taken_over=True)) == Finished("already_decided")
        assert held(handler) == 1
    assert lead_row(live, lead) == before
    assert len(proofs(live, lead)) == 1


@live()
async def test_a_lost_answer_is_looked_after_and_proven_in_the_same_handling(live: Live) -> None:
    """The owner stands, though nobody said so: no second write, and the whole decision as proof."""
    await fault(live, "lost_response", path=SINGLE)
    async with handler_on(live) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    (proof,) = proofs(live, lead)
    assert proof["Reason__c"] == "created"


@live()
async def test_our_own_write_that_looks_like_somebodys_change_gets_its_proof(live: Live) -> None:
    """Its answer was lost, and a flow changed one of the values before we looked."""
    loop, lead, met = asyncio.get_running_loop(), live.lead(), []

    def flow(*_: object) -> None:
        if not met and lead_row(live, lead)["Ortoo_Decision_Key__c"]:
            met.append(lead)
            loop.call_soon(lambda: live.change(lead, Rating="Cold"))

    live.sandbox.org.on_commit(flow)
    await fault(live, "lost_response", path=SINGLE)
    async with handler_on(live, policy_set(action={"set": {"Rating": "Hot"}})) as handler:
        assert await handler.handle(claim_of(lead)) == Finished("recovered")
    (proof,) = proofs(live, lead)
    assert proof["Owner_After__c"] == lead_row(live, lead)["OwnerId"]


@live()
async def test_a_stamp_whose_writer_died_is_proven_as_recovered(live: Live) -> None:
    await fault(live, "error", path=PROOFS, status=400, body=[{"errorCode": "X", "message": "no"}])
    async with handler_on(live) as handler:
        lead = live.lead()
        with pytest.raises(PermanentOrgError):
            await handler.handle(claim_of(lead))
        assert await handler.handle(claim_of(lead)) == Finished("already_decided")
        assert proofs(live, lead) == []
        assert await handler.handle(claim_of(lead, taken_over=True)) == Finished("recovered")
    (proof,) = proofs(live, lead)
    assert proof["Reason__c"] == "recovered"


@live()
async def test_whom_a_dead_writer_was_to_tell_is_told_as_soon_as_its_stamp_is_proven(
    live: Live,
) -> None:
    await fault(live, "error", path=PROOFS, status=400, body=[{"errorCode": "X", "message": "no"}])
    policies = policy_set(action={"notify": ["owner"]})
    async with opened("sqlite://") as queue:
        box = queue.notices

        def outbox(knowledge: Knowledge) -> Outbox:
            return Outbox(box, knowledge, NoticeSettings(), addresses=lambda channel: 1)

        async with handler_on(live, policies, outbox=outbox) as handler:
            lead = live.lead()
            with pytest.raises(PermanentOrgError):
                await handler.handle(claim_of(lead))
            assert [each.record_id for each in await box.held(now())] == [lead]
            assert await box.due(now()) == []
            await handler.handle(claim_of(lead, taken_over=True))
            assert [each.record_id for each in await box.due(now())] == [lead]


@live()
async def test_an_org_in_trouble_is_asked_again_later(live: Live) -> None:
    down = {"path": "/services/data/.*query", "status": 503, "times": None}
    async with handler_on(live) as handler:
        lead = live.lead()
        await fault(live, "error", **down)
        verdict = await handler.handle(claim_of(lead))
        assert isinstance(verdict, Retry)
        assert held(handler) == 0
    assert lead_row(live, lead)["OwnerId"] == seed.WEB_FORMS_USER_ID


@live()
async def test_an_exhausted_allowance_is_waited_out(live: Live) -> None:
    """With growing waits: it may have been for a moment."""
    async with handler_on(live) as handler:
        lead = live.lead()
        await live.control("/limits", {"api_calls": 1})
        verdicts = [await handler.handle(claim_of(lead, attempts=number)) for number in range(9)]
    waits = [each.after for each in verdicts if isinstance(each, Retry)]
    assert len(waits) == 9
    assert waits[0] == timedelta(seconds=20)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=5)


@live()
async def test_a_row_that_is_refused_as_deleted_says_nothing_of_a_record_that_can_be_read(
    live: Live,
) -> None:
    """Be it the record's own row or its proof's."""
    deleted = {"code": "ENTITY_IS_DELETED", "message": "entity is deleted"}
    async with handler_on(live) as handler:
        for refused, ends in (("Lead", "rule"), ("Ortoo_Decision__c", "recovered")):
            lead = live.lead()
            await fault(live, "row", object=refused, **deleted)
            assert await handler.handle(claim_of(lead)) == Finished(ends)
            assert lead_row(live, lead)["OwnerId"] != seed.WEB_FORMS_USER_ID
            assert len(proofs(live, lead)) == 1


@live()
async def test_a_deleted_lead_is_finished_as_gone(live: Live) -> None:
    async with handler_on(live) as handler:
        lead = live.lead()
        live.sandbox.org.delete_many("Lead", [lead], user_id=seed.WEB_FORMS_USER_ID)
        assert await handler.handle(claim_of(lead, attempts=2)) == Finished("record_gone")


@live()
async def test_a_lead_that_is_told_of_before_it_can_be_seen_is_looked_for_again(
    live: Live,
) -> None:
    """As by a platform event that is published before the transaction of its record has ended."""
    async with handler_on(live) as handler:
        lead = live.lead()
        live.sandbox.org.delete_many("Lead", [lead], user_id=seed.WEB_FORMS_USER_ID)
        waits = [await handler.handle(claim_of(lead, attempts=number)) for number in range(2)]
        assert all(isinstance(each, Retry) for each in waits)
        live.sandbox.org.undelete("Lead", lead, user_id=seed.WEB_FORMS_USER_ID)
        assert await handler.handle(claim_of(lead, attempts=2)) == Finished("rule")


@live()
async def test_an_object_that_no_policy_is_for_is_not_read(live: Live) -> None:
    async with handler_on(live) as handler:
        claim = claim_of(live.lead())
        object.__setattr__(claim.item, "object", "Task")
        assert await handler.handle(claim) == Finished("no_policy")


BROKEN = {
    "path": "query.*LastName",
    "status": 400,
    "body": [{"errorCode": "INVALID_FIELD", "message": "No such column 'LastName' on entity Lead"}],
    "times": None,
}
READS_LAST_NAME = {"intake": {"cleanse": {"LastName": "name"}}}


@live()
async def test_a_failure_before_the_last_try_is_left_to_the_workers(live: Live) -> None:
    async with handler_on(live, policy_set(**READS_LAST_NAME), most_failures=8) as handler:
        lead = live.lead()
        await fault(live, "error", **BROKEN)
        with pytest.raises(PermanentOrgError, match="LastName"):
            await handler.handle(claim_of(lead, failures=6))
    assert lead_row(live, lead)["Ortoo_Parked__c"] is None


@live()
async def test_a_record_given_up_is_parked_in_the_org_too_and_keeps_its_owner(live: Live) -> None:
    async with handler_on(live, policy_set(**READS_LAST_NAME), most_failures=8) as handler:
        lead = live.lead()
        await fault(live, "error", **BROKEN)
        verdict = await handler.handle(claim_of(lead, failures=7))
    assert isinstance(verdict, Park)
    assert verdict.reason == "too_many_tries"
    row = lead_row(live, lead)
    assert (row["Ortoo_Parked__c"], row["OwnerId"]) == ("too_many_tries", seed.WEB_FORMS_USER_ID)
    (proof,) = proofs(live, lead)
    assert (proof["Outcome__c"], proof["Reason_Code__c"]) == ("parked", "too_many_tries")


@live()
async def test_a_decided_record_whose_proof_fails_for_good_is_not_stamped_as_parked(
    live: Live,
) -> None:
    refusal = [{"errorCode": "INVALID_FIELD", "message": "No such column 'Trace__c'"}]
    await fault(live, "error", path=PROOFS, status=400, body=refusal, times=None)
    async with handler_on(live, most_failures=1) as handler:
        lead = live.lead()
        verdict = await handler.handle(claim_of(lead))
    assert isinstance(verdict, Park)
    row = lead_row(live, lead)
    assert row["Ortoo_Parked__c"] is None
    assert row["OwnerId"] == row["Ortoo_Assigned_Owner__c"]


@live()
async def test_a_record_given_up_whose_proof_can_t_be_written_now_is_proven_by_the_next_try(
    live: Live,
) -> None:
    async with handler_on(live, policy_set(**READS_LAST_NAME), most_failures=8) as handler:
        lead = live.lead()
        await fault(live, "error", **BROKEN)
        await fault(live, "row", object="Ortoo_Decision__c", times=None)
        assert isinstance(await handler.handle(claim_of(lead, failures=7)), Retry)
        assert lead_row(live, lead)["Ortoo_Parked__c"] == "too_many_tries"
        assert proofs(live, lead) == []
        await live.control("/faults", method="DELETE")
        await fault(live, "error", **BROKEN)
        again = await handler.handle(claim_of(lead, failures=7, attempts=8))
    assert isinstance(again, Park)
    (proof,) = proofs(live, lead)
    assert proof["Outcome__c"] == "recovered"


@live()
async def test_what_comes_between_a_write_and_its_proof_proves_it_first_and_then_does_its_own(
    live: Live,
) -> None:
    """A requeue in the seconds in which the proof waits for its next try."""
    async with handler_on(live) as handler:
        lead = live.lead()
        await fault(live, "row", object="Ortoo_Decision__c", times=None)
        assert isinstance(await handler.handle(claim_of(lead)), Retry)
        await live.control("/faults", method="DELETE")
        asked = claim_of(lead, reason=WorkReason.REQUEUED, entry="20261123T090000.000000Z")
        asked = replace(asked, others_tried=True)
        assert isinstance(await handler.handle(asked), Retry)
        assert [proof["Outcome__c"] for proof in proofs(live, lead)] == ["recovered"]
        assert await handler.handle(asked) == Finished("rule")
        assert await handler.handle(claim_of(lead, attempts=1)) == Finished("already_decided")
    assert len(proofs(live, lead)) == 2


@live()
async def test_a_place_stays_taken_where_nobody_knows_whether_the_owner_stands(live: Live) -> None:
    """Released, it would be given away a second time; the next count from the org tells."""
    await fault(live, "error", path=SINGLE, status=503, body="<html>Busy</html>", times=None)
    async with handler_on(live) as handler:
        lead = live.lead()
        verdict = await handler.handle(claim_of(lead))
        assert isinstance(verdict, Retry)
        assert held(handler) == 1


@live()
async def test_a_queue_that_takes_leads_no_more_leads_to_otherwise_and_is_not_asked_again(
    live: Live,
) -> None:
    """The directory was read before; the org refuses once, then the queue is left out for a while."""
    org = live.sandbox.org
    fleet = org.storage.find("Group", DeveloperName=seed.FLEET_QUEUE)[0]["Id"]
    unrouted = org.storage.find("Group", DeveloperName=seed.UNROUTED_QUEUE)[0]["Id"]
    async with handler_on(live, policy_set({"queue": seed.FLEET_QUEUE})) as handler:
        links = org.storage.find("QueueSobject", QueueId=fleet, SobjectType="Lead")
        org.delete_many("QueueSobject", [links[0]["Id"]], user_id=seed.ADMIN_USER_ID)
        for _ in range(2):
            lead = live.lead()
            assert await handler.handle(claim_of(lead)) == Finished("otherwise")
            assert lead_row(live, lead)["OwnerId"] == unrouted
        refused = [w for call in live.sandbox.calls for w in call.writes if w.status == 400]
        assert len(refused) == 1


@live()
async def test_a_record_that_every_owner_is_refused_for_is_parked(live: Live) -> None:
    org = live.sandbox.org
    async with handler_on(live, policy_set({"queue": seed.FLEET_QUEUE})) as handler:
        for name in (seed.FLEET_QUEUE, seed.UNROUTED_QUEUE):
            queue = org.storage.find("Group", DeveloperName=name)[0]["Id"]
            links = org.storage.find("QueueSobject", QueueId=queue, SobjectType="Lead")
            org.delete_many("QueueSobject", [links[0]["Id"]], user_id=seed.ADMIN_USER_ID)
        lead = live.lead()
        waits = [await handler.handle(claim_of(lead, attempts=number)) for number in range(3)]
        assert all(isinstance(each, Retry) for each in waits), "they may be back in a moment"
        assert await handler.handle(claim_of(lead, attempts=3)) == Finished("no_target")
    assert str(lead_row(live, lead)["Ortoo_Parked__c"]).startswith("no_target")


@live()
async def test_a_record_waits_for_owners_who_were_refused_for_another(live: Live) -> None:
    """Not only those who were chosen: the desk of last resort, too."""
    inactive = {"code": "INACTIVE_OWNER_OR_USER", "message": "inactive user"}
    async with handler_on(live, policy_set({"queue": seed.FLEET_QUEUE})) as handler:
        refused, other = live.lead(), live.lead()
        await fault(live, "row", object="Lead", ids=[refused], times=None, **inactive)
        assert isinstance(await handler.handle(claim_of(refused)), Retry)
        assert isinstance(await handler.handle(claim_of(other)), Retry)
        assert lead_row(live, other)["Ortoo_Parked__c"] is None
        handler.clock = lambda: now() + timedelta(seconds=31)
        assert await handler.handle(claim_of(other, attempts=1)) == Finished("rule")


@live()
async def test_a_shadow_handler_writes_nothing(live: Live) -> None:
    async with handler_on(live, shadow=True) as handler:
        lead = live.lead()
        before = lead_row(live, lead)
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    assert lead_row(live, lead) == before
    assert proofs(live, lead) == []


@live()
async def test_a_record_reconciled_and_decided_long_ago_is_not_proven_twice(live: Live) -> None:
    async with handler_on(live) as handler:
        lead = live.lead()
        await handler.handle(claim_of(lead))
        again = claim_of(lead, reason=WorkReason.RECONCILED)
        assert await handler.handle(again) == Finished("already_decided")
    assert len(proofs(live, lead)) == 1


@live()
async def test_waits_for_the_org_do_not_bring_a_record_nearer_to_being_parked(live: Live) -> None:
    """Nine tries were spent on an outage; only those that met another writer count."""

    async def changes_again(*_: object, **__: object) -> None:
        raise StaleRecordError("PRECONDITION_FAILED", "changed", status=412)

    async with handler_on(live) as handler:
        handler.org.writer.write = changes_again  # type: ignore[method-assign]
        lead = live.lead()
        tries = [await handler.handle(claim_of(lead, attempts=9 + n)) for n in range(4)]
    assert [type(each) for each in tries] == [Retry, Retry, Retry, Park]
    assert tries[-1].reason == "kept_changing"


@live()
async def test_a_sweep_s_find_that_no_policy_takes_is_remembered_as_it_was_read(live: Live) -> None:
    policies = policy_set(enter={"Company": "Another"})
    async with handler_on(live, policies) as handler:
        lead, heard = live.lead(), live.lead()
        handler.clock = lambda: now() + timedelta(minutes=1)
        swept = claim_of(lead, reason=WorkReason.RECONCILED)
        assert await handler.handle(swept) == Finished("not_entered")
        assert await handler.handle(claim_of(heard)) == Finished("not_entered")
        known, revision = handler.knowledge.passed_over, policies.revision
        changed_at = instant(str(lead_row(live, lead)["LastModifiedDate"]))
        assert known.holds(record_id(lead), modified_at=changed_at, revision=revision)
        assert len(known) == 1, "what was only heard of may be taken when it is swept"


SAME_ADDRESS = {"LastName": "Roy", "Company": "-", "Email": "a.roy@example.com"}


@live()
async def test_a_duplicate_rule_of_the_org_is_answered_as_the_policy_says(live: Live) -> None:
    org, address = live.sandbox.org, SAME_ADDRESS["Email"]
    first = org.create("Lead", SAME_ADDRESS, user_id=seed.WEB_FORMS_USER_ID)
    org.duplicate_rules["Lead"] = [DuplicateRule(name="same address", fields=("Email",))]
    for rules, landed in (("park", None), ("leave_out", None), ("save", address)):
        lead = live.lead()
        action = {"duplicate_rules": rules, "set": {"Email": address}}
        async with handler_on(live, policy_set(action=action)) as handler:
            assert isinstance(await handler.handle(claim_of(lead)), Finished)
        row, (proof,) = lead_row(live, lead), proofs(live, lead)
        assert row["Email"] == landed
        if rules == "park":
            assert row["Ortoo_Parked__c"] == f"DUPLICATES_DETECTED: {first}"
            assert proof["Reason_Code__c"] == "duplicates_detected"
        else:
            assert row["OwnerId"] == row["Ortoo_Assigned_Owner__c"]
            assert json.loads(str(proof["Fields_Written__c"]))["matched"] == [first]
