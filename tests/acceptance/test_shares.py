"""A lead is shown to others once the customer agrees, whatever befalls the daemon; every face tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.acceptance.network import Network
from tests.cli.command import ortoo
from tests.processes import wait_until

ACTION = {
    "share": {
        "with": {"group": "Launch_Partners"},
        "consent": {"Dealer_Sharing_Consent__c": True},
    }
}
HELD, SHARED = "Held: no consent: Launch_Partners", "Shared: Launch_Partners"


def sharing(network: Network, id: str) -> str:
    return str(network.lead(id, "Ortoo_Sharing__c")["Ortoo_Sharing__c"])


def rows(network: Network, id: str) -> list[Mapping[str, Any]]:
    where = f"LeadId = '{id}' AND RowCause = 'Manual'"
    return network.sandbox.query(f"SELECT Id FROM LeadShare WHERE {where}")


def until(network: Network, id: str, text: str, shares: int) -> None:
    """With its proof, which comes last."""

    def stands() -> bool:
        proven = {row["Ortoo_Key__c"] for row in network.proofs([id])[id]}
        key = network.lead(id)["Ortoo_Decision_Key__c"]
        return sharing(network, id) == text and len(rows(network, id)) == shares and key in proven

    wait_until(stands, 30, f"{id}: {text}, {shares} shares")


def test_consent_that_comes_later_shares_a_lead_once_though_the_daemon_forgets_all(
    network: Network,
) -> None:
    config = network.write(policy={"action": ACTION})
    with network.again() as daemon:
        daemon.until_ready()
        first, second, third = network.leads(3, Dealer_Sharing_Consent__c=False)
        for id in (first, second, third):
            until(network, id, HELD, 0)
        network.sandbox.change(first, Dealer_Sharing_Consent__c=True)
        until(network, first, SHARED, 1)
        assert daemon.terminate() == 0
    network.sandbox.change(second, Dealer_Sharing_Consent__c=True)
    network.sandbox.change(first, Dealer_Sharing_Consent__c=False)
    network.forget_state()
    with network.again() as daemon:
        daemon.until_ready()
        until(network, second, SHARED, 1)
        until(network, first, HELD, 0)
        assert daemon.terminate() == 0
    assert (sharing(network, third), rows(network, third)) == (HELD, [])
    assert [len(network.proofs([each])[each]) for each in (first, second, third)] == [3, 2, 1]
    told = ortoo("why", first, "--json", "--config", str(config)).json()
    lines = [each["text"] for each in told["story"] if each["kind"] == "shared"]
    assert [line.rpartition(" (")[0] for line in lines] == [
        "not with Launch_Partners yet: no consent",
        "with Launch_Partners (read)",
        "no longer with Launch_Partners: no consent",
    ]
    assert "policies/leads.yaml:3:" in lines[1]
    assert told["shared"] == []
