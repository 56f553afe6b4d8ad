"""Edited policies come into force in the running daemon; wrong ones do not, and say why."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import DaemonProcess, Row, wait_until

UNROUTED = {"queue": seed.UNROUTED_QUEUE}
NOW = "2026-11-23T10:15:00+01:00"
WATCHED = {"watch": {"listen": "127.0.0.1:0"}}


class Manager:
    """What systemd would hear."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "notify.sock")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.setblocking(False)
        self._heard: list[str] = []

    @property
    def heard(self) -> list[str]:
        while True:
            try:
                message = self._socket.recv(4096).decode()
            except BlockingIOError:
                return self._heard
            if message != "WATCHDOG=1":
                self._heard.append(message)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    found = Manager(tmp_path)
    yield found
    found.close()


@pytest.fixture
def daemon(network: Network, manager: Manager) -> Iterator[DaemonProcess]:
    """A daemon that routes this test's leads to the flagship's people."""
    config = network.write(settings=WATCHED)
    with DaemonProcess(config, environment={"NOTIFY_SOCKET": manager.path}) as process:
        yield process.until_ready()


def policy_file(network: Network) -> Path:
    return network.folder / "policies" / "leads.yaml"


def assign(network: Network, target: Row) -> None:
    """Edit the policy in place, as an editor does: the file is empty for a moment."""
    document = yaml.safe_load(policy_file(network).read_text())
    document["ownership"]["rules"] = [{"name": "all", "assign": target}]
    policy_file(network).write_text(yaml.safe_dump(document))


def address(daemon: DaemonProcess) -> str:
    return "http://" + daemon.until_logged("watch.listening")["address"]


def metric(daemon: DaemonProcess, name: str) -> float:
    text = requests.get(address(daemon) + "/metrics", timeout=30).text
    (line,) = (each for each in text.splitlines() if each.startswith(name + " "))
    return float(line.split()[1])


def owner_of_a_new_lead(network: Network) -> str:
    (lead,) = network.leads(1)
    wait_until(lambda: network.lead(lead)["Ortoo_Decided_At__c"], 20, "a decision")
    return str(network.lead(lead)["OwnerId"])


def policies_part(daemon: DaemonProcess) -> Row:
    answer = requests.get(address(daemon) + "/readyz", timeout=30)
    assert answer.status_code == 200, answer.text
    (part,) = (each for each in answer.json()["parts"] if each["name"] == "policies")
    return dict(part)


def test_an_edit_takes_effect_for_the_next_record_without_a_restart(
    network: Network, daemon: DaemonProcess, manager: Manager
) -> None:
    assert owner_of_a_new_lead(network).startswith("005")
    before = daemon.until_logged("service.starting")["revision"]
    assign(network, UNROUTED)
    said = daemon.until_logged("policies.reloaded")
    assert said["before"] == before != said["revision"]
    assert said["changed"] == [network.company.lower().replace(" ", "-")]
    assert said["removed"] == []
    assert daemon.events("policies.refused") == []  # half-written files are waited for
    assert owner_of_a_new_lead(network).startswith("00G")
    ready = f"READY=1\nSTATUS=routing by revision {said['revision']}"
    wait_until(lambda: ready in manager.heard, 5, "the service manager to be told")
    (reloading,) = (each for each in manager.heard if each.startswith("RELOADING=1"))
    assert "\nMONOTONIC_USEC=" in reloading
    rows = network.sandbox.query("SELECT Name_Key__c, Revision__c FROM Ortoo_Policy__c")
    assert {"Name_Key__c": said["changed"][0], "Revision__c": said["revision"]} in rows


