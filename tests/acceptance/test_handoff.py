"""A lead reaches the dealer's own system by e-mail, once, whatever befalls the daemon meanwhile."""

from __future__ import annotations

from shutil import copytree
from typing import Any

from ortoo_daemon.intake.adf.reading import read_adf
from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.dealer_systems import dealer
from tests.acceptance.network import Network
from tests.processes import ROOT, DaemonProcess, Row, wait_until
from tests.services.handoff.receivers import Receiver

ACTION = {
    "handoff": {
        "consent": {"Dealer_Sharing_Consent__c": True},
        "send": "adf",
        "by": "smtp",
        "to": "{{ rooftop.Code|lower }}@crm.example",
        "map": {"make": "Brand__c", "model": "Model__c"},
    }
}


def daemon_of(network: Network, crm: Receiver) -> DaemonProcess:
    copytree(ROOT / "config" / "templates", network.folder / "templates", dirs_exist_ok=True)
    smtp = {"host": "127.0.0.1", "port": crm.port, "tls": "none", "sender": "leads@oem.example"}
    settings: dict[str, Any] = {"handoff": {"provider": "Example Motors", "smtp": smtp}}
    return network.daemon(policy={"action": ACTION}, settings=settings)


def state(network: Network, id: str) -> Row:
    return network.lead(
        id, "Ortoo_Handoff__c", "Ortoo_Handoff_To__c", "Ortoo_Handoff_Id__c", "Ortoo_Custody__c"
    )


def until(network: Network, id: str, word: str) -> Row:
    wait_until(
        lambda: str(state(network, id)["Ortoo_Handoff__c"]).startswith(word), 25, f"{id}: {word}"
    )
    return state(network, id)


def test_a_lead_with_consent_reaches_the_dealer_and_one_without_waits(network: Network) -> None:
    with dealer() as crm, daemon_of(network, crm) as daemon:
        daemon.until_ready()
        (id,) = network.leads(1, Dealer_Sharing_Consent__c=True, Model__c="Clio")
        (held,) = network.leads(1, Dealer_Sharing_Consent__c=False)
        found = until(network, id, "Sent")
        until(network, held, "Held: no consent")
        (sent,) = [read_adf(each).prospects[0] for each in crm.documents]
    assert found["Ortoo_Handoff_To__c"] == seed.FLAGSHIP_ROOFTOP_ID
    assert crm.ids == [f"<{found['Ortoo_Handoff_Id__c']}@oem.example>"]
    assert sent.ids[0].value == id
    assert (sent.wanted[0].model, sent.provider.name) == ("Clio", "Example Motors")
    assert "by smtp" in found["Ortoo_Custody__c"]


def test_a_kill_before_the_receipt_repeats_the_same_mail(network: Network) -> None:
    with dealer() as crm:
        with daemon_of(network, crm) as daemon:
            daemon.until_ready()
            crm.on_taken = daemon.kill
            (id,) = network.leads(1, Dealer_Sharing_Consent__c=True)
            wait_until(lambda: crm.ids, 25, "the mail")
            daemon.wait()
        crm.on_taken = lambda: None
        assert state(network, id)["Ortoo_Handoff__c"] == "Due"
        with network.again() as daemon:
            daemon.until_ready()
            network.sandbox.query("SELECT Id FROM Lead LIMIT 1")
            found = wait_until(lambda: len(crm.ids) > 1 and until(network, id, "Sent"), 60, "again")
    assert len(set(crm.ids)) == len(crm.taken) == 1
    assert crm.ids[0] == f"<{found['Ortoo_Handoff_Id__c']}@oem.example>"
