"""A record that no policy takes is read once, and again when it changes or other policies come into force."""

from __future__ import annotations

from typing import Any

import requests

from tests.acceptance.network import Network
from tests.processes import DaemonProcess, Row, wait_until

SETTINGS: Row = {"watch": {"listen": "127.0.0.1:0"}, "sweeps": {"reconcile_every": "1s"}}


def status(daemon: DaemonProcess) -> Row:
    base = f"http://{daemon.until_logged('watch.listening')['address']}"
    found: Row = requests.get(f"{base}/status", timeout=30).json()
    return found


def passed_over(daemon: DaemonProcess) -> int:
    """How often a record was read for nothing."""
    return int(status(daemon)["records"]["by_reason"].get("not_entered", 0))


def until_swept(daemon: DaemonProcess, times: int = 2) -> None:
    before = len(daemon.events("sweep.reconcile"))
    wait_until(lambda: len(daemon.events("sweep.reconcile")) >= before + times, 30, "sweeps")
    wait_until(lambda: status(daemon)["queue"]["ready"] == 0, 10, "an empty queue")


def test_what_no_policy_takes_is_read_once_until_it_changes(network: Network):
    mine = network.company
    network.leads(20, Title="Not for us")
    network.company = f"{mine} only"
    policy: dict[str, Any] = {"enter": {"Company": network.company}}
    with network.daemon(settings=SETTINGS, policy=policy) as daemon:
        daemon.until_ready()
        network.sandbox.shift_clock(60)  # so that their last change is no longer a moment ago
        until_swept(daemon, 3)
        read = passed_over(daemon)
        assert read >= 20
        until_swept(daemon, 4)
        assert passed_over(daemon) == read
        found = daemon.events("sweep.reconcile")[-1]
        assert found["found"] >= 20
        assert found["put"] == 0
        one = network.sandbox.query(f"SELECT Id FROM Lead WHERE Company = '{mine}' LIMIT 1")[0]
        network.sandbox.change(one["Id"], Company=network.company)
        network.until_routed([one["Id"]])
        assert daemon.terminate() == 0