def test_a_wrong_edit_leaves_the_policies_in_force_and_says_where_it_is_wrong(
    network: Network, daemon: DaemonProcess, manager: Manager
) -> None:
    good = policy_file(network).read_text()
    revision = daemon.until_logged("service.starting")["revision"]
    loaded_at = metric(daemon, "ortoo_policies_last_load_timestamp_seconds")
    policy_file(network).write_text(good + "onwership: {}\n")
    said = daemon.until_logged("policies.refused")
    line = len(good.splitlines()) + 1
    assert said["revision"] == revision
    assert said["count"] == len(said["problems"]) == 1
    place = f"{policy_file(network).as_posix()}:{line}:1: "
    assert said["problems"][0].startswith(place)
    assert "onwership" in said["problems"][0]
    assert owner_of_a_new_lead(network).startswith("005")

    part = policies_part(daemon)
    assert part["ok"] is True
    assert place in part["why"]
    assert metric(daemon, "ortoo_policies_last_load_successful") == 0
    assert metric(daemon, "ortoo_policies_last_load_timestamp_seconds") > loaded_at
    told = f"READY=1\nSTATUS=routing by revision {revision}; an edit was refused: {place}"
    wait_until(lambda: any(each.startswith(told) for each in manager.heard), 5, "systemctl status")

    policy_file(network).write_text(good)
    daemon.until_logged("policies.unchanged")
    assert policies_part(daemon)["why"] == ""
    assert metric(daemon, "ortoo_policies_last_load_successful") == 1


def test_an_edit_that_the_org_does_not_bear_out_is_refused(
    network: Network, daemon: DaemonProcess
) -> None:
    assign(network, {"queue": "Nobody_Made_This_Queue"})
    (problem,) = daemon.until_logged("policies.refused")["problems"]
    assert problem.startswith(policy_file(network).as_posix())
    assert "Nobody_Made_This_Queue" in problem


def test_an_edit_whose_policy_tests_fail_is_refused(
    network: Network, daemon: DaemonProcess
) -> None:
    tests = policy_file(network).with_name("leads_test.yaml")
    name = network.company.lower().replace(" ", "-")
    case = {
        "name": "a person gets it",
        "given": {"Company": network.company, "LastName": "Roy"},
        "expect": {"rule": "another"},
    }
    tests.write_text(yaml.safe_dump({"policy": name, "now": NOW, "cases": [case]}))
    assign(network, UNROUTED)
    problems = daemon.until_logged("policies.refused")["problems"]
    assert [text.partition(":")[0] for text in problems] == [tests.as_posix()], problems
    assert owner_of_a_new_lead(network).startswith("005")


def test_sighup_has_the_files_looked_through_and_ends_nothing(
    network: Network, daemon: DaemonProcess
) -> None:
    os.kill(daemon.process.pid, signal.SIGHUP)
    said = daemon.until_logged("policies.unchanged")
    assert said["revision"] == daemon.until_logged("service.starting")["revision"]
    assert daemon.running()
    assert daemon.terminate() == 0


def test_a_touched_file_is_no_edit_and_a_swapped_link_is_one(
    network: Network, manager: Manager
) -> None:
    config = network.write()
    folder = network.folder / "policies"
    first = folder.rename(network.folder / "first")
    folder.symlink_to(first)
    with DaemonProcess(config) as daemon:
        daemon.until_ready()
        os.utime(first / "leads.yaml")
        second = network.folder / "second"
        second.mkdir()
        text = (first / "leads.yaml").read_text()
        (second / "leads.yaml").write_text(text.replace("name: all", "name: everybody"))
        swapped = network.folder / "swapped"
        swapped.symlink_to(second)
        swapped.replace(folder)
        daemon.until_logged("policies.reloaded")
        assert daemon.events("policies.unchanged") == []


def test_an_edit_waits_for_an_org_that_can_not_be_asked(
    network: Network, daemon: DaemonProcess
) -> None:
    network.sandbox.fault("error", path="v66.0/sobjects$", status=503, times=None)
    assign(network, UNROUTED)
    assert daemon.until_logged("policies.reload_delayed", within=25)["again_in"] > 0
    assert "waits for the org" in policies_part(daemon)["why"]
    network.sandbox.heal()
    os.kill(daemon.process.pid, signal.SIGHUP)
    daemon.until_logged("policies.reloaded")
