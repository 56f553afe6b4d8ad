"""Somebody misses target after target: colleagues get what comes, the manager is told, a call ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from shutil import copytree
from typing import Any
from zoneinfo import ZoneInfo

import requests
import yaml

from ortoo_daemon.instants import instant_text
from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.acceptance.test_absence import CHOSEN, advisers
from tests.processes import ROOT, DaemonProcess, Row, wait_until

MISSED = 3


def daemon_of(network: Network) -> DaemonProcess:
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    config = network.write(
        assign=CHOSEN,
        settings={"sweeps": {"directory_every": "1s", "absence_every": "1s"}},
    )
    file = network.folder / "directory.yaml"
    directory = yaml.safe_load(file.read_text())
    directory["absences"] = {"missed": {"in_a_row": MISSED}}
    file.write_text(yaml.safe_dump(directory))
    return DaemonProcess(config)


def missed(network: Network, person: str, leads: list[str]) -> None:
    """What the daemon leaves of targets that passed with somebody."""
    (now,) = network.sandbox.query("SELECT MAX(CreatedDate) at FROM Lead")
    rows = [
        {
            "Ortoo_Key__c": f"{lead}:sla",
            "Object__c": "Lead",
            "Record_Id__c": lead,
            "Reason_Code__c": "sla_violation",
            "Owner_Before__c": person,
            "Decided_At__c": now["at"],
        }
        for lead in leads
    ]
    network.sandbox.create(rows, user=seed.ADMIN_USER_ID, object="Ortoo_Decision__c")


def inferred(daemon: DaemonProcess, person: str) -> Row | None:
    found = daemon.events("absence.inferred")
    return next((each for each in found if each["person"] == person), None)


def bells(network: Network, ids: list[str]) -> list[Row]:
    told: dict[str, Any] = network.sandbox.control("GET", "/told")
    return [each for each in told["bells"] if each["target"] in ids]


def test_targets_missed_in_a_row_keep_new_leads_away_until_a_sign_of_life(network: Network):
    person, *others = advisers(network)
    with daemon_of(network) as daemon:
        daemon.until_ready()
        ids = network.leads(MISSED, Preferred_Dealer__c=seed.FLAGSHIP_ROOFTOP_ID)
        network.until_routed(ids)
        missed(network, person, ids)
        told = wait_until(lambda: inferred(daemon, person), 20, "the absence")
        (bell,) = wait_until(lambda: bells(network, ids), 20, "the manager's bell")
        fresh = network.leads(2 * len(others), Preferred_Dealer__c=seed.FLAGSHIP_ROOFTOP_ID)
        network.until_routed(fresh)
        read = len(daemon.events("directory.read"))
        call = {"Subject": "Call", "OwnerId": person}
        network.sandbox.create([call], user=person, object="Task")
        wait_until(lambda: len(daemon.events("directory.read")) > read, 20, "the directory")
        later = network.leads(2 * (len(others) + 1), Preferred_Dealer__c=seed.FLAGSHIP_ROOFTOP_ID)
        network.until_routed(later)
    assert told["told"] == 1
    (name,) = network.sandbox.query(f"SELECT Name FROM User WHERE Id = '{person}'")
    assert name["Name"] in bell["title"]
    assert person not in bell["recipients"]
    assert person not in {row["OwnerId"] for row in network.read(fresh).values()}
    assert person in {row["OwnerId"] for row in network.read(later).values()}


def test_a_manager_hears_of_a_planned_absence_once_whatever_the_restarts(network: Network):
    sandbox = network.sandbox
    copytree(ROOT / "config" / "templates", network.folder / "templates")
    where = f"Ortoo_Rooftop__c = '{seed.FLAGSHIP_ROOFTOP_ID}' AND ManagerId != null"
    adviser, manager = (
        sandbox.query(
            f"SELECT Id, ManagerId FROM User WHERE {where} AND Ortoo_Role__c = 'sales_adviser' "
            "AND IsActive = true ORDER BY Id LIMIT 1"
        )[0][name]
        for name in ("Id", "ManagerId")
    )
    begins_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    leave = {
        "OwnerId": adviser,
        "Subject": "Holiday",
        "ShowAs": "OutOfOffice",
        "StartDateTime": instant_text(begins_at),
        "EndDateTime": instant_text(begins_at + timedelta(days=1)),
    }
    (event,) = sandbox.create([leave], user=seed.ADMIN_USER_ID, object="Event")

    def bells() -> list[Row]:
        told = sandbox.control("GET", "/told")["bells"]
        return [each for each in told if each["target"] == manager]

    files: dict[str, Any] = {
        "policy": {"absence": {"move": "all"}},
        "settings": {
            "sweeps": {"absence_every": "1s"},
            "notices": {"planned_absences": {"not_before": "00:00"}},
            "watch": {"listen": "127.0.0.1:0"},
        },
    }

    def looked(daemon: DaemonProcess) -> bool:
        address = daemon.until_logged("watch.listening")["address"]
        text = requests.get(f"http://{address}/metrics", timeout=10).text
        return 'ortoo_sweep_runs_total{sweep="absences_ahead"}' in text

    try:
        with network.daemon(**files) as daemon:
            daemon.until_ready()
            (bell,) = wait_until(bells, 30, "the manager's list")
            assert daemon.terminate() == 0
        with network.again() as daemon:
            daemon.until_ready()
            wait_until(lambda: looked(daemon), 30, "another look")
            assert daemon.terminate() == 0
            assert not daemon.events("absence.ahead")
    finally:
        sandbox.control("POST", "/act", {"user": seed.ADMIN_USER_ID, "delete": [event]})
    assert bells() == [bell]
    assert bell["recipients"] == [manager]
    where_they_work = begins_at.astimezone(ZoneInfo("Europe/Paris"))
    assert f"{where_they_work:%Y-%m-%d %H:%M}" in bell["body"]
