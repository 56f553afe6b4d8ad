"""The sweep for consent: nothing asked where no policy asks for it, and put is only what has changed."""

from dataclasses import replace

from ortoo_daemon.policy.share_model import ShareRule
from ortoo_daemon.records import WorkReason
from ortoo_daemon.sweeps.consents import find_consents
from tests.asynchronous import asynchronous
from tests.sweeps.test_returns import Ports
from tests.world import LEAD, NOW, PLACE, is_, policy

OTHER = "00Q000000000009AAA"
ROWS = [
    {"Id": id, "LastModifiedDate": "2026-11-23T09:10:00.000+0000", "Ortoo_Policy__c": name}
    for id, name in ((LEAD, "network"), (OTHER, "gone"))
]


def sharing(consent=True):
    rule = ShareRule(
        group="Partners", consent=is_("Agreed__c", "true") if consent else None, place=PLACE
    )
    return replace(policy(name="network"), share=(rule,))


async def swept(ports, *policies, all_held=False, due=True):
    return await find_consents(
        ports.query,
        ports.put,
        policies,
        lambda policy, item, record: due,
        since=NOW,
        all_held=all_held,
        now=NOW,
    )


@asynchronous
async def test_where_nobodys_consent_is_asked_the_org_is_not_either():
    ports = Ports(*ROWS)
    assert await swept(ports, policy(), sharing(consent=False)) == (0, 0)
    assert ports.asked == []


@asynchronous
async def test_what_changed_is_put_and_what_is_of_another_policy_or_as_it_was_is_not():
    ports = Ports(*ROWS)
    assert await swept(ports, sharing()) == (1, 1)
    assert await swept(ports, sharing(), due=False) == (0, 0)
    (item,) = ports.items
    assert (item.record_id, item.reason) == (LEAD, WorkReason.SLA)
    for part in (
        "Agreed__c",
        "Ortoo_Sharing__c != null",
        "IsConverted = false",
        "SystemModstamp >=",
    ):
        assert part in ports.asked[0]
    assert "LIKE" not in ports.asked[0]


@asynchronous
async def test_after_a_lost_journal_all_who_wait_are_looked_at():
    ports = Ports()
    await swept(ports, sharing(), all_held=True)
    assert "Ortoo_Sharing__c LIKE 'Held: no consent%' OR SystemModstamp" in ports.asked[0]
