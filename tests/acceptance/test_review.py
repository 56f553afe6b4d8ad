"""Parked records are taken up again when their reason is gone, and left alone when it is not."""

from __future__ import annotations

import re
from typing import Any

import requests

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import DISPATCHER, DaemonProcess, Row, wait_until

REQUIRE: Row = {"intake": {"require": {"any": ["Phone"], "else": {"park": "no_phone"}}}}
SETTINGS: Row = {
    "watch": {"listen": "127.0.0.1:0"},
    "sweeps": {"review_every": "1s", "directory_every": "1s"},
}
PARKING = ("LastModifiedDate",)


def daemon_of(network: Network, **policy: Any) -> DaemonProcess:
    return network.daemon(settings=SETTINGS, policy=policy)


def until_parked(network: Network, id: str, reason: str) -> Row:
    def parked() -> Row | None:
        lead = network.lead(id, *PARKING)
        return lead if str(lead["Ortoo_Parked__c"] or "").startswith(reason) else None

    return wait_until(parked, 30, f"{id} parked for {reason}")


def until_reviewed(daemon: DaemonProcess, times: int = 2) -> None:
    """So many more reviews have run, and what they put is handled."""
    before = len(daemon.events("sweep.review"))
    wait_until(lambda: len(daemon.events("sweep.review")) >= before + times, 30, "reviews")
    wait_until(lambda: status(daemon)["queue"]["ready"] == 0, 10, "an empty queue")


def status(daemon: DaemonProcess) -> Row:
    base = f"http://{daemon.until_logged('watch.listening')['address']}"
    found: Row = requests.get(f"{base}/status", timeout=30).json()
    return found


def put(daemon: DaemonProcess) -> int:
    return sum(each["put"] for each in daemon.events("sweep.review"))


def keys(network: Network, id: str) -> list[str]:
    rows = network.proofs([id]).get(id, [])
    return sorted(row["Ortoo_Key__c"].partition(":")[2].partition(":")[0] for row in rows)


def test_a_lead_whose_missing_field_is_filled_is_routed_and_the_others_are_not_touched(
    network: Network,
):
    with daemon_of(network, **REQUIRE) as daemon:
        daemon.until_ready()
        filled, empty = network.leads(2)
        until_parked(network, filled, "no_phone")
        before = until_parked(network, empty, "no_phone")
        until_reviewed(daemon)
        looked_at = put(daemon)
        until_reviewed(daemon, 3)
        assert put(daemon) == looked_at, "nothing has changed, so nothing is looked at"
        network.sandbox.change(filled, Phone="+33123456789")
        wait_until(lambda: network.lead(filled)["Ortoo_Parked__c"] is None, 30, "it is routed")
        wait_until(lambda: keys(network, filled) == ["first", "reviewed"], 10, "its proof")
        until_reviewed(daemon)
        assert daemon.terminate() == 0
    assert network.lead(filled)["OwnerId"].startswith("005")
    assert network.lead(filled)["OwnerId"] != seed.WEB_FORMS_USER_ID
    assert network.lead(empty, *PARKING) == before
    assert keys(network, empty) == ["first"]


def test_a_queue_that_takes_leads_again_frees_what_had_no_target(network: Network):
    org = network.sandbox
    where = f"DeveloperName = '{seed.FLEET_QUEUE}'"
    (queue,) = org.query(f"SELECT Id FROM Group WHERE {where}")
    wanted = f"QueueId = '{queue['Id']}' AND SobjectType = 'Lead'"
    (link,) = org.query(f"SELECT Id FROM QueueSobject WHERE {wanted}")
    target = {"queue": seed.FLEET_QUEUE}
    with network.daemon(assign=target, otherwise=target, settings=SETTINGS) as daemon:
        daemon.until_ready()
        org.control("POST", "/act", {"user": seed.ADMIN_USER_ID, "delete": [link["Id"]]})
        (lead,) = network.leads(1)
        until_parked(network, lead, "no_target")
        until_reviewed(daemon)
        org.create(
            [{"QueueId": queue["Id"], "SobjectType": "Lead"}],
            user=seed.ADMIN_USER_ID,
            object="QueueSobject",
        )
        wait_until(lambda: network.lead(lead)["OwnerId"] == queue["Id"], 30, "it is in the queue")
        wait_until(lambda: "reviewed" in keys(network, lead), 10, "its proof")
        assert daemon.terminate() == 0
    assert network.lead(lead)["Ortoo_Parked__c"] is None


