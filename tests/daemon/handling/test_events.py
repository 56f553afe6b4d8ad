"""Events for others go out with the proof of their decision, once each, on a live sandbox."""

from __future__ import annotations

import json
from typing import Any

from ortoo_daemon.work.verdicts import Finished, Retry
from tests.daemon.handling.test_handler import SINGLE, fault, lead_row, proofs
from tests.daemon.rig import claim_of, handler_on, policy_set
from tests.sandbox.live import Bayeux, Live, live

EVENT = "Ortoo_Record__e"
PUBLISHES = {
    "publish": {
        "event": EVENT,
        "on": ["assigned", "parked"],
        "set": {"RecordId__c": "{{ Id }}", "Object__c": "{{ decision.outcome }} {{ owner.Name }}"},
    }
}


async def heard(live: Live) -> Bayeux:
    client = await live.bayeux().opened()
    await client.subscribe(f"/event/{EVENT}")
    return client


def told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    payloads = [each["data"]["payload"] for each in events]
    return [(each["RecordId__c"], each["Object__c"]) for each in payloads]


def published(proof: dict[str, Any]) -> list[dict[str, Any]]:
    return json.loads(proof["Fields_Written__c"])["published"]


@live()
async def test_a_decision_publishes_its_event_with_its_proof_in_one_call(live: Live) -> None:
    client = await heard(live)
    async with handler_on(live, policy_set(action=PUBLISHES)) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    (event,) = told(await client.events(1))
    assert event[0] == lead
    assert event[1].startswith("assigned ")
    (proof,) = proofs(live, lead)
    assert published(proof) == [
        {"event": EVENT, "fields": {"RecordId__c": lead, "Object__c": event[1]}}
    ]


@live()
async def test_a_lost_answer_publishes_nothing_twice(live: Live) -> None:
    before = live.sandbox.usage.published_events.used
    await fault(live, "lost_response", path=SINGLE, times=2)  # of the owner, then of the proof
    async with handler_on(live, policy_set(action=PUBLISHES)) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    assert len(proofs(live, lead)) == 1
    assert live.sandbox.usage.published_events.used == before + 1


@live()
async def test_an_event_whose_proof_never_came_is_published_by_whoever_recovers_it(
    live: Live,
) -> None:
    client = await heard(live)
    await fault(live, "row", object="Ortoo_Decision__c", times=3)
    async with handler_on(live, policy_set(action=PUBLISHES)) as handler:
        lead = live.lead()
        assert isinstance(await handler.handle(claim_of(lead)), Retry)
        assert proofs(live, lead) == []
        assert await handler.handle(claim_of(lead, taken_over=True)) == Finished("recovered")
    (event,) = told(await client.events(1))
    assert event[0] == lead
    outcome, _, owner = event[1].partition(" ")
    assert (outcome, bool(owner)) == ("recovered", True)  # who has it stands on the record


@live()
async def test_events_that_the_org_refuses_cost_no_proof_and_are_told(live: Live) -> None:
    wrong = {
        "publish": {"event": EVENT, "set": {"Object__c": "{{ Id }}"}}
    }  # RecordId__c is missing
    async with handler_on(live, policy_set(action=wrong)) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
        refused = handler.meters.refused()
    (proof,) = proofs(live, lead)
    assert [each["refused"] for each in published(proof)] == ["REQUIRED_FIELD_MISSING"]
    assert refused["event"] == 1


@live()
async def test_an_hour_without_allocation_delays_no_proof(live: Live) -> None:
    await live.control("/limits", {"published_events": 0})
    async with handler_on(live, policy_set(action=PUBLISHES)) as handler:
        lead = live.lead()
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    (proof,) = proofs(live, lead)
    assert [each["refused"] for each in published(proof)] == ["LIMIT_EXCEEDED"]


@live()
async def test_a_record_that_the_org_refuses_is_told_as_parked(live: Live) -> None:
    """Parked beside the stages."""
    client = await heard(live)
    refusal = {"code": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "no"}
    async with handler_on(live, policy_set(action=PUBLISHES)) as handler:
        lead = live.lead()
        await fault(live, "row", object="Lead", **refusal)
        verdict = await handler.handle(claim_of(lead))
    assert isinstance(verdict, Finished)
    assert verdict.outcome == "refused_by_org"
    assert told(await client.events(1)) == [(lead, "parked")]
    assert lead_row(live, lead)["Ortoo_Parked__c"]
