"""Opportunities, tasks and objects of the network's own are routed as leads are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import FLAGSHIP, LONG_AGO, Network
from tests.processes import SandboxProcess, wait_until

TICKET = "Service_Ticket__c"
STAMPS = ("Ortoo_Policy__c", "Ortoo_Rule__c", "Ortoo_Decision_Key__c", "Ortoo_Rooftop__c")
CLOCK = {
    "clock": "first_response",
    "target": "30m",
    "hours": "24x7",
    "stopped_by": [{"Brand__c": "Answered"}],
    "on_violation": [{"reassign": {"within": "rooftop"}}],
}


def policy(name: str, object: str, **more: Any) -> dict[str, Any]:
    return {
        "policy": name,
        "object": object,
        "take_from": LONG_AGO,
        "enter": {"Brand__c": {"blank": False}},
        "ownership": {
            "rules": [{"name": "flagship", "assign": dict(FLAGSHIP)}],
            "otherwise": {"queue": "Service_Tickets"},
        },
        "action": {"sla": [CLOCK]},
        **more,
    }


@pytest.fixture
def folder(network: Network) -> Path:
    """Policies of three objects, and no leads."""
    network.write()
    folder = network.folder / "policies"
    (folder / "leads.yaml").unlink()
    manager = {"user": person(network.sandbox, seed.FLAGSHIP_ROOFTOP_ID)}
    fleet = policy("fleet", "Opportunity")
    fleet["ownership"]["otherwise"] = manager
    calls = policy("calls", "Task", enter={"Status": "Not Started", "Subject": "Call back"})
    calls["ownership"]["otherwise"] = manager
    del calls["action"]
    for one in (fleet, policy("tickets", TICKET), calls):
        (folder / f"{one['policy']}.yaml").write_text(yaml.safe_dump(one))
    directory = network.folder / "directory.yaml"
    known = yaml.safe_load(directory.read_text())
    known["workload"] |= {
        "Opportunity": {"IsClosed": False},
        TICKET: {"Status__c": ["New", "In Work"]},
        "Task": {"IsClosed": False},
    }
    directory.write_text(yaml.safe_dump(known))
    return folder


def person(sandbox: SandboxProcess, rooftop: str) -> str:
    where = f"Ortoo_Rooftop__c = '{rooftop}' AND Ortoo_Role__c = 'rooftop_manager'"
    rows = sandbox.query(f"SELECT Username FROM User WHERE {where} AND IsActive = true")
    return str(rows[0]["Username"])


def row(network: Network, object: str, id: str, *fields: str) -> dict[str, Any]:
    names = ", ".join(("OwnerId", *STAMPS, *fields))
    return dict(network.sandbox.query(f"SELECT {names} FROM {object} WHERE Id = '{id}'")[0])


def until_decided(network: Network, *ids: str) -> None:
    def proven() -> bool:
        return set(network.proofs(ids)) == set(ids)

    wait_until(proven, 30, "decisions recorded")


def test_opportunities_tickets_and_tasks_are_routed_from_the_event_to_the_clock(
    network: Network, folder: Path
) -> None:
    sandbox = network.sandbox
    with network.again() as daemon:
        daemon.until_ready()
        daemon.until_logged("stream.subscribed")
        daemon.until_logged("sweep.reconcile")  # else that of the start may be first to find them
        (deal,) = sandbox.create(
            [{"Name": "Forty vans", "StageName": "Prospecting", "CloseDate": "2026-12-31",
              "Brand__c": "Peugeot"}],
            object="Opportunity",
        )  # fmt: skip
        (ticket,) = sandbox.create([{"Brand__c": "Peugeot", "Kind__c": "Repair"}], object=TICKET)
        (call,) = sandbox.create([{"Subject": "Call back"}], object="Task")
        until_decided(network, deal, ticket, call)
        for object, id, name in (
            ("Opportunity", deal, "fleet"),
            (TICKET, ticket, "tickets"),
        ):
            found = row(network, object, id, "Ortoo_SLA_Clocks__c", "Ortoo_SLA_Status__c")
            assert found["OwnerId"].startswith("005")
            assert found["Ortoo_Policy__c"] == name
            assert found["Ortoo_Rooftop__c"] == seed.FLAGSHIP_ROOFTOP_ID
            assert found["Ortoo_SLA_Status__c"] == "Running"
            assert network.proof(id)["Outcome__c"] == "assigned"
        assert row(network, "Task", call)["OwnerId"].startswith("005")
        assert {"created"} == {network.proof(id)["Reason__c"] for id in (deal, ticket, call)}
        before = {id: row(network, object, id)["OwnerId"] for object, id in
                  (("Opportunity", deal), (TICKET, ticket))}  # fmt: skip
        sandbox.shift_clock(31 * 60)
        wait_until(
            lambda: all(len(network.proofs([id])[id]) == 2 for id in before),
            90,
            "the clocks take them from who did not answer",
        )
        assert row(network, "Opportunity", deal)["OwnerId"] != before[deal]
        assert row(network, TICKET, ticket)["OwnerId"] != before[ticket]
        assert daemon.terminate() == 0
