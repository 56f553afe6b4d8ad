"""The sweep for what was given back: nothing asked where no policy knows returns, else one call a field."""

from dataclasses import replace

from ortoo_daemon.policy.sla_model import Returns
from ortoo_daemon.records import WorkReason
from ortoo_daemon.sweeps.returns import find_returned
from tests.asynchronous import asynchronous
from tests.world import LEAD, NOW, PLACE, policy

ROW = {"Id": LEAD, "LastModifiedDate": "2026-11-23T09:10:00.000+0000"}


class Ports:
    def __init__(self, *rows):
        self.rows, self.asked, self.items = rows, [], []

    async def query(self, soql):
        self.asked.append(soql)
        return self.rows

    async def put(self, items):
        self.items.extend(items)
        return len(items)


def giving(name="network", **given):
    returns = Returns(reason="Why__c", steps=(), place=PLACE)
    return replace(policy(name=name, **given), returns=returns)


async def swept(ports, *policies):
    return await find_returned(ports.query, ports.put, policies, now=NOW)


@asynchronous
async def test_where_no_policy_knows_returns_nothing_is_asked():
    ports = Ports(ROW)
    assert await swept(ports, policy()) == (0, 0)
    assert ports.asked == []


@asynchronous
async def test_records_that_are_still_given_back_are_put_once_for_each_change():
    ports = Ports(ROW)
    assert await swept(ports, giving(), giving("other")) == (1, 1)
    await swept(ports, giving())
    (asked, _), (first, again) = ports.asked, ports.items
    for part in ("Why__c != null", "Ortoo_Decided_At__c != null", "Ortoo_Parked__c = null"):
        assert part in asked
    assert "IsConverted = false" in asked
    assert (first.record_id, first.reason) == (LEAD, WorkReason.SLA)
    assert first == again


@asynchronous
async def test_nothing_found_puts_nothing():
    ports = Ports()
    assert await swept(ports, giving()) == (0, 0)
    assert ports.items == []
