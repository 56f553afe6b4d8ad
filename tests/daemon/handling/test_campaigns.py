"""Records join campaigns on a live sandbox, once each, and nothing of it costs them their owner."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.consequences import CampaignJoin
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import record_id
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.work.verdicts import Finished
from tests.daemon.rig import claim_of, handler_on, now, policy_set
from tests.sandbox.live import Live, live

JOINS = {"campaign": {"of": "{{ Utm_Campaign__c }}", "status": "Responded"}}


def campaign(live: Live, name: str = "Launch Day") -> str:
    org = live.sandbox.org
    return org.create("Campaign", {"Name": name, "IsActive": True}, user_id=seed.ADMIN_USER_ID)


def again(lead: str) -> Decision:
    """The same once more, as after a crash."""
    return Decision(
        object="Lead",
        record_id=record_id(lead),
        key="again",
        outcome=Outcome.ASSIGNED,
        reason=ReasonCode.RULE,
        decided_at=now(),
        campaign=CampaignJoin(by="Name", value="Launch Day"),
    )


def members(live: Live, lead: str) -> list[dict[str, Any]]:
    return [dict(row) for row in live.sandbox.org.storage.find("CampaignMember", LeadId=lead)]


@live()
async def test_a_record_is_a_member_once_however_often_it_is_decided(live: Live) -> None:
    made, lead = campaign(live), live.lead(Utm_Campaign__c="launch day")
    async with handler_on(live, policy_set(action=JOINS)) as handler:
        assert await handler.handle(claim_of(lead)) == Finished("rule")
        await handler.effects.campaigns.join(again(lead))
    (member,) = members(live, lead)
    assert (member["CampaignId"], member["Status"]) == (made, "Responded")


@live()
async def test_a_campaign_that_is_not_there_or_refused_costs_no_owner(live: Live) -> None:
    campaign(live)
    other = {"campaign": {**JOINS["campaign"], "status": "No such status" * 40}}
    for action, text in ((JOINS, "no such campaign"), (other, "Launch Day")):
        lead = live.lead(Utm_Campaign__c=text)
        async with handler_on(live, policy_set(action=action)) as handler:
            assert await handler.handle(claim_of(lead)) == Finished("rule")
        assert members(live, lead) == []


@live()
async def test_a_record_that_names_none_joins_none(live: Live) -> None:
    lead = live.lead()
    async with handler_on(live, policy_set(action=JOINS)) as handler:
        assert await handler.handle(claim_of(lead)) == Finished("rule")
    assert members(live, lead) == []
