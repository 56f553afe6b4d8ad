"""A person's assignment outside the boundaries is told and asked back, and stays, whatever is redelivered."""

from __future__ import annotations

from shutil import copytree
from typing import Any

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import ROOT, Row, wait_until

TOLD: dict[str, Any] = {
    "of": "territory",
    "notify": "manager",
    "ask_back": {"to": "assigner", "by": "task"},
}


def outsider(network: Network) -> Row:
    """An adviser of another site than the only one that the rule can choose, with a manager."""
    where = (
        "Ortoo_Role__c = 'sales_adviser' AND ManagerId != null AND Ortoo_Rooftop__c != null "
        f"AND Ortoo_Rooftop__c != '{seed.FLAGSHIP_ROOFTOP_ID}'"
    )
    query = f"SELECT Id, ManagerId FROM User WHERE {where} ORDER BY Id LIMIT 1"
    return network.sandbox.query(query)[0]


def reports(network: Network, lead: str) -> list[Row]:
    return [row for row in network.proofs([lead])[lead] if row["Outcome__c"] == "reported"]


def tasks(network: Network, lead: str) -> list[Row]:
    return network.sandbox.rows_of("Task", ("Id", "OwnerId", "WhoId", "Subject"), [lead], "WhoId")


def test_an_assignment_outside_the_territory_is_told_once_and_stays(network: Network) -> None:
    sandbox, stranger = network.sandbox, outsider(network)
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    with network.daemon(policy={"boundaries": TOLD}) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        sandbox.change(lead, OwnerId=stranger["Id"])
        line = daemon.until_logged("boundary.overstepped")
        (report,) = wait_until(lambda: reports(network, lead), 20, "a report")
        (task,) = wait_until(lambda: tasks(network, lead), 20, "a task")
        told = wait_until(lambda: sandbox.control("GET", "/told")["bells"], 20, "a bell")
        daemon.kill()
    assert (line["record"], line["boundaries"], line["owner"]) == (
        lead,
        ["territory"],
        stranger["Id"],
    )
    assert report["Reason_Code__c"] == "outside_boundaries"
    assert report["Owner_Before__c"] == stranger["Id"]
    assert [each["recipients"] for each in told if each["target"] == lead] == [
        [stranger["ManagerId"]]
    ]
    (by,) = sandbox.query(f"SELECT LastModifiedById FROM Lead WHERE Id = '{lead}'")
    assert (
        task["OwnerId"] == by["LastModifiedById"]
    )  # nothing of ours lies over the person's change
    network.forget_state()
    (taken,) = network.leads(1)  # by somebody else before the daemon is back
    sandbox.change(taken, OwnerId=stranger["Id"])
    with network.again() as daemon:
        network.until_routed([taken])
        wait_until(lambda: tasks(network, taken), 20, "a task")
        assert daemon.terminate() == 0
    assert network.lead(taken)["OwnerId"] == stranger["Id"]
    (proof,) = network.proofs([taken])[taken]
    assert (proof["Outcome__c"], proof["Reason_Code__c"]) == ("left_alone", "outside_boundaries")
    assert network.lead(lead)["OwnerId"] == stranger["Id"]
    assert len(reports(network, lead)) == len(tasks(network, lead)) == 1


def test_an_owner_whom_no_event_named_is_found_and_told_once(network: Network) -> None:
    sandbox, stranger = network.sandbox, outsider(network)
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    files: dict[str, Any] = {
        "policy": {"boundaries": TOLD},
        "settings": {"sweeps": {"reconcile_every": "2s", "workload_every": "1s"}},
    }
    with network.daemon(**files) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        network.until_routed([lead])
        assert daemon.terminate() == 0
    network.forget_state()  # what happens meanwhile is never heard of
    sandbox.change(lead, OwnerId=stranger["Id"])
    with network.again() as daemon:
        wait_until(lambda: reports(network, lead), 30, "a report")
        sandbox.change(lead, Description="called her")
        looked = len(daemon.events("sweep.by_hand"))
        wait_until(lambda: len(daemon.events("sweep.by_hand")) > looked, 30, "another look")
        wait_until(lambda: tasks(network, lead), 20, "a task")
        assert daemon.terminate() == 0
    assert network.lead(lead)["OwnerId"] == stranger["Id"]
    assert len(reports(network, lead)) == len(tasks(network, lead)) == 1
