"""Late answers: warned, handed over, escalated and stopped, on the org's own clock."""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

import requests

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, Network
from tests.processes import DaemonProcess, Row, wait_until

PERSON = seed.ADMIN_USER_ID
DUE = int(os.environ.get("SLA_DUE", "300"))
SLA = (
    "Ortoo_SLA_Status__c",
    "Ortoo_SLA_Next_At__c",
    "Ortoo_First_Response_At__c",
    "Ortoo_SLA_Clocks__c",
)
FILES: dict[str, Any] = {
    "policy": {
        "action": {
            "sla": [
                {
                    "clock": "first_response",
                    "target": "30m",
                    "hours": "24x7",
                    "warn": ["50%"],
                    "stopped_by": [{"Status": ["Working - Contacted"]}],
                    "on_violation": [
                        {"reassign": {"within": "rooftop"}},
                        {"after": "30m", "escalate": "rooftop_manager"},
                    ],
                }
            ]
        },
    },
    "settings": {"sweeps": {"sla_every": "1s"}},
}


def daemon_of(network: Network) -> DaemonProcess:
    return network.daemon(**FILES)


def test_a_lead_nobody_answers_goes_to_a_colleague_and_then_to_the_manager(network: Network):
    sandbox = network.sandbox
    with daemon_of(network) as daemon:
        daemon.until_ready()
        silent, answered, taken = ids = network.leads(3)
        network.until_routed(ids)
        first = network.lead(silent)["OwnerId"]

        sandbox.change(answered, Status="Working - Contacted")
        network.until_step(answered, "stopped")
        sandbox.change(taken, OwnerId=PERSON)

        sandbox.shift_clock(16 * 60)
        assert network.until_step(silent, "warning1")["Outcome__c"] == "warned"
        assert network.lead(silent, *SLA)["Ortoo_SLA_Status__c"] == "Warning"

        sandbox.shift_clock(31 * 60)
        handed_over = network.until_step(silent, "violation")
        assert handed_over["Outcome__c"] == "reassigned"
        second = network.lead(silent)["OwnerId"]
        by_name = network.until_step(taken, "violation")
        assert (by_name["Outcome__c"], by_name["Reason_Code__c"]) == (
            "escalated",
            "sla_held_by_person",
        )

        sandbox.shift_clock(62 * 60)
        assert network.until_step(silent, "step2")["Outcome__c"] == "escalated"
        assert daemon.terminate() == 0

    lead = network.lead(silent, *SLA)
    people = {first, second, lead["OwnerId"]}
    roles = {
        row["Id"]: (row["Ortoo_Role__c"], row["Ortoo_Rooftop__c"])
        for row in sandbox.rows_of(
            "User", ("Id", "Ortoo_Role__c", "Ortoo_Rooftop__c"), [*people], "Id"
        )
    }
    site = FLAGSHIP["rooftop"]["where"]["Id"]
    assert len(people) == 3
    assert roles[first] == roles[second] == ("sales_adviser", site)
    assert roles[lead["OwnerId"]] == ("rooftop_manager", site)
    moves = [change["NewValue"] for change in network.owner_changes([silent])[silent]]
    assert moves == [first, second, lead["OwnerId"]]
    assert network.steps(silent).keys() == {"warning1", "violation", "step2"}
    assert lead["Ortoo_SLA_Next_At__c"] is None

    assert network.lead(taken)["OwnerId"] == PERSON
    lead = network.lead(answered, *SLA)
    assert lead["Ortoo_SLA_Status__c"] == "Met"
    assert lead["Ortoo_First_Response_At__c"] is not None
    assert network.steps(answered).keys() == {"stopped"}


def test_a_daemon_killed_between_owner_and_proof_takes_the_step_once(network: Network):
    sandbox = network.sandbox
    with daemon_of(network) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        first = network.lead(lead)["OwnerId"]
        proofs = "composite/sobjects/Ortoo_Decision__c"
        refused = sandbox.fault("error", path=proofs, status=503, body="", times=None)
        sandbox.shift_clock(31 * 60)
        sandbox.until_met(refused, within=30)
        daemon.kill()
    second = network.lead(lead)["OwnerId"]
    assert not network.steps(lead)
    sandbox.heal()
    with network.again() as daemon:
        daemon.until_ready()
        assert network.until_step(lead, "violation")["Outcome__c"] == "recovered"
        assert daemon.terminate() == 0
    moves = [change["NewValue"] for change in network.owner_changes([lead])[lead]]
    assert moves == [first, second]
    assert network.steps(lead).keys() == {"violation"}


