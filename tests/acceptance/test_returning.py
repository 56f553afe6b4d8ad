"""An edit by which records no longer find an owner is taken back by itself, and stays out until mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from tests.acceptance.network import FLAGSHIP, Network
from tests.cli.command import ortoo
from tests.processes import DaemonProcess, wait_until

SETTINGS = {
    "watch": {"listen": "127.0.0.1:0"},
    "reload": {"return_when": {"otherwise_above": 50, "over": 10}},
}


@pytest.fixture
def daemon(network: Network) -> Iterator[DaemonProcess]:
    with DaemonProcess(network.write(settings=SETTINGS)) as process:
        yield process.until_ready()


def policy_file(network: Network) -> Path:
    return network.folder / "policies" / "leads.yaml"


def edit(network: Network, brand: str, **more: str) -> str:
    """The rule takes one brand alone. The file as it was."""
    before = policy_file(network).read_text()
    document = yaml.safe_load(before)
    rule = {"name": "all", "when": {"Brand__c": brand}, "assign": FLAGSHIP}
    document["ownership"]["rules"] = [rule]
    policy_file(network).write_text(yaml.safe_dump(document | more))
    return before


def route(network: Network, number: int, **values: str) -> list[str]:
    ids = network.leads(number, Brand__c="Renault", **values)
    network.until_routed(ids)
    return ids


def of_people(network: Network, ids: list[str]) -> int:
    return sum(network.lead(id)["OwnerId"].startswith("005") for id in ids)


def test_an_edit_that_sends_records_to_the_default_queue_is_taken_back_and_everybody_told(
    network: Network, daemon: DaemonProcess
) -> None:
    good = daemon.until_logged("service.starting")["revision"]
    assert of_people(network, route(network, 10)) == 10
    text = edit(network, "Peugeot")
    bad = daemon.until_logged("policies.reloaded")["revision"]
    assert of_people(network, route(network, 6)) == 0

    said = daemon.until_logged("policies.returned")
    assert (said["before"], said["revision"]) == (bad, good)
    assert (said["otherwise"], said["records"]) == (6, 6)
    assert (said["otherwise_before"], said["records_before"]) == (0, 10)
    assert of_people(network, route(network, 3)) == 3

    address = "http://" + daemon.until_logged("watch.listening")["address"]
    status = requests.get(f"{address}/status", timeout=30).json()
    assert status["ready"]
    assert status["policies"]["revision"] == good
    (refused,) = status["policies"]["refused"]
    assert refused.startswith(f"{policy_file(network)}:")
    assert "6 went to its otherwise" in refused
    metrics = requests.get(f"{address}/metrics", timeout=30).text
    assert "ortoo_policies_returned_total 1.0" in metrics
    assert "ortoo_policies_last_load_successful 0.0" in metrics
    shown = ortoo("status", "--once", "--address", address.removeprefix("http://"))
    assert "an edit was taken back" in shown.out

    def row() -> dict[str, object] | None:
        names = "Outcome__c, Revision__c, Revision_Before__c, Summary__c"
        query = f"SELECT {names} FROM Ortoo_Policy_Load__c WHERE Revision_Before__c = '{bad}'"
        rows = network.sandbox.query(query)
        return rows[0] if rows else None

    told = wait_until(row, 10, "the row of the load")
    assert (told["Outcome__c"], told["Revision__c"]) == ("returned", good)
    assert str(told["Summary__c"]).startswith(f"Taken back, revision {good} is in force again: ")

    # asked to look through it again it is still the same edit
    daemon.process.send_signal(1)
    policy_file(network).write_text(text)
    daemon.until_logged("policies.unchanged")
    assert daemon.events("policies.returned") == [said]


def test_a_restart_does_not_bring_the_edit_back_and_mending_it_does(network: Network) -> None:
    config = network.write(settings=SETTINGS)
    with DaemonProcess(config) as daemon:
        good = daemon.until_ready().until_logged("service.starting")["revision"]
        edit(network, "Peugeot")
        daemon.until_logged("policies.reloaded")
        route(network, 6)
        daemon.until_logged("policies.returned")
        assert daemon.terminate() == 0
    with DaemonProcess(config) as daemon:
        daemon.until_ready()
        assert daemon.until_logged("policies.last_good_in_force")["revision"] == good
        assert of_people(network, route(network, 2)) == 2
        assert daemon.events("policies.reloaded") == []
        address = "http://" + daemon.until_logged("watch.listening")["address"]
        (refused,) = requests.get(f"{address}/status", timeout=30).json()["policies"]["refused"]
        assert "6 went to its otherwise" in refused
        edit(network, "Renault")
        daemon.until_logged("policies.reloaded")
        assert of_people(network, route(network, 12)) == 12
        assert daemon.events("policies.returned") == []
        status = requests.get(f"{address}/status", timeout=30).json()
        assert status["policies"]["refused"] == []


def test_an_edit_is_kept_where_the_org_sent_as_many_there_before(network: Network) -> None:
    config = network.write(settings=SETTINGS)
    edit(network, "Peugeot")
    with DaemonProcess(config) as daemon:
        daemon.until_ready()
        assert of_people(network, route(network, 10)) == 0
        edit(network, "Opel")
        daemon.until_logged("policies.reloaded")
        assert of_people(network, route(network, 12)) == 0
        assert daemon.events("policies.returned") == []
