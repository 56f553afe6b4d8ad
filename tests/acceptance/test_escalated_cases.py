"""A case that nobody answers is escalated: it goes up step by step, marked and with its priority raised."""

from __future__ import annotations

from shutil import copytree
from typing import Any

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import ROOT, Row, wait_until

RAISED = {"IsEscalated": True, "Priority": "High"}
DESK = seed.NEEDS_A_PERSON_QUEUE


def policy(network: Network) -> Row:
    clock = {
        "clock": "first_response",
        "target": "30m",
        "hours": "24x7",
        "stopped_by": [{"Status": ["Working"]}],
        "on_violation": [
            {"escalate": "manager", "set": dict(RAISED), "notify": "owner"},
            {"after": "1h", "escalate": {"queue": DESK}, "set": {"Status": "Escalated"}},
        ],
    }
    return {
        "object": "Case",
        "enter": {"SuppliedCompany": network.company, "IsClosed": False},
        "action": {"sla": [clock]},
    }


def test_an_unanswered_case_goes_to_the_manager_then_to_the_desk_marked_as_escalated(
    network: Network,
):
    sandbox = network.sandbox
    copytree(ROOT / "config" / "templates", network.folder / "templates")

    def case(id: str) -> Row:
        names = ("Id", "OwnerId", "Status", "Ortoo_SLA_Status__c", "Ortoo_Custody__c", *RAISED)
        (found,) = sandbox.rows_of("Case", names, [id], "Id")
        return found

    def bells(id: str) -> list[Any]:
        told = sandbox.control("GET", "/told")["bells"]
        return [each["recipients"] for each in told if each["target"] == id]

    settings = {"sweeps": {"sla_every": "1s"}}
    files = {"policy": policy(network), "otherwise": {"queue": "Unrouted_Cases"}}
    with network.daemon(**files, settings=settings) as daemon:
        daemon.until_ready()
        row = {"SuppliedCompany": network.company, "Subject": "No heating", "Priority": "Low"}
        late, answered, kept = ids = sandbox.create([row] * 3, object="Case")
        network.until_proven(ids)
        owners = {id: case(id)["OwnerId"] for id in ids}
        assert all(owner.startswith("005") for owner in owners.values())
        (colleague, *_) = sandbox.query(
            f"SELECT Id FROM User WHERE Ortoo_Rooftop__c = '{seed.FLAGSHIP_ROOFTOP_ID}' AND "
            f"Ortoo_Role__c = 'sales_adviser' AND IsActive = true AND Id != '{owners[kept]}'"
        )
        sandbox.change(kept, OwnerId=colleague["Id"])
        sandbox.change(answered, Status="Working")
        network.until_step(answered, "stopped")

        sandbox.shift_clock(31 * 60)
        assert network.until_step(late, "violation")["Outcome__c"] == "escalated"
        by_hand = network.until_step(kept, "violation")
        wait_until(lambda: bells(late), 20, "the holder is told")
        (holder,) = sandbox.rows_of("User", ("ManagerId",), [owners[late]], "Id")
        escalated = case(late)
        assert escalated["OwnerId"] == holder["ManagerId"]
        assert {name: escalated[name] for name in RAISED} == RAISED
        assert escalated["Status"] == "New"

        sandbox.shift_clock(93 * 60)
        assert network.until_step(late, "step2")["Outcome__c"] == "escalated"
        assert daemon.terminate() == 0
    (desk,) = sandbox.query(f"SELECT Id FROM Group WHERE DeveloperName = '{DESK}'")
    last = case(late)
    assert (last["OwnerId"], last["Status"]) == (desk["Id"], "Escalated")
    assert {name: last[name] for name in RAISED} == RAISED
    assert len(last["Ortoo_Custody__c"].splitlines()) == 3
    assert network.steps(answered).keys() == {"stopped"}
    quiet = case(answered)
    assert (quiet["OwnerId"], quiet["IsEscalated"], quiet["Priority"]) == (
        owners[answered],
        False,
        "Low",
    )
    assert by_hand["Reason_Code__c"] == "sla_held_by_person"
    assert case(kept)["OwnerId"] == colleague["Id"]  # escalated in name only
