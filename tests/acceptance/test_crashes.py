"""kill -9 at any moment, a lost store: every lead still gets one owner and one decision record."""

from __future__ import annotations

import os
import time
from random import Random

import pytest

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.acceptance.steady import Steady
from tests.processes import DaemonProcess, wait_until

SEED = int(os.environ.get("ORTOO_TEST_SEED", "20261121"))
LEADS, KILLS = 5000, 20
SPREAD = {
    "rooftop": {"prefer": ["customer_choice"]},
    "team": {"role": "sales_adviser"},
    "person": {"by": "rotation"},
}
"""The advisers of the rooftop the customer chose: few rows share an owner, as on a normal day."""

_SITES = "SELECT Id FROM Account WHERE Type = 'Dealer' AND Status__c = 'Active' ORDER BY Id"


def web_forms(network: Network, number: int, *, a_second: float = 120) -> Steady:
    """Customers: small transactions of leads, one after the other, until there are enough."""
    sites = [row["Id"] for row in network.sandbox.query(_SITES)]

    def more(made: int) -> list[str]:
        site = sites[made // 20 % len(sites)]
        return network.leads(min(20, number - made), Preferred_Dealer__c=site)

    return Steady(more, number, a_second=a_second)


def live_and_die(daemon: DaemonProcess, dice: Random) -> str:
    """One life of the daemon; three of four ends come while it decides, one while it starts."""
    with daemon:
        if dice.random() < 0.25:
            after = dice.uniform(0.0, 1.2)
            time.sleep(after)
            daemon.kill()
            return f"{after:.2f} s after start"
        daemon.until_logged("service.ready")
        after = dice.uniform(0.0, 1.5)
        time.sleep(after)
        daemon.kill()
        return f"{after:.2f} s after it was ready"


@pytest.mark.timeout(300)
def test_every_lead_is_routed_once_through_twenty_kills(network: Network) -> None:
    dice = Random(SEED)
    print(f"seed {SEED} (set ORTOO_TEST_SEED for another)")
    network.write(assign=SPREAD)
    customers = web_forms(network, LEADS)
    customers.start()
    for number in range(KILLS):
        moment = live_and_die(network.again(), dice)
        print(f"kill {number + 1}: {moment}, {len(customers.ids)} leads made")
    with network.again() as daemon:
        daemon.until_ready()
        ids = customers.finish(120)
        network.until_routed(ids, 120)
        assert daemon.terminate() == 0
    assert len(ids) == LEADS
    network.assert_routed_once(ids)
    reasons = network.sandbox.query(
        "SELECT Reason__c, COUNT(Id) n FROM Ortoo_Decision__c GROUP BY Reason__c"
    )
    print(reasons)


def test_records_are_decided_and_proven_after_the_store_was_lost(network: Network) -> None:
    """Some undecided, some with an owner but no proof: only the org knows of either."""
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        before = network.leads(20)
        network.until_routed(before)
        sandbox.fault("error", path="composite/sobjects/Ortoo_Decision__c", times=None)
        unproven = network.leads(40)
        wait_until(lambda: not network.undecided(), 20, "owners written")
        daemon.kill()
    sandbox.heal()
    undecided = network.leads(60)
    network.forget_state()
    assert network.proofs(unproven) == {}
    with network.again() as daemon:
        network.until_routed([*before, *unproven, *undecided])
        daemon.terminate()
    network.assert_routed_once([*before, *unproven, *undecided])
    reasons = {row["Reason__c"] for rows in network.proofs(unproven).values() for row in rows}
    assert reasons == {"recovered"}


def test_a_late_write_of_a_dead_daemon_changes_nothing(network: Network) -> None:
    """The call was under way when the daemon died, and is carried out after its successor's."""
    sandbox = network.sandbox
    with network.daemon() as daemon:
        daemon.until_ready()
        held = sandbox.fault("hold", path="/composite(/sobjects)?$", times=1)
        ids = network.leads(60)
        sandbox.until_met(held)
        daemon.kill()
    with network.daemon(assign={"queue": seed.FLEET_QUEUE}) as daemon:
        network.until_routed(ids)
        decided = network.read(ids)
        calls = sandbox.last_call()
        sandbox.heal()
        wait_until(lambda: sandbox.writes(calls), 10, "the late write")
        daemon.terminate()
    assert network.read(ids) == decided
    network.assert_routed_once(ids)
