"""A lead waits for wished skills in a queue, on the org's own clock, through a restart and a lost journal."""

from __future__ import annotations

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, Network
from tests.processes import wait_until

HOLD = "EV_Desk"
ASSIGN = {
    **FLAGSHIP,
    "team": {
        "role": "sales_adviser",
        "skills": {"wished": ["flies", "swims"]},
        "relax_after": "10m",
        "hold_in": HOLD,
    },
}
SETTINGS = {"sweeps": {"sla_every": "1s"}}


def reasons(network: Network, id: str) -> list[str]:
    return [row["Reason_Code__c"] for row in network.proofs([id]).get(id, [])]


def test_a_lead_waits_in_its_queue_until_the_last_wish_is_dropped(network: Network):
    sandbox = network.sandbox
    with network.daemon(assign=ASSIGN, settings=SETTINGS) as daemon:
        daemon.until_ready()
        waiting, taken = ids = network.leads(2)
        network.until_routed(ids)
        queue = network.lead(waiting)["OwnerId"]
        assert queue.startswith("00G")
        assert reasons(network, waiting) == ["waiting"]
        sandbox.change(taken, OwnerId=seed.ADMIN_USER_ID)

        sandbox.shift_clock(11 * 60)  # to swim is dropped; nobody flies either
        wait_until(lambda: len(reasons(network, waiting)) == 2, 30, "the next step of the wait")
        assert network.lead(waiting)["OwnerId"] == queue
        wait_until(
            lambda: "wait_over" in reasons(network, taken), 30, "the end of the other's wait"
        )
        daemon.kill()

    network.forget_state()
    sandbox.shift_clock(21 * 60)
    with network.again() as daemon:
        daemon.until_ready()
        wait_until(lambda: network.lead(waiting)["OwnerId"] != queue, 30, "an owner")
        wait_until(lambda: len(reasons(network, waiting)) == 3, 30, "the proof of it")
        assert daemon.terminate() == 0

    lead = network.lead(waiting, "Ortoo_SLA_Next_At__c", "Ortoo_SLA_Clocks__c")
    moves = [change["NewValue"] for change in network.owner_changes([waiting])[waiting]]
    assert moves == [queue, lead["OwnerId"]]
    assert lead["OwnerId"].startswith("005")
    assert (lead["Ortoo_SLA_Next_At__c"], lead["Ortoo_SLA_Clocks__c"]) == (None, None)
    assert sorted(reasons(network, waiting)) == ["rule", "waiting", "waiting"]
    assert network.lead(taken)["OwnerId"] == seed.ADMIN_USER_ID
