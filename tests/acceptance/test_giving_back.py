"""Dealers give records back, or let offers lapse: the next one has them, and the trail says why."""

from __future__ import annotations

from typing import Any

from tests.acceptance.network import Network
from tests.processes import Row, wait_until

WHY = "Ortoo_Return_Reason__c"
FILES: dict[str, Any] = {
    "policy": {
        "action": {
            "offer": {
                "for": "10m",
                "hours": "24x7",
                "accepted_by": [{"Status": ["Working - Contacted"]}],
                "on_lapse": [{"reassign": {"within": "rooftop"}}],
            },
            "returns": {
                "reason": WHY,
                "steps": [{"reassign": {"within": "rooftop"}, "set": {"Status": "New"}}],
            },
        },
    },
    "settings": {"sweeps": {"sla_every": "1s", "reconcile_every": "2s"}},
}


def until_moved_on(network: Network, id: str, owner: str) -> Row:
    def moved() -> Row | None:
        lead = network.lead(id, "Status", WHY, "Ortoo_Custody__c")
        return lead if lead["OwnerId"] != owner and lead[WHY] is None else None

    return wait_until(moved, 30, f"another owner of {id}")


def reasons(network: Network, id: str) -> list[str]:
    asked = f"SELECT Reason_Code__c FROM Ortoo_Decision__c WHERE Record_Id__c = '{id}'"
    rows = network.sandbox.query(f"{asked} ORDER BY Decided_At__c")
    return [row["Reason_Code__c"] for row in rows]


def test_who_gives_a_lead_back_never_sees_it_again_heard_or_unheard(network: Network):
    """The second return is made while no daemon runs, and its journal is lost: the sweep finds it."""
    sandbox = network.sandbox
    with network.daemon(**FILES) as daemon:
        daemon.until_ready()
        given_back, accepted, lapsed = ids = network.leads(3)
        network.until_routed(ids)
        firsts = {id: network.lead(id)["OwnerId"] for id in ids}
        sandbox.change(accepted, Status="Working - Contacted")
        sandbox.change(given_back, **{WHY: "No capacity"})
        second = until_moved_on(network, given_back, firsts[given_back])["OwnerId"]
        assert daemon.terminate() == 0

    sandbox.change(given_back, **{WHY: "Wrong brand", "Status": "Working - Contacted"})
    network.forget_state()
    with network.again() as daemon:
        daemon.until_ready()
        third = until_moved_on(network, given_back, second)
        sandbox.shift_clock(11 * 60)
        until_moved_on(network, lapsed, firsts[lapsed])
        wait_until(lambda: "offer_accepted" in reasons(network, accepted), 20, "the acceptance")
        assert daemon.terminate() == 0

    assert len({firsts[given_back], second, third["OwnerId"]}) == 3
    assert third["Status"] == "New"
    told = third["Ortoo_Custody__c"]
    assert told.index(": No capacity") < told.index(": Wrong brand")
    assert told.count("given back by") == told.count("it was given back") == 2
    assert reasons(network, given_back)[:3] == ["rule", "returned", "returned"]
    assert reasons(network, lapsed) == ["rule", "offer_lapsed"]
    assert network.lead(accepted)["OwnerId"] == firsts[accepted]
    assert "accepted by" in network.lead(accepted, "Ortoo_Custody__c")["Ortoo_Custody__c"]
