"""Whatever befalls dealers' servers, a lead gets there once by its id, and every face says how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.acceptance.dealer_systems import dealer
from tests.acceptance.network import Network
from tests.cli.command import ortoo
from tests.intake.adf.test_writing import assert_valid
from tests.processes import ROOT, wait_until
from tests.services.handoff.receivers import Receiver, mail_server, web_server

HANDOFF = {"send": "adf", "consent": {"Dealer_Sharing_Consent__c": True}}
BY_MAIL = HANDOFF | {"by": "smtp", "to": "{{ City }}@crm.example"}


def write(network: Network, mail: Receiver, web: Receiver) -> Path:
    """One policy hands over by e-mail, another by HTTP; the city is the address."""
    smtp = {"host": "127.0.0.1", "port": mail.port, "tls": "none", "sender": "leads@oem.example"}
    ways = {"smtp": smtp, "http": {"origins": [web.url]}}
    settings = {
        "handoff": {"provider": "Example Motors", **ways},
        "templates": str(ROOT / "config" / "templates"),
    }
    config = network.write(policy={"action": {"handoff": BY_MAIL}}, settings=settings)
    policies = config.parent / "policies"
    by_web = yaml.safe_load((policies / "leads.yaml").read_text())
    by_web["policy"], by_web["enter"]["Company"] = "by-web", f"{network.company} web"
    by_web["action"]["handoff"] = HANDOFF | {"by": "http", "to": f"{web.url}/leads"}
    (policies / "web.yaml").write_text(yaml.safe_dump(by_web))
    return config


def state(network: Network, id: str) -> str:
    return str(network.lead(id, "Ortoo_Handoff__c")["Ortoo_Handoff__c"])


def until(network: Network, ids: list[str], word: str) -> None:
    wait_until(
        lambda: all(state(network, id).startswith(word) for id in ids),
        30,
        f"{word}: {[state(network, id) for id in ids]}",
    )


def all_ended(address: str, number: int) -> dict[str, Any] | None:
    """What `status` shows, once so many were sent or given up and a look since has found none waiting."""
    found = ortoo("status", "--once", "--json", "--address", address).json()["handoffs"]
    tries = [way["tries"] for way in found.values()]
    ended = sum(each.get("sent", 0) + each.get("given_up", 0) for each in tries)
    waits = any(way["failing"] for way in found.values())
    return found if ended == number and not waits else None


def test_leads_reach_dealers_once_whatever_fails_and_dead_letters_are_told(
    network: Network,
) -> None:
    with dealer(mail_server) as mail, dealer(web_server) as web:
        config = write(network, mail, web)
        with network.again() as daemon:
            daemon.until_ready()
            address = daemon.until_logged("watch.listening")["address"]
            mail.fails, web.fails = ["451 4.3.0 later", "reset"], ["500", "reset"]
            agreed: dict[str, Any] = {"Dealer_Sharing_Consent__c": True, "City": "desk"}
            (refused,) = network.leads(1, **{**agreed, "City": "nobody"})
            mailed = network.leads(3, **agreed)
            posted = network.sandbox.leads(3, Company=f"{network.company} web", **agreed)
            until(network, mailed + posted, "Sent")
            until(network, [refused], "Failed: the mail server said 550")
            status = wait_until(lambda: all_ended(address, 7), 20, "figures of a look since")
        told = [
            ortoo("why", each, "--json", "--config", str(config)).json()
            for each in (refused, posted[0])
        ]
        parked = ortoo("parked", "--config", str(config))
    for server, ids in ((mail, mailed), (web, posted)):
        assert len(server.taken) == len(ids), "each once, by its id"
        assert len(server.ids) > len(ids), "a lost answer made one come again"
        for document in server.taken.values():
            assert_valid(document.strip())
    tries = status["smtp"]["tries"]
    assert (tries["sent"], tries["failed"], tries["given_up"]) == (3, 2, 1)
    assert (status["http"]["tries"]["sent"], status["http"]["failing"]) == (3, 0)
    assert told[0]["handoff"] == "Failed: the mail server said 550"
    lines = [each for each in told[0]["story"] if each["kind"] == "handoff"]
    assert [(each["outcome"], each["note"]) for each in lines] == [
        ("given_up", "the mail server said 550")
    ]
    assert [each["kind"] for each in told[1]["story"]][:2] == ["created", "decided"]
    assert told[1]["story"][-1]["outcome"] == "sent"
    assert "receipt r-1" in told[1]["story"][-1]["text"]
    assert f"{refused}\tLead" in parked.out
    assert "ortoo-daemon handoffs --resend RECORD_ID" in parked.out
