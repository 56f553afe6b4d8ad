"""Dealers answer the e-mail by which they were handed a lead: it is accepted, or goes to the next rooftop."""

from __future__ import annotations

from shutil import copytree
from typing import Any

from tests.acceptance.dealer_systems import dealer
from tests.acceptance.network import Network
from tests.processes import ROOT, wait_until

WHY = "Ortoo_Return_Reason__c"
ACTION: dict[str, Any] = {
    "handoff": {
        "send": "adf",
        "by": "smtp",
        "to": "{{ rooftop.Code|lower }}@crm.example",
        "replies": [
            {"says": ["accepted"], "set": {"Status": "Working - Contacted"}},
            {"says": ["return"], "set": {WHY: "$reply"}},
        ],
    },
    "offer": {
        "for": "2h",
        "hours": "24x7",
        "accepted_by": [{"Status": ["Working - Contacted"]}],
        "on_lapse": [{"reassign": {"within": "group"}}],
    },
    "returns": {"reason": WHY, "steps": [{"reassign": {"within": "group"}}]},
}


def test_a_reply_accepts_a_lead_and_another_returns_one_to_the_next_rooftop(
    network: Network,
) -> None:
    sandbox = network.sandbox

    def stands(id: str) -> dict[str, Any]:
        names = ("Ortoo_Handoff__c", "Ortoo_Handoff_Id__c", "Ortoo_Handoff_To__c", "Status")
        return network.lead(id, *names, "Ortoo_Custody__c", "Ortoo_Rooftop__c")

    def answer(id: str, text: str) -> None:
        mark = stands(id)["Ortoo_Handoff_Id__c"][:12]
        row = {"Subject": f"Re: Lead {id} (ref {mark})", "TextBody": text, "Incoming": True}
        row |= {"FromAddress": "desk@crm.example", "ToAddress": "leads@oem.example"}
        sandbox.create([row], object="EmailMessage", user="admin@ortoo.example")

    with dealer() as crm:
        copytree(ROOT / "config" / "templates", network.folder / "templates")
        smtp = {"host": "127.0.0.1", "port": crm.port, "tls": "none", "sender": "leads@oem.example"}
        settings = {"handoff": {"smtp": smtp}, "sweeps": {"reconcile_every": "1s"}}
        with network.daemon(policy={"action": ACTION}, settings=settings) as daemon:
            daemon.until_ready()
            accepted, returned = ids = network.leads(2)
            wait_until(
                lambda: all(stands(id)["Ortoo_Handoff__c"] == "Sent" for id in ids), 30, "both sent"
            )
            first = stands(returned)
            answer(accepted, "Accepted.\n\nOn Monday leads@oem.example wrote:\n> return")
            answer(returned, "Return: no such car here")
            wait_until(
                lambda: (
                    stands(returned)["Ortoo_Handoff_To__c"] != first["Ortoo_Handoff_To__c"]
                    and stands(returned)["Ortoo_Handoff__c"] == "Sent"
                ),
                40,
                f"the next rooftop: {stands(returned)}",
            )
            wait_until(
                lambda: "accepted by" in (stands(accepted)["Ortoo_Custody__c"] or ""),
                20,
                "the acceptance",
            )
            then = stands(returned)
    assert stands(accepted)["Status"] == "Working - Contacted"
    assert then["Ortoo_Rooftop__c"] == then["Ortoo_Handoff_To__c"]
    assert "given back by" in then["Ortoo_Custody__c"]
    assert "Return: no such car here" in then["Ortoo_Custody__c"]
    assert then["Ortoo_Custody__c"].count("handed to") == 2
    assert len(crm.taken) == 3
