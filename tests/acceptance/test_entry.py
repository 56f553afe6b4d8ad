"""Which records enter: none from before `take_from`, none that is parked, unless somebody says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ortoo_daemon.records import WorkItem, WorkReason, record_id
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.work.queue import WorkQueue
from tests.acceptance.network import Network
from tests.processes import wait_until

TWO_DAYS = 2 * 86_400
CONTACT = {"intake": {"require": {"any": ["Email", "Phone"], "else": {"park": "no_contact"}}}}


def now() -> datetime:
    return datetime.now(UTC)


def yesterday() -> str:
    return (now() - timedelta(days=1)).isoformat(timespec="seconds")


def old_leads(network: Network, number: int) -> list[str]:
    """Leads made two days ago, by the org's clock."""
    network.sandbox.shift_clock(-TWO_DAYS)
    ids = network.leads(number)
    network.sandbox.shift_clock(0)
    return ids


def requeue(network: Network, ids: Sequence[str]) -> None:
    """As somebody does by hand, beside a running daemon."""

    async def put() -> None:
        queue = await WorkQueue.open(
            f"sqlite:///{network.state}",
            instance="by hand",
            lease_for=timedelta(minutes=1),
            clock=now,
            exclusive=False,
        )
        try:
            items = [
                WorkItem(
                    object="Lead",
                    record_id=record_id(id),
                    reason=WorkReason.REQUEUED,
                    entry=f"by-hand-{n}",
                    heard_at=now(),
                )
                for n, id in enumerate(ids)
            ]
            await queue.requeue(items)
        finally:
            await queue.close()

    asyncio.run(put())


def test_leads_from_before_take_from_are_not_touched(network: Network) -> None:
    """Not by reconciling, not after a person's change, not with a new store."""
    old = old_leads(network, 25)
    network.write(take_from=yesterday())
    young = network.leads(5)
    for _ in range(2):
        with network.again() as daemon:
            daemon.until_ready()
            wait_routed(network, young)
            network.sandbox.change(old[0], user=seed.WEB_FORMS_USER_ID, Status="Open")
            young += network.leads(1)  # heard after the change
            wait_routed(network, young)
            daemon.until_logged("sweep.reconcile")
            assert daemon.terminate() == 0
        network.forget_state()
    network.assert_untouched(old)
    network.assert_routed_once(young)


def wait_routed(network: Network, ids: Sequence[str]) -> None:
    wait_until(lambda: len(network.proofs(ids)) == len(ids), 30, "the lead to be proven")


def test_an_old_lead_is_routed_when_somebody_requeues_it(network: Network) -> None:
    old = old_leads(network, 2)
    with network.daemon(take_from=yesterday()) as daemon:
        daemon.until_ready()
        requeue(network, old[:1])
        wait_routed(network, old[:1])
        assert daemon.terminate() == 0
    proof = network.proof(old[0])
    assert proof["Ortoo_Key__c"] == network.lead(old[0])["Ortoo_Decision_Key__c"]
    assert proof["Ortoo_Key__c"] == f"{old[0]}:by-hand-0"
    assert (proof["Reason__c"], proof["Outcome__c"]) == ("requeued", "assigned")
    assert network.lead(old[0])["OwnerId"] == proof["Owner_After__c"]
    network.assert_untouched(old[1:])


def test_a_parked_lead_stays_parked_until_somebody_requeues_it(network: Network) -> None:
    network.write(policy=CONTACT)
    (lead,) = network.leads(1, Email=None)
    for _ in range(2):
        with network.again() as daemon:
            wait_routed(network, [lead])
            daemon.until_logged("sweep.reconcile")
            (other,) = network.leads(1)
            wait_routed(network, [other])
            assert daemon.terminate() == 0
        assert network.lead(lead)["Ortoo_Parked__c"] == "no_contact"
        network.forget_state()
    parked = network.proof(lead)
    assert (parked["Outcome__c"], network.lead(lead)["OwnerId"]) == (
        "parked",
        seed.WEB_FORMS_USER_ID,
    )
    network.sandbox.change(lead, user=seed.WEB_FORMS_USER_ID, Email="roy@mail.example")
    with network.again() as daemon:
        daemon.until_ready()
        requeue(network, [lead])
        wait_until(lambda: len(network.proofs([lead])[lead]) == 2, 20, "a second decision")
        assert daemon.terminate() == 0
    stamped = network.lead(lead)
    assert (stamped["Ortoo_Parked__c"], stamped["Ortoo_Decision_Key__c"]) == (
        None,
        f"{lead}:by-hand-0",
    )
    assert stamped["OwnerId"].startswith("005")
    assert stamped["OwnerId"] != seed.WEB_FORMS_USER_ID


def test_a_routed_lead_that_is_requeued_is_decided_anew_under_its_own_key(network: Network) -> None:
    with network.daemon() as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        requeue(network, [lead])
        wait_until(lambda: len(network.proofs([lead])[lead]) == 2, 20, "a second decision")
        assert daemon.terminate() == 0
    keys = {row["Ortoo_Key__c"]: row["Reason__c"] for row in network.proofs([lead])[lead]}
    assert keys == {f"{lead}:first": "created", f"{lead}:by-hand-0": "requeued"}