def test_a_parked_lead_that_a_person_took_stays_theirs_and_is_parked_no_longer(network: Network):
    with daemon_of(network, **REQUIRE) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        until_parked(network, lead, "no_phone")
        until_reviewed(daemon)
        network.sandbox.change(
            lead, user=DISPATCHER, OwnerId=seed.ADMIN_USER_ID, Phone="+33123456789"
        )
        wait_until(lambda: network.lead(lead)["Ortoo_Parked__c"] is None, 30, "no longer parked")
        until_reviewed(daemon)
        assert daemon.terminate() == 0
    assert network.lead(lead)["OwnerId"] == seed.ADMIN_USER_ID
    reasons = {row["Reason_Code__c"] for row in network.proofs([lead])[lead]}
    assert reasons == {"requirement_failed", "taken_by_person"}
    assert [each["NewValue"] for each in network.owner_changes([lead])[lead]] == [
        seed.ADMIN_USER_ID
    ]


def test_a_daemon_killed_over_a_review_routes_the_lead_once(network: Network):
    proofs = "composite/sobjects/Ortoo_Decision__c"
    with daemon_of(network, **REQUIRE) as daemon:
        daemon.until_ready()
        (lead,) = network.leads(1)
        until_parked(network, lead, "no_phone")
        wait_until(lambda: keys(network, lead) == ["first"], 10, "its proof")
        until_reviewed(daemon)
        refused = network.sandbox.fault("error", path=proofs, status=503, body="", times=None)
        network.sandbox.change(lead, Phone="+33123456789")
        network.sandbox.until_met(refused, within=30)
        daemon.kill()
    network.sandbox.heal()
    with network.again() as daemon:
        daemon.until_ready()
        wait_until(lambda: keys(network, lead) == ["first", "reviewed"], 30, "its proof")
        assert daemon.terminate() == 0
    assert len(network.owner_changes([lead])[lead]) == 1


def test_how_many_are_parked_for_what_and_since_when_is_told_everywhere(network: Network):
    with daemon_of(network, **REQUIRE) as daemon:
        daemon.until_ready()
        ids = network.leads(3)
        for id in ids:
            until_parked(network, id, "no_phone")
        base = f"http://{daemon.until_logged('watch.listening')['address']}"

        def counted() -> float:
            text = requests.get(f"{base}/metrics", timeout=30).text
            found = re.findall(r'^ortoo_parked_records\{reason="no_phone"\} (\S+)$', text, re.M)
            return float(found[0]) if found else 0

        wait_until(lambda: counted() >= 3, 20, "three counted")
        document = status(daemon)["parked"]
        told = daemon.events("sweep.parked")[-1]
        assert daemon.terminate() == 0
    assert document["by_reason"]["no_phone"] >= 3
    assert document["oldest_for"] > 0
    assert told["parked"]["no_phone"] >= 3
    assert told["oldest_at"]


def test_what_the_org_refused_for_a_while_is_routed_once_it_takes_it(network: Network):
    """A rule of the org stood against it; nobody changed the record when the rule was mended."""
    rule = {"code": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Not today"}
    with daemon_of(network) as daemon:
        daemon.until_ready()
        # The owner write is refused, with the customer's keys and without; the stamp that says so is taken.
        network.sandbox.fault("row", object="Lead", times=2, **rule)
        (lead,) = network.leads(1)
        until_parked(network, lead, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
        network.sandbox.heal()
        wait_until(lambda: keys(network, lead) == ["first", "reviewed"], 40, "it is routed")
        assert daemon.terminate() == 0
    found = network.lead(lead)
    assert found["Ortoo_Parked__c"] is None
    assert found["OwnerId"] not in (seed.WEB_FORMS_USER_ID, None)