def test_a_daemon_killed_among_many_due_steps_takes_each_of_them_once(network: Network):
    """SLA_DUE=5000 for as many as after an outage. No limit binds: colleagues have room for all of them."""
    sandbox = network.sandbox
    many = {"open_limit": {"person": 10_000, "unless": {"Company": network.company}}}
    files = deepcopy(FILES)
    rules = [{"name": "all", "assign": FLAGSHIP}]
    otherwise = {"queue": seed.UNROUTED_QUEUE}
    files["settings"]["workers"] = {
        "parallel": max(DUE // 10, 25)
    }  # so that many are still to come
    files["policy"]["ownership"] = {"rules": rules, "limits": many, "otherwise": otherwise}
    where = f"Lead__r.Company = '{network.company}' AND Ortoo_Key__c LIKE '%:violation'"

    def taken() -> int:
        found = sandbox.query(f"SELECT COUNT(Id) n FROM Ortoo_Decision__c WHERE {where}")
        return int(found[0]["n"])

    with network.daemon(**files) as daemon:
        daemon.until_ready()
        ids = network.leads(DUE)
        network.until_routed(ids, within=30 + DUE / 50)
        sandbox.shift_clock(31 * 60)
        wait_until(lambda: taken() >= DUE / 5, 60 + DUE / 50, "a fifth of the steps")
        daemon.kill()
    assert taken() < DUE, "it was killed too late to show anything"
    with network.again() as daemon:
        daemon.until_ready()
        wait_until(lambda: taken() >= DUE, 60 + DUE / 50, "all steps")
        assert daemon.terminate() == 0
    changes, proofs = network.owner_changes(ids), network.proofs(ids)
    twice = {
        id: [row["Ortoo_Key__c"] for row in proofs[id]]
        for id in ids
        if len(changes[id]) != 2 or len({row["Ortoo_Key__c"] for row in proofs[id]}) != 2
    }
    assert twice == {}


def test_an_answer_while_the_daemon_is_down_is_found_before_anybody_is_moved(network: Network):
    sandbox = network.sandbox
    with daemon_of(network) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        assert daemon.terminate() == 0
    owner = network.lead(lead)["OwnerId"]
    sandbox.change(lead, Status="Working - Contacted")
    network.forget_state()
    sandbox.shift_clock(3 * 60 * 60)
    with network.again() as daemon:
        daemon.until_ready()
        assert network.until_step(lead, "stopped")["Outcome__c"] == "clock_stopped"
        assert daemon.terminate() == 0
    found = network.lead(lead, *SLA)
    assert (found["OwnerId"], found["Ortoo_SLA_Status__c"]) == (owner, "Met")
    assert network.steps(lead).keys() == {"stopped"}


def test_status_tells_how_many_steps_are_due_soon_and_that_one_is_overdue(network: Network):
    """The org takes no owner writes any more, so a due step stays where it is.

    The warning is due after 20 minutes: later than soon at first. The clock never leaps as far as an outage.
    """
    files = deepcopy(FILES)
    files["settings"]["watch"] = {"listen": "127.0.0.1:0"}
    files["policy"]["action"]["sla"][0]["target"] = "40m"
    with network.daemon(**files) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        base = f"http://{daemon.until_logged('watch.listening')['address']}"

        def sla() -> Row:
            found: Row = requests.get(f"{base}/status", timeout=30).json()["sla"]
            return found

        before = wait_until(lambda: sla() if sla()["soon"] is not None else None, 20, "a count")
        network.sandbox.shift_clock(10 * 60)  # the warning is due ten minutes later
        wait_until(lambda: sla()["soon"] > before["soon"], 20, "it is due soon")
        writes = "/composite(/sobjects)?$"
        network.sandbox.fault("error", path=writes, status=503, body="", times=None)
        network.sandbox.shift_clock(23 * 60)
        wait_until(lambda: sla()["overdue"] >= 1, 20, "it is overdue")
        network.sandbox.heal()
        network.until_step(lead, "warning1")
        wait_until(lambda: sla()["overdue"] == 0, 20, "nothing is overdue")
        assert daemon.terminate() == 0
